// Identifiers for printing, from the names of the "name" section. The first thing of its kind with
// a name has it as identifier; for another with the same name, or one no identifier can stand for,
// the name is an annotation and its number is used. core: #text-id
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/syntax/module.h"
#include "vm/syntax/name_section.h"

namespace tenon::vm {

// Whether `$name` or `$"name"` can be written; very long names would make a text of any size.
bool CanBeId(absl::string_view name);
// `$name`.
void AppendId(absl::string_view name, std::string* out);
// ` (@name "name")`.
void AppendNameAnnotation(absl::string_view name, std::string* out);

// The names of one index space.
class NameTable {
 public:
  // Borrows the bytes of a name map. Names of things that are not there are left out.
  void Read(absl::Span<const uint8_t> map, uint32_t count);
  void Clear();

  bool Has(uint32_t index) const { return names_.contains(index); }
  // The name if an identifier can stand for it, or empty.
  absl::string_view Id(uint32_t index) const;
  // `$f` or `7`.
  void AppendIndex(uint32_t index, std::string* out) const;
  // ` $f`, ` (@name "f")` or nothing, and with `with_number` ` (;7;)`.
  void AppendBinding(uint32_t index, bool with_number, std::string* out) const;

 private:
  struct Entry {
    absl::string_view name;
    bool is_id = false;
  };
  absl::flat_hash_map<uint32_t, Entry> names_;
  absl::flat_hash_set<absl::string_view> ids_;
};

// The names of a module, and where those of its functions' parts stand.
struct ModuleNames {
  explicit ModuleNames(const Module& module);

  const NameTable& table(NameKind kind) const { return tables[static_cast<size_t>(kind)]; }
  const NameTable& fields(uint32_t type) const;
  // The name map of a function's locals or labels; empty if there is none.
  absl::Span<const uint8_t> Parts(const Module& module, NameKind kind, uint32_t index) const;

  absl::string_view module_name;
  std::array<NameTable, kNameKindCount> tables;
  absl::flat_hash_map<uint32_t, NameTable> field_tables;
  std::array<absl::flat_hash_map<uint32_t, ByteRange>, kNameKindCount> parts;
};

}  // namespace tenon::vm
