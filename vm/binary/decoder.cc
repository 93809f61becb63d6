#include "vm/binary/decoder.h"
#include "absl/base/attributes.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/binary/section_decoder.h"
#include "vm/syntax/scan_bodies.h"
#include "vm/syntax/section.h"

namespace tenon::vm {
namespace {

const char* SectionTitle(uint8_t id) {
  return id == 0 ? "custom" : kSectionRows[kSectionOrder[id] - 1].title;
}

bool DecodeSection(SectionId id, int after_section, SectionDecoder& decoder) {
  switch (id) {
    case SectionId::kCustom: return decoder.DecodeCustom(after_section);
    case SectionId::kType: return decoder.DecodeTypes();
    case SectionId::kImport: return decoder.DecodeImports();
    case SectionId::kFunction: return decoder.DecodeFunctions();
    case SectionId::kTable: return decoder.DecodeTables();
    case SectionId::kMemory: return decoder.DecodeMemories();
    case SectionId::kGlobal: return decoder.DecodeGlobals();
    case SectionId::kExport: return decoder.DecodeExports();
    case SectionId::kStart: return decoder.DecodeStart();
    case SectionId::kElem: return decoder.DecodeElems();
    case SectionId::kCode: return decoder.DecodeCode();
    case SectionId::kData: return decoder.DecodeDatas();
    case SectionId::kDataCount: return decoder.DecodeDataCount();
    case SectionId::kTag: return decoder.DecodeTags();
  }
  return false;
}

bool DecodeHeader(ByteReader& reader) {
  constexpr uint8_t kMagic[] = {0x00, 'a', 's', 'm'};
  constexpr uint8_t kVersion[] = {0x01, 0x00, 0x00, 0x00};
  absl::Span<const uint8_t> bytes;
  if (!reader.ReadBytes(sizeof kMagic, &bytes)) return false;
  if (bytes != absl::MakeConstSpan(kMagic)) {
    return reader.FailAt(ErrorKind::kMalformed, "magic header not detected", 0);
  }
  if (!reader.ReadBytes(sizeof kVersion, &bytes)) return false;
  if (bytes != absl::MakeConstSpan(kVersion)) {
    return reader.FailAt(ErrorKind::kMalformed,
                         "unknown binary version: expected a version header for a module",
                         sizeof kMagic);
  }
  return true;
}

class ModuleDecoder {
 public:
  ModuleDecoder(Module& module, const Features& features)
      : module_(module), features_(features), reader_(module.Bytes()) {}

  Status Decode() {
    if (!DecodeHeader(reader_)) return reader_.TakeFailure();
    while (!reader_.at_end()) TENON_RETURN_IF_ERROR(DecodeNextSection());
    return CheckCounts();
  }

 private:
  Status DecodeNextSection() {
    const uint64_t where = reader_.offset();
    uint8_t id;
    uint32_t size;
    if (!reader_.ReadByte(&id)) return reader_.TakeFailure();
    if (id >= kSectionIdCount) return Malformed("malformed section id", where);
    const int place = kSectionOrder[id];
    if (id != 0 && place <= last_place_) {
      return Malformed("unexpected content after last section: section out of order", where);
    }
    if (!ReadCount(reader_, &size)) return reader_.TakeFailure();
    const uint64_t start = reader_.offset();
    if (!reader_.Skip(size)) return reader_.TakeFailure();

    const auto rest = module_.Bytes().subspan(start);
    SectionDecoder decoder{ByteReader(rest, start), start + size, features_, module_, scratch_};
    const SectionId section = static_cast<SectionId>(id);
    if (!DecodeSection(section, last_id_, decoder)) {
      const std::string item = decoder.item ? absl::StrCat(", item ", *decoder.item) : "";
      return std::unexpected<Error>(
          DecodingError(decoder.reader)
              .WithContext(absl::StrCat(SectionTitle(id), " section", item)));
    }
    if (decoder.reader.offset() != decoder.end) {
      return Malformed("section size mismatch", decoder.reader.offset());
    }
    if (id != 0) {
      last_place_ = place;
      last_id_ = id;
    }
    return {};
  }

  Status CheckCounts() const {
    const uint64_t end = module_.Bytes().size();
    if (module_.functions.size() != module_.bodies.size()) {
      return Malformed("function and code section have inconsistent lengths", end);
    }
    if (module_.data_count && *module_.data_count != module_.datas.size()) {
      return Malformed("data count and data section have inconsistent lengths", end);
    }
    return {};
  }

  ABSL_ATTRIBUTE_COLD static Status Malformed(absl::string_view message, uint64_t where) {
    return Fail(ErrorKind::kMalformed, message, SourceLocation{where, 0, 0});
  }

  Module& module_;
  const Features& features_;
  ByteReader reader_;
  ImmediateScratch scratch_;
  int last_place_ = 0;
  int last_id_ = 0;
};

}  // namespace

bool SectionDecoder::Limit(absl::string_view what, uint64_t limit) {
  return reader.FailAt(ErrorKind::kLimit, absl::StrCat("more than ", limit, " ", what),
                       reader.offset());
}

namespace {

Result<Module> Decode(Module module, const Features& features) {
  if (module.Bytes().size() > kMaxModuleBytes) {
    return Fail(ErrorKind::kLimit, absl::StrCat("module larger than ", kMaxModuleBytes, " bytes"));
  }
  Status status = ModuleDecoder(module, features).Decode();
  if (status) return module;
  if (status.error().kind() == ErrorKind::kMalformed) {
    // The bodies read so far come first.
    bool needs_data_count = false;
    TENON_RETURN_IF_ERROR(ScanBodies(module, features, &needs_data_count));
  }
  return std::unexpected<Error>(std::move(status).error());
}

}  // namespace

Result<Module> DecodeModule(std::vector<uint8_t> bytes, const Features& features) {
  Module module;
  module.bytes = std::move(bytes);
  return Decode(std::move(module), features);
}

Result<Module> DecodeModule(SharedBytes bytes, const Features& features) {
  Module module;
  module.shared = std::move(bytes);
  return Decode(std::move(module), features);
}

namespace {

// What `decode` finds where the reader stands.
bool DecodeTypesWith(bool (SectionDecoder::*decode)(), ByteReader& reader, const Features& features,
                     std::vector<SubType>* out) {
  Module module;
  ImmediateScratch scratch;
  SectionDecoder decoder{reader, reader.offset() + reader.remaining(), features, module, scratch};
  if (!(decoder.*decode)()) {
    const Error error = decoder.reader.error();
    return reader.FailAt(error.kind(), error.message(), error.where()->offset);
  }
  *out = std::move(module.types);
  return reader.Skip(decoder.reader.offset() - reader.offset());
}

}  // namespace

bool DecodeRecType(ByteReader& reader, const Features& features, std::vector<SubType>* out) {
  return DecodeTypesWith(&SectionDecoder::DecodeRecGroup, reader, features, out);
}

bool DecodeSubType(ByteReader& reader, const Features& features, SubType* out) {
  std::vector<SubType> types;
  if (!DecodeTypesWith(&SectionDecoder::DecodeSubType, reader, features, &types)) return false;
  *out = std::move(types.front());
  return true;
}

}  // namespace tenon::vm
