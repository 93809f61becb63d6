#include "vm/artifact/image.h"

#include <elf.h>

#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/runtime/engine.h"
#include "vm/sys/memory_map.h"

namespace tenon::vm::artifact {
namespace {

// The writer makes three.
constexpr uint32_t kMaxSegments = 16;
constexpr uint64_t kMaxImageBytes = uint64_t{1} << 32;  // offsets have 32 bits

std::unexpected<Error> Damaged(absl::string_view what) {
  return Fail(ErrorKind::kMalformed, absl::StrCat("not a compiled file, or a damaged one: ", what));
}

template <typename T>
Status Read(const sys::File& file, uint64_t offset, absl::Span<T> to) {
  const Status read =
      file.ReadAt(offset, {reinterpret_cast<uint8_t*>(to.data()), to.size() * sizeof(T)});
  if (!read) return Damaged("it is too short");
  return {};
}

bool IsOurs(const Elf64_Ehdr& elf) {
  constexpr uint8_t kIdent[] = {ELFMAG0,    ELFMAG1,     ELFMAG2,   ELFMAG3,
                                ELFCLASS64, ELFDATA2LSB, EV_CURRENT};
  return std::memcmp(elf.e_ident, kIdent, sizeof kIdent) == 0 && elf.e_type == ET_EXEC &&
         elf.e_machine == EM_X86_64 && elf.e_phentsize == sizeof(Elf64_Phdr) &&
         elf.e_phnum <= kMaxSegments;
}

// What of the file is mapped, and where.
struct Layout {
  std::vector<sys::CodeSegment> segments;
  uint64_t size = 0;

  // The segment that holds [offset, offset + size), if it is all in one.
  const sys::CodeSegment* Holding(uint64_t offset, uint64_t size) const {
    for (const sys::CodeSegment& segment : segments) {
      if (offset >= segment.image_offset && offset - segment.image_offset <= segment.size &&
          size <= segment.size - (offset - segment.image_offset)) {
        return &segment;
      }
    }
    return nullptr;
  }
};

Result<Layout> ReadLayout(const sys::File& file, const Elf64_Ehdr& elf) {
  TENON_ASSIGN_OR_RETURN(const uint64_t file_size, file.Size());
  std::vector<Elf64_Phdr> headers(elf.e_phnum);
  TENON_RETURN_IF_ERROR(Read(file, elf.e_phoff, absl::MakeSpan(headers)));
  const uint64_t page = sys::HostPageBytes();
  Layout layout;
  for (const Elf64_Phdr& header : headers) {
    if (header.p_type != PT_LOAD) continue;
    const bool is_executable = (header.p_flags & PF_X) != 0;
    if ((header.p_flags & PF_W) != 0) return Damaged("a segment is writable");
    if (header.p_filesz != header.p_memsz || header.p_filesz == 0) {
      return Damaged("a segment is not all in the file");
    }
    if (header.p_offset > file_size || header.p_filesz > file_size - header.p_offset) {
      return Damaged("it is too short");
    }
    // In order, each on pages of its own.
    if (header.p_vaddr % page != 0 || header.p_offset % page != 0 || header.p_vaddr < layout.size ||
        header.p_vaddr > kMaxImageBytes || header.p_filesz > kMaxImageBytes - header.p_vaddr) {
      return Damaged("a segment is misplaced");
    }
    layout.segments.push_back({header.p_vaddr, header.p_offset, header.p_filesz, is_executable});
    layout.size = (header.p_vaddr + header.p_filesz + page - 1) / page * page;
  }
  return layout;
}

bool IsCode(const Layout& layout, uint32_t offset) {
  const sys::CodeSegment* const segment = layout.Holding(offset, 1);
  return segment != nullptr && segment->is_executable;
}

}  // namespace

Result<std::shared_ptr<const Image>> Image::Map(const sys::File& file) {
  Elf64_Ehdr elf;
  TENON_RETURN_IF_ERROR(Read(file, 0, absl::MakeSpan(&elf, 1)));
  if (!IsOurs(elf)) return Damaged("its first bytes are another format's");
  TENON_ASSIGN_OR_RETURN(const Layout layout, ReadLayout(file, elf));

  const uint64_t at = elf.e_entry;
  const sys::CodeSegment* const segment = layout.Holding(at, sizeof(Header));
  if (segment == nullptr || at % alignof(Header) != 0) return Damaged("it has no header");
  Header header;
  TENON_RETURN_IF_ERROR(
      Read(file, segment->file_offset + (at - segment->image_offset), absl::MakeSpan(&header, 1)));
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return Damaged("it has no header");
  if (header.version != kVersion || header.layout != LayoutHash()) {
    return Fail(ErrorKind::kUsage, "compiled by another version of tenon: compile it again");
  }
  const uint64_t funcs_bytes = uint64_t{header.func_count} * sizeof(Func);
  if (layout.Holding(header.funcs, funcs_bytes) == nullptr || header.funcs % alignof(Func) != 0) {
    return Damaged("its functions are not in it");
  }

  std::shared_ptr<Image> image(new Image);
  image->mapping_ = sys::CodeMapping::Map(file.descriptor(), layout.size, layout.segments);
  if (!image->mapping_) return Fail(ErrorKind::kLimit, "no address space is left for the code");
  const uint8_t* const base = image->mapping_.base();
  image->header_ = reinterpret_cast<const Header*>(base + at);
  image->funcs_ = {reinterpret_cast<const Func*>(base + header.funcs), header.func_count};
  for (const Func& func : image->funcs_) {
    if (func.call == 0 && func.entry == 0) continue;
    if (!IsCode(layout, func.call) || !IsCode(layout, func.entry)) {
      return Damaged("a function is not in its code");
    }
  }
  return image;
}

Status Image::Attach(std::shared_ptr<const Image> image, LoadedModule& module) {
  const Header& header = image->header();
  const ResolvedModule& resolved = *module.resolved;
  const EngineSettings& settings = module.engine->settings();
  if (header.func_count != resolved.funcs.size() - resolved.imported_funcs ||
      header.features != resolved.features.bits()) {
    return Fail(ErrorKind::kUsage, "compiled from another module");
  }
  if (((header.settings & kGuardedMemories) != 0) != (settings.bounds == Bounds::kGuard) ||
      ((header.settings & kDeterministicSimd) != 0) != settings.deterministic_simd) {
    return Fail(ErrorKind::kUsage, "compiled for other settings");
  }
  const uint8_t* const base = image->mapping_.base();
  for (uint32_t i = 0; i < header.func_count; ++i) {
    const Func& func = image->funcs_[i];
    if (func.call == 0) continue;
    module.SetNative(FuncIdx(resolved.imported_funcs + i), {base + func.call, base + func.entry});
  }
  module.image = std::move(image);
  return {};
}

}  // namespace tenon::vm::artifact
