// Types but core types, and what imports and exports are. abi: "Type Definitions"
#include <optional>
#include <utility>
#include <variant>

#include "abi/text/component_printer.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// In PrimType's order.
constexpr const char* kPrims[] = {
#define PRIMITIVE(name, text, code, is_key) text,
#include "abi/syntax/primitive_types.def"
};

const char* PrimName(syntax::PrimType type) { return kPrims[static_cast<size_t>(type)]; }

}  // namespace

// Value types, functions and resources, in parentheses where they have parts.
struct ComponentPrinter::TypeAppender {
  ComponentPrinter& printer;

  void operator()(syntax::PrimType type) const { printer.AppendWord(PrimName(type)); }
  void operator()(const syntax::RecordType& type) const {
    Begin("record");
    for (const syntax::LabeledType& field : type.fields) AppendLabeled("field", field);
    printer.End();
  }
  void operator()(const syntax::VariantType& type) const {
    Begin("variant");
    for (const syntax::Case& each : type.cases) {
      Begin("case");
      printer.AppendQuoted(each.label);
      AppendOptional(each.type);
      printer.End();
    }
    printer.End();
  }
  void operator()(const syntax::ListType& type) const {
    Begin("list");
    printer.AppendValType(type.element);
    if (type.length) absl::StrAppend(&printer.text(), " ", *type.length);
    printer.End();
  }
  void operator()(const syntax::TupleType& type) const {
    Begin("tuple");
    for (const syntax::ValType& each : type.types) printer.AppendValType(each);
    printer.End();
  }
  void operator()(const syntax::FlagsType& type) const { AppendLabels("flags", type.labels); }
  void operator()(const syntax::EnumType& type) const { AppendLabels("enum", type.labels); }
  void operator()(const syntax::OptionType& type) const { AppendOne("option", type.type); }
  void operator()(const syntax::ResultType& type) const {
    Begin("result");
    AppendOptional(type.ok);
    if (type.error) AppendOne("error", type.error);
    printer.End();
  }
  void operator()(const syntax::OwnType& type) const { AppendHandle("own", type.resource); }
  void operator()(const syntax::BorrowType& type) const { AppendHandle("borrow", type.resource); }
  void operator()(const syntax::StreamType& type) const { AppendOne("stream", type.element); }
  void operator()(const syntax::FutureType& type) const { AppendOne("future", type.element); }
  void operator()(const syntax::MapType& type) const {
    Begin("map");
    printer.AppendValType(type.key);
    printer.AppendValType(type.value);
    printer.End();
  }
  void operator()(const syntax::FuncType& type) const {
    Begin("func");
    if (type.is_async) printer.AppendWord("async");
    for (const syntax::LabeledType& param : type.params) AppendLabeled("param", param);
    if (type.result) AppendOne("result", type.result);
    printer.End();
  }
  void operator()(const syntax::ResourceType& type) const {
    Begin("resource");
    Begin("rep");
    printer.core_.AppendSpaced(type.rep, &printer.text());
    printer.End();
    if (type.destructor) {
      Begin("dtor");
      printer.AppendCoreItem({Sort::kCoreFunc, type.destructor->value()});
      printer.End();
    }
    printer.End();
  }
  void operator()(const syntax::ComponentType* type) const { printer.AppendScopeType(*type); }

 private:
  void Begin(absl::string_view keyword) const {
    absl::StrAppend(&printer.text(), " (", keyword);
    printer.out_.HandOnIfLarge();
  }
  void AppendOptional(const std::optional<syntax::ValType>& type) const {
    if (type) printer.AppendValType(*type);
  }
  void AppendOne(absl::string_view keyword, const std::optional<syntax::ValType>& type) const {
    Begin(keyword);
    AppendOptional(type);
    printer.End();
  }
  void AppendLabeled(absl::string_view keyword, const syntax::LabeledType& type) const {
    Begin(keyword);
    printer.AppendQuoted(type.label);
    printer.AppendValType(type.type);
    printer.End();
  }
  void AppendLabels(absl::string_view keyword, absl::Span<const absl::string_view> labels) const {
    Begin(keyword);
    for (const absl::string_view label : labels) printer.AppendQuoted(label);
    printer.End();
  }
  void AppendHandle(absl::string_view keyword, TypeIdx resource) const {
    Begin(keyword);
    printer.AppendIndex(Sort::kType, resource.value());
    printer.End();
  }
};

