// What is written of one component, component type, instance type or module type while its text is
// read: the bytes of its definitions so far, and the names and counts of its index spaces.
// abi: "Component Definitions", "Type Definitions", "Name Section" (Binary.md)
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "abi/syntax/sort.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/base/leb128.h"
#include "vm/text/text_parser.h"

namespace tenon::abi {

using Bytes = std::vector<uint8_t>;

inline void AppendBytes(const Bytes& bytes, Bytes* out) {
  out->insert(out->end(), bytes.begin(), bytes.end());
}
void AppendName(absl::string_view name, Bytes* out);
// One byte, or two for a core sort.
void AppendSort(Sort sort, Bytes* out);
void AppendSortIndex(SortIndex item, Bytes* out);
// Where only core sorts can stand, one byte is all of them.
void AppendCoreSortIndex(SortIndex item, Bytes* out);

// Items of a list, and how many there are.
struct Items {
  uint32_t count = 0;
  Bytes bytes;
  void AppendTo(Bytes* out) const {
    AppendVarU32(count, out);
    AppendBytes(bytes, out);
  }
};

// A kind of definition that stands in a section with others of its kind, or in a type.
enum class ListedKind : uint8_t {
  kCoreInstance,
  kCoreType,
  kInstance,
  kAlias,
  kType,
  kCanon,
  kImport,
  kExport,
};

class TextScope {
 public:
  enum class Kind : uint8_t { kComponent, kType, kModuleType };

  // `id`: of a component or type that others may name in outer aliases, or empty.
  TextScope(Kind kind, std::string id, TextScope* parent);

  Kind kind() const { return kind_; }
  TextScope* parent() const { return parent_; }
  const std::string& id() const { return id_; }
  vm::IndexSpace& space(Sort sort) { return spaces_[static_cast<int>(sort)]; }
  // Aliases that identifiers of enclosing scopes stand for, by sort, scope and index.
  using OuterItem = std::pair<std::pair<Sort, uint32_t>, uint32_t>;
  absl::flat_hash_map<OuterItem, uint32_t>& outer_aliases() { return outer_aliases_; }

  void Append(ListedKind kind, const Bytes& definition);
  // A section of its own.
  void AppendSection(uint8_t id, const Bytes& content);
  // A whole component with preamble and names, or a type's list of declarators.
  Bytes Finish();

 private:
  void FinishSection();
  Bytes Names();

  const Kind kind_;
  const std::string id_;
  TextScope* const parent_;
  std::array<vm::IndexSpace, kSortCount> spaces_;
  absl::flat_hash_map<OuterItem, uint32_t> outer_aliases_;
  Bytes finished_;       // of a component: whole sections
  uint8_t section_ = 0;  // of a component: what `items_` are
  Items items_;          // the section under way, or the declarators
};

}  // namespace tenon::abi
