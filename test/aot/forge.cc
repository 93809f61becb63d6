#include "test/aot/forge.h"

#include <elf.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <utility>

#include "abi/link/component.h"
#include "vm/artifact/digest.h"
#include "vm/artifact/image.h"
#include "vm/artifact/load.h"
#include "vm/interp/interpreter.h"
#include "vm/sys/file.h"

namespace tenon {
namespace {

using vm::artifact::Header;
using vm::artifact::Outlined;

bool IsWithin(const vm::artifact::Part& part, uint64_t size) {
  return part.offset <= size && part.size <= size - part.offset;
}

// Those of the modules' sources, in the rows.
void ForgeSourceDigests(const Header& header, absl::Span<uint8_t> trailer) {
  if (!IsWithin(header.source, trailer.size())) return;
  const auto source = trailer.subspan(header.source.offset, header.source.size);
  const auto rows = trailer.subspan(header.rows.offset, header.rows.size);
  for (size_t i = 0; i < std::min<size_t>(header.module_count, rows.size() / sizeof(Outlined));
       ++i) {
    Outlined row;
    uint8_t* const at = rows.data() + i * sizeof row;
    std::memcpy(&row, at, sizeof row);
    if (!IsWithin(row.source, source.size())) continue;
    const auto digest = vm::sys::Sha256Of(source.subspan(row.source.offset, row.source.size));
    std::memcpy(at + offsetof(Outlined, source_digest), digest.data(), digest.size());
  }
}

}  // namespace

bool Forge(std::vector<uint8_t>* file) {
  Elf64_Ehdr elf;
  if (file->size() < sizeof elf) return false;
  std::memcpy(&elf, file->data(), sizeof elf);
  const uint64_t at = elf.e_entry;
  if (!IsWithin({at, sizeof(Header)}, file->size())) return false;
  Header header;
  std::memcpy(&header, file->data() + at, sizeof header);
  std::memcpy(header.magic, vm::artifact::kMagic, sizeof header.magic);
  header.version = vm::artifact::kVersion;
  header.layout = vm::artifact::LayoutHash();
  header.cpu_features = 0;
  std::memcpy(header.build, vm::artifact::BuildId().data(), sizeof header.build);
  std::memcpy(file->data() + at, &header, sizeof header);
  if (!IsWithin(header.trailer, file->size()) || header.checked_bytes > file->size() ||
      header.checked_bytes < at + sizeof header || !IsWithin(header.rows, header.trailer.size) ||
      !IsWithin(header.plan, header.trailer.size)) {
    return false;
  }
  ForgeSourceDigests(header,
                     absl::MakeSpan(*file).subspan(header.trailer.offset, header.trailer.size));
  const absl::Span<const uint8_t> bytes(*file);
  const vm::artifact::CheckedBytes checked(header, at, bytes, bytes.subspan(header.trailer.offset));
  const auto digest = checked.Digest();
  std::memcpy(file->data() + at + offsetof(Header, digest), digest.data(), digest.size());
  return true;
}

bool LoadForged(const std::vector<uint8_t>& bytes) {
  auto file = vm::sys::File::OfBytes(bytes);
  if (!file) return false;
  const auto image = vm::artifact::Image::Map(std::move(*file));
  if (!image) return false;
  vm::Engine engine(vm::InterpreterTier(), {.features = (*image)->features()});
  if ((*image)->is_component()) {
    const auto component = abi::LoadComponent(&engine, *image);
    if (!component) return false;
    bool whole = true;
    for (const auto& module : (*component)->modules) whole &= module->Whole() != nullptr;
    return whole;
  }
  const auto module = vm::artifact::LoadModule(&engine, *image);
  return module && (*module)->Whole() != nullptr;
}

}  // namespace tenon
