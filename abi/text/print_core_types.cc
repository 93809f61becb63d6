// Core types and the declarators of module types. abi: "Type Definitions"
#include <utility>
#include <variant>

#include "abi/text/component_printer.h"
#include "absl/strings/str_cat.h"
#include "vm/binary/decoder.h"

namespace tenon::abi {

void ComponentPrinter::PrintField(const syntax::CoreTypeDef& type) {
  PrintCoreType(/*prefix=*/"core ", type);
}

void ComponentPrinter::PrintCoreType(absl::string_view prefix, const syntax::CoreTypeDef& type) {
  constexpr uint8_t kRecCode = 0x4e;
  const auto* rec = std::get_if<syntax::CoreRecType>(&type);
  if (rec != nullptr && rec->bytes.front() == kRecCode) return PrintRecGroup(prefix, rec->bytes);
  Begin(prefix);
  text() += "type";
  AppendBinding(Sort::kCoreType);
  AppendCoreTypeDef(type);
  End();
}

// The decoder has read the group before. Its types are counted when it ends.
void ComponentPrinter::PrintRecGroup(absl::string_view prefix, absl::Span<const uint8_t> bytes) {
  ByteReader reader(bytes.subspan(1));
  uint32_t types = 0;
  if (!reader.ReadVarU32(&types)) status_ = reader.TakeFailure();
  Begin(prefix);
  text() += "rec";
  if (types != 0) {
    Nested([&] {
      for (uint32_t i = 0; i < types && status_; ++i) {
        Begin("type");
        AppendBinding(Sort::kCoreType);
        AppendSubType(reader);
        End();
        ++count(Sort::kCoreType);
      }
    });
  }
  count(Sort::kCoreType) -= types;
  End();
}

void ComponentPrinter::AppendSubType(ByteReader& reader) {
  constexpr int kSubFinalCode = 0x4f, kSubCode = 0x50;
  const int code = reader.PeekByte();
  vm::SubType type;
  if (!vm::DecodeSubType(reader, vm::Features::All(), &type)) {
    status_ = reader.TakeFailure();
    return;
  }
  core_.AppendSubType(type, code == kSubFinalCode || code == kSubCode, {}, &text());
}

void ComponentPrinter::AppendCoreTypeDef(const syntax::CoreTypeDef& type) {
  if (const auto* module = std::get_if<const syntax::CoreModuleType*>(&type)) {
    return AppendModuleType(**module);
  }
  if (const auto* rec = std::get_if<syntax::CoreRecType>(&type)) {
    ByteReader reader(rec->bytes);
    return AppendSubType(reader);
  }
  const auto& func = std::get<syntax::CoreFuncType>(type);
  text() += " (func";
  core_.AppendValTypes("param", func.params, &text());
  core_.AppendValTypes("result", func.results, &text());
  End();
}

void ComponentPrinter::AppendModuleType(const syntax::CoreModuleType& type) {
  text() += " (module";
  Scope scope;
  Scope* const around = std::exchange(scope_, &scope);
  if (!type.decls.empty()) {
    Nested([&] {
      for (const syntax::CoreModuleDecl& decl : type.decls) PrintModuleDecl(decl);
    });
  }
  scope_ = around;
  End();
}

namespace {

// In ExternKind's order.
constexpr const char* kCoreExterns[] = {"func", "table", "memory", "global", "tag"};

}  // namespace

void ComponentPrinter::AppendCoreExtern(const vm::ImportType& type) {
  absl::StrAppend(&text(), " (", kCoreExterns[type.index()]);
  core_.AppendExternType(type, &text());
  End();
}

void ComponentPrinter::PrintModuleDecl(const syntax::CoreModuleDecl& decl) {
  if (const auto* import = std::get_if<syntax::CoreImportDecl>(&decl.decl)) {
    Begin("import");
    AppendQuoted(import->module);
    AppendQuoted(import->name);
    AppendCoreExtern(import->type);
    return End();
  }
  if (const auto* item = std::get_if<syntax::CoreExportDecl>(&decl.decl)) {
    Begin("export");
    AppendQuoted(item->name);
    AppendCoreExtern(item->type);
    return End();
  }
  if (const auto* type = std::get_if<syntax::CoreTypeDef>(&decl.decl)) {
    PrintCoreType(/*prefix=*/"", *type);
    count(Sort::kCoreType) += syntax::DefinedTypes(*type);
    return;
  }
  const auto& alias = std::get<syntax::CoreTypeAlias>(decl.decl);
  Begin("alias");
  absl::StrAppend(&text(), " outer ", alias.outer_count, " ", alias.outer_index, " (type");
  AppendBinding(Sort::kCoreType);
  End();
  End();
  ++count(Sort::kCoreType);
}

}  // namespace tenon::abi
