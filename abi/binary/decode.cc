#include "abi/binary/decode.h"

#include <algorithm>
#include <cstring>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/read.h"
#include "absl/base/attributes.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"

namespace tenon::abi {
namespace {

using syntax::Component;
using syntax::Definition;

constexpr uint8_t kMagic[4] = {0x00, 0x61, 0x73, 0x6d};
constexpr uint8_t kVersion[4] = {0x0d, 0x00, 0x01, 0x00};  // version 13, layer 1
constexpr size_t kPreambleSize = 8;
constexpr uint32_t kCommonDefinitions = 256;
// A vector that grows holds its items in two places for a while; then they are copied once more.
constexpr uint64_t kDefinitionBytes = 3 * sizeof(Definition);

enum SectionId : uint8_t {
  kCustom = 0,
  kCoreModule = 1,
  kCoreInstance = 2,
  kCoreType = 3,
  kComponent = 4,
  kInstance = 5,
  kAlias = 6,
  kType = 7,
  kCanon = 8,
  kStart = 9,
  kImport = 10,
  kExport = 11,
  kValue = 12,
};

// By SectionId.
constexpr const char* kSectionTitles[] = {
    "custom", "core module", "core instance", "core type", "component", "instance", "alias",
    "type",   "canon",       "start",         "import",    "export",    "value"};

// What is known of a failure besides the reader's message.
struct DecodeFailure {
  std::vector<std::string> path;  // from the inside out
  std::string expected;
  std::string found;
};

std::string Count(uint64_t count, absl::string_view noun) {
  return absl::StrCat(count, " ", noun, count == 1 ? "" : "s");
}

std::string Hex(absl::Span<const uint8_t> bytes) {
  std::string text;
  for (const uint8_t byte : bytes) {
    absl::StrAppend(&text, text.empty() ? "" : " ", absl::Hex(byte, absl::kZeroPad2));
  }
  return text;
}

// Decodes the sections of one component; recurses into nested ones, to kMaxNestingDepth.
class SectionReader {
 public:
  SectionReader(SyntaxReader& reader, int depth, DecodeFailure& failure, Component* out)
      : reader_(reader), depth_(depth), failure_(failure), out_(out) {}

  bool ReadPreamble() {
    absl::Span<const uint8_t> magic, version;
    const uint64_t where = reader_.offset();
    const auto preamble = absl::MakeConstSpan(reader_.position(),
                                              std::min<size_t>(reader_.remaining(), kPreambleSize));
    if (!reader_.ReadBytes(4, &magic)) return FailPreamble(preamble);
    if (std::memcmp(magic.data(), kMagic, 4) != 0) {
      reader_.FailAt(ErrorKind::kMalformed, "magic header not detected", where);
      return FailPreamble(preamble);
    }
    if (!reader_.ReadBytes(4, &version)) return FailPreamble(preamble);
    if (std::memcmp(version.data(), kVersion, 4) != 0) {
      reader_.FailAt(ErrorKind::kMalformed,
                     "unknown binary version: expected a version header for a component",
                     where + 4);
      return FailPreamble(preamble);
    }
    return true;
  }

  bool ReadSections() {
    // Room for a common component, within as much memory as there are bytes.
    definitions_.reserve(reader_.Reservable(kCommonDefinitions, sizeof(Definition)));
    while (!reader_.at_end()) {
      if (!ReadNextSection()) return false;
    }
    out_->definitions = reader_.arena().Copy<Definition>(definitions_);
    return true;
  }

 private:
  ABSL_ATTRIBUTE_COLD bool FailPreamble(absl::Span<const uint8_t> found) {
    failure_.expected = absl::StrCat("a component: ", Hex(kMagic), " ", Hex(kVersion));
    failure_.found = Hex(found);
    return false;
  }

