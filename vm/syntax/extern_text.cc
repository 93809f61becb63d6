#include "vm/syntax/extern_text.h"

#include "absl/strings/str_cat.h"

namespace tenon::vm {
namespace {

void AppendTypes(absl::string_view keyword, const std::vector<ValType>& types, std::string& text) {
  if (types.empty()) return;
  absl::StrAppend(&text, " (", keyword);
  for (const ValType type : types) absl::StrAppend(&text, " ", ToString(type));
  text += ')';
}

std::string Signature(const FuncType& type) {
  std::string text;
  AppendTypes("param", type.params, text);
  AppendTypes("result", type.results, text);
  return text;
}

std::string Sizes(AddressType address, const Limits& limits) {
  std::string text = address == AddressType::kI64 ? " i64 " : " ";
  absl::StrAppend(&text, limits.min);
  if (limits.has_max) absl::StrAppend(&text, " ", limits.max);
  return text;
}

}  // namespace

std::string ExternText(const FuncType& type) { return absl::StrCat("(func", Signature(type), ")"); }

std::string TagText(const FuncType& type) { return absl::StrCat("(tag", Signature(type), ")"); }

std::string ExternText(const TableType& type) {
  return absl::StrCat("(table", Sizes(type.address, type.limits), " ", ToString(type.element), ")");
}

std::string ExternText(const MemoryType& type) {
  std::string text = absl::StrCat("(memory", Sizes(type.address, type.limits));
  if (type.shared) text += " shared";
  if (type.page_size_log2 != kWasmPageLog2) {
    absl::StrAppend(&text, " (pagesize ", uint64_t{1} << type.page_size_log2, ")");
  }
  return text + ")";
}

std::string ExternText(const GlobalType& type) {
  const std::string value = ToString(type.type);
  return type.is_mutable ? absl::StrCat("(global (mut ", value, "))")
                         : absl::StrCat("(global ", value, ")");
}

}  // namespace tenon::vm
