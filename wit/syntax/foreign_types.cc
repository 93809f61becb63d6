#include "wit/syntax/foreign_types.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tenon::wit {
namespace {

struct Row {
  absl::string_view name;  // whatever the case of its letters
  absl::string_view in_wit;
};
constexpr Row kRows[] = {
    {"i8", "'s8'"},
    {"i16", "'s16'"},
    {"i32", "'s32'"},
    {"i64", "'s64'"},
    {"int8", "'s8'"},
    {"int16", "'s16'"},
    {"int32", "'s32'"},
    {"int64", "'s64'"},
    {"uint8", "'u8'"},
    {"uint16", "'u16'"},
    {"uint32", "'u32'"},
    {"uint64", "'u64'"},
    {"byte", "'u8'"},
    {"short", "'s16'"},
    {"int", "'s32' and other sizes"},
    {"integer", "'s32' and other sizes"},
    {"long", "'s64'"},
    {"uint", "'u32' and other sizes"},
    {"unsigned", "'u32' and other sizes"},
    {"isize", "'s32' and 's64'"},
    {"usize", "'u32' and 'u64'"},
    {"number", "'s32', 'f64' and other numbers"},
    {"float", "'f32'"},
    {"double", "'f64'"},
    {"float32", "'f32'"},
    {"float64", "'f64'"},
    {"bool", "'bool'"},
    {"boolean", "'bool'"},
    {"char", "'char'"},
    {"rune", "'char'"},
    {"str", "'string'"},
    {"string", "'string'"},
    {"bytes", "'list<u8>'"},
    {"array", "'list<...>', as in 'list<u8>'"},
    {"list", "'list<...>', as in 'list<u8>'"},
    {"slice", "'list<...>', as in 'list<u8>'"},
    {"vec", "'list<...>', as in 'list<u8>'"},
    {"vector", "'list<...>', as in 'list<u8>'"},
    {"dict", "'map<...>', as in 'map<string, u32>'"},
    {"hashmap", "'map<...>', as in 'map<string, u32>'"},
    {"map", "'map<...>', as in 'map<string, u32>'"},
    {"option", "'option<...>', as in 'option<u8>'"},
    {"optional", "'option<...>', as in 'option<u8>'"},
    {"result", "'result<...>', as in 'result<u8, string>'"},
    {"tuple", "'tuple<...>', as in 'tuple<u8, string>'"},
    {"struct", "records, as in 'record r { a: u8 }'"},
    {"void", "functions without '->' and a type"},
    {"unit", "functions without '->' and a type"},
};

}  // namespace

std::string AdviceOnType(absl::string_view name) {
  for (const Row& row : kRows) {
    if (absl::EqualsIgnoreCase(row.name, name)) return absl::StrCat("; WIT has ", row.in_wit);
  }
  return "";
}

}  // namespace tenon::wit
