#include "jit/image/link.h"

#include <elf.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "jit/embedded.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/raw_ostream.h"
#include "vm/artifact/format.h"
#include "vm/sys/file.h"
#include "vm/sys/pipe_reader.h"

LLD_HAS_DRIVER(elf)

namespace tenon::jit {
namespace {

// What is written at run time, or would need to be relocated then, has no place: an image with any
// of it is an error.
constexpr absl::string_view kScript = R"(
PHDRS {
  data PT_LOAD FILEHDR PHDRS FLAGS(4);
  text PT_LOAD FLAGS(5);
}
ENTRY(tenon_header)
SECTIONS {
  . = SIZEOF_HEADERS;
  .tenon.header : ALIGN(8) { KEEP(*(.tenon.header)) tenon_checked_end = .; } :data
  .tenon.funcs : ALIGN(8) { KEEP(*(.tenon.funcs)) } :data
  .rodata : { *(.rodata .rodata.*) } :data
  . = ALIGN(CONSTANT(MAXPAGESIZE));
  .text : { *(.text .text.*) } :text
  .tenon.positions 0 : { *(.tenon.positions) }
  .symtab : { *(.symtab) }
  .strtab : { *(.strtab) }
  .shstrtab : { *(.shstrtab) }
  /DISCARD/ : { *(.comment .note.* .eh_frame .llvm.* .llvm_addrsig) }
  .relocations : { *(.rela.dyn .rela.plt .relr.dyn) }
  .refused : { *(.data .data.* .bss .bss.* .got .got.* .plt .iplt .tdata .tbss .init_array
                 .fini_array .ctors .dtors) }
  ASSERT(SIZEOF(.relocations) + SIZEOF(.refused) == 0, "an image is neither written nor relocated")
}
)";

// Where LLD, which knows files by path alone, finds a descriptor. It has no other name, so that
// nothing is left behind, whatever ends the process, and nobody else sees it.
std::string PathOf(int descriptor) { return absl::StrCat("/proc/self/fd/", descriptor); }

absl::Span<const uint8_t> BytesOf(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// All objects as one archive, of which LLD is to take each in its order: one descriptor does.
Result<vm::sys::File> ArchiveOf(absl::Span<const absl::string_view> objects) {
  constexpr absl::string_view kMagic = "!<arch>\n";
  TENON_ASSIGN_OR_RETURN(vm::sys::File archive, vm::sys::File::OfBytes(BytesOf(kMagic)));
  for (size_t i = 0; i < objects.size(); ++i) {
    std::string header = absl::StrFormat("%-16s%-12d%-6d%-6d%-8o%-10d`\n", absl::StrCat(i, "/"), 0,
                                         0, 0, 0600, objects[i].size());
    TENON_RETURN_IF_ERROR(archive.Append(BytesOf(header)));
    TENON_RETURN_IF_ERROR(archive.Append(BytesOf(objects[i])));
    if (objects[i].size() % 2 != 0) TENON_RETURN_IF_ERROR(archive.Append(BytesOf("\n")));
  }
  return archive;
}

// The header's segment begins both the file and the image, so that its offsets are the file's.
void CompletePositions(const ObjectPositions& positions, LinkedImage* image) {
  uint8_t* const begin = image->bytes.data();
  const auto& elf = *reinterpret_cast<const Elf64_Ehdr*>(begin);
  auto& header = *reinterpret_cast<vm::artifact::Header*>(begin + elf.e_entry);
  const auto* const sections = reinterpret_cast<const Elf64_Shdr*>(begin + elf.e_shoff);
  const auto* const names =
      reinterpret_cast<const char*>(begin + sections[elf.e_shstrndx].sh_offset);
  header.position_funcs = {image->bytes.size(), 0};
  for (size_t i = 0; i < elf.e_shnum; ++i) {
    const Elf64_Shdr& section = sections[i];
    if (std::strcmp(names + section.sh_name, kPositionsSection) != 0) continue;
    auto* const table = reinterpret_cast<vm::FuncPositions*>(begin + section.sh_offset);
    const size_t count =
        FinishPositions(positions, {table, section.sh_size / sizeof *table}, &image->position_rows);
    header.position_funcs = {section.sh_offset, count * sizeof *table};
  }
}

}  // namespace

Result<LinkedImage> LinkImage(absl::Span<const absl::string_view> objects,
                              const ObjectPositions& positions) {
  TENON_ASSIGN_OR_RETURN(const vm::sys::File archive, ArchiveOf(objects));
  const absl::string_view support(tenon_jit_support,
                                  static_cast<size_t>(tenon_jit_support_end - tenon_jit_support));
  TENON_ASSIGN_OR_RETURN(const vm::sys::File support_file,
                         vm::sys::File::OfBytes(BytesOf(support)));
  TENON_ASSIGN_OR_RETURN(const vm::sys::File script, vm::sys::File::OfBytes(BytesOf(kScript)));
  TENON_ASSIGN_OR_RETURN(vm::sys::PipeReader image, vm::sys::PipeReader::Start());
  const std::string script_path = PathOf(script.descriptor());
  const std::string support_path = PathOf(support_file.descriptor());
  const std::string archive_path = PathOf(archive.descriptor());
  const std::string image_path = PathOf(image.descriptor());

  std::vector<const char*> arguments = {"ld.lld",
                                        "-static",
                                        "-nostdlib",
                                        "--no-dynamic-linker",
                                        "--gc-sections",
                                        "--build-id=none",
                                        "--threads=1",
                                        "--orphan-handling=error",
                                        "-z",
                                        "norelro",
                                        "-z",
                                        "max-page-size=4096",
                                        "-z",
                                        "dead-reloc-in-nonalloc=.tenon.positions=0",
                                        "-z",
                                        "noexecstack",
                                        "--fatal-warnings",
                                        "-T",
                                        script_path.c_str(),
                                        support_path.c_str(),
                                        "-o",
                                        image_path.c_str(),
                                        "--whole-archive",
                                        archive_path.c_str()};
  std::string messages;
  llvm::raw_string_ostream output(messages);
  const lld::Result done = lld::lldMain(arguments, output, output, {{lld::Gnu, &lld::elf::link}});
  LinkedImage result{image.Finish(), {}};
  if (done.retCode != 0) {
    return Fail(ErrorKind::kLimit, absl::StrCat("the image cannot be linked: ", messages));
  }
  CompletePositions(positions, &result);
  return result;
}

}  // namespace tenon::jit
