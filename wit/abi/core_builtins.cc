#include "wit/abi/core_builtins.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "wit/resolve/type_parts.h"

namespace tenon::wit {
namespace {

using abi::syntax::CanonBuiltinRow;
using Kind = abi::syntax::CanonBuiltinKind;
using Encoding = CoreBuiltin::Encoding;

bool HasImmediate(const CanonBuiltinRow& row, char letter) {
  return absl::StrContains(row.immediates, letter);
}

bool HasName(const CanonBuiltinRow& row) { return *row.gate == 0 && row.kind != Kind::kTaskReturn; }

std::string Spelled(const CanonBuiltinRow& row) {
  return absl::StrReplaceAll(row.name, {{".", "-"}});
}

// Digits alone, as many as an index has.
std::optional<uint32_t> TakeNumber(absl::string_view text) {
  uint32_t number = 0;
  if (text.empty() || !std::all_of(text.begin(), text.end(), absl::ascii_isdigit)) return {};
  return absl::SimpleAtoi(text, &number) ? std::optional(number) : std::nullopt;
}

std::optional<Encoding> TakeEncoding(absl::string_view text) {
  if (text == "utf8") return Encoding::kUtf8;
  if (text == "utf16") return Encoding::kUtf16;
  if (text == "latin1+utf16") return Encoding::kLatin1Utf16;
  return std::nullopt;
}

bool IsOfErrorText(Kind kind) {
  return kind == Kind::kErrorContextNew || kind == Kind::kErrorContextDebugMessage;
}

// What stands behind a row's name between the brackets.
bool TakeSuffix(absl::string_view suffix, BuiltinName* name) {
  const CanonBuiltinRow& row = *name->builtin.row;
  // Type and table are always the same; a name with others would have another number.
  if (row.kind == Kind::kThreadNewIndirect) return suffix == "-v0";
  const bool has_slot = HasImmediate(row, 'u'), has_payload = HasImmediate(row, 't');
  if (!has_slot && !has_payload && !IsOfErrorText(row.kind)) return suffix.empty();
  if (!absl::ConsumePrefix(&suffix, "-")) return false;
  if (IsOfErrorText(row.kind)) {
    const std::optional<Encoding> encoding = TakeEncoding(suffix);
    if (encoding) name->builtin.encoding = *encoding;
    return encoding.has_value();
  }
  const std::optional<uint32_t> number = TakeNumber(suffix);
  if (number && has_slot) name->builtin.slot = *number;
  if (has_payload) name->payload = number;
  return number.has_value();
}

bool MayBeAsync(const CanonBuiltinRow& row) {
  return HasImmediate(row, 'a') || (HasImmediate(row, 't') && HasImmediate(row, 'o'));
}

}  // namespace

const CanonBuiltinRow& RowOfBuiltin(Kind kind) {
  return abi::syntax::kCanonBuiltins[static_cast<size_t>(kind)];
}

std::optional<BuiltinName> ParseBuiltinName(absl::string_view text) {
  BuiltinName name;
  name.builtin.is_async = absl::ConsumePrefix(&text, "[async-lower]");
  name.builtin.cancellable = absl::ConsumePrefix(&text, "[cancellable]");
  if (!absl::ConsumePrefix(&text, "[")) return std::nullopt;
  const size_t end = text.find(']');
  if (end == absl::string_view::npos) return std::nullopt;
  name.function = text.substr(end + 1);
  for (const CanonBuiltinRow& row : abi::syntax::kCanonBuiltins) {
    absl::string_view word = text.substr(0, end);
    if (!HasName(row) || !absl::ConsumePrefix(&word, Spelled(row))) continue;
    name.builtin.row = &row;
    if (!TakeSuffix(word, &name) || name.function.empty() == name.payload.has_value()) continue;
    const bool fits = (!name.builtin.is_async || MayBeAsync(row)) &&
                      (!name.builtin.cancellable || HasImmediate(row, 'c'));
    return fits ? std::optional(name) : std::nullopt;
  }
  return std::nullopt;
}

const CanonBuiltinRow* FindGatedBuiltin(absl::string_view text) {
  for (const CanonBuiltinRow& row : abi::syntax::kCanonBuiltins) {
    absl::string_view name = text;
    if (*row.gate == 0 || !absl::ConsumePrefix(&name, absl::StrCat("[", Spelled(row)))) continue;
    if (absl::StartsWith(name, "]") || absl::StartsWith(name, "-v")) return &row;
  }
  return nullptr;
}

vm::FuncType BuiltinType(const CoreBuiltin& builtin) {
  vm::FuncType type;
  auto* list = &type.params;
  for (const char* letter = builtin.row->core_type; *letter != 0; ++letter) {
    if (*letter == '>') {
      list = &type.results;
    } else {
      list->push_back(*letter == 'l' ? vm::ValType::kI64 : vm::ValType::kI32);
    }
  }
  return type;
}

std::optional<TypeIdx> Payloads::DefinitionOf(const TypeRef& type) const {
  const TypeRef* at = &type;
  while (const auto* index = std::get_if<TypeIdx>(at)) {
    const auto* alias = std::get_if<Alias>(&packages_[*index].what);
    if (alias == nullptr) return *index;
    at = &alias->of;
  }
  return std::nullopt;
}

// Definitions nest to a limit. Sums stay where they would not fit.
uint64_t Payloads::Count(const TypeRef& type) {
  const std::optional<TypeIdx> index = DefinitionOf(type);
  if (!index) return 0;
  if (const auto known = counts_.find(*index); known != counts_.end()) return known->second;
  const auto& what = packages_[*index].what;
  uint64_t count = std::holds_alternative<Stream>(what) || std::holds_alternative<Future>(what);
  ForEachPart(packages_[*index], [&](const TypeRef& part) {
    count = std::min<uint64_t>(count + Count(part), uint64_t{1} << 32);
  });
  return counts_[*index] = count;
}

std::optional<TypeIdx> Payloads::Find(const TypeRef& type, uint64_t* number) {
  const uint64_t count = Count(type);
  if (*number >= count) {
    *number -= count;
    return std::nullopt;
  }
  const TypeIdx index = *DefinitionOf(type);
  std::optional<TypeIdx> found;
  ForEachPart(packages_[index], [&](const TypeRef& part) {
    if (!found) found = Find(part, number);
  });
  return found ? found : index;
}

std::optional<TypeIdx> Payloads::Find(const Function& function, uint32_t number) {
  uint64_t left = number;
  for (const Field& param : function.params) {
    if (const auto found = Find(*param.type, &left)) return found;
  }
  return function.result ? Find(*function.result, &left) : std::nullopt;
}

}  // namespace tenon::wit
