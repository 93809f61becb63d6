#include "wit/bindgen/c_names.h"

#include <algorithm>
#include <iterator>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tenon::wit {
namespace {

// Keywords of C and C++, macros and types of the headers that bindings include, and `ret` and
// `err`, the parameters that take results. In order, to be searched.
constexpr absl::string_view kTaken[] = {"alignas",      "alignof",
                                        "and",          "and_eq",
                                        "asm",          "auto",
                                        "bitand",       "bitor",
                                        "bool",         "break",
                                        "case",         "catch",
                                        "char",         "char16_t",
                                        "char32_t",     "char8_t",
                                        "class",        "co_await",
                                        "co_return",    "co_yield",
                                        "compl",        "concept",
                                        "const",        "const_cast",
                                        "consteval",    "constexpr",
                                        "constinit",    "continue",
                                        "decltype",     "default",
                                        "delete",       "do",
                                        "double",       "dynamic_cast",
                                        "else",         "enum",
                                        "err",          "explicit",
                                        "export",       "extern",
                                        "false",        "float",
                                        "for",          "friend",
                                        "goto",         "if",
                                        "inline",       "int",
                                        "int16_t",      "int32_t",
                                        "int64_t",      "int8_t",
                                        "long",         "mutable",
                                        "namespace",    "new",
                                        "noexcept",     "not",
                                        "not_eq",       "nullptr",
                                        "operator",     "or",
                                        "or_eq",        "private",
                                        "protected",    "public",
                                        "register",     "reinterpret_cast",
                                        "requires",     "restrict",
                                        "ret",          "return",
                                        "short",        "signed",
                                        "size_t",       "sizeof",
                                        "static",       "static_assert",
                                        "static_cast",  "stderr",
                                        "stdin",        "stdout",
                                        "struct",       "switch",
                                        "template",     "this",
                                        "thread_local", "throw",
                                        "true",         "try",
                                        "typedef",      "typeid",
                                        "typename",     "typeof",
                                        "uint16_t",     "uint32_t",
                                        "uint64_t",     "uint8_t",
                                        "union",        "unsigned",
                                        "using",        "virtual",
                                        "void",         "volatile",
                                        "wchar_t",      "while",
                                        "xor",          "xor_eq"};

}  // namespace

std::string SnakeCase(absl::string_view name) {
  return absl::StrReplaceAll(absl::AsciiStrToLower(name), {{"-", "_"}, {".", "_"}, {"+", "_"}});
}

std::string ShoutCase(absl::string_view name) { return absl::AsciiStrToUpper(SnakeCase(name)); }

std::string CIdentifier(absl::string_view name) {
  std::string snake = SnakeCase(name);
  if (std::binary_search(std::begin(kTaken), std::end(kTaken), snake)) snake += '_';
  return snake;
}

std::string CNames::Claim(std::string name) {
  const auto [it, is_new] = taken_.emplace(name, 1);
  if (is_new) return name;
  std::string other;
  uint32_t number = it->second;
  do {
    other = absl::StrCat(name, "_", ++number);
  } while (taken_.contains(other));
  taken_[name] = number;
  taken_.emplace(other, 1);
  return other;
}

}  // namespace tenon::wit
