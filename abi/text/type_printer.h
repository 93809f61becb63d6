// Prints types in WIT form, for messages (wit.h) and for whole interfaces (wit_world.h).
// A type may be a tree of a million nodes, so every text has a length at which it ends.
#pragma once

#include <string>
#include <utility>

#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon::abi {

// What named types are called where a text stands. Only types that WIT tells apart by name are
// here: resources, and records, variants, enums and flags.
struct TypeNames {
  absl::flat_hash_map<ValType, absl::string_view> values;
  absl::flat_hash_map<ResourceId, absl::string_view> resources;
};

class TypePrinter {
 public:
  // Stops, wherever it is, once the text is longer than `max_length`. With `names` the text is WIT
  // that is parsed again: named types appear by name, and names that are keywords are marked.
  TypePrinter(const TypeTable& types, size_t max_length, const TypeNames* names = nullptr)
      : types_(types), max_length_(max_length), names_(names) {}

  void Print(ValType type);
  void Print(FuncTypeId id);  // "func(a: u32) -> string"
  void PrintParams(absl::Span<const std::pair<absl::string_view, ValType>> params);
  void PrintResult(ValType result);  // " -> string", or nothing
  void PrintIdentifier(absl::string_view name);
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
  const TypeNames* names_;
  std::string text_;
};

}  // namespace tenon::abi
