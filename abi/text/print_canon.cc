// Canonical definitions. abi: "Canonical Definitions"
#include <variant>

#include "abi/text/component_printer.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {

void ComponentPrinter::AppendOptions(syntax::CanonOptions options) {
  for (const syntax::CanonOption& option : options) {
    const syntax::CanonOptionRow& row = syntax::RowOf(option);
    if (!row.sort) {
      AppendWord(row.keyword);
      continue;
    }
    absl::StrAppend(&text(), " (", row.keyword);
    AppendIndex(*row.sort, option.index);
    End();
  }
}

void ComponentPrinter::AppendBuiltin(const syntax::CanonBuiltin& builtin) {
  const syntax::CanonBuiltinRow& row = *builtin.row;
  absl::StrAppend(&text(), " (canon ", row.name);
  for (const char* letter = row.immediates; *letter != 0; ++letter) {
    AppendImmediate(*letter, builtin);
  }
}

// The letters are those of canon_builtins.def.
void ComponentPrinter::AppendImmediate(char letter, const syntax::CanonBuiltin& builtin) {
  switch (letter) {
    case 't': return AppendIndex(Sort::kType, builtin.type.value());
    case 'o': return AppendOptions(builtin.options);
    case 'a': return builtin.is_async ? AppendWord("async") : void();
    case 'c': return builtin.cancellable ? AppendWord("cancellable") : void();
    case 's': return builtin.is_shared ? AppendWord("shared") : void();
    case 'u': return AppendWord(absl::StrCat(builtin.slot));
    case 'm':
      text() += " (memory";
      AppendIndex(Sort::kCoreMemory, builtin.memory.value());
      return End();
    case 'b': return AppendIndex(Sort::kCoreTable, builtin.table.value());
    case 'f': return AppendIndex(Sort::kCoreType, builtin.core_type.value());
    case 'v': return AppendWord(vm::ToString(builtin.value_type));
    default:
      if (!builtin.result) return;
      text() += " (result";
      AppendValType(*builtin.result);
      return End();
  }
}

// `(func $f (;0;) (type 1) (canon lift ...))`, and of all others
// `(core func $f (;0;) (canon lower ...))`.
void ComponentPrinter::PrintField(const syntax::Canon& canon) {
  constexpr const char* kResourceOps[] = {"resource.new", "resource.drop", "resource.rep"};
  const auto* lift = std::get_if<syntax::CanonLift>(&canon);
  Begin(lift != nullptr ? "func" : "core func");
  AppendBinding(lift != nullptr ? Sort::kFunc : Sort::kCoreFunc);
  if (lift != nullptr) {
    text() += " (type";
    AppendIndex(Sort::kType, lift->type.value());
    text() += ") (canon lift";
    AppendItem({Sort::kCoreFunc, lift->func.value()});
    AppendOptions(lift->options);
  } else if (const auto* lower = std::get_if<syntax::CanonLower>(&canon)) {
    text() += " (canon lower";
    AppendItem({Sort::kFunc, lower->func.value()});
    AppendOptions(lower->options);
  } else if (const auto* resource = std::get_if<syntax::CanonResource>(&canon)) {
    absl::StrAppend(&text(), " (canon ", kResourceOps[static_cast<int>(resource->op)]);
    AppendIndex(Sort::kType, resource->type.value());
  } else {
    AppendBuiltin(*std::get<const syntax::CanonBuiltin*>(canon));
  }
  text() += "))";
}

}  // namespace tenon::abi
