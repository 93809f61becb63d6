// Types and declarations. core: #text-types, #text-modulefields
#include "absl/strings/str_cat.h"
#include "vm/text/module_printer.h"

namespace tenon::vm {

void ModulePrinter::PrintTypes() {
  for (const RecGroup& group : module_.rec_groups) {
    const bool is_alone = group.count == 1;
    if (!is_alone) Begin("rec");
    for (uint32_t i = 0; i < group.count; ++i) PrintType(group.first + i, is_alone ? 1 : 2);
    if (!is_alone) End();
  }
}

void ModulePrinter::PrintType(uint32_t index, size_t depth) {
  const SubType& type = module_.types[index];
  Begin("type", depth);
  names_.table(NameKind::kType).AppendBinding(index, /*with_number=*/true, &text());
  const bool is_sub = !type.is_final || type.supertype_count != 0;
  context_.AppendSubType(type, is_sub, names_.fields(index), &text());
  End();
}

void ModulePrinter::AppendConst(absl::string_view keyword, ByteRange code) {
  PrintedBody body{.code = code, .start = code.offset, .context = context_};
  const bool has_keyword = !keyword.empty() && !IsSingle(body);
  text() += ' ';
  if (has_keyword) absl::StrAppend(&text(), "(", keyword, " ");
  AppendConstant(body, &text());
  if (has_keyword) End();
}

namespace {

struct KindRow {
  const char* keyword;
  NameKind names;
};
// In ExternKind's order.
constexpr KindRow kKinds[] = {{"func", NameKind::kFunc},
                              {"table", NameKind::kTable},
                              {"memory", NameKind::kMemory},
                              {"global", NameKind::kGlobal},
                              {"tag", NameKind::kTag}};

}  // namespace

void ModulePrinter::PrintImports() {
  for (const Import& import : module_.imports) {
    const KindRow& row = kKinds[static_cast<int>(import.kind())];
    Begin("import ");
    AppendString(import.module, StringForm::kUtf8, &text());
    text() += ' ';
    AppendString(import.name, StringForm::kUtf8, &text());
    absl::StrAppend(&text(), " (", row.keyword);
    names_.table(row.names).AppendBinding(Next(import.kind()), /*with_number=*/true, &text());
    context_.AppendExternType(import.type, &text());
    text() += "))";
  }
}

void ModulePrinter::PrintTables() {
  for (const Table& table : module_.tables) {
    BeginBound("table", NameKind::kTable, Next(ExternKind::kTable));
    context_.AppendTableType(table.type, &text());
    if (table.init) AppendConst("", *table.init);
    End();
  }
}

void ModulePrinter::PrintMemories() {
  for (const MemoryType& memory : module_.memories) {
    BeginBound("memory", NameKind::kMemory, Next(ExternKind::kMemory));
    AppendMemoryType(memory, &text());
    End();
  }
}

void ModulePrinter::PrintTags() {
  for (const TagType& tag : module_.tags) {
    BeginBound("tag", NameKind::kTag, Next(ExternKind::kTag));
    context_.AppendTypeUse(tag.type.value(), &text());
    End();
  }
}

void ModulePrinter::PrintGlobals() {
  for (const Global& global : module_.globals) {
    BeginBound("global", NameKind::kGlobal, Next(ExternKind::kGlobal));
    context_.AppendGlobalType(global.type, &text());
    AppendConst("", global.init);
    End();
  }
}

void ModulePrinter::PrintExports() {
  for (const Export& field : module_.exports) {
    const KindRow& row = kKinds[static_cast<int>(field.kind)];
    Begin("export ");
    AppendString(field.name, StringForm::kUtf8, &text());
    absl::StrAppend(&text(), " (", row.keyword);
    context_.AppendIndex(row.names, field.index, &text());
    text() += "))";
  }
}

void ModulePrinter::PrintStart() {
  if (!module_.start) return;
  Begin("start");
  context_.AppendIndex(NameKind::kFunc, module_.start->value(), &text());
  End();
}

void ModulePrinter::PrintElems() {
  for (uint32_t i = 0; i < module_.elems.size(); ++i) {
    const ElemSegment& segment = module_.elems[i];
    BeginBound("elem", NameKind::kElem, i);
    if (segment.mode == ElemSegment::Mode::kDeclarative) text() += " declare";
    if (segment.mode == ElemSegment::Mode::kActive) {
      if (segment.table.value() != 0) {
        text() += " (table";
        context_.AppendIndex(NameKind::kTable, segment.table.value(), &text());
        End();
      }
      AppendConst("offset", segment.table_offset);
    }
    const bool as_funcs =
        segment.exprs.empty() && segment.type == ValType::Ref(HeapKind::kFunc, /*nullable=*/false);
    as_funcs ? absl::StrAppend(&text(), " func") : context_.AppendSpaced(segment.type, &text());
    for (FuncIdx func : segment.funcs) {
      context_.AppendIndex(NameKind::kFunc, func.value(), &text());
      out_.HandOnIfLarge();
    }
    for (ByteRange expr : segment.exprs) {
      AppendConst("item", expr);
      out_.HandOnIfLarge();
    }
    End();
  }
}

void ModulePrinter::PrintDatas() {
  for (uint32_t i = 0; i < module_.datas.size(); ++i) {
    const DataSegment& segment = module_.datas[i];
    BeginBound("data", NameKind::kData, i);
    if (segment.active) {
      if (segment.memory.value() != 0) {
        text() += " (memory";
        context_.AppendIndex(NameKind::kMemory, segment.memory.value(), &text());
        End();
      }
      AppendConst("offset", segment.memory_offset);
    }
    AppendData(module_.Bytes(segment.bytes), /*depth=*/2, &out_);
    End();
  }
}

}  // namespace tenon::vm
