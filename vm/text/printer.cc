#include "vm/text/printer.h"

#include "absl/strings/str_cat.h"
#include "vm/syntax/scan_bodies.h"
#include "vm/text/fold_arity.h"
#include "vm/text/module_printer.h"

namespace tenon::vm {

ModulePrinter::ModulePrinter(const Module& module, const PrintOptions& options, TextOutput* out)
    : module_(module),
      options_(options),
      out_(*out),
      names_(module),
      context_{module, names_},
      func_types_(FunctionTypes(module)),
      hints_(ReadBranchHints(module)) {}

void ModulePrinter::Begin(absl::string_view keyword, size_t depth) {
  out_.NewLine(depth);
  absl::StrAppend(&text(), "(", keyword);
}

void ModulePrinter::BeginBound(absl::string_view keyword, NameKind kind, uint32_t index) {
  Begin(keyword);
  names_.table(kind).AppendBinding(index, /*with_number=*/true, &text());
}

// A section at the module's end needs no place. What identifiers and hints say is not repeated.
void ModulePrinter::PrintCustoms(int order) {
  for (const CustomSection& custom : module_.customs) {
    const int after = kSectionOrder[custom.after_section];
    if (after != order || custom.name == "name") continue;
    if (custom.name == kBranchHintSection && hints_) continue;
    Begin("@custom ");
    AppendString(custom.name, StringForm::kUtf8, &text());
    if (after == 0) {
      text() += " (before first)";
    } else if (after != kSectionCount) {
      absl::StrAppend(&text(), " (after ", kSectionRows[after - 1].keyword, ")");
    }
    AppendData(module_.Bytes(custom.content), /*depth=*/2, &out_);
    End();
  }
}

void ModulePrinter::PrintFields() {
  using Print = void (ModulePrinter::*)();
  struct Row {
    SectionId id;
    Print print;
  };
  constexpr Row kRows[] = {{SectionId::kType, &ModulePrinter::PrintTypes},
                           {SectionId::kImport, &ModulePrinter::PrintImports},
                           {SectionId::kTable, &ModulePrinter::PrintTables},
                           {SectionId::kMemory, &ModulePrinter::PrintMemories},
                           {SectionId::kTag, &ModulePrinter::PrintTags},
                           {SectionId::kGlobal, &ModulePrinter::PrintGlobals},
                           {SectionId::kExport, &ModulePrinter::PrintExports},
                           {SectionId::kStart, &ModulePrinter::PrintStart},
                           {SectionId::kElem, &ModulePrinter::PrintElems},
                           {SectionId::kCode, &ModulePrinter::PrintFunctions},
                           {SectionId::kData, &ModulePrinter::PrintDatas}};
  PrintCustoms(0);
  for (const SectionRow& section : kSectionRows) {
    for (const Row& row : kRows) {
      if (row.id == section.id && status_ && out_.ok()) (this->*row.print)();
    }
    PrintCustoms(kSectionOrder[static_cast<int>(section.id)]);
  }
}

Status ModulePrinter::Print() {
  const absl::string_view id = CanBeId(names_.module_name) ? names_.module_name : "";
  text() = "(module";
  if (!id.empty()) {
    text() += ' ';
    AppendId(id, &text());
  }
  TENON_RETURN_IF_ERROR(PrintRest(id));
  text() += '\n';
  return {};
}

Status ModulePrinter::PrintRest(absl::string_view id) {
  const absl::string_view name = names_.module_name;
  if (!name.empty() && name != id) AppendNameAnnotation(name, &text());
  PrintFields();
  out_.NewLine(0);
  End();
  return std::move(status_);
}

Status PrintModule(const Module& module, const PrintOptions& options, TextSink sink) {
  bool needs_data_count = false;
  TENON_RETURN_IF_ERROR(ScanBodies(module, Features::All(), &needs_data_count));
  TextOutput out(sink);
  TENON_RETURN_IF_ERROR(ModulePrinter(module, options, &out).Print());
  return out.Finish();
}

Status PrintModuleRest(const Module& module, absl::string_view id, const PrintOptions& options,
                       TextOutput* out) {
  return ModulePrinter(module, options, out).PrintRest(id);
}

}  // namespace tenon::vm