  bool ReadNextSection() {
    uint8_t id = 0;
    uint32_t size = 0;
    absl::Span<const uint8_t> content;
    const uint64_t start = reader_.offset();
    if (!reader_.ReadByte(&id)) return false;
    if (id > kValue) {
      failure_.expected = absl::StrCat("the id of a section, 0 to ", kValue);
      failure_.found = absl::StrCat(id);
      return reader_.FailAt(ErrorKind::kMalformed, absl::StrCat("malformed section id: ", id),
                            start);
    }
    if (!reader_.ReadVarU32(&size)) return InSection(id, start);
    const uint64_t offset = reader_.offset();
    if (!reader_.ReadBytes(size, &content)) {
      failure_.expected = absl::StrCat("a section of ", Count(size, "byte"));
      failure_.found = Count(reader_.remaining(), "byte");
      return InSection(id, start);
    }
    SyntaxReader section = reader_.Part(content, offset);
    bool read = ReadSection(id, section);
    if (read && !section.at_end()) {
      failure_.expected = "the section's end";
      failure_.found = absl::StrCat(Count(section.remaining(), "byte"), " before it");
      read = section.Fail("section size mismatch");
    }
    if (read) return true;
    const Error error = section.error();
    reader_.FailAt(error.kind(), error.message(), error.where()->offset);
    return id != kComponent && InSection(id, start);
  }

  // The failure is in the section, which begins there.
  ABSL_ATTRIBUTE_COLD bool InSection(uint8_t id, uint64_t start) {
    failure_.path.push_back(absl::StrCat(kSectionTitles[id], " section at 0x", absl::Hex(start)));
    return false;
  }

  // The failure is in one of so many items.
  ABSL_ATTRIBUTE_COLD bool InItem(uint32_t item, uint32_t count, const SyntaxReader& section) {
    failure_.path.push_back(absl::StrCat("item ", item));
    if (section.error().message() == "unexpected end") {
      failure_.expected = Count(count, "item");
      failure_.found = "the section's end";
    }
    return false;
  }

  // The failure is in the component that comes next.
  ABSL_ATTRIBUTE_COLD bool InComponent() {
    const auto is_component = [](const Definition& definition) {
      const auto* import = std::get_if<syntax::Import>(&definition.def);
      const auto* item = std::get_if<syntax::Export>(&definition.def);
      const auto* alias = std::get_if<syntax::Alias>(&definition.def);
      return std::holds_alternative<const Component*>(definition.def) ||
             (import != nullptr && import->type.sort == Sort::kComponent) ||
             (item != nullptr && item->item.sort == Sort::kComponent) ||
             (alias != nullptr && alias->sort == Sort::kComponent);
    };
    failure_.path.push_back(
        absl::StrCat("component ", std::ranges::count_if(definitions_, is_component)));
    return false;
  }

  bool ReadSection(uint8_t id, SyntaxReader& section) {
    switch (id) {
      case kCustom: return ReadCustom(section);
      case kCoreModule: return ReadCoreModule(section);
      case kCoreInstance:
        return ReadDefinitions(section, kMaxInstances, "core instances",
                               &SectionReader::CoreInstance);
      case kCoreType:
        return ReadDefinitions(section, kMaxTypes, "core types", &SectionReader::CoreType);
      case kComponent: return ReadComponent(section);
      case kInstance:
        return ReadDefinitions(section, kMaxInstances, "instances", &SectionReader::Instance);
      case kAlias: return ReadDefinitions(section, kMaxTypes, "aliases", &SectionReader::Alias);
      case kType: return ReadDefinitions(section, kMaxTypes, "types", &SectionReader::Type);
      case kCanon: return ReadDefinitions(section, kMaxFunctions, "canons", &SectionReader::Canon);
      case kStart: return ReadStart(section);
      case kImport: return ReadDefinitions(section, kMaxImports, "imports", &SectionReader::Import);
      case kExport: return ReadDefinitions(section, kMaxExports, "exports", &SectionReader::Export);
      default: return ReadDefinitions(section, kMaxTypes, "values", &SectionReader::Value);
    }
  }

  bool ReadDefinitions(SyntaxReader& section, uint32_t limit, const char* what,
                       bool (SectionReader::*read)(SyntaxReader&, Definition&)) {
    uint32_t count = 0;
    if (!ReadCount(section, limit, what, &count)) return false;
    for (uint32_t i = 0; i < count; ++i) {
      if (!section.Charge(kDefinitionBytes)) return false;
      Definition& definition = definitions_.emplace_back();
      definition.offset = static_cast<uint32_t>(section.offset());
      if (!(this->*read)(section, definition)) return InItem(i, count, section);
    }
    return true;
  }

  // A section that is one definition.
  bool Append(SyntaxReader& section, uint64_t offset, const decltype(Definition::def)& def) {
    if (!section.Charge(kDefinitionBytes)) return false;
    definitions_.push_back({def, static_cast<uint32_t>(offset)});
    return true;
  }

