#include "cli/debugger.h"

#include <elf.h>

#include <cstdint>
#include <cstring>
#include <forward_list>
#include <string>

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

enum Section : uint16_t { kNone, kText, kSymbols, kStrings, kSectionNames, kSections };
constexpr char kNames[] = "\0.text\0.symtab\0.strtab\0.shstrtab";
constexpr uint32_t kNameAt[] = {0, 1, 7, 15, 23};
static_assert(sizeof kNames == 33);

template <typename T>
void Append(const T& value, std::string* bytes) {
  bytes->append(reinterpret_cast<const char*>(&value), sizeof value);
}

// An ELF file of symbols alone, at the addresses where the code is.
std::string SymbolFile(absl::Span<const uint8_t> code, absl::Span<const CodePiece> pieces) {
  std::string symbols, strings(1, '\0');
  Append(Elf64_Sym{}, &symbols);
  for (const CodePiece& piece : pieces) {
    Elf64_Sym symbol = {};
    symbol.st_name = static_cast<Elf64_Word>(strings.size());
    symbol.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC);
    symbol.st_shndx = kText;
    symbol.st_value = reinterpret_cast<uintptr_t>(piece.begin);
    symbol.st_size = piece.size;
    Append(symbol, &symbols);
    strings.append(piece.name.c_str(), piece.name.size() + 1);
  }

  Elf64_Shdr sections[kSections] = {};
  for (uint16_t i = 0; i < kSections; ++i) sections[i].sh_name = kNameAt[i];
  sections[kText].sh_type = SHT_NOBITS;
  sections[kText].sh_flags = SHF_ALLOC | SHF_EXECINSTR;
  sections[kText].sh_addr = reinterpret_cast<uintptr_t>(code.data());
  sections[kText].sh_size = code.size();
  sections[kText].sh_addralign = 16;
  uint64_t at = sizeof(Elf64_Ehdr) + sizeof sections;
  const auto place = [&](Section section, uint32_t type, size_t size) {
    sections[section].sh_type = type;
    sections[section].sh_offset = at;
    sections[section].sh_size = size;
    sections[section].sh_addralign = 1;
    at += size;
  };
  place(kSymbols, SHT_SYMTAB, symbols.size());
  sections[kSymbols].sh_link = kStrings;
  sections[kSymbols].sh_info = 1;  // the first that is global
  sections[kSymbols].sh_entsize = sizeof(Elf64_Sym);
  place(kStrings, SHT_STRTAB, strings.size());
  place(kSectionNames, SHT_STRTAB, sizeof kNames);

  Elf64_Ehdr header = {};
  std::memcpy(header.e_ident, ELFMAG, SELFMAG);
  header.e_ident[EI_CLASS] = ELFCLASS64;
  header.e_ident[EI_DATA] = ELFDATA2LSB;
  header.e_ident[EI_VERSION] = EV_CURRENT;
  header.e_type = ET_EXEC;
  header.e_machine = EM_X86_64;
  header.e_version = EV_CURRENT;
  header.e_shoff = sizeof header;
  header.e_ehsize = sizeof header;
  header.e_shentsize = sizeof(Elf64_Shdr);
  header.e_shnum = kSections;
  header.e_shstrndx = kSectionNames;
  std::string file;
  Append(header, &file);
  Append(sections, &file);
  file.append(symbols).append(strings).append(kNames, sizeof kNames);
  return file;
}

}  // namespace

void TellDebuggers(const vm::artifact::Image& image, absl::Span<const CodePiece> pieces) {
  static auto& files = *new std::forward_list<std::string>();
  const std::string& file = files.emplace_front(SymbolFile(image.code(), pieces));
  jit_descriptor& all = __jit_debug_descriptor;
  auto* const entry = new jit_code_entry{all.first_entry, nullptr, file.data(), file.size()};
  if (entry->next_entry != nullptr) entry->next_entry->prev_entry = entry;
  all.first_entry = entry;
  all.relevant_entry = entry;
  all.action_flag = kRegister;
  __jit_debug_register_code();
}

}  // namespace tenon::cli
