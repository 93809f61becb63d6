#include "vm/artifact/seal.h"

#include <elf.h>

#include <cstddef>
#include <cstring>

#include "vm/artifact/format.h"

namespace tenon::vm::artifact {
namespace {

constexpr size_t kAlignment = 16;

Part Append(absl::Span<const uint8_t> bytes, std::vector<uint8_t>* file) {
  file->resize((file->size() + kAlignment - 1) / kAlignment * kAlignment);
  const Part part{file->size(), bytes.size()};
  file->insert(file->end(), bytes.begin(), bytes.end());
  return part;
}

void Copy(absl::Span<const uint8_t> digest, uint8_t* to) {
  std::memcpy(to, digest.data(), digest.size());
}

}  // namespace

Status SealImage(const Source& source, std::vector<uint8_t>* image) {
  Elf64_Ehdr elf;
  TENON_CHECK(image->size() >= sizeof elf);
  std::memcpy(&elf, image->data(), sizeof elf);
  // The first segment begins with the file, so that addresses there are offsets in the file.
  const uint64_t at = elf.e_entry;
  Header header;
  TENON_CHECK(at <= image->size() && image->size() - at >= sizeof header);
  std::memcpy(&header, image->data() + at, sizeof header);
  TENON_CHECK(header.checked_bytes >= at + sizeof header);

  if (source.is_component) header.settings |= kIsComponent;
  header.source = Append(source.binary, image);
  std::memcpy(header.build, BuildId().data(), sizeof header.build);
  Copy(source.digest, header.source_digest);
  const absl::Span<const uint8_t> bytes(*image);
  Copy(sys::Sha256Of(bytes.subspan(header.checked_bytes)), header.rest_digest);
  std::memcpy(image->data() + at, &header, sizeof header);
  sys::Sha256 hash;
  const size_t digest_at = at + offsetof(Header, digest);
  const size_t behind = digest_at + sizeof header.digest;
  hash.Add(bytes.first(digest_at));
  hash.Add(bytes.subspan(behind, header.checked_bytes - behind));
  Copy(hash.Finish(), image->data() + digest_at);
  return {};
}

}  // namespace tenon::vm::artifact