  // The rest of a section as a range of the root's bytes; reader offsets are the root's.
  static syntax::ByteRange TakeRest(SyntaxReader& section) {
    const syntax::ByteRange range{section.offset(), section.remaining()};
    section.Skip(section.remaining());
    return range;
  }

  bool ReadCustom(SyntaxReader& section) {
    syntax::Custom custom;
    const uint64_t offset = section.offset();
    if (!ReadName(section, &custom.name)) return false;
    custom.bytes = TakeRest(section);
    if (custom.name == "component-name") out_->names = custom.bytes;
    return Append(section, offset, custom);
  }

  bool ReadCoreModule(SyntaxReader& section) {
    const uint64_t offset = section.offset();
    return Append(section, offset, syntax::CoreModule{TakeRest(section)});
  }

  bool ReadComponent(SyntaxReader& section) {
    const uint64_t offset = section.offset();
    if (depth_ + 1 > static_cast<int>(kMaxNestingDepth)) {
      section.FailAt(ErrorKind::kLimit, "components are nested too deeply", offset);
      return InComponent();
    }
    auto* const nested = section.New<Component>();
    if (nested == nullptr) return false;
    nested->range = {offset, section.remaining()};
    SectionReader inner(section, depth_ + 1, failure_, nested);
    if (!inner.ReadPreamble() || !inner.ReadSections()) return InComponent();
    return Append(section, offset, nested);
  }

  bool CoreInstance(SyntaxReader& reader, Definition& out) {
    uint8_t form = 0;
    auto& instance = out.def.emplace<syntax::CoreInstance>();
    if (!reader.ReadForm(1, "core instance", &form)) return false;
    if (form == 0x00) {
      auto& instantiate = instance.emplace<syntax::CoreInstantiate>();
      uint32_t module = 0;
      if (!reader.ReadVarU32(&module)) return false;
      instantiate.module = CoreModuleIdx(module);
      return ReadVec(reader, kMaxImports, "instantiation arguments", &instantiate.args,
                     [&](syntax::CoreInstantiateArg* arg) { return CoreArg(reader, arg); });
    }
    return ReadVec(reader, kMaxExports, "exports",
                   &instance.emplace<absl::Span<const syntax::CoreInlineExport>>(),
                   [&](syntax::CoreInlineExport* item) {
                     return ReadName(reader, &item->name) &&
                            ReadCoreSort(reader, &item->item.sort) &&
                            reader.ReadVarU32(&item->item.index);
                   });
  }

  static bool CoreArg(SyntaxReader& reader, syntax::CoreInstantiateArg* arg) {
    uint8_t sort = 0;
    uint32_t index = 0;
    if (!ReadName(reader, &arg->name)) return false;
    const uint64_t where = reader.offset();
    if (!reader.ReadByte(&sort)) return false;
    if (sort != 0x12) return reader.FailForm(sort, "instantiation arg kind", where);
    if (!reader.ReadVarU32(&index)) return false;
    arg->instance = CoreInstanceIdx(index);
    return true;
  }

  bool Instance(SyntaxReader& reader, Definition& out) {
    uint8_t form = 0;
    auto& instance = out.def.emplace<syntax::Instance>();
    if (!reader.ReadForm(1, "instance", &form)) return false;
    if (form == 0x00) {
      auto& instantiate = instance.emplace<syntax::Instantiate>();
      uint32_t component = 0;
      if (!reader.ReadVarU32(&component)) return false;
      instantiate.component = ComponentIdx(component);
      return ReadVec(reader, kMaxImports, "instantiation arguments", &instantiate.args,
                     [&](syntax::InstantiateArg* arg) {
                       return ReadName(reader, &arg->name) && ReadSortIndex(reader, &arg->item);
                     });
    }
    return ReadVec(
        reader, kMaxExports, "exports", &instance.emplace<absl::Span<const syntax::InlineExport>>(),
        [&](syntax::InlineExport* item) {
          return ReadExternName(reader, &item->name) && ReadSortIndex(reader, &item->item);
        });
  }

