#include "jit/image/link.h"

#include <elf.h>

#include <cstring>
#include <string>

#include "absl/strings/str_cat.h"
#include "jit/embedded.h"
#include "lld/Common/Driver.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Signals.h"
#include "llvm/Support/raw_ostream.h"
#include "vm/artifact/format.h"

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

// A folder that is gone afterwards, with the files in it.
class TemporaryFolder {
 public:
  TemporaryFolder() = default;
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;
  ~TemporaryFolder() {
    if (!path_.empty()) llvm::sys::fs::remove_directories(path_);
  }
  Status Make() {
    llvm::SmallString<128> path;
    if (const std::error_code error = llvm::sys::fs::createUniqueDirectory("tenon-link", path)) {
      return Fail(ErrorKind::kIo, absl::StrCat("no temporary folder: ", error.message()));
    }
    path_ = path.str().str();
    return {};
  }
  std::string File(absl::string_view name) const { return absl::StrCat(path_, "/", name); }

 private:
  std::string path_;
};

Status WriteBytes(const std::string& path, absl::string_view bytes) {
  std::error_code error;
  llvm::raw_fd_ostream file(path, error);
  if (!error) {
    file.write(bytes.data(), bytes.size());
    file.close();
    error = file.error();
  }
  if (!error) return {};
  file.clear_error();
  return Fail(ErrorKind::kIo, absl::StrCat(path, ": ", error.message()));
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
  TemporaryFolder folder;
  TENON_RETURN_IF_ERROR(folder.Make());
  std::vector<std::string> object_paths;
  for (const absl::string_view object : objects) {
    object_paths.push_back(folder.File(absl::StrCat(object_paths.size(), ".o")));
    TENON_RETURN_IF_ERROR(WriteBytes(object_paths.back(), object));
  }
  const std::string support_path = folder.File("support.o");
  const std::string script_path = folder.File("image.ld");
  const std::string image_path = folder.File("image");
  const absl::string_view support(tenon_jit_support,
                                  static_cast<size_t>(tenon_jit_support_end - tenon_jit_support));
  TENON_RETURN_IF_ERROR(WriteBytes(support_path, support));
  TENON_RETURN_IF_ERROR(WriteBytes(script_path, kScript));

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
                                        image_path.c_str()};
  for (const std::string& path : object_paths) arguments.push_back(path.c_str());
  std::string messages;
  llvm::raw_string_ostream output(messages);
  const lld::Result done = lld::lldMain(arguments, output, output, {{lld::Gnu, &lld::elf::link}});
  // LLD removes its output when a signal ends the process. It must not be asked first about faults
  // of guests, which run in this process too where the compiler is a library.
  llvm::sys::unregisterHandlers();
  if (done.retCode != 0) {
    return Fail(ErrorKind::kLimit, absl::StrCat("the image cannot be linked: ", messages));
  }
  auto image = llvm::MemoryBuffer::getFile(image_path, /*IsText=*/false,
                                           /*RequiresNullTerminator=*/false);
  if (!image)
    return Fail(ErrorKind::kIo, absl::StrCat(image_path, ": ", image.getError().message()));
  const llvm::StringRef linked = (*image)->getBuffer();
  LinkedImage result{{linked.bytes_begin(), linked.bytes_end()}, {}};
  CompletePositions(positions, &result);
  return result;
}

}  // namespace tenon::jit
