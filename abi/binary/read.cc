#include "abi/binary/read.h"

#include "absl/strings/str_cat.h"
#include "absl/types/span.h"
#include "vm/base/utf8.h"

namespace tenon::abi {

bool SyntaxReader::FailForm(uint8_t byte, absl::string_view what, uint64_t where) {
  return FailAt(ErrorKind::kMalformed,
                absl::StrCat("invalid leading byte (0x", absl::Hex(byte), ") for ", what), where);
}

bool ReadName(SyntaxReader& reader, absl::string_view* out) {
  uint32_t length = 0;
  absl::Span<const uint8_t> bytes;
  const uint64_t where = reader.offset();
  if (!reader.ReadVarU32(&length) || !reader.ReadBytes(length, &bytes)) return false;
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (!IsValidUtf8(text)) {
    return reader.FailAt(ErrorKind::kMalformed, "malformed UTF-8 encoding", where);
  }
  *out = text;
  return true;
}

bool ReadCount(SyntaxReader& reader, uint32_t limit, const char* what, uint32_t* out) {
  const uint64_t where = reader.offset();
  if (!reader.ReadVarU32(out)) return false;
  if (*out > limit) {
    return reader.FailAt(ErrorKind::kLimit,
                         absl::StrCat("too many ", what, ": ", *out, ", the limit is ", limit),
                         where);
  }
  return true;
}

namespace {

struct SortCode {
  uint8_t code;
  Sort sort;
};
// abi: "Sorts". What follows a 0x00 is a core sort.
constexpr SortCode kCoreSorts[] = {{0x00, Sort::kCoreFunc},   {0x01, Sort::kCoreTable},
                                   {0x02, Sort::kCoreMemory}, {0x03, Sort::kCoreGlobal},
                                   {0x04, Sort::kCoreTag},    {0x10, Sort::kCoreType},
                                   {0x11, Sort::kCoreModule}, {0x12, Sort::kCoreInstance}};
constexpr SortCode kSorts[] = {{0x01, Sort::kFunc},
                               {0x02, Sort::kValue},
                               {0x03, Sort::kType},
                               {0x04, Sort::kComponent},
                               {0x05, Sort::kInstance}};

bool ReadSortOf(SyntaxReader& reader, absl::Span<const SortCode> sorts, const char* what,
                Sort* out) {
  uint8_t byte = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadByte(&byte)) return false;
  for (const SortCode& row : sorts) {
    if (row.code != byte) continue;
    *out = row.sort;
    return true;
  }
  return reader.FailForm(byte, what, where);
}

}  // namespace

bool ReadCoreSort(SyntaxReader& reader, Sort* out, const char* what) {
  return ReadSortOf(reader, kCoreSorts, what, out);
}

bool ReadSort(SyntaxReader& reader, Sort* out, const char* what) {
  if (reader.PeekByte() != 0x00) return ReadSortOf(reader, kSorts, what, out);
  return reader.Skip(1) && ReadCoreSort(reader, out, what);
}

bool ReadSortIndex(SyntaxReader& reader, SortIndex* out) {
  return ReadSort(reader, &out->sort) && reader.ReadVarU32(&out->index);
}

namespace {

bool ReadAttribute(SyntaxReader& reader, syntax::NameAttributes* out) {
  static constexpr const char* kNames[] = {"implements", "version-suffix", "external-id"};
  std::optional<absl::string_view>* const slots[] = {&out->implements, &out->version_suffix,
                                                     &out->external_id};
  uint8_t kind = 0;
  const uint64_t where = reader.offset();
  if (!reader.ReadForm(std::size(slots) - 1, "name option", &kind)) return false;
  if (slots[kind]->has_value()) {
    return reader.FailAt(ErrorKind::kInvalid,
                         absl::StrCat("duplicate '", kNames[kind], "' option in name"), where);
  }
  return ReadName(reader, &slots[kind]->emplace());
}

}  // namespace

bool ReadExternName(SyntaxReader& reader, syntax::Name* out) {
  uint8_t form = 0;
  if (!reader.ReadForm(2, "component name", &form) || !ReadName(reader, &out->name)) return false;
  if (form < 2) return true;
  uint32_t count = 0;
  auto* const attributes = reader.New<syntax::NameAttributes>();
  if (attributes == nullptr || !reader.ReadVarU32(&count)) return false;
  out->attributes = attributes;
  for (uint32_t i = 0; i < count; ++i) {  // at most three, since duplicates fail
    if (!ReadAttribute(reader, attributes)) return false;
  }
  return true;
}

}  // namespace tenon::abi
