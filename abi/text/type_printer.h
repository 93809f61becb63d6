// Prints types in WIT form, for messages (wit.h, diagnose.h). A type may be a tree of a million
// nodes, so every text has a length at which it ends.
#pragma once

#include <string>
#include <utility>

#include "abi/types/type_table.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon::abi {

class TypePrinter {
 public:
  // Stops, wherever it is, once the text is longer than `max_length`.
  TypePrinter(const TypeTable& types, size_t max_length) : types_(types), max_length_(max_length) {}

  void Print(ValType type);
  void Print(FuncTypeId id);  // "func(a: u32) -> string"
  void PrintParams(absl::Span<const std::pair<absl::string_view, ValType>> params);
  void PrintResult(ValType result);  // " -> string", or nothing
  void Append(absl::string_view piece) { text_.append(piece.data(), piece.size()); }

  bool full() const { return text_.size() > max_length_; }
  std::string Take() { return std::move(text_); }

 private:
  void PrintDefinition(ValType type);
  void PrintLabeled(absl::string_view keyword, const TypeDef& def, const char* open,
                    const char* close);
  void PrintApplied(absl::string_view keyword, const TypeDef& def);
  void PrintFixedList(const TypeDef& def);
  void PrintResultType(const TypeDef& def);
  void PrintHandle(absl::string_view keyword, ResourceId resource);

  const TypeTable& types_;
  size_t max_length_;
  std::string text_;
};

}  // namespace tenon::abi
