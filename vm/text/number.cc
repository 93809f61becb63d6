#include "vm/text/number.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <string>
#include <system_error>

#include "absl/strings/ascii.h"

namespace tenon::vm {
namespace {

// A literal taken apart: sign, base, and the rest.
struct Literal {
  bool has_sign = false;
  bool negative = false;
  bool is_hex = false;
  absl::string_view digits;  // after the sign and 0x
};

Literal Split(absl::string_view text) {
  Literal literal;
  if (!text.empty() && (text[0] == '+' || text[0] == '-')) {
    literal.has_sign = true;
    literal.negative = text[0] == '-';
    text.remove_prefix(1);
  }
  if (text.size() >= 2 && text[0] == '0' && text[1] == 'x') {
    literal.is_hex = true;
    text.remove_prefix(2);
  }
  literal.digits = text;
  return literal;
}

bool IsDigit(char c, bool is_hex) {
  return is_hex ? absl::ascii_isxdigit(c) : absl::ascii_isdigit(c);
}

// Takes `digit ('_'? digit)*` off the front. False when there is none.
bool TakeDigits(bool is_hex, absl::string_view* text) {
  size_t i = 0;
  while (i < text->size()) {
    if (IsDigit((*text)[i], is_hex)) {
      ++i;
    } else if ((*text)[i] == '_' && i > 0 && i + 1 < text->size() &&
               IsDigit((*text)[i + 1], is_hex)) {
      i += 2;
    } else {
      break;
    }
  }
  text->remove_prefix(i);
  return i > 0;
}

bool IsInteger(const Literal& literal) {
  absl::string_view rest = literal.digits;
  return TakeDigits(literal.is_hex, &rest) && rest.empty();
}

// `num '.'? frac? (exponent sign? num)?`. core: #text-float
bool IsDigitsFloat(const Literal& literal) {
  absl::string_view rest = literal.digits;
  if (!TakeDigits(literal.is_hex, &rest)) return false;
  if (!rest.empty() && rest[0] == '.') {
    rest.remove_prefix(1);
    TakeDigits(literal.is_hex, &rest);
  }
  if (rest.empty()) return true;
  if (absl::ascii_tolower(rest[0]) != (literal.is_hex ? 'p' : 'e')) return false;
  rest.remove_prefix(1);
  if (!rest.empty() && (rest[0] == '+' || rest[0] == '-')) rest.remove_prefix(1);
  return TakeDigits(/*is_hex=*/false, &rest) && rest.empty();
}

constexpr absl::string_view kNanPayload = "nan:0x";

bool IsNanPayload(const Literal& literal) {
  if (literal.is_hex || literal.digits.substr(0, kNanPayload.size()) != kNanPayload) return false;
  absl::string_view rest = literal.digits.substr(kNanPayload.size());
  return TakeDigits(/*is_hex=*/true, &rest) && rest.empty();
}

// False when the value has more than 64 bits. `digits` are well-formed.
bool Accumulate(absl::string_view digits, bool is_hex, uint64_t* out) {
  uint64_t value = 0;
  const uint64_t base = is_hex ? 16 : 10;
  for (char c : digits) {
    if (c == '_') continue;
    const uint64_t digit = absl::ascii_isdigit(c) ? c - '0' : absl::ascii_tolower(c) - 'a' + 10;
    if (__builtin_mul_overflow(value, base, &value) ||
        __builtin_add_overflow(value, digit, &value)) {
      return false;
    }
  }
  *out = value;
  return true;
}

std::string WithoutUnderscores(absl::string_view text) {
  std::string out;
  for (char c : text) {
    if (c != '_') out.push_back(c);
  }
  return out;
}

// from_chars reports both overflow and underflow as out of range. The latter rounds to zero or to
// the least subnormal, and is told by the value's magnitude: an exponent below zero.
bool IsUnderflow(const std::string& digits, bool is_hex) {
  int64_t exponent = 0;
  const size_t marker = digits.find_first_of(is_hex ? "pP" : "eE");
  const std::string mantissa = digits.substr(0, marker);
  if (marker != std::string::npos) {
    const char* begin = digits.data() + marker + 1;
    if (*begin == '+') ++begin;
    const bool negative = *begin == '-';
    if (std::from_chars(begin, digits.data() + digits.size(), exponent).ec != std::errc()) {
      return negative;
    }
  }
  const size_t first = mantissa.find_first_not_of("0.");
  if (first == std::string::npos) return true;  // zero, whatever the exponent
  const size_t point = std::min(mantissa.find('.'), mantissa.size());
  const int64_t place = static_cast<int64_t>(point) - static_cast<int64_t>(first);
  return exponent + place * (is_hex ? 4 : 1) < 0;
}

template <typename Float, typename Bits>
NumberStatus ParseDigits(const Literal& literal, Bits* out) {
  const std::string digits = WithoutUnderscores(literal.digits);
  const auto format = literal.is_hex ? std::chars_format::hex : std::chars_format::general;
  Float value = 0;
  const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), value, format);
  if (std::isinf(value)) return NumberStatus::kOutOfRange;
  if (result.ec == std::errc::result_out_of_range) {
    if (!IsUnderflow(digits, literal.is_hex)) return NumberStatus::kOutOfRange;
    value = 0;
  }
  *out = std::bit_cast<Bits>(value);
  return NumberStatus::kOk;
}

