// Imports, definitions, exports, start and segments. core: #valid-module and before
#include "absl/strings/str_cat.h"
#include "vm/valid/const_sink.h"
#include "vm/valid/module_validator.h"
#include "vm/valid/walker.h"

namespace tenon::vm {

// Constant expressions see what is resolved before them: tables the imported globals only, a
// global those before it, segments everything.
Status ModuleValidator::ValidateFields(std::vector<SubType> types) {
  TENON_RETURN_IF_ERROR(ResolveTypes(absl::MakeSpan(types)));
  types = {};
  TENON_RETURN_IF_ERROR(ResolveImports());
  TENON_RETURN_IF_ERROR(ResolveFunctions());
  TENON_RETURN_IF_ERROR(ResolveTags());
  TENON_RETURN_IF_ERROR(ResolveMemories());
  TENON_RETURN_IF_ERROR(ResolveTables());
  TENON_RETURN_IF_ERROR(ResolveGlobals());
  TENON_RETURN_IF_ERROR(CheckCounts());
  TENON_RETURN_IF_ERROR(ResolveElems());
  TENON_RETURN_IF_ERROR(ResolveDatas());
  TENON_RETURN_IF_ERROR(ResolveStart());
  return ResolveExports();
}

Status ModuleValidator::ResolveImports() {
  resolved_.imports.reserve(module_.imports.size());
  resolved_.funcs.reserve(module_.imports.size() + module_.functions.size());
  for (const Import& import : module_.imports) {
    Status status = ResolveImport(import);
    if (status) continue;
    return std::unexpected<Error>(std::move(status).error().WithContext(
        absl::StrCat("import ", import.module, " ", import.name)));
  }
  resolved_.imported_funcs = static_cast<uint32_t>(resolved_.funcs.size());
  resolved_.imported_tables = static_cast<uint32_t>(resolved_.tables.size());
  resolved_.imported_memories = static_cast<uint32_t>(resolved_.memories.size());
  resolved_.imported_globals = static_cast<uint32_t>(resolved_.globals.size());
  resolved_.imported_tags = static_cast<uint32_t>(resolved_.tags.size());
  return {};
}

Status ModuleValidator::ResolveImport(const Import& import) {
  ResolvedImport& out = resolved_.imports.emplace_back();
  out.syntax = &import;
  out.kind = import.kind();
  switch (import.kind()) {
    case ExternKind::kFunc:
      out.index = static_cast<uint32_t>(resolved_.funcs.size());
      return ResolveFuncType(std::get<0>(import.type), &resolved_.funcs.emplace_back());
    case ExternKind::kTable:
      out.index = static_cast<uint32_t>(resolved_.tables.size());
      return ResolveTable(std::get<1>(import.type), &resolved_.tables.emplace_back().type);
    case ExternKind::kMemory:
      out.index = static_cast<uint32_t>(resolved_.memories.size());
      resolved_.memories.push_back(std::get<2>(import.type));
      return CheckMemoryType(resolved_.memories.back());
    case ExternKind::kGlobal: {
      out.index = static_cast<uint32_t>(resolved_.globals.size());
      const GlobalType& type = std::get<3>(import.type);
      if (type.is_mutable && !resolved_.features.Has(Feature::kMutableGlobals)) {
        return InvalidAt(import.offset,
                         "mutable globals cannot be imported: mutable-globals is off");
      }
      resolved_.globals.push_back({type, {}});
      return ResolveValType(type.type, &resolved_.globals.back().type.type);
    }
    case ExternKind::kTag:
      out.index = static_cast<uint32_t>(resolved_.tags.size());
      return ResolveTag(std::get<4>(import.type), &resolved_.tags.emplace_back());
  }
  return {};
}

Status ModuleValidator::ResolveFunctions() {
  resolved_.funcs.reserve(resolved_.funcs.size() + module_.functions.size());
  for (TypeIdx type : module_.functions) {
    TENON_RETURN_IF_ERROR(ResolveFuncType(type, &resolved_.funcs.emplace_back()));
  }
  resolved_.declared_funcs.assign(resolved_.funcs.size(), false);
  return {};
}

Status ModuleValidator::ResolveTables() {
  for (const Table& table : module_.tables) {
    ResolvedTable out;
    TENON_RETURN_IF_ERROR(ResolveTable(table.type, &out.type));
    if (table.init && !resolved_.features.Has(Feature::kFunctionReferences)) {
      return Invalid("table with an initializer: function-references is off");
    }
    if (table.init) {
      TENON_RETURN_IF_ERROR(EvaluateConstant(*table.init, out.type.element, &out.init));
    } else if (!out.type.element.is_defaultable()) {
      return Invalid("type mismatch: a table of non-nullable references needs an initializer");
    }
    resolved_.tables.push_back(std::move(out));
  }
  return {};
}

Status ModuleValidator::ResolveMemories() {
  for (const MemoryType& memory : module_.memories) {
    TENON_RETURN_IF_ERROR(CheckMemoryType(memory));
    resolved_.memories.push_back(memory);
  }
  return {};
}

Status ModuleValidator::ResolveGlobals() {
  resolved_.globals.reserve(resolved_.globals.size() + module_.globals.size());
  for (const Global& global : module_.globals) {
    ResolvedGlobal out;
    out.type.is_mutable = global.type.is_mutable;
    TENON_RETURN_IF_ERROR(ResolveValType(global.type.type, &out.type.type));
    TENON_RETURN_IF_ERROR(EvaluateConstant(global.init, out.type.type, &out.init));
    resolved_.globals.push_back(std::move(out));
  }
  return {};
}

Status ModuleValidator::ResolveTags() {
  for (const TagType& tag : module_.tags) {
    TENON_RETURN_IF_ERROR(ResolveTag(tag, &resolved_.tags.emplace_back()));
  }
  return {};
}

Status ModuleValidator::CheckCounts() {
  if (resolved_.memories.size() > 1 && !resolved_.features.Has(Feature::kMultiMemory)) {
    return Invalid("multiple memories: multi-memory is off");
  }
  if (resolved_.tables.size() > 1 && !resolved_.features.Has(Feature::kReferenceTypes)) {
    return Invalid("multiple tables: reference-types is off");
  }
  if (resolved_.memories.size() > kMaxMemories) {
    return Fail(ErrorKind::kLimit, absl::StrCat("more than ", kMaxMemories, " memories"));
  }
  if (resolved_.tables.size() > kMaxTables) {
    return Fail(ErrorKind::kLimit, absl::StrCat("more than ", kMaxTables, " tables"));
  }
  return {};
}

Status ModuleValidator::ResolveElems() {
  resolved_.elems.reserve(module_.elems.size());
  for (const ElemSegment& segment : module_.elems) {
    TENON_RETURN_IF_ERROR(ResolveElem(segment));
  }
  return {};
}

Status ModuleValidator::ResolveElem(const ElemSegment& segment) {
  ResolvedElem& out = resolved_.elems.emplace_back();
  out.mode = segment.mode;
  out.table = segment.table;
  // Function indices make a (ref func), whatever proposals there are.
  out.type = segment.type;
  if (out.type != ValType::Ref(HeapKind::kFunc, false)) {
    TENON_RETURN_IF_ERROR(ResolveValType(segment.type, &out.type));
  }
  for (FuncIdx func : segment.funcs) {
    if (func.value() >= resolved_.funcs.size()) {
      return InvalidAt(segment.offset, absl::StrCat("unknown function ", func.value()));
    }
    resolved_.declared_funcs[func.value()] = true;
  }
  out.funcs = segment.funcs;
  out.exprs.reserve(segment.exprs.size());
  for (ByteRange expression : segment.exprs) {
    TENON_RETURN_IF_ERROR(EvaluateConstant(expression, out.type, &out.exprs.emplace_back()));
  }
  if (segment.mode != ElemSegment::Mode::kActive) {
    if (resolved_.features.Has(Feature::kBulkMemory)) return {};
    return Invalid("element segment that is not active: bulk-memory is off");
  }
  if (segment.table.value() >= resolved_.tables.size()) {
    return InvalidAt(segment.offset, absl::StrCat("unknown table ", segment.table.value()));
  }
  const TableType& table = resolved_.tables[segment.table.value()].type;
  if (!resolved_.types->Matches(out.type, table.element)) {
    return InvalidAt(
        segment.offset,
        absl::StrCat("type mismatch: element segment's type ", ToString(out.type),
                     " does not match table's element type ", ToString(table.element)));
  }
  return EvaluateConstant(segment.table_offset, ToValType(table.address), &out.table_offset);
}

Status ModuleValidator::ResolveDatas() {
  resolved_.datas.reserve(module_.datas.size());
  for (const DataSegment& segment : module_.datas) {
    ResolvedData& out = resolved_.datas.emplace_back();
    out.active = segment.active;
    out.memory = segment.memory;
    out.bytes = module_.Bytes(segment.bytes);
    if (!segment.active) {
      if (resolved_.features.Has(Feature::kBulkMemory)) continue;
      return Invalid("passive data segment: bulk-memory is off");
    }
    if (segment.memory.value() >= resolved_.memories.size()) {
      return Invalid(absl::StrCat("unknown memory ", segment.memory.value()));
    }
    const ValType address = ToValType(resolved_.memories[segment.memory.value()].address);
    TENON_RETURN_IF_ERROR(EvaluateConstant(segment.memory_offset, address, &out.memory_offset));
  }
  return {};
}

Status ModuleValidator::ResolveStart() {
  if (!module_.start) return {};
  const uint32_t index = module_.start->value();
  if (index >= resolved_.funcs.size()) return Invalid(absl::StrCat("unknown function ", index));
  const FuncType& type = *resolved_.funcs[index].type;
  if (!type.params.empty() || !type.results.empty()) {
    return Invalid("start function must not have parameters or results");
  }
  resolved_.start = module_.start;
  return {};
}

Status ModuleValidator::ResolveExports() {
  resolved_.exports.reserve(module_.exports.size());
  for (const Export& field : module_.exports) {
    TENON_RETURN_IF_ERROR(CheckExport(field));
    if (!resolved_.exports.try_emplace(field.name, &field).second) {
      return InvalidAt(field.offset, absl::StrCat("duplicate export name ", field.name));
    }
  }
  return {};
}

Status ModuleValidator::CheckExport(const Export& field) {
  const auto unknown = [&field](const char* what) {
    return InvalidAt(field.offset, absl::StrCat("unknown ", what, " ", field.index));
  };
  switch (field.kind) {
    case ExternKind::kFunc:
      if (field.index >= resolved_.funcs.size()) return unknown("function");
      resolved_.declared_funcs[field.index] = true;
      return {};
    case ExternKind::kTable:
      return field.index < resolved_.tables.size() ? Status() : unknown("table");
    case ExternKind::kMemory:
      return field.index < resolved_.memories.size() ? Status() : unknown("memory");
    case ExternKind::kGlobal:
      if (field.index >= resolved_.globals.size()) return unknown("global");
      if (resolved_.globals[field.index].type.is_mutable &&
          !resolved_.features.Has(Feature::kMutableGlobals)) {
        return InvalidAt(field.offset,
                         "mutable globals cannot be exported: mutable-globals is off");
      }
      return {};
    case ExternKind::kTag: return field.index < resolved_.tags.size() ? Status() : unknown("tag");
  }
  return {};
}

Status ModuleValidator::EvaluateConstant(ByteRange range, ValType expected, ConstProgram* out) {
  ConstSink sink(out, &resolved_.declared_funcs);
  return WalkConstant(resolved_, range, expected, sink, scratch_);
}

}  // namespace tenon::vm
