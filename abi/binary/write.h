// The binary format, written: names, sorts and types, and the bytes of one component, component
// type, instance type or module type as its definitions come. The counterpart of read.h: what is
// decoded again gives the same syntax. Nothing is checked; indices are the caller's.
// abi: "Component Definitions", "Type Definitions", "Name Section" (Binary.md)
#pragma once

#include <array>
#include <cstdint>
#include <utility>
#include <vector>

#include "abi/syntax/canon.h"
#include "abi/syntax/component.h"
#include "abi/syntax/sort.h"
#include "abi/syntax/text_mark.h"
#include "abi/syntax/type.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/leb128.h"
#include "vm/syntax/name_section.h"

namespace tenon::abi {

using Bytes = std::vector<uint8_t>;

inline void AppendBytes(absl::Span<const uint8_t> bytes, Bytes* out) {
  out->insert(out->end(), bytes.begin(), bytes.end());
}
// An id, the size of the content, the content.
void AppendSized(uint8_t id, absl::Span<const uint8_t> content, Bytes* out);
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

// Definitions without the ids of their sections. A type is any but component and instance types,
// which are scopes; a canonical function one of those that syntax::Canon has fields for.
void AppendValType(const syntax::ValType& type, Bytes* out);
void AppendTypeDef(const syntax::TypeDef& type, Bytes* out);
// The indices of references, if there are any, are those of the scope.
void AppendCoreFuncType(const syntax::CoreFuncType& type, Bytes* out);
void AppendExternName(const syntax::Name& name, Bytes* out);
void AppendExternType(const syntax::ExternType& type, Bytes* out);
void AppendAlias(const syntax::Alias& alias, Bytes* out);
void AppendCanon(const syntax::Canon& canon, Bytes* out);
void AppendCoreInstance(const syntax::CoreInstance& instance, Bytes* out);
void AppendInstance(const syntax::Instance& instance, Bytes* out);

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

enum class ScopeKind : uint8_t { kComponent, kType, kModuleType };

// Names of the things in a component's index spaces, by sort.
using ScopeNames = std::array<absl::Span<const vm::IndexedName>, kSortCount>;

// Consecutive definitions of a kind share a section.
class ScopeWriter {
 public:
  explicit ScopeWriter(ScopeKind kind) : kind_(kind) {}

  ScopeKind kind() const { return kind_; }
  size_t bytes() const { return finished_.size() + items_.bytes.size(); }  // about, so far
  // `marks`: of the definition, which is at offset 0, and of what stands in it.
  void Append(ListedKind kind, absl::Span<const uint8_t> definition,
              absl::Span<const TextMark> marks = {});
  // A section of its own.
  void AppendSection(uint8_t id, absl::Span<const uint8_t> content,
                     absl::Span<const TextMark> marks = {});
  // A whole component with preamble and names, or a type's list of declarators.
  Bytes Finish(absl::string_view name, const ScopeNames& names);
  // Of what Finish returned.
  std::vector<TextMark> TakeMarks() { return std::move(marks_); }

 private:
  void FinishSection();
  void PlaceMarks(size_t offset);

  const ScopeKind kind_;
  Bytes finished_;       // of a component: whole sections
  uint8_t section_ = 0;  // of a component: what `items_` are
  Items items_;          // the section under way, or the declarators
  std::vector<TextMark> marks_;
  size_t placed_marks_ = 0;  // those in `finished_`; the others' offsets are in `items_`
};

// Ids of the sections that hold one thing.
inline constexpr uint8_t kCustomSection = 0;
inline constexpr uint8_t kCoreModuleSection = 1;
inline constexpr uint8_t kComponentSection = 4;
inline constexpr uint8_t kStartSection = 9;

}  // namespace tenon::abi