template <typename Float, typename Bits>
NumberStatus ParseFloat(absl::string_view text, Bits* out) {
  constexpr int kMantissaBits = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits kInfinity = std::bit_cast<Bits>(std::numeric_limits<Float>::infinity());
  const Literal literal = Split(text);
  const Bits sign = literal.negative ? Bits{1} << (sizeof(Bits) * 8 - 1) : 0;
  if (!literal.is_hex && literal.digits == "inf") {
    *out = sign | kInfinity;
    return NumberStatus::kOk;
  }
  if (!literal.is_hex && literal.digits == "nan") {
    *out = sign | kInfinity | Bits{1} << (kMantissaBits - 1);
    return NumberStatus::kOk;
  }
  if (IsNanPayload(literal)) {
    uint64_t payload;
    if (!Accumulate(literal.digits.substr(kNanPayload.size()), true, &payload) || payload == 0 ||
        payload >> kMantissaBits != 0) {
      return NumberStatus::kOutOfRange;
    }
    *out = sign | kInfinity | static_cast<Bits>(payload);
    return NumberStatus::kOk;
  }
  if (!IsDigitsFloat(literal)) return NumberStatus::kSyntax;
  const NumberStatus status = ParseDigits<Float>(literal, out);
  *out |= sign;
  return status;
}

}  // namespace

NumberForm ClassifyNumber(absl::string_view text) {
  const Literal literal = Split(text);
  if (IsInteger(literal)) return literal.has_sign ? NumberForm::kInt : NumberForm::kNat;
  const bool is_special = !literal.is_hex && (literal.digits == "inf" || literal.digits == "nan");
  if (is_special || IsNanPayload(literal) || IsDigitsFloat(literal)) return NumberForm::kFloat;
  return NumberForm::kNone;
}

NumberStatus ParseNat(absl::string_view text, uint64_t max, uint64_t* out) {
  const Literal literal = Split(text);
  if (literal.has_sign || !IsInteger(literal)) return NumberStatus::kSyntax;
  if (!Accumulate(literal.digits, literal.is_hex, out) || *out > max) {
    return NumberStatus::kOutOfRange;
  }
  return NumberStatus::kOk;
}

NumberStatus ParseInt(absl::string_view text, int bits, uint64_t* out) {
  const Literal literal = Split(text);
  if (!IsInteger(literal)) return NumberStatus::kSyntax;
  const uint64_t mask = ~uint64_t{0} >> (64 - bits);
  const uint64_t max = literal.negative ? uint64_t{1} << (bits - 1) : mask;
  uint64_t magnitude;
  if (!Accumulate(literal.digits, literal.is_hex, &magnitude) || magnitude > max) {
    return NumberStatus::kOutOfRange;
  }
  *out = (literal.negative ? uint64_t{0} - magnitude : magnitude) & mask;
  return NumberStatus::kOk;
}

NumberStatus ParseF32(absl::string_view text, uint32_t* out) {
  return ParseFloat<float>(text, out);
}
NumberStatus ParseF64(absl::string_view text, uint64_t* out) {
  return ParseFloat<double>(text, out);
}

}  // namespace tenon::vm