void ComponentPrinter::AppendValType(const syntax::ValType& type) {
  if (const auto* index = std::get_if<TypeIdx>(&type)) {
    return AppendIndex(Sort::kType, index->value());
  }
  AppendWord(PrimName(std::get<syntax::PrimType>(type)));
}

void ComponentPrinter::AppendTypeDef(const syntax::TypeDef& type) {
  std::visit(TypeAppender{*this}, type);
}

void ComponentPrinter::PrintField(const syntax::TypeDef& type) {
  Begin("type");
  AppendBinding(Sort::kType);
  AppendTypeDef(type);
  End();
}

// Nesting is bounded by the decoder.
void ComponentPrinter::AppendScopeType(const syntax::ComponentType& type) {
  AppendWord(type.is_instance ? "(instance" : "(component");
  Scope scope;
  Scope* const around = std::exchange(scope_, &scope);
  if (!type.decls.empty()) {
    Nested([&] {
      for (const syntax::Declarator& declarator : type.decls) PrintDeclarator(declarator);
    });
  }
  scope_ = around;
  End();
}

namespace {

struct DeclaredSort {
  Sort operator()(const syntax::CoreTypeDef&) const { return Sort::kCoreType; }
  Sort operator()(const syntax::TypeDef&) const { return Sort::kType; }
  Sort operator()(const syntax::Alias& alias) const { return alias.sort; }
  Sort operator()(const syntax::ImportDecl& import) const { return import.type.sort; }
  Sort operator()(const syntax::ExportDecl& item) const { return item.type.sort; }
};

}  // namespace

void ComponentPrinter::PrintDeclarator(const syntax::Declarator& declarator) {
  if (!status_ || !out_.ok()) return;
  std::visit([this](const auto& decl) { PrintField(decl); }, declarator.decl);
  const auto* core = std::get_if<syntax::CoreTypeDef>(&declarator.decl);
  count(std::visit(DeclaredSort(), declarator.decl)) +=
      core == nullptr ? 1 : syntax::DefinedTypes(*core);
}

void ComponentPrinter::PrintField(const syntax::ImportDecl& import) {
  Begin("import");
  AppendName(import.name);
  AppendExternType(import.type, /*is_bound=*/true);
  End();
}

void ComponentPrinter::PrintField(const syntax::ExportDecl& item) {
  Begin("export");
  AppendName(item.name);
  AppendExternType(item.type, /*is_bound=*/true);
  End();
}

// ` (func $f (;3;) (type 2))`, without the binding where nothing is bound.
void ComponentPrinter::AppendExternType(const syntax::ExternType& type, bool is_bound) {
  using Bound = syntax::ExternType::Bound;
  if (type.bound == Bound::kValueType) return RefuseValues();
  absl::StrAppend(&text(), " (", SortName(type.sort));
  if (is_bound) AppendBinding(type.sort);
  const bool is_equal = type.sort == Sort::kType || type.sort == Sort::kValue;
  if (type.bound == Bound::kSubResource) {
    text() += " (sub resource)";
  } else {
    text() += is_equal ? " (eq" : " (type";
    const Sort bound = type.sort == Sort::kCoreModule ? Sort::kCoreType
                       : type.sort == Sort::kValue    ? Sort::kValue
                                                      : Sort::kType;
    AppendIndex(bound, type.index);
    End();
  }
  End();
}

}  // namespace tenon::abi
