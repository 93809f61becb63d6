// What is written of one component, component type, instance type or module type while its text is
// read: the bytes of its definitions so far, and the names and counts of its index spaces.
// abi: "Component Definitions", "Type Definitions", "Name Section" (Binary.md)
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/write.h"
#include "abi/syntax/sort.h"
#include "absl/container/flat_hash_map.h"
#include "vm/text/text_parser.h"

namespace tenon::abi {

class TextScope {
 public:
  using Kind = ScopeKind;

  // The id is what outer aliases may call the component or type.
  TextScope(Kind kind, const vm::Binding& binding, TextScope* parent);

  Kind kind() const { return writer_.kind(); }
  TextScope* parent() const { return parent_; }
  const std::string& id() const { return id_; }
  vm::IndexSpace& space(Sort sort) { return spaces_[static_cast<int>(sort)]; }
  // Aliases that identifiers of enclosing scopes stand for, by sort, scope and index.
  using OuterItem = std::pair<std::pair<Sort, uint32_t>, uint32_t>;
  absl::flat_hash_map<OuterItem, uint32_t>& outer_aliases() { return outer_aliases_; }

  // `mark`: where the definition stands, at offset 0.
  void Append(ListedKind kind, const Bytes& definition, const TextMark& mark) {
    writer_.Append(kind, definition, WithNested(mark, definition.size()));
  }
  void AppendSection(uint8_t id, const Bytes& content, const TextMark& mark) {
    writer_.AppendSection(id, content, WithNested(mark, content.size()));
  }
  // A scope of so many bytes, which end what is appended next.
  void Nest(std::vector<TextMark> marks, size_t size) {
    nested_marks_ = std::move(marks);
    nested_size_ = size;
  }
  // A whole component with preamble and names, or a type's list of declarators.
  Bytes Finish();
  std::vector<TextMark> TakeMarks() { return writer_.TakeMarks(); }

 private:
  std::vector<TextMark> WithNested(const TextMark& mark, size_t size);

  const std::string id_;    // or empty
  const std::string name_;  // likewise
  TextScope* const parent_;
  std::array<vm::IndexSpace, kSortCount> spaces_;
  absl::flat_hash_map<OuterItem, uint32_t> outer_aliases_;
  ScopeWriter writer_;
  std::vector<TextMark> nested_marks_;
  size_t nested_size_ = 0;
};

}  // namespace tenon::abi
