#include "cli/debugger.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <forward_list>
#include <iterator>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "vm/base/leb128.h"

// gdb reads these structures, and stops in the function, which does nothing. All by their names.
extern "C" {

struct jit_code_entry {
  jit_code_entry* next_entry;
  jit_code_entry* prev_entry;
  const char* symfile_addr;
  uint64_t symfile_size;
};

struct jit_descriptor {
  uint32_t version;
  uint32_t action_flag;
  jit_code_entry* relevant_entry;
  jit_code_entry* first_entry;
};

__attribute__((used)) jit_descriptor __jit_debug_descriptor = {1, 0, nullptr, nullptr};

__attribute__((noinline, used)) void __jit_debug_register_code() { asm volatile("" ::: "memory"); }

}  // extern "C"

namespace tenon::cli {
namespace {

constexpr uint32_t kRegister = 1;  // JIT_REGISTER_FN

template <typename T>
void Append(const T& value, std::vector<uint8_t>* bytes) {
  const auto* const first = reinterpret_cast<const uint8_t*>(&value);
  bytes->insert(bytes->end(), first, first + sizeof value);
}

void AppendName(const std::string& name, std::vector<uint8_t>* bytes) {
  bytes->insert(bytes->end(), name.c_str(), name.c_str() + name.size() + 1);
}

uint64_t AddressOf(const uint8_t* code) {
  return static_cast<uint64_t>(reinterpret_cast<uintptr_t>(code));
}

// --- DWARF 4: one unit, which has lines and nothing else -----------------------------------------

// DW_TAG_compile_unit without children: DW_AT_name, DW_AT_stmt_list, DW_AT_low_pc, DW_AT_high_pc.
constexpr uint8_t kAbbreviations[] = {1,    0x11, 0,    0x03, 0x08, 0x10, 0x17,
                                      0x11, 0x01, 0x12, 0x07, 0,    0,    0};
constexpr uint16_t kDwarfVersion = 4;

// A unit of what follows its size.
std::vector<uint8_t> WithSize(const std::vector<uint8_t>& contents) {
  std::vector<uint8_t> bytes;
  Append(static_cast<uint32_t>(contents.size()), &bytes);
  bytes.insert(bytes.end(), contents.begin(), contents.end());
  return bytes;
}

std::vector<uint8_t> Unit(absl::Span<const uint8_t> code) {
  std::vector<uint8_t> unit;
  Append(kDwarfVersion, &unit);
  Append(uint32_t{0}, &unit);  // of its abbreviations
  unit.push_back(sizeof(void*));
  unit.push_back(1);  // the abbreviation
  AppendName("guest", &unit);
  Append(uint32_t{0}, &unit);  // of its lines
  Append(AddressOf(code.data()), &unit);
  Append(uint64_t{code.size()}, &unit);
  return WithSize(unit);
}

// DWARF 4, "6.2 Line Number Information", without special opcodes.
std::vector<uint8_t> LineTable(absl::Span<const uint8_t> code, const CodeLines& lines) {
  enum : uint8_t { kCopy = 1, kAdvancePc, kAdvanceLine, kSetFile, kSetColumn };
  std::vector<uint8_t> header = {1, 1, 1, 0, 1, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1};
  header.push_back(0);  // no folders
  for (const std::string& file : lines.files) {
    AppendName(file, &header);
    header.insert(header.end(), {0, 0, 0});  // its folder, time and size
  }
  header.push_back(0);

  std::vector<uint8_t> table;
  Append(kDwarfVersion, &table);
  Append(static_cast<uint32_t>(header.size()), &table);
  table.insert(table.end(), header.begin(), header.end());
  std::optional<CodeLine> last;  // of the sequence
  const auto advance = [&](const uint8_t* to) {
    table.push_back(kAdvancePc);
    AppendVarU64(static_cast<uint64_t>(to - last->code), &table);
  };
  const auto end = [&](const uint8_t* at) {
    if (!last) return;
    advance(at);
    table.insert(table.end(), {0, 1, 1});  // DW_LNE_end_sequence
    last.reset();
  };
  for (const CodeLine& line : lines.lines) {
    if (line.line == 0) {
      end(line.code);
      continue;
    }
    if (!last) {
      last = {line.code, 0, 1, 0};
      table.insert(table.end(), {0, 1 + sizeof(uint64_t), 2});  // DW_LNE_set_address
      Append(AddressOf(line.code), &table);
    }
    advance(line.code);
    table.push_back(kSetFile);
    AppendVarU64(uint64_t{line.file} + 1, &table);
    table.push_back(kSetColumn);
    AppendVarU64(line.column, &table);
    table.push_back(kAdvanceLine);
    AppendVarS64(int64_t{line.line} - int64_t{last->line}, &table);
    table.push_back(kCopy);
    last = line;
  }
  end(code.data() + code.size());
  return WithSize(table);
}

// --- ELF -----------------------------------------------------------------------------------------

struct Section {
  const char* name;
  Elf64_Word type;
  std::vector<uint8_t> contents;
};
enum : uint16_t { kNone, kText, kSymbols, kStrings };

// A file of sections behind those that are not in it, null and the code's, which is where it is.
std::vector<uint8_t> ElfFile(absl::Span<const uint8_t> code, absl::Span<const Section> sections) {
  std::vector<uint8_t> names(1);
  const auto name = [&](const char* text) {
    const size_t at = names.size();
    AppendName(text, &names);
    return static_cast<Elf64_Word>(at);
  };
  std::vector<Elf64_Shdr> rows(2);
  rows[kText].sh_name = name(".text");
  rows[kText].sh_type = SHT_NOBITS;
  rows[kText].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  rows[kText].sh_addr = AddressOf(code.data());
  rows[kText].sh_size = code.size();
  rows[kText].sh_addralign = 16;
  uint64_t at = sizeof(Elf64_Ehdr);
  const auto place = [&](const char* text, Elf64_Word type, size_t size) -> Elf64_Shdr& {
    Elf64_Shdr& row = rows.emplace_back();
    row.sh_name = name(text);
    row.sh_type = type;
    row.sh_offset = at;
    row.sh_size = size;
    row.sh_addralign = 1;
    at += size;
    return row;
  };
  for (const Section& section : sections) {
    Elf64_Shdr& row = place(section.name, section.type, section.contents.size());
    if (section.type != SHT_SYMTAB) continue;
    row.sh_link = kStrings;
    row.sh_info = 1;  // the first that is global
    row.sh_entsize = sizeof(Elf64_Sym);
  }
  Elf64_Shdr& last = place(".shstrtab", SHT_STRTAB, 0);
  last.sh_size = names.size();

  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_shoff = at + names.size();
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = static_cast<Elf64_Half>(rows.size());
  header.e_shstrndx = static_cast<Elf64_Half>(rows.size() - 1);
  std::vector<uint8_t> file;
  Append(header, &file);
  for (const Section& section : sections) {
    file.insert(file.end(), section.contents.begin(), section.contents.end());
  }
  file.insert(file.end(), names.begin(), names.end());
  for (const Elf64_Shdr& row : rows) Append(row, &file);
  return file;
}

// Of symbols, and lines if there are any, at the addresses where the code is.
std::vector<uint8_t> SymbolFile(absl::Span<const uint8_t> code, absl::Span<const CodePiece> pieces,
                                const CodeLines& lines) {
  std::vector<uint8_t> symbols, strings(1);
  Append(Elf64_Sym{}, &symbols);
  for (const CodePiece& piece : pieces) {
    Elf64_Sym symbol = {};
    symbol.st_name = static_cast<Elf64_Word>(strings.size());
    symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    symbol.st_shndx = kText;
    symbol.st_value = AddressOf(piece.begin);
    symbol.st_size = piece.size;
    Append(symbol, &symbols);
    AppendName(piece.name, &strings);
  }
  std::vector<Section> sections = {{".symtab", SHT_SYMTAB, std::move(symbols)},
                                   {".strtab", SHT_STRTAB, std::move(strings)}};
  if (!lines.lines.empty()) {
    sections.push_back(
        {".debug_abbrev", SHT_PROGBITS, {std::begin(kAbbreviations), std::end(kAbbreviations)}});
    sections.push_back({".debug_info", SHT_PROGBITS, Unit(code)});
    sections.push_back({".debug_line", SHT_PROGBITS, LineTable(code, lines)});
  }
  return ElfFile(code, sections);
}

}  // namespace

void TellDebuggers(const vm::artifact::Image& image, absl::Span<const CodePiece> pieces,
                   const CodeLines& lines) {
  static auto& files = *new std::forward_list<std::vector<uint8_t>>();
  const std::vector<uint8_t>& file = files.emplace_front(SymbolFile(image.code(), pieces, lines));
  jit_descriptor& all = __jit_debug_descriptor;
  auto* const entry = new jit_code_entry{all.first_entry, nullptr,
                                         reinterpret_cast<const char*>(file.data()), file.size()};
  if (entry->next_entry != nullptr) entry->next_entry->prev_entry = entry;
  all.first_entry = entry;
  all.relevant_entry = entry;
  all.action_flag = kRegister;
  __jit_debug_register_code();
}

}  // namespace tenon::cli
