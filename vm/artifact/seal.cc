#include "vm/artifact/seal.h"

#include <elf.h>

#include <cstring>

#include "vm/artifact/digest.h"
#include "vm/artifact/format.h"

namespace tenon::vm::artifact {
namespace {

constexpr size_t kPageBytes = 4096;

void Pad(size_t alignment, std::vector<uint8_t>* file) {
  file->resize((file->size() + alignment - 1) / alignment * alignment);
}

// Bytes at the end of what begins at `begin` in the file.
Part Append(absl::Span<const uint8_t> bytes, size_t begin, std::vector<uint8_t>* file) {
  Pad(16, file);
  const Part part{file->size() - begin, bytes.size()};
  file->insert(file->end(), bytes.begin(), bytes.end());
  return part;
}

template <typename Row>
uint32_t AppendRows(const std::vector<Row>& rows, std::vector<uint8_t>* out) {
  return static_cast<uint32_t>(
      Append({reinterpret_cast<const uint8_t*>(rows.data()), rows.size() * sizeof(Row)}, 0, out)
          .offset);
}

template <typename T>
T Read(const std::vector<uint8_t>& image, uint64_t offset) {
  T value;
  TENON_CHECK(offset <= image.size() && image.size() - offset >= sizeof value);
  std::memcpy(&value, image.data() + offset, sizeof value);
  return value;
}

std::vector<uint64_t> DigestsOf(const std::vector<uint8_t>& image, const Module& module) {
  std::vector<Func> funcs(module.func_count);
  const size_t bytes = funcs.size() * sizeof(Func);
  TENON_CHECK(module.funcs <= image.size() && image.size() - module.funcs >= bytes);
  if (bytes != 0) std::memcpy(funcs.data(), image.data() + module.funcs, bytes);
  std::vector<uint64_t> digests(BlockCount(funcs.size()));
  for (size_t block = 0; block < digests.size(); ++block) {
    digests[block] = DigestOfBlock(funcs, block);
  }
  return digests;
}

void Copy(absl::Span<const uint8_t> digest, uint8_t* to) {
  std::memcpy(to, digest.data(), digest.size());
}

// The rows' part.
std::vector<uint8_t> MakeRows(const Source& source, const Header& header,
                              const std::vector<uint8_t>& image) {
  std::vector<Outlined> rows(header.module_count);
  std::vector<uint8_t> out(rows.size() * sizeof(Outlined));
  for (size_t i = 0; i < rows.size(); ++i) {
    Outlined& row = rows[i];
    const auto digests = DigestsOf(image, Read<Module>(image, header.modules + i * sizeof(Module)));
    row.digests = AppendRows(digests, &out);
    row.digest_count = static_cast<uint32_t>(digests.size());
    if (i >= source.modules.size()) continue;
    const SourceModule& module = source.modules[i];
    row.source = {module.offset, module.size};
    Copy(sys::Sha256Of(source.binary.subspan(module.offset, module.size)), row.source_digest);
    row.datas = AppendRows(module.datas, &out);
    row.data_count = static_cast<uint32_t>(module.datas.size());
  }
  if (!rows.empty()) std::memcpy(out.data(), rows.data(), rows.size() * sizeof(Outlined));
  return out;
}

}  // namespace

SourceModule PlaceOf(const ResolvedModule& module, absl::Span<const uint8_t> binary) {
  const absl::Span<const uint8_t> bytes = module.module->Bytes();
  TENON_CHECK(bytes.data() >= binary.data() &&
              bytes.data() + bytes.size() <= binary.data() + binary.size());
  SourceModule place{static_cast<uint64_t>(bytes.data() - binary.data()), bytes.size(), {}};
  for (const ResolvedData& data : module.datas) {
    const auto offset = static_cast<uint64_t>(data.bytes.data() - bytes.data());
    place.datas.push_back({data.bytes.empty() ? 0 : place.offset + offset, data.bytes.size()});
  }
  return place;
}

void SealImage(const Source& source, absl::Span<const uint8_t> position_rows,
               std::vector<uint8_t>* image) {
  // The first segment begins with the file, so that addresses there are offsets in the file.
  const uint64_t at = Read<Elf64_Ehdr>(*image, 0).e_entry;
  Header header = Read<Header>(*image, at);
  TENON_CHECK(header.checked_bytes >= at + sizeof header);

  if (source.is_component) header.settings |= kIsComponent;
  std::memcpy(header.build, BuildId().data(), sizeof header.build);
  Copy(source.digest, header.source_digest);
  const std::vector<uint8_t> rows = MakeRows(source, header, *image);
  const size_t begin = header.position_funcs.offset / kPageBytes * kPageBytes;
  header.position_funcs.offset -= begin;
  header.rows = Append(rows, begin, image);
  header.plan = Append(source.plan, begin, image);
  header.source = Append(source.binary, begin, image);
  header.position_rows = Append(position_rows, begin, image);
  header.trailer = {begin, image->size() - begin};
  const absl::Span<const uint8_t> bytes(*image);
  Copy(sys::Sha256Of(bytes.subspan(header.checked_bytes)), header.rest_digest);
  std::memcpy(image->data() + at, &header, sizeof header);
  const CheckedBytes checked(header, at, bytes, bytes.subspan(begin));
  Copy(checked.Digest(), image->data() + at + offsetof(Header, digest));
}

}  // namespace tenon::vm::artifact