  bool CoreType(SyntaxReader& reader, Definition& out) {
    return ReadCoreTypeDef(reader, depth_, &out.def.emplace<syntax::CoreTypeDef>());
  }
  bool Alias(SyntaxReader& reader, Definition& out) {
    return ReadAlias(reader, &out.def.emplace<syntax::Alias>());
  }
  bool Type(SyntaxReader& reader, Definition& out) {
    return ReadTypeDef(reader, depth_, &out.def.emplace<syntax::TypeDef>());
  }
  bool Canon(SyntaxReader& reader, Definition& out) {
    return ReadCanon(reader, &out.def.emplace<syntax::Canon>());
  }
  bool Import(SyntaxReader& reader, Definition& out) {
    auto& import = out.def.emplace<syntax::Import>();
    return ReadExternName(reader, &import.name) && ReadExternType(reader, &import.type);
  }

  bool Export(SyntaxReader& reader, Definition& out) {
    auto& item = out.def.emplace<syntax::Export>();
    uint8_t ascribed = 0;
    if (!ReadExternName(reader, &item.name) || !ReadSortIndex(reader, &item.item)) return false;
    if (!reader.ReadForm(1, "optional component export type", &ascribed)) return false;
    if (ascribed == 0) return true;
    auto* const type = reader.New<syntax::ExternType>();
    item.type = type;
    return type != nullptr && ReadExternType(reader, type);
  }

  bool ReadStart(SyntaxReader& reader) {
    syntax::Start start;
    uint32_t func = 0;
    const uint64_t offset = reader.offset();
    const auto read_arg = [&](ValueIdx* arg) {
      uint32_t index = 0;
      if (!reader.ReadVarU32(&index)) return false;
      *arg = ValueIdx(index);
      return true;
    };
    if (!reader.ReadVarU32(&func) ||
        !ReadVec(reader, kMaxParams, "arguments", &start.args, read_arg) ||
        !reader.ReadVarU32(&start.results)) {
      return false;
    }
    start.func = FuncIdx(func);
    return Append(reader, offset, start);
  }

  bool Value(SyntaxReader& reader, Definition& out) {
    auto& value = out.def.emplace<syntax::Value>();
    uint32_t size = 0;
    if (!ReadValType(reader, &value.type) || !reader.ReadVarU32(&size)) return false;
    value.bytes = {reader.offset(), size};
    return reader.Skip(size);
  }

  SyntaxReader& reader_;
  const int depth_;
  DecodeFailure& failure_;
  Component* const out_;
  std::vector<Definition> definitions_;
};

// An end without anything more specific is the file's, in the words of the specification's tests.
Error DecodingError(const SyntaxReader& reader, DecodeFailure failure) {
  Error error = reader.error();
  if (error.message() == "unexpected end") {
    error = std::move(error).WithMessage("unexpected end-of-file");
  }
  Diagnosis diagnosis;
  diagnosis.path.assign(failure.path.rbegin(), failure.path.rend());
  diagnosis.expected = std::move(failure.expected);
  diagnosis.found = std::move(failure.found);
  return std::move(error).WithDiagnosis(std::move(diagnosis));
}

}  // namespace

bool IsComponent(absl::Span<const uint8_t> bytes) {
  return bytes.size() >= kPreambleSize && std::memcmp(bytes.data(), kMagic, 4) == 0 &&
         bytes[6] == kVersion[2] && bytes[7] == kVersion[3];
}

Result<std::unique_ptr<const syntax::RootComponent>> DecodeComponent(std::vector<uint8_t> bytes) {
  if (bytes.size() > vm::kMaxModuleBytes) {
    return Fail(ErrorKind::kLimit, absl::StrCat("component of ", bytes.size(),
                                                " bytes, the limit is ", vm::kMaxModuleBytes));
  }
  auto component = std::make_unique<syntax::RootComponent>();
  component->range = {0, bytes.size()};
  component->bytes = std::make_shared<const std::vector<uint8_t>>(std::move(bytes));
  uint64_t allowance = kMaxDecodedBase + kMaxDecodedFactor * component->bytes->size();
  SyntaxReader reader(*component->bytes, 0, &allowance, component->arena);
  DecodeFailure failure;
  SectionReader sections(reader, 0, failure, component.get());
  if (!sections.ReadPreamble() || !sections.ReadSections()) {
    return std::unexpected(DecodingError(reader, std::move(failure)));
  }
  return component;
}

}  // namespace tenon::abi
