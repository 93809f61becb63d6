#include "vm/artifact/image.h"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/runtime/engine.h"
#include "vm/sys/cpu.h"
#include "vm/sys/memory_map.h"
#include "vm/sys/sha256.h"

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

// A table of the image, which must lie in the part of it that has a digest.
template <typename Row>
Result<absl::Span<const Row>> TableAt(const sys::CodeMapping& mapping, const Header& header,
                                      uint32_t offset, uint32_t count) {
  if (offset % alignof(Row) != 0 || offset > header.checked_bytes ||
      count > (header.checked_bytes - offset) / sizeof(Row)) {
    return Damaged("a table is not in it");
  }
  return absl::Span<const Row>(reinterpret_cast<const Row*>(mapping.base() + offset), count);
}

bool IsDigest(const sys::Sha256Digest& digest, const uint8_t* expected) {
  return std::memcmp(digest.data(), expected, digest.size()) == 0;
}

// Whether this processor has what the code needs.
Status CheckProcessor(const Header& header) {
  const uint64_t missing = header.cpu_features & ~sys::CpuFeatures();
  if (missing == 0) return {};
  const size_t row = static_cast<size_t>(std::countr_zero(missing));
  const auto names = sys::CpuFeatureNames();
  return Fail(ErrorKind::kUsage,
              absl::StrCat("compiled for a processor with ",
                           row < names.size() ? names[row] : "more", ", which this one lacks"));
}

}  // namespace

bool LooksCompiled(absl::Span<const uint8_t> bytes) {
  return bytes.size() >= SELFMAG && std::memcmp(bytes.data(), ELFMAG, SELFMAG) == 0;
}

Result<std::shared_ptr<const Image>> Image::Map(sys::File file) {
  TENON_ASSIGN_OR_RETURN(auto image, MapForAny(std::move(file)));
  TENON_RETURN_IF_ERROR(CheckProcessor(image->header_));
  return image;
}

Result<std::shared_ptr<const Image>> Image::MapForAny(sys::File file) {
  Elf64_Ehdr elf;
  TENON_RETURN_IF_ERROR(Read(file, 0, absl::MakeSpan(&elf, 1)));
  if (!IsOurs(elf)) return Damaged("its first bytes are another format's");
  TENON_ASSIGN_OR_RETURN(const Layout layout, ReadLayout(file, elf));

  // The header lies in the first segment, which begins with the file.
  const uint64_t at = elf.e_entry;
  if (layout.segments.empty() || layout.segments[0].image_offset != 0 ||
      layout.segments[0].file_offset != 0 || layout.segments[0].is_executable ||
      layout.Holding(at, sizeof(Header)) != layout.segments.data() || at % alignof(Header) != 0) {
    return Damaged("it has no header");
  }
  std::shared_ptr<Image> image(new Image(std::move(file)));
  image->mapping_ = sys::CodeMapping::Map(image->file_.descriptor(), layout.size, layout.segments);
  if (!image->mapping_) return Fail(ErrorKind::kLimit, "no address space is left for the code");
  Header& header = image->header_;
  const uint8_t* const base = image->mapping_.base();
  std::memcpy(&header, base + at, sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return Damaged("it has no header");
  if (header.version != kVersion || header.layout != LayoutHash() ||
      std::memcmp(header.build, BuildId().data(), sizeof header.build) != 0) {
    return Fail(ErrorKind::kUsage, "compiled by another version of tenon: compile it again");
  }
  if (header.checked_bytes < at + sizeof header || header.checked_bytes > layout.segments[0].size) {
    return Damaged("its tables are not in it");
  }
  const size_t digest_at = at + offsetof(Header, digest);
  const size_t behind = digest_at + sizeof header.digest;
  sys::Sha256 hash;
  hash.Add({base, digest_at});
  hash.Add({base + behind, header.checked_bytes - behind});
  if (!IsDigest(hash.Finish(), header.digest)) return Damaged("its digest is another");

  TENON_ASSIGN_OR_RETURN(const auto modules, TableAt<Module>(image->mapping_, header,
                                                             header.modules, header.module_count));
  for (const Module& module : modules) {
    TENON_ASSIGN_OR_RETURN(const auto funcs,
                           TableAt<Func>(image->mapping_, header, module.funcs, module.func_count));
    for (const Func& func : funcs) {
      if (func.call == 0 && func.entry == 0) continue;
      const bool is_tailed = func.tail != 0 || func.tail_entry != 0;
      if (!IsCode(layout, func.call) || !IsCode(layout, func.entry) ||
          (is_tailed && (!IsCode(layout, func.tail) || !IsCode(layout, func.tail_entry)))) {
        return Damaged("a function is not in its code");
      }
    }
    image->modules_.push_back(funcs);
  }
  return image;
}

Status Image::Verify() const {
  constexpr size_t kPiece = size_t{1} << 20;
  TENON_ASSIGN_OR_RETURN(const uint64_t size, file_.Size());
  if (size < header_.checked_bytes) return Damaged("it is too short");
  std::vector<uint8_t> piece(std::min<uint64_t>(kPiece, size));
  sys::Sha256 hash;
  for (uint64_t at = header_.checked_bytes; at < size; at += piece.size()) {
    piece.resize(std::min<uint64_t>(kPiece, size - at));
    TENON_RETURN_IF_ERROR(Read(file_, at, absl::MakeSpan(piece)));
    hash.Add(piece);
  }
  if (!IsDigest(hash.Finish(), header_.rest_digest)) return Damaged("its digest is another");
  return {};
}

Result<std::vector<uint8_t>> Image::ReadSource() const {
  TENON_ASSIGN_OR_RETURN(const uint64_t size, file_.Size());
  const Part& part = header_.source;
  if (part.offset > size || part.size > size - part.offset) return Damaged("it is too short");
  std::vector<uint8_t> bytes(part.size);
  TENON_RETURN_IF_ERROR(Read(file_, part.offset, absl::MakeSpan(bytes)));
  return bytes;
}

Status Image::Attach(std::shared_ptr<const Image> image, uint32_t index, LoadedModule& module) {
  const Header& header = image->header();
  const ResolvedModule& resolved = *module.resolved;
  const EngineSettings& settings = module.engine->settings();
  if (index >= image->modules_.size() ||
      image->modules_[index].size() != resolved.funcs.size() - resolved.imported_funcs ||
      header.features != resolved.features.bits()) {
    return Fail(ErrorKind::kUsage, "compiled from another module");
  }
  if (((header.settings & kGuardedMemories) != 0) != (settings.bounds == Bounds::kGuard) ||
      ((header.settings & kDeterministicSimd) != 0) != settings.deterministic_simd) {
    return Fail(ErrorKind::kUsage, "compiled for other settings");
  }
  const uint8_t* const base = image->mapping_.base();
  const absl::Span<const Func> funcs = image->modules_[index];
  for (uint32_t i = 0; i < funcs.size(); ++i) {
    const Func& func = funcs[i];
    if (func.call == 0) continue;
    NativeFunc native = {base + func.call, base + func.entry};
    if (func.tail != 0) {
      native.tail = base + func.tail;
      native.tail_entry = base + func.tail_entry;
    }
    module.SetNative(FuncIdx(resolved.imported_funcs + i), native);
  }
  module.image = std::move(image);
  return {};
}

}  // namespace tenon::vm::artifact
