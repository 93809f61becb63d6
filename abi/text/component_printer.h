// The state of printing one component, shared by the files print_*.cc: where in the text and in
// which scope. `Print` of a thing writes fields, lines of their own; `Append` goes on in the line
// and begins with a space.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "abi/syntax/component.h"
#include "absl/functional/function_ref.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/module.h"
#include "vm/text/print_instruction.h"
#include "vm/text/printer.h"

namespace tenon::abi {

class ComponentPrinter {
 public:
  // `modules`: those of the component and of nested ones, in their order. Borrows all but them.
  ComponentPrinter(const syntax::RootComponent& root, std::vector<vm::Module> modules,
                   const vm::PrintOptions& options, vm::TextOutput* out)
      : root_(root), modules_(std::move(modules)), options_(options), out_(*out) {}

  Status Print();

 private:
  // A component or type under way.
  using SortNames = std::array<vm::NameTable, kSortCount>;
  struct Scope {
    std::array<uint32_t, kSortCount> counts = {};  // of what is defined so far
    const SortNames* names = nullptr;              // of a component; types have none
  };

  // print_component.cc
  void PrintRest(const syntax::Component& component, absl::string_view id);
  void PrintDefinition(const syntax::Definition& definition);
  void PrintField(const syntax::CoreModule&);
  void PrintField(const syntax::CoreInstance& instance);
  void PrintField(const syntax::CoreTypeDef& type);
  void PrintField(const syntax::Component* component);
  void PrintField(const syntax::Instance& instance);
  void PrintField(const syntax::Alias& alias);
  void PrintField(const syntax::TypeDef& type);
  void PrintField(const syntax::Canon& canon);  // print_canon.cc
  void PrintField(const syntax::Start& start);
  void PrintField(const syntax::Import& import);
  void PrintField(const syntax::Export& item);
  void PrintField(const syntax::Value&) { RefuseValues(); }
  void PrintField(const syntax::Custom& custom);
  void PrintField(const syntax::ImportDecl& import);
  void PrintField(const syntax::ExportDecl& item);
  void PrintExports(absl::Span<const syntax::CoreInlineExport> exports);
  void PrintExports(absl::Span<const syntax::InlineExport> exports);
  // `(instantiate ...)` of a module or component, with arguments of that form.
  template <typename Arg>
  void AppendInstantiate(Sort sort, uint32_t instantiated, absl::Span<const Arg> args);

  // print_types.cc
  void AppendTypeDef(const syntax::TypeDef& type);
  void AppendScopeType(const syntax::ComponentType& type);
  void PrintDeclarator(const syntax::Declarator& declarator);
  void AppendExternType(const syntax::ExternType& type, bool is_bound);
  void AppendValType(const syntax::ValType& type);
  struct TypeAppender;

  // print_core_types.cc
  void PrintCoreType(absl::string_view prefix, const syntax::CoreTypeDef& type);
  void PrintRecGroup(absl::string_view prefix, absl::Span<const uint8_t> bytes);
  void AppendSubType(ByteReader& reader);
  void AppendCoreTypeDef(const syntax::CoreTypeDef& type);
  void AppendModuleType(const syntax::CoreModuleType& type);
  void AppendCoreExtern(const vm::ImportType& type);
  void PrintModuleDecl(const syntax::CoreModuleDecl& decl);

  // print_canon.cc
  void AppendOptions(syntax::CanonOptions options);
  void AppendBuiltin(const syntax::CanonBuiltin& builtin);
  void AppendImmediate(char letter, const syntax::CanonBuiltin& builtin);

  // Text.
  std::string& text() { return out_.text(); }
  void NewLine() { out_.NewLine(depth_); }
  void Begin(absl::string_view keyword);  // a field, or something nested in one
  void End() { text().push_back(')'); }
  // Lines one level deeper, then a line that begins with what closes them.
  void Nested(absl::FunctionRef<void()> print);
  void AppendWord(absl::string_view word);
  void AppendQuoted(absl::string_view name);
  void AppendName(const syntax::Name& name);

  // Index spaces.
  void AppendIndex(Sort sort, uint32_t index);
  void AppendItem(SortIndex item);      // ` (core func $f)`
  void AppendCoreItem(SortIndex item);  // the same without `core`
  // What the next thing of the sort is called: `$f (;7;)`.
  void AppendBinding(Sort sort);
  // The same of a module or component, behind which its own name stands; returns the identifier.
  absl::string_view AppendIdBinding(Sort sort);
  uint32_t& count(Sort sort) { return scope_->counts[static_cast<size_t>(sort)]; }
  const vm::NameTable* names(Sort sort) const;

  void RefuseValues();

  const syntax::RootComponent& root_;
  const std::vector<vm::Module> modules_;
  const vm::PrintOptions& options_;
  vm::TextOutput& out_;
  Scope* scope_ = nullptr;
  size_t depth_ = 0;
  size_t next_module_ = 0;
  Status status_;
  // What vm/text prints of types outside modules: without names for their indices.
  const vm::Module no_module_;
  const vm::ModuleNames no_names_{no_module_};
  const vm::PrintContext core_{no_module_, no_names_};
};

}  // namespace tenon::abi
