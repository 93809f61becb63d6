#include "vm/artifact/image.h"

#include <elf.h>

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/artifact/digest.h"
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
Status Read(const sys::File& file, uint64_t file_size, uint64_t offset, absl::Span<T> to) {
  const uint64_t size = to.size() * sizeof(T);
  if (offset > file_size || size > file_size - offset) return Damaged("it is too short");
  return file.ReadAt(offset, {reinterpret_cast<uint8_t*>(to.data()), size});
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

Result<Layout> ReadLayout(const sys::File& file, uint64_t file_size, const Elf64_Ehdr& elf) {
  std::vector<Elf64_Phdr> headers(elf.e_phnum);
  TENON_RETURN_IF_ERROR(Read(file, file_size, elf.e_phoff, absl::MakeSpan(headers)));
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

// `count` rows of a part, by their offset in it.
template <typename Row>
Result<absl::Span<const Row>> RowsAt(absl::Span<const uint8_t> part, uint64_t offset,
                                     uint64_t count) {
  const uint64_t address = reinterpret_cast<uintptr_t>(part.data()) + offset;
  if (offset > part.size() || count > (part.size() - offset) / sizeof(Row) ||
      address % alignof(Row) != 0) {
    return Damaged("a table is not in it");
  }
  return absl::Span<const Row>(reinterpret_cast<const Row*>(part.data() + offset), count);
}

bool IsWithin(const Part& part, uint64_t size) {
  return part.offset <= size && part.size <= size - part.offset;
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

// What is known of a block of functions.
enum BlockState : uint8_t { kUnknown, kIntact, kDamaged };

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
  TENON_ASSIGN_OR_RETURN(const uint64_t file_size, file.Size());
  TENON_RETURN_IF_ERROR(Read(file, file_size, 0, absl::MakeSpan(&elf, 1)));
  if (!IsOurs(elf)) return Damaged("its first bytes are another format's");
  TENON_ASSIGN_OR_RETURN(const Layout layout, ReadLayout(file, file_size, elf));

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
  for (const sys::CodeSegment& segment : layout.segments) {
    if (!segment.is_executable) continue;
    if (image->code_end_ != 0) return Damaged("its code is in several segments");
    image->code_begin_ = segment.image_offset;
    image->code_end_ = segment.image_offset + segment.size;
  }
  Header& header = image->header_;
  std::memcpy(&header, image->mapping_.base() + at, sizeof header);
  if (std::memcmp(header.magic, kMagic, sizeof kMagic) != 0) return Damaged("it has no header");
  if (header.version != kVersion || header.layout != LayoutHash() ||
      std::memcmp(header.build, BuildId().data(), sizeof header.build) != 0) {
    return Fail(ErrorKind::kUsage, "compiled by another build of tenon: compile it again");
  }
  const uint64_t first_bytes = layout.segments[0].size;
  if (header.checked_bytes < at + sizeof header || header.checked_bytes > first_bytes) {
    return Damaged("its tables are not in it");
  }
  TENON_RETURN_IF_ERROR(image->MapTrailer(file_size));
  const CheckedBytes checked(header, at, {image->mapping_.base(), first_bytes},
                             {image->trailer_.base(), header.trailer.size});
  if (!IsDigest(checked.Digest(), header.digest)) return Damaged("its digest is another");
  TENON_RETURN_IF_ERROR(image->ReadRows(first_bytes));
  TENON_ASSIGN_OR_RETURN(const auto funcs,
                         RowsAt<FuncPositions>(image->PartAt(header.position_funcs), 0,
                                               header.position_funcs.size / sizeof(FuncPositions)));
  image->positions_ = CodePositions(image->mapping_.base(), image->mapping_.size(),
                                    image->PartAt(header.position_rows), funcs);
  return image;
}

Status Image::MapTrailer(uint64_t file_size) {
  const Part& trailer = header_.trailer;
  for (const Part& part : {header_.position_funcs, header_.rows, header_.plan, header_.source,
                           header_.position_rows}) {
    if (!IsWithin(part, trailer.size)) return Damaged("a part is not in it");
  }
  if (!IsWithin(trailer, file_size) || trailer.offset % sys::HostPageBytes() != 0 ||
      trailer.size == 0) {
    return Damaged("it is too short");
  }
  trailer_ = sys::Mapping::OfFile(file_.descriptor(), trailer.offset, trailer.size);
  if (!trailer_) return Fail(ErrorKind::kLimit, "no address space is left for the file");
  return {};
}

// Rows of functions are looked at when one is asked for.
Status Image::ReadRows(uint64_t first_bytes) {
  const absl::Span<const uint8_t> first(mapping_.base(), first_bytes);
  const absl::Span<const uint8_t> rows = PartAt(header_.rows);
  TENON_ASSIGN_OR_RETURN(const auto modules, RowsAt<Module>(first.first(header_.checked_bytes),
                                                            header_.modules, header_.module_count));
  TENON_ASSIGN_OR_RETURN(adapters_, RowsAt<uint32_t>(first.first(header_.checked_bytes),
                                                     header_.adapters, header_.adapter_count));
  TENON_ASSIGN_OR_RETURN(const auto outlined, RowsAt<Outlined>(rows, 0, header_.module_count));
  for (size_t i = 0; i < modules.size(); ++i) {
    const Outlined& row = outlined[i];
    Rows& found = modules_.emplace_back();
    found.outlined = &row;
    TENON_ASSIGN_OR_RETURN(found.funcs,
                           RowsAt<Func>(first, modules[i].funcs, modules[i].func_count));
    TENON_ASSIGN_OR_RETURN(found.digests, RowsAt<uint64_t>(rows, row.digests, row.digest_count));
    TENON_ASSIGN_OR_RETURN(found.datas, RowsAt<Part>(rows, row.datas, row.data_count));
    if (found.digests.size() != BlockCount(found.funcs.size()) ||
        !IsWithin(row.source, header_.source.size)) {
      return Damaged("a module is not in it");
    }
    for (const Part& data : found.datas) {
      if (!IsWithin(data, header_.source.size)) return Damaged("a data segment is not in it");
    }
    found.blocks = std::make_unique<std::atomic<uint8_t>[]>(found.digests.size());
  }
  return {};
}

std::optional<Func> Image::FuncAt(size_t module, size_t func) const {
  const Rows& rows = modules_[module];
  const size_t block = func / kFuncsPerBlock;
  uint8_t state = rows.blocks[block].load(std::memory_order_relaxed);
  if (state == kUnknown) {
    state = DigestOfBlock(rows.funcs, block) == rows.digests[block] ? kIntact : kDamaged;
    rows.blocks[block].store(state, std::memory_order_relaxed);
  }
  if (state == kDamaged) return std::nullopt;
  return rows.funcs[func];
}

Status Image::CopyCode() const {
  if (mapping_.Copy(code_begin_, code_end_ - code_begin_)) return {};
  return Fail(ErrorKind::kLimit, "no memory for a copy of the code");
}

const void* Image::AdapterAt(size_t trampoline) const {
  if (trampoline >= adapters_.size() || !IsCode(adapters_[trampoline], 1)) return nullptr;
  return mapping_.base() + adapters_[trampoline];
}

NativeFunc Image::NativeAt(size_t module, size_t func) const {
  const std::optional<Func> row = FuncAt(module, func);
  if (!row || !IsCode(row->call, 1) || !IsCode(row->entry, 1)) return {};
  const uint8_t* const base = mapping_.base();
  NativeFunc native{base + row->call, base + row->entry};
  if (row->tail == 0) return native;
  if (!IsCode(row->tail, 1) || !IsCode(row->tail_entry, 1)) return {};
  native.tail = base + row->tail;
  native.tail_entry = base + row->tail_entry;
  return native;
}

Status Image::Verify() const {
  constexpr size_t kPiece = size_t{1} << 20;
  TENON_ASSIGN_OR_RETURN(const uint64_t size, file_.Size());
  if (size < header_.checked_bytes) return Damaged("it is too short");
  std::vector<uint8_t> piece(kPiece);
  sys::Sha256 hash;
  for (uint64_t at = header_.checked_bytes; at < size; at += piece.size()) {
    piece.resize(std::min<uint64_t>(kPiece, size - at));
    TENON_RETURN_IF_ERROR(Read(file_, size, at, absl::MakeSpan(piece)));
    hash.Add(piece);
  }
  if (!IsDigest(hash.Finish(), header_.rest_digest)) return Damaged("its digest is another");
  return {};
}

Status Image::CheckSettings(const Engine& engine) const {
  const EngineSettings& settings = engine.settings();
  const auto complain = [](absl::string_view what, absl::string_view wanted) {
    return Fail(ErrorKind::kUsage,
                absl::StrCat("compiled ", what, ", and is to run ", wanted, ": compile it again"));
  };
  if ((header_.settings & kGuardedMemories) != 0 && settings.bounds != Bounds::kGuard) {
    return complain("for guarded memories", "with explicit bounds");
  }
  if ((header_.settings & kGuardedMemories) == 0 && settings.bounds == Bounds::kGuard) {
    return complain("for explicit bounds", "with guarded memories");
  }
  if (((header_.settings & kDeterministicSimd) != 0) != settings.deterministic_simd) {
    return Fail(ErrorKind::kUsage, "compiled for other relaxed SIMD: compile it again");
  }
  if (header_.features == settings.features.bits()) return {};
  return complain(absl::StrCat("with --features ", features().ListFrom(settings.features)),
                  "with others");
}

Status Image::Attach(std::shared_ptr<const Image> image, size_t index, LoadedModule& module) {
  const ResolvedModule& resolved = *module.resolved;
  const size_t defined = resolved.funcs.size() - resolved.imported_funcs;
  if (index >= image->module_count() || image->func_count(index) != defined) {
    return Fail(ErrorKind::kUsage, "compiled from another module");
  }
  TENON_RETURN_IF_ERROR(image->CheckSettings(*module.engine));
  if (image->relies_on_margins() && !module.margins.RelyOnThem()) {
    return Fail(ErrorKind::kLimit, "an instance has a memory that compiled code can't import");
  }
  module.SetPositions(&image->positions(), static_cast<uint32_t>(index));
  for (uint32_t i = 0; i < defined; ++i) {
    const NativeFunc native = image->NativeAt(index, i);
    if (native.call != nullptr) module.SetNative(FuncIdx(resolved.imported_funcs + i), native);
  }
  module.image = std::move(image);
  return {};
}

}  // namespace tenon::vm::artifact
