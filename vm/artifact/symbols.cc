#include "vm/artifact/symbols.h"

#include <elf.h>

#include <algorithm>

#include "absl/algorithm/container.h"

namespace tenon::vm::artifact {
namespace {

std::unexpected<Error> Damaged() {
  return Fail(ErrorKind::kMalformed, "a damaged compiled file: it has no symbols");
}

// `count` rows of the file.
template <typename Row>
Result<std::vector<Row>> ReadRows(const sys::File& file, uint64_t offset, uint64_t count) {
  TENON_ASSIGN_OR_RETURN(const uint64_t size, file.Size());
  if (offset > size || count > (size - offset) / sizeof(Row)) return Damaged();
  std::vector<Row> rows(count);
  TENON_RETURN_IF_ERROR(
      file.ReadAt(offset, {reinterpret_cast<uint8_t*>(rows.data()), rows.size() * sizeof(Row)}));
  return rows;
}

}  // namespace

Result<std::vector<Symbol>> ReadSymbols(const Image& image) {
  const sys::File& file = image.file();
  TENON_ASSIGN_OR_RETURN(const auto elf, ReadRows<Elf64_Ehdr>(file, 0, 1));
  if (elf[0].e_shentsize != sizeof(Elf64_Shdr)) return Damaged();
  TENON_ASSIGN_OR_RETURN(const auto sections,
                         ReadRows<Elf64_Shdr>(file, elf[0].e_shoff, elf[0].e_shnum));
  const auto table =
      absl::c_find_if(sections, [](const Elf64_Shdr& row) { return row.sh_type == SHT_SYMTAB; });
  if (table == sections.end() || table->sh_link >= sections.size()) return Damaged();
  TENON_ASSIGN_OR_RETURN(const auto rows, ReadRows<Elf64_Sym>(file, table->sh_offset,
                                                              table->sh_size / sizeof(Elf64_Sym)));
  const Elf64_Shdr& strings = sections[table->sh_link];
  TENON_ASSIGN_OR_RETURN(const auto names,
                         ReadRows<char>(file, strings.sh_offset, strings.sh_size));

  std::vector<Symbol> symbols;
  for (const Elf64_Sym& row : rows) {
    if (ELF64_ST_TYPE(row.st_info) != STT_FUNC || row.st_size == 0 ||
        !image.IsCode(row.st_value, row.st_size) || row.st_name >= names.size()) {
      continue;
    }
    const auto begin = names.begin() + row.st_name;
    symbols.push_back({row.st_value, row.st_size, {begin, std::find(begin, names.end(), '\0')}});
  }
  absl::c_sort(symbols, [](const Symbol& a, const Symbol& b) { return a.offset < b.offset; });
  return symbols;
}

}  // namespace tenon::vm::artifact
