#include "abi/text/wave_print.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <iterator>

#include "abi/text/wit.h"
#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"

namespace tenon::abi {
namespace {

struct CodePoints {
  uint32_t first;
  uint32_t last;
};
constexpr CodePoints kUnshown[] = {
#include "abi/text/unshown.def"
};

bool IsShown(uint32_t code_point) {
  if (code_point < 0x80) return code_point >= 0x20 && code_point != 0x7f;
  const auto range =
      std::partition_point(std::begin(kUnshown), std::end(kUnshown),
                           [&](const CodePoints& points) { return points.last < code_point; });
  return range == std::end(kUnshown) || code_point < range->first;
}

void AppendChar(uint32_t code_point, std::string* text) {
  switch (code_point) {
    case '\t': return absl::StrAppend(text, "\\t");
    case '\n': return absl::StrAppend(text, "\\n");
    case '\r': return absl::StrAppend(text, "\\r");
    case '"':
    case '\'':
    case '\\':
      text->push_back('\\');
      text->push_back(static_cast<char>(code_point));
      return;
  }
  if (IsShown(code_point)) return AppendUtf8(code_point, text);
  absl::StrAppend(text, "\\u{", absl::Hex(code_point), "}");
}

void AppendString(absl::string_view value, std::string* text) {
  text->push_back('"');
  while (!value.empty()) {
    uint32_t length;
    AppendChar(DecodeUtf8(value, &length), text);
    value.remove_prefix(length);
  }
  text->push_back('"');
}

// The shortest digits that read back as the same number, without exponent.
template <typename T>
void AppendFloat(T value, std::string* text) {
  if (std::isnan(value)) return absl::StrAppend(text, "nan");
  if (std::signbit(value)) text->push_back('-');
  if (std::isinf(value)) return absl::StrAppend(text, "inf");
  char buffer[32];
  const auto end =
      std::to_chars(buffer, std::end(buffer), std::abs(value), std::chars_format::scientific).ptr;
  // "d.ddde+xx": the digits, and how many of them stand before the point.
  std::string digits(1, buffer[0]);
  const char* e = std::find(buffer, end, 'e');
  if (e > buffer + 1) digits.append(buffer + 2, e - (buffer + 2));
  int point = 0;
  (void)absl::SimpleAtoi(absl::string_view(e + 1, end - e - 1), &point);
  ++point;
  const int count = static_cast<int>(digits.size());
  if (point <= 0) return absl::StrAppend(text, "0.", std::string(-point, '0'), digits);
  if (point >= count) return absl::StrAppend(text, digits, std::string(point - count, '0'));
  absl::StrAppend(text, digits.substr(0, point), ".", digits.substr(point));
}

class Printer {
 public:
  explicit Printer(const TypeTable& types) : types_(types) {}

  void Print(ValType type, const Value& value) {
    if (IsPrimitive(type.kind())) return PrintPrimitive(type.kind(), value);
    const TypeDef& def = types_.Get(type);
    switch (def.kind) {
      case TypeKind::kList:
      case TypeKind::kFixedList:
      case TypeKind::kMap:
      case TypeKind::kTuple: return PrintSequence(def, value);
      case TypeKind::kRecord: return PrintRecord(def, value);
      case TypeKind::kFlags: return PrintFlags(def, value);
      case TypeKind::kVariant:
      case TypeKind::kEnum:
        if (IsWaveKeyword(def.labels[value.bits])) text_.push_back('%');
        return PrintCase(def, def.labels[value.bits], value);
      case TypeKind::kOption: return PrintCase(def, value.bits == 0 ? "none" : "some", value);
      case TypeKind::kResult: return PrintCase(def, value.bits == 0 ? "ok" : "err", value);
      default: return Append(ToString(types_, type));
    }
  }

  std::string Take() { return std::move(text_); }

 private:
  void Append(absl::string_view piece) { absl::StrAppend(&text_, piece); }

  void PrintPrimitive(TypeKind kind, const Value& value) {
    switch (kind) {
      case TypeKind::kBool: return Append(value.bits != 0 ? "true" : "false");
      case TypeKind::kS8:
      case TypeKind::kS16:
      case TypeKind::kS32:
      case TypeKind::kS64: return absl::StrAppend(&text_, static_cast<int64_t>(value.bits));
      case TypeKind::kF32:
        return AppendFloat(std::bit_cast<float>(static_cast<uint32_t>(value.bits)), &text_);
      case TypeKind::kF64: return AppendFloat(std::bit_cast<double>(value.bits), &text_);
      case TypeKind::kChar:
        text_.push_back('\'');
        AppendChar(static_cast<uint32_t>(value.bits), &text_);
        return text_.push_back('\'');
      case TypeKind::kString: return AppendString(value.text, &text_);
      default: return absl::StrAppend(&text_, value.bits);
    }
  }

  void PrintSequence(const TypeDef& def, const Value& value) {
    const bool is_list = def.kind != TypeKind::kTuple;
    Append(is_list ? "[" : "(");
    for (size_t i = 0; i < value.items.size(); ++i) {
      if (i != 0) Append(", ");
      Print(def.types[is_list ? 0 : i], value.items[i]);
    }
    Append(is_list ? "]" : ")");
  }

  void PrintRecord(const TypeDef& def, const Value& value) {
    const char* before = "{";
    for (size_t i = 0; i < value.items.size(); ++i) {
      if (def.types[i].kind() == TypeKind::kOption && value.items[i].bits == 0) continue;
      absl::StrAppend(&text_, before, def.labels[i], ": ");
      Print(def.types[i], value.items[i]);
      before = ", ";
    }
    Append(*before == '{' ? "{:}" : "}");
  }

  void PrintFlags(const TypeDef& def, const Value& value) {
    const char* before = "";
    Append("{");
    for (size_t i = 0; i < def.labels.size(); ++i) {
      if ((value.bits >> i & 1) == 0) continue;
      absl::StrAppend(&text_, before, def.labels[i]);
      before = ", ";
    }
    Append("}");
  }

  void PrintCase(const TypeDef& def, absl::string_view label, const Value& value) {
    Append(label);
    if (value.items.empty()) return;
    Append("(");
    Print(CasePayload(def, static_cast<uint32_t>(value.bits)), value.items[0]);
    Append(")");
  }

  const TypeTable& types_;
  std::string text_;
};

}  // namespace

std::string PrintWave(const TypeTable& types, ValType type, const Value& value) {
  Printer printer(types);
  printer.Print(type, value);
  return printer.Take();
}

bool IsWaveKeyword(absl::string_view label) {
  static constexpr absl::string_view kKeywords[] = {"true", "false", "inf", "nan",
                                                    "some", "none",  "ok",  "err"};
  return absl::c_linear_search(kKeywords, label);
}

}  // namespace tenon::abi
