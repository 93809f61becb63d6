#include "vm/syntax/function_title.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/syntax/name_section.h"

namespace tenon::vm {
namespace {

constexpr size_t kLongestName = 200;

bool CanBeShown(absl::string_view name) { return !name.empty() && name.size() <= kLongestName; }

}  // namespace

std::string FunctionTitle(const Module& module, uint32_t func) {
  std::string title = absl::StrCat("function ", func);
  absl::string_view name;
  ForEachName(module.Bytes(module.names.functions), [&](uint32_t index, absl::string_view each) {
    if (index == func && name.empty()) name = each;
  });
  if (CanBeShown(name)) return absl::StrCat(title, " (", name, ")");
  for (const Export& item : module.exports) {
    if (item.kind != ExternKind::kFunc || item.index != func || !CanBeShown(item.name)) continue;
    return absl::StrCat(title, " (export \"", item.name, "\")");
  }
  return title;
}

}  // namespace tenon::vm
