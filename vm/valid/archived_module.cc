#include "vm/valid/archived_module.h"

#include <utility>
#include <vector>

namespace tenon::vm {
namespace {

// Constant expressions name types where they make objects.
bool NamesType(Opcode op) {
  if (static_cast<size_t>(op) >= kOpcodeCount) return false;
  const ImmediateKind immediate = Info(op).immediate;
  return immediate == ImmediateKind::kType || immediate == ImmediateKind::kTypeCount;
}

}  // namespace

void Visit(ArchiveWriter& archive, ConstInstruction& instruction) {
  archive(instruction.op);
  if (NamesType(instruction.op)) {
    archive(TypeId(instruction.index));
  } else {
    archive(instruction.index);
  }
  archive(instruction.bits);
}
void Visit(ArchiveReader& archive, ConstInstruction& instruction) {
  archive(instruction.op);
  if (NamesType(instruction.op)) {
    TypeId type;
    archive(type);
    instruction.index = type.value();
  } else {
    archive(instruction.index);
  }
  archive(instruction.bits);
}

template <typename Archive>
void Visit(Archive& archive, ResolvedTable& table) {
  auto& [type, init] = table;
  archive(type, init);
}

template <typename Archive>
void Visit(Archive& archive, ResolvedGlobal& global) {
  auto& [type, init] = global;
  archive(type, init);
}

template <typename Archive>
void Visit(Archive& archive, ResolvedElem& elem) {
  auto& [mode, table, table_offset, type, funcs, exprs] = elem;
  archive(mode, table, table_offset, type, funcs, exprs);
}

template <typename Archive>
void Visit(Archive& archive, ResolvedData& data) {
  auto& [active, memory, memory_offset, bytes] = data;
  archive(active, memory, memory_offset);
}

template <typename Archive>
void Visit(Archive& archive, Export& item) {
  auto& [name, kind, index, offset] = item;
  archive(name, kind, index, offset);
}

namespace {

// Functions that are imported, and tags.
void WriteFunc(ArchiveWriter& archive, const ResolvedFunc& func) { archive(func.type_id); }

void ReadFunc(ArchiveReader& archive, ResolvedFunc* func) {
  archive(func->type_id);
  if (archive.is_good()) func->type = &archive.store().Get(func->type_id).func;
}

// What both directions treat alike.
template <typename Archive, typename Module>
void VisitFields(Archive& archive, Module& module) {
  archive(module.type_ids, module.tables, module.memories, module.globals, module.imported_funcs,
          module.imported_tables, module.imported_memories, module.imported_globals,
          module.imported_tags, module.elems, module.datas, module.start);
}

ImportType TypeOfKind(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc: return TypeIdx();
    case ExternKind::kTable: return TableType();
    case ExternKind::kMemory: return MemoryType();
    case ExternKind::kGlobal: return GlobalType();
    case ExternKind::kTag: return TagType();
  }
  return TypeIdx();
}

}  // namespace

void WriteModule(ArchiveWriter& archive, const ResolvedModule& module) {
  VisitFields(archive, module);
  const Module& syntax = *module.module;
  archive(syntax.names.module, syntax.exports);
  archive(module.imports.size());
  for (const ResolvedImport& import : module.imports) {
    archive(import.syntax->module, import.syntax->name, import.syntax->offset, import.kind,
            import.index);
  }
  for (uint32_t i = 0; i < module.imported_funcs; ++i) WriteFunc(archive, module.funcs[i]);
  archive(module.tags.size());
  for (const ResolvedFunc& tag : module.tags) WriteFunc(archive, tag);
}

Result<std::shared_ptr<const ResolvedModule>> ReadModule(
    ArchiveReader& archive, const Features& features, std::shared_ptr<const void> owner,
    std::shared_ptr<const OutlinedFuncs> funcs, absl::Span<const absl::Span<const uint8_t>> datas) {
  auto module = std::make_shared<ResolvedModule>();
  auto syntax = std::make_unique<Module>();
  syntax->shared.owner = std::move(owner);
  module->features = features;
  module->types = &archive.store();
  VisitFields(archive, *module);
  if (!archive.is_good()) return archive.Damaged();
  for (const TypeId id : module->type_ids) module->type_defs.push_back(&archive.store().Get(id));
  archive(syntax->names.module, syntax->exports);

  syntax->imports.resize(archive.Count());
  for (Import& import : syntax->imports) {
    ResolvedImport& resolved = module->imports.emplace_back();
    archive(import.module, import.name, import.offset, resolved.kind, resolved.index);
    import.type = TypeOfKind(resolved.kind);
    resolved.syntax = &import;
  }
  for (uint32_t i = 0; i < module->imported_funcs && archive.is_good(); ++i) {
    ReadFunc(archive, &module->funcs.emplace_back());
  }
  module->funcs.Append(std::move(funcs), *module);
  module->tags.resize(archive.Count());
  for (ResolvedFunc& tag : module->tags) ReadFunc(archive, &tag);

  if (!archive.is_good() || module->datas.size() != datas.size()) return archive.Damaged();
  for (size_t i = 0; i < datas.size(); ++i) module->datas[i].bytes = datas[i];
  for (const Export& item : syntax->exports) module->exports.emplace(item.name, &item);
  module->module = std::move(syntax);
  return module;
}

}  // namespace tenon::vm
