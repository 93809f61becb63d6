#include "vm/binary/encoder.h"

#include <utility>

#include "vm/binary/section_encoder.h"
#include "vm/binary/type_codes.h"
#include "vm/syntax/section.h"

namespace tenon::vm {

void SectionEncoder::Bytes(ByteRange range) {
  const auto bytes = module.Bytes(range);
  out.insert(out.end(), bytes.begin(), bytes.end());
}

void SectionEncoder::SizedBytes(ByteRange range) {
  Count(range.size);
  Bytes(range);
}

void SectionEncoder::Name(absl::string_view name) {
  Count(name.size());
  out.insert(out.end(), name.begin(), name.end());
}

void SectionEncoder::Imports() {
  Count(module.imports.size());
  for (const Import& import : module.imports) {
    Name(import.module);
    Name(import.name);
    ExternOf(import.type);
  }
}

// core: #binary-externtype
void SectionEncoder::ExternOf(const ImportType& type) {
  const auto kind = static_cast<ExternKind>(type.index());
  Byte(static_cast<int>(kind));
  switch (kind) {
    case ExternKind::kFunc: Index(std::get<TypeIdx>(type).value()); break;
    case ExternKind::kTable: TableOf(std::get<TableType>(type)); break;
    case ExternKind::kMemory: MemoryOf(std::get<MemoryType>(type)); break;
    case ExternKind::kGlobal: GlobalOf(std::get<GlobalType>(type)); break;
    case ExternKind::kTag: TagOf(std::get<TagType>(type)); break;
  }
}

void SectionEncoder::Functions() {
  Count(module.functions.size());
  for (TypeIdx type : module.functions) Index(type.value());
}

void SectionEncoder::Tables() {
  Count(module.tables.size());
  for (const Table& table : module.tables) {
    if (table.init) {
      Byte(kTableWithInitializer);
      Byte(0);
    }
    TableOf(table.type);
    if (table.init) Bytes(*table.init);
  }
}

void SectionEncoder::Memories() {
  Count(module.memories.size());
  for (const MemoryType& memory : module.memories) MemoryOf(memory);
}

void SectionEncoder::Tags() {
  Count(module.tags.size());
  for (const TagType& tag : module.tags) TagOf(tag);
}

void SectionEncoder::Globals() {
  Count(module.globals.size());
  for (const Global& global : module.globals) {
    GlobalOf(global.type);
    Bytes(global.init);
  }
}

void SectionEncoder::Exports() {
  Count(module.exports.size());
  for (const Export& field : module.exports) {
    Name(field.name);
    Byte(static_cast<int>(field.kind));
    Index(field.index);
  }
}

void SectionEncoder::Start() { Index(module.start->value()); }

void SectionEncoder::Elems() {
  Count(module.elems.size());
  for (const ElemSegment& segment : module.elems) Elem(segment);
}

// The shortest of the eight forms: bit 0 not active, bit 1 explicit table or declarative, bit 2
// expressions. Without a type and a table, expressions are funcref and indices not null.
void SectionEncoder::Elem(const ElemSegment& segment) {
  const bool is_active = segment.mode == ElemSegment::Mode::kActive;
  const bool as_funcs =
      segment.exprs.empty() && segment.type == ValType::Ref(HeapKind::kFunc, /*nullable=*/false);
  const bool is_usual = as_funcs || segment.type == ValType::kFuncRef;
  int flags = as_funcs ? 0 : 4;
  if (!is_active) flags |= segment.mode == ElemSegment::Mode::kDeclarative ? 3 : 1;
  if (is_active && (segment.table.value() != 0 || !is_usual)) flags |= 2;
  Index(static_cast<uint32_t>(flags));
  if (is_active && (flags & 2)) Index(segment.table.value());
  if (is_active) Bytes(segment.table_offset);
  if (flags & 3) as_funcs ? Byte(0) : Value(segment.type);
  Count(as_funcs ? segment.funcs.size() : segment.exprs.size());
  for (FuncIdx func : segment.funcs) Index(func.value());
  for (ByteRange expr : segment.exprs) Bytes(expr);
}

void SectionEncoder::DataCount() { Index(*module.data_count); }

void SectionEncoder::Code() {
  Count(module.bodies.size());
  for (const FunctionBody& body : module.bodies) SizedBytes(body.code);
}

void SectionEncoder::Datas() {
  Count(module.datas.size());
  for (const DataSegment& segment : module.datas) {
    const int flags = !segment.active ? 1 : segment.memory.value() != 0 ? 2 : 0;
    Byte(flags);
    if (flags == 2) Index(segment.memory.value());
    if (segment.active) Bytes(segment.memory_offset);
    SizedBytes(segment.bytes);
  }
}

namespace {

struct SectionWriter {
  SectionId id;
  bool (*is_needed)(const Module& module);
  void (SectionEncoder::*write)();
};

// In the order of kSectionRows.
constexpr SectionWriter kWriters[] = {
    {SectionId::kType, [](const Module& m) { return !m.rec_groups.empty(); },
     &SectionEncoder::Types},
    {SectionId::kImport, [](const Module& m) { return !m.imports.empty(); },
     &SectionEncoder::Imports},
    {SectionId::kFunction, [](const Module& m) { return !m.functions.empty(); },
     &SectionEncoder::Functions},
    {SectionId::kTable, [](const Module& m) { return !m.tables.empty(); }, &SectionEncoder::Tables},
    {SectionId::kMemory, [](const Module& m) { return !m.memories.empty(); },
     &SectionEncoder::Memories},
    {SectionId::kTag, [](const Module& m) { return !m.tags.empty(); }, &SectionEncoder::Tags},
    {SectionId::kGlobal, [](const Module& m) { return !m.globals.empty(); },
     &SectionEncoder::Globals},
    {SectionId::kExport, [](const Module& m) { return !m.exports.empty(); },
     &SectionEncoder::Exports},
    {SectionId::kStart, [](const Module& m) { return m.start.has_value(); },
     &SectionEncoder::Start},
    {SectionId::kElem, [](const Module& m) { return !m.elems.empty(); }, &SectionEncoder::Elems},
    {SectionId::kDataCount, [](const Module& m) { return m.data_count.has_value(); },
     &SectionEncoder::DataCount},
    {SectionId::kCode, [](const Module& m) { return !m.bodies.empty(); }, &SectionEncoder::Code},
    {SectionId::kData, [](const Module& m) { return !m.datas.empty(); }, &SectionEncoder::Datas},
};
static_assert(std::size(kWriters) == kSectionCount);
static_assert([] {
  for (int i = 0; i < kSectionCount; ++i) {
    if (kWriters[i].id != kSectionRows[i].id) return false;
  }
  return true;
}());

void AppendSection(SectionId id, const std::vector<uint8_t>& content, std::vector<uint8_t>* out) {
  out->push_back(static_cast<uint8_t>(id));
  AppendVarU32(static_cast<uint32_t>(content.size()), out);
  out->insert(out->end(), content.begin(), content.end());
}

// Those from `next` on that come before the section after `order`.
void AppendCustoms(const Module& module, int order, size_t* next, std::vector<uint8_t>* out) {
  for (; *next < module.customs.size(); ++*next) {
    const CustomSection& custom = module.customs[*next];
    if (kSectionOrder[custom.after_section] > order) return;
    SectionEncoder encoder{module, {}};
    encoder.Name(custom.name);
    encoder.Bytes(custom.content);
    AppendSection(SectionId::kCustom, encoder.out, out);
  }
}

}  // namespace

std::vector<uint8_t> EncodeModule(const Module& module) {
  std::vector<uint8_t> out = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  size_t next_custom = 0;
  AppendCustoms(module, 0, &next_custom, &out);
  for (const SectionWriter& writer : kWriters) {
    if (writer.is_needed(module)) {
      SectionEncoder encoder{module, {}};
      (encoder.*writer.write)();
      AppendSection(writer.id, encoder.out, &out);
    }
    AppendCustoms(module, kSectionOrder[static_cast<int>(writer.id)], &next_custom, &out);
  }
  return out;
}

void EncodeExternType(const ImportType& type, std::vector<uint8_t>* out) {
  const Module none;
  SectionEncoder encoder{none, std::move(*out)};
  encoder.ExternOf(type);
  *out = std::move(encoder.out);
}

void EncodeSubType(const SubType& type, std::vector<uint8_t>* out) {
  const Module none;
  SectionEncoder encoder{none, std::move(*out)};
  encoder.Sub(type);
  *out = std::move(encoder.out);
}

}  // namespace tenon::vm
