#include "cli/inspect/core_externs.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "vm/base/utf8.h"
#include "vm/syntax/extern_text.h"

namespace tenon::cli {
namespace {

constexpr const char* kKinds[] = {"func", "table", "memory", "global", "tag"};

// The type of the item of that kind and index.
std::string Describe(const vm::ResolvedModule& module, vm::ExternKind kind, uint32_t index) {
  switch (kind) {
    case vm::ExternKind::kFunc: return vm::ExternText(*module.funcs[index].type);
    case vm::ExternKind::kTable: return vm::ExternText(module.tables[index].type);
    case vm::ExternKind::kMemory: return vm::ExternText(module.memories[index]);
    case vm::ExternKind::kGlobal: return vm::ExternText(module.globals[index].type);
    case vm::ExternKind::kTag: break;
  }
  return vm::TagText(*module.tags[index].type);
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
