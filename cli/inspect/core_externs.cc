#include "cli/inspect/core_externs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "vm/base/utf8.h"

namespace tenon::cli {
namespace {

constexpr const char* kKinds[] = {"func", "table", "memory", "global", "tag"};

void AppendTypes(absl::string_view keyword, const std::vector<vm::ValType>& types,
                 std::string& text) {
  if (types.empty()) return;
  absl::StrAppend(&text, " (", keyword);
  for (const vm::ValType type : types) absl::StrAppend(&text, " ", vm::ToString(type));
  text += ')';
}

std::string Signature(const vm::FuncType& type) {
  std::string text;
  AppendTypes("param", type.params, text);
  AppendTypes("result", type.results, text);
  return text;
}

std::string Sizes(vm::AddressType address, const vm::Limits& limits) {
  std::string text = address == vm::AddressType::kI64 ? " i64 " : " ";
  absl::StrAppend(&text, limits.min);
  if (limits.has_max) absl::StrAppend(&text, " ", limits.max);
  return text;
}

std::string Describe(const vm::TableType& type) {
  return absl::StrCat(Sizes(type.address, type.limits), " ", vm::ToString(type.element));
}

std::string Describe(const vm::MemoryType& type) {
  std::string text = Sizes(type.address, type.limits);
  if (type.shared) text += " shared";
  if (type.page_size_log2 != 16) {
    absl::StrAppend(&text, " (pagesize ", uint64_t{1} << type.page_size_log2, ")");
  }
  return text;
}

std::string Describe(const vm::GlobalType& type) {
  const std::string value = vm::ToString(type.type);
  return type.is_mutable ? absl::StrCat(" (mut ", value, ")") : absl::StrCat(" ", value);
}

// The item of that kind and index, in parentheses.
std::string Describe(const vm::ResolvedModule& module, vm::ExternKind kind, uint32_t index) {
  std::string rest;
  switch (kind) {
    case vm::ExternKind::kFunc: rest = Signature(*module.funcs[index].type); break;
    case vm::ExternKind::kTable: rest = Describe(module.tables[index].type); break;
    case vm::ExternKind::kMemory: rest = Describe(module.memories[index]); break;
    case vm::ExternKind::kGlobal: rest = Describe(module.globals[index].type); break;
    case vm::ExternKind::kTag: rest = Signature(*module.tags[index].type); break;
  }
  return absl::StrCat("(", kKinds[static_cast<int>(kind)], rest, ")");
}

CoreExtern Describe(const vm::ResolvedModule& module, absl::string_view from,
                    absl::string_view name, vm::ExternKind kind, uint32_t index) {
  return {.module = std::string(from),
          .name = std::string(name),
          .kind = kKinds[static_cast<int>(kind)],
          .type = Describe(module, kind, index)};
}

}  // namespace

std::vector<CoreExtern> CoreImports(const vm::ResolvedModule& module) {
  std::vector<CoreExtern> imports;
  for (const vm::ResolvedImport& item : module.imports) {
    imports.push_back(
        Describe(module, item.syntax->module, item.syntax->name, item.kind, item.index));
  }
  return imports;
}

std::vector<CoreExtern> CoreExports(const vm::ResolvedModule& module) {
  std::vector<CoreExtern> exports;
  for (const vm::Export& item : module.module->exports) {
    exports.push_back(Describe(module, "", item.name, item.kind, item.index));
  }
  return exports;
}

std::string Quoted(absl::string_view name) {
  const std::string marked = absl::StrReplaceAll(name, {{"\\", "\\\\"}, {"\"", "\\\""}});
  return absl::StrCat("\"", EscapeControls(marked), "\"");
}

}  // namespace tenon::cli
