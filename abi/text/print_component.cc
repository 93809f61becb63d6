// A component's definitions but types and canonical functions. abi: "Component Definitions"
#include <utility>
#include <variant>

#include "abi/binary/names.h"
#include "abi/text/component_printer.h"
#include "abi/text/print.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "vm/binary/decoder.h"
#include "vm/syntax/limits.h"
#include "vm/syntax/scan_bodies.h"

namespace tenon::abi {
namespace {

constexpr absl::string_view kNameSection = "component-name";

// The things that a definition defines.
struct Defined {
  Sort sort = Sort::kFunc;
  uint32_t count = 1;
};
struct DefinedBy {
  Defined operator()(const syntax::CoreModule&) const { return {Sort::kCoreModule}; }
  Defined operator()(const syntax::CoreInstance&) const { return {Sort::kCoreInstance}; }
  Defined operator()(const syntax::CoreTypeDef& type) const {
    return {Sort::kCoreType, syntax::DefinedTypes(type)};
  }
  Defined operator()(const syntax::Component*) const { return {Sort::kComponent}; }
  Defined operator()(const syntax::Instance&) const { return {Sort::kInstance}; }
  Defined operator()(const syntax::Alias& alias) const { return {alias.sort}; }
  Defined operator()(const syntax::TypeDef&) const { return {Sort::kType}; }
  Defined operator()(const syntax::Canon& canon) const {
    return {std::holds_alternative<syntax::CanonLift>(canon) ? Sort::kFunc : Sort::kCoreFunc};
  }
  Defined operator()(const syntax::Start& start) const { return {Sort::kValue, start.results}; }
  Defined operator()(const syntax::Import& import) const { return {import.type.sort}; }
  Defined operator()(const syntax::Export& item) const { return {item.item.sort}; }
  Defined operator()(const syntax::Value&) const { return {Sort::kValue}; }
  Defined operator()(const syntax::Custom&) const { return {Sort::kFunc, 0}; }
};

// Nesting is bounded by the decoder.
Status DecodeModules(const syntax::RootComponent& root, const syntax::Component& component,
                     const vm::Features& features, std::vector<vm::Module>* out) {
  for (const syntax::Definition& definition : component.definitions) {
    if (const auto* nested = std::get_if<const syntax::Component*>(&definition.def)) {
      TENON_RETURN_IF_ERROR(DecodeModules(root, **nested, features, out));
    }
    const auto* core = std::get_if<syntax::CoreModule>(&definition.def);
    if (core == nullptr) continue;
    auto module = vm::DecodeModule(Bytes(root, core->bytes), features);
    bool needs_data_count;
    Status scanned;
    if (module) scanned = vm::ScanBodies(*module, vm::Features::All(), &needs_data_count);
    if (!module || !scanned) {
      const Error& error = module ? scanned.error() : module.error();
      const uint64_t offset = error.where() ? error.where()->offset : 0;
      return Fail(error.kind(), absl::StrCat("core module: ", error.message()),
                  {core->bytes.offset + offset, 0, 0});
    }
    out->push_back(*std::move(module));
  }
  return {};
}

}  // namespace

Status PrintComponent(const syntax::RootComponent& root, const vm::PrintOptions& options,
                      const vm::Features& features, vm::TextSink sink) {
  std::vector<vm::Module> modules;
  TENON_RETURN_IF_ERROR(DecodeModules(root, root, features, &modules));
  vm::TextOutput out(sink);
  TENON_RETURN_IF_ERROR(ComponentPrinter(root, std::move(modules), options, &out).Print());
  return out.Finish();
}

Status ComponentPrinter::Print() {
  const absl::string_view name = ComponentName(root_, root_);
  const absl::string_view id = vm::CanBeId(name) ? name : "";
  text() = "(component";
  if (!id.empty()) {
    text() += ' ';
    vm::AppendId(id, &text());
  }
  PrintRest(root_, id);
  text() += '\n';
  return std::move(status_);
}

// What stands behind `(component $id`.
void ComponentPrinter::PrintRest(const syntax::Component& component, absl::string_view id) {
  const ComponentNames section = AllNames(root_, component);
  std::array<uint32_t, kSortCount> counts = {};
  for (const syntax::Definition& definition : component.definitions) {
    const Defined defined = std::visit(DefinedBy(), definition.def);
    counts[static_cast<size_t>(defined.sort)] += defined.count;
  }
  SortNames names;
  for (size_t i = 0; i < kSortCount; ++i) names[i].Read(section.maps[i], counts[i]);
  if (!section.own.empty() && section.own != id) {
    vm::AppendNameAnnotation(section.own, &text());
  }
  Scope scope{.names = &names};
  Scope* const around = std::exchange(scope_, &scope);
  Nested([&] {
    for (const syntax::Definition& definition : component.definitions) PrintDefinition(definition);
  });
  scope_ = around;
  End();
}

void ComponentPrinter::PrintDefinition(const syntax::Definition& definition) {
  if (!status_ || !out_.ok()) return;
  std::visit([this](const auto& def) { PrintField(def); }, definition.def);
  const Defined defined = std::visit(DefinedBy(), definition.def);
  count(defined.sort) += defined.count;
}

void ComponentPrinter::PrintField(const syntax::CoreModule&) {
  Begin("core module");
  const absl::string_view id = AppendIdBinding(Sort::kCoreModule);
  out_.set_margin(depth_);
  status_ = vm::PrintModuleRest(modules_[next_module_++], id, options_, &out_);
  out_.set_margin(0);
}

void ComponentPrinter::PrintField(const syntax::Component* component) {
  Begin("component");
  const absl::string_view id = AppendIdBinding(Sort::kComponent);
  PrintRest(*component, id);
}

void ComponentPrinter::PrintField(const syntax::CoreInstance& instance) {
  Begin("core instance");
  AppendBinding(Sort::kCoreInstance);
  if (const auto* made = std::get_if<syntax::CoreInstantiate>(&instance)) {
    AppendInstantiate(Sort::kCoreModule, made->module.value(), made->args);
  } else {
    PrintExports(std::get<absl::Span<const syntax::CoreInlineExport>>(instance));
  }
  End();
}

void ComponentPrinter::PrintField(const syntax::Instance& instance) {
  Begin("instance");
  AppendBinding(Sort::kInstance);
  if (const auto* made = std::get_if<syntax::Instantiate>(&instance)) {
    AppendInstantiate(Sort::kComponent, made->component.value(), made->args);
  } else {
    PrintExports(std::get<absl::Span<const syntax::InlineExport>>(instance));
  }
  End();
}

template <typename Arg>
void ComponentPrinter::AppendInstantiate(Sort sort, uint32_t instantiated,
                                         absl::Span<const Arg> args) {
  text() += " (instantiate";
  AppendIndex(sort, instantiated);
  if (!args.empty()) {
    Nested([&] {
      for (const Arg& arg : args) {
        Begin("with");
        AppendQuoted(arg.name);
        if constexpr (std::is_same_v<Arg, syntax::CoreInstantiateArg>) {
          AppendCoreItem({Sort::kCoreInstance, arg.instance.value()});
        } else {
          AppendItem(arg.item);
        }
        End();
      }
    });
  }
  End();
}

void ComponentPrinter::PrintExports(absl::Span<const syntax::CoreInlineExport> exports) {
  if (exports.empty()) return;
  Nested([&] {
    for (const syntax::CoreInlineExport& item : exports) {
      Begin("export");
      AppendQuoted(item.name);
      AppendCoreItem(item.item);
      End();
    }
  });
}

void ComponentPrinter::PrintExports(absl::Span<const syntax::InlineExport> exports) {
  if (exports.empty()) return;
  Nested([&] {
    for (const syntax::InlineExport& item : exports) {
      Begin("export");
      AppendName(item.name);
      AppendItem(item.item);
      End();
    }
  });
}

void ComponentPrinter::PrintField(const syntax::Alias& alias) {
  Begin("alias");
  if (alias.target == syntax::Alias::Target::kOuter) {
    absl::StrAppend(&text(), " outer ", alias.outer_count, " ", alias.outer_index);
  } else {
    const bool is_core = alias.target == syntax::Alias::Target::kCoreExport;
    AppendWord(is_core ? "core export" : "export");
    AppendIndex(is_core ? Sort::kCoreInstance : Sort::kInstance, alias.instance);
    AppendQuoted(alias.name);
  }
  absl::StrAppend(&text(), " (", SortName(alias.sort));
  AppendBinding(alias.sort);
  text() += "))";
}

void ComponentPrinter::PrintField(const syntax::Start& start) {
  if (start.results > kMaxParams) {
    status_ = Fail(ErrorKind::kLimit, absl::StrCat("more than ", kMaxParams, " results"));
    return;
  }
  Begin("start");
  AppendIndex(Sort::kFunc, start.func.value());
  for (const ValueIdx arg : start.args) AppendItem({Sort::kValue, arg.value()});
  for (uint32_t i = 0; i < start.results; ++i) {
    text() += " (result (value";
    AppendBinding(Sort::kValue);
    text() += "))";
    ++count(Sort::kValue);
  }
  count(Sort::kValue) -= start.results;  // which are counted when all is printed
  End();
}

void ComponentPrinter::PrintField(const syntax::Import& import) {
  Begin("import");
  AppendName(import.name);
  AppendExternType(import.type, /*is_bound=*/true);
  End();
}

void ComponentPrinter::PrintField(const syntax::Export& item) {
  Begin("export");
  AppendBinding(item.item.sort);
  AppendName(item.name);
  AppendItem(item.item);
  if (item.type != nullptr) AppendExternType(*item.type, /*is_bound=*/false);
  End();
}

// What identifiers say is not repeated.
void ComponentPrinter::PrintField(const syntax::Custom& custom) {
  if (custom.name == kNameSection) return;
  Begin("@custom");
  AppendQuoted(custom.name);
  AppendData(Bytes(root_, custom.bytes).bytes, depth_ + 1, &out_);
  End();
}

void ComponentPrinter::RefuseValues() {
  status_ = Fail(ErrorKind::kLimit, "not supported by this version: values");
}

void ComponentPrinter::Begin(absl::string_view keyword) {
  NewLine();
  absl::StrAppend(&text(), "(", keyword);
}

void ComponentPrinter::Nested(absl::FunctionRef<void()> print) {
  ++depth_;
  print();
  --depth_;
  NewLine();
}

void ComponentPrinter::AppendWord(absl::string_view word) { absl::StrAppend(&text(), " ", word); }

void ComponentPrinter::AppendQuoted(absl::string_view name) {
  text() += ' ';
  vm::AppendString(name, vm::StringForm::kUtf8, &text());
}

void ComponentPrinter::AppendName(const syntax::Name& name) {
  AppendQuoted(name.name);
  if (name.attributes == nullptr) return;
  const struct {
    const char* keyword;
    const std::optional<absl::string_view>& value;
  } attributes[] = {{"implements", name.attributes->implements},
                    {"versionsuffix", name.attributes->version_suffix},
                    {"external-id", name.attributes->external_id}};
  for (const auto& attribute : attributes) {
    if (!attribute.value) continue;
    absl::StrAppend(&text(), " (", attribute.keyword);
    AppendQuoted(*attribute.value);
    End();
  }
}

const vm::NameTable* ComponentPrinter::names(Sort sort) const {
  return scope_->names == nullptr ? nullptr : &(*scope_->names)[static_cast<size_t>(sort)];
}

void ComponentPrinter::AppendIndex(Sort sort, uint32_t index) {
  text() += ' ';
  if (index < count(sort) && names(sort) != nullptr) {
    return names(sort)->AppendIndex(index, &text());
  }
  absl::StrAppend(&text(), index);
}

void ComponentPrinter::AppendItem(SortIndex item) {
  absl::StrAppend(&text(), " (", SortName(item.sort));
  AppendIndex(item.sort, item.index);
  End();
}

void ComponentPrinter::AppendCoreItem(SortIndex item) {
  absl::StrAppend(&text(), " (", absl::StripPrefix(SortName(item.sort), "core "));
  AppendIndex(item.sort, item.index);
  End();
}

void ComponentPrinter::AppendBinding(Sort sort) {
  if (names(sort) != nullptr) {
    return names(sort)->AppendBinding(count(sort), /*with_number=*/true, &text());
  }
  absl::StrAppend(&text(), " (;", count(sort), ";)");
}

absl::string_view ComponentPrinter::AppendIdBinding(Sort sort) {
  const absl::string_view id = names(sort)->Id(count(sort));
  if (!id.empty()) {
    text() += ' ';
    vm::AppendId(id, &text());
  }
  absl::StrAppend(&text(), " (;", count(sort), ";)");
  return id;
}

}  // namespace tenon::abi
