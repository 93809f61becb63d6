// The types of test/guests/abi/wit/interfaces.wit in C++, and every function of its interfaces that
// returns what it is given, with values at the edges of its type.
#pragma once

#include <cmath>
#include <cstdint>
#include <expected>
#include <limits>
#include <optional>
#include <string>
#include <tuple>
#include <variant>
#include <vector>

#include "abi/canon/typed.h"

namespace tenon {
namespace abi {

struct Point {
  int32_t x = 0, y = 0;
  bool operator==(const Point&) const = default;
};
struct Mixed {
  bool flag = false;
  uint64_t big = 0;
  uint8_t small = 0;
  double ratio = 0;
  char32_t letter = 0;
  std::string text;
  int16_t short_ = 0;
  float single = 0;
  bool operator==(const Mixed&) const = default;
};
struct Large {
  uint8_t a = 0;
  int8_t b = 0;
  uint16_t c = 0;
  int16_t d = 0;
  uint32_t e = 0;
  int32_t f = 0;
  uint64_t g = 0;
  int64_t h = 0;
  float i = 0;
  double j = 0;
  char32_t k = 0;
  bool l = false;
  std::string m;
  std::vector<uint8_t> n;
  std::optional<uint8_t> o;
  bool operator==(const Large&) const = default;
};
struct Shape : std::variant<std::monostate, double, Point, std::string, std::vector<Point>> {
  using variant::variant;
};
struct Number : std::variant<uint32_t, float, uint64_t, double, int8_t> {
  using variant::variant;
};
struct Either : std::variant<int32_t, float> {
  using variant::variant;
};
struct Entry {
  uint64_t id = 0;
  std::string name;
  std::optional<float> score;
  Shape what;
  bool operator==(const Entry&) const = default;
};
enum class Color : uint8_t { kRed, kGreen, kBlue };
enum class Word : uint8_t { kNone, kInf, kNan, kOk, kTrue };
enum class Few : uint8_t {};
enum class Dozen : uint16_t {};
enum class Many : uint32_t {};

}  // namespace abi

template <>
struct RecordOf<abi::Point> {
  static constexpr auto kFields =
      std::make_tuple(Field("x", &abi::Point::x), Field("y", &abi::Point::y));
};
template <>
struct RecordOf<abi::Mixed> {
  static constexpr auto kFields =
      std::make_tuple(Field("flag", &abi::Mixed::flag), Field("big", &abi::Mixed::big),
                      Field("small", &abi::Mixed::small), Field("ratio", &abi::Mixed::ratio),
                      Field("letter", &abi::Mixed::letter), Field("text", &abi::Mixed::text),
                      Field("short", &abi::Mixed::short_), Field("single", &abi::Mixed::single));
};
template <>
struct RecordOf<abi::Large> {
  static constexpr auto kFields = std::make_tuple(
      Field("a", &abi::Large::a), Field("b", &abi::Large::b), Field("c", &abi::Large::c),
      Field("d", &abi::Large::d), Field("e", &abi::Large::e), Field("f", &abi::Large::f),
      Field("g", &abi::Large::g), Field("h", &abi::Large::h), Field("i", &abi::Large::i),
      Field("j", &abi::Large::j), Field("k", &abi::Large::k), Field("l", &abi::Large::l),
      Field("m", &abi::Large::m), Field("n", &abi::Large::n), Field("o", &abi::Large::o));
};
template <>
struct VariantOf<abi::Shape> {
  using Cases =
      std::variant<std::monostate, double, abi::Point, std::string, std::vector<abi::Point>>;
  static constexpr const char* kLabels[] = {"nothing", "circle", "box", "label", "path"};
};
template <>
struct VariantOf<abi::Number> {
  using Cases = std::variant<uint32_t, float, uint64_t, double, int8_t>;
  static constexpr const char* kLabels[] = {"narrow", "single", "wide", "double", "tiny"};
};
template <>
struct VariantOf<abi::Either> {
  using Cases = std::variant<int32_t, float>;
  static constexpr const char* kLabels[] = {"int", "float"};
};
template <>
struct RecordOf<abi::Entry> {
  static constexpr auto kFields =
      std::make_tuple(Field("id", &abi::Entry::id), Field("name", &abi::Entry::name),
                      Field("score", &abi::Entry::score), Field("what", &abi::Entry::what));
};
template <>
struct EnumOf<abi::Color> {
  static constexpr const char* kLabels[] = {"red", "green", "blue"};
};
template <>
struct EnumOf<abi::Word> {
  static constexpr const char* kLabels[] = {"none", "inf", "nan", "ok", "true"};
};
template <>
struct FlagsOf<abi::Few> {
  static constexpr const char* kLabels[] = {"a", "b", "c"};
};
template <>
struct FlagsOf<abi::Dozen> {
  static constexpr const char* kLabels[] = {"f0", "f1", "f2", "f3", "f4",  "f5",
                                            "f6", "f7", "f8", "f9", "f10", "f11"};
};
template <>
struct FlagsOf<abi::Many> {
  static constexpr const char* kLabels[] = {"f0",  "f1",  "f2",  "f3",  "f4",  "f5",  "f6",  "f7",
                                            "f8",  "f9",  "f10", "f11", "f12", "f13", "f14", "f15",
                                            "f16", "f17", "f18", "f19", "f20", "f21", "f22", "f23",
                                            "f24", "f25", "f26", "f27", "f28", "f29", "f30", "f31"};
};

namespace abi {

// One text for each form a string takes: empty, ASCII, Latin-1, the two-byte edges of UTF-8, beyond
// the BMP, Latin-1 at first and wider later.
inline std::vector<std::string> Texts() {
  return {"",
          "hello",
          "h\u00e9llo \u00ff",
          "\u0100",
          "\u007f\u0080\u07ff\u0800\ud7ff\ue000\uffff",
          "\U00010000\U0010ffff\U0001f389",
          "caf\u00e9 \u20ac",
          std::string("nul\0nul", 7),
          std::string(5000, 'x') + "\u00e9" + std::string(5000, 'y') + "\u4e2d"};
}

inline std::vector<Shape> Shapes() {
  return {Shape(),
          Shape(-1.5),
          Shape(Point{std::numeric_limits<int32_t>::min(), -1}),
          Shape(std::string("caf\u00e9 \u20ac")),
          Shape(std::vector<Point>{{1, 2}, {-3, 4}}),
          Shape(std::vector<Point>())};
}
inline std::vector<Number> Numbers() {
  return {Number(std::in_place_index<0>, 0xffffffffu), Number(std::in_place_index<1>, -0.5f),
          Number(std::in_place_index<2>, ~uint64_t{0}), Number(std::in_place_index<3>, -1e300),
          Number(std::in_place_index<4>, int8_t{-128})};
}
inline std::vector<Mixed> Mixeds() {
  return {Mixed(), {true, ~uint64_t{1}, 255, -0.25, U'\U0010ffff', "h\u00e9", -32768, 1e-45f}};
}
inline std::vector<Entry> Entries() {
  return {{1, "one", 1.0f, Shape(2.0)},
          {~uint64_t{0}, "", std::nullopt, Shape()},
          {3, "zw\u00f6lf \u20ac", -2.0f, Shape(Point{-7, 8})},
          {4, "four", 0.0f, Shape(std::vector<Point>{{1, 1}})}};
}
inline Large SomeLarge() {
  return {255,  -128, 65535,     -32768, 0xffffffffu, -1,          ~uint64_t{0}, -2,
          0.5f, -2.5, U'\u20ac', true,   "h\u00e9",   {0, 1, 255}, uint8_t{9}};
}

template <typename T>
std::vector<T> Integers() {
  using Limits = std::numeric_limits<T>;
  return {0, 1, static_cast<T>(-1), Limits::min(), Limits::max(), 42};
}
template <typename T>
std::vector<T> Floats() {
  using Limits = std::numeric_limits<T>;
  return {0,
          static_cast<T>(-0.0),
          T(1.5),
          Limits::infinity(),
          -Limits::infinity(),
          Limits::quiet_NaN(),
          Limits::denorm_min(),
          Limits::max()};
}
inline std::vector<char32_t> Chars() { return {0, U'a', U'\u00e9', 0xd7ff, 0xe000, 0x10ffff}; }

// Each calls f.operator()<T>(function name, values) for functions T -> T of tenon:abi/values.
template <typename F>
void ForEachScalarEcho(F&& f) {
  using std::vector;
  f.template operator()<bool>("echo-bool", vector<bool>{false, true});
  f.template operator()<uint8_t>("echo-u8", Integers<uint8_t>());
  f.template operator()<int8_t>("echo-s8", Integers<int8_t>());
  f.template operator()<uint16_t>("echo-u16", Integers<uint16_t>());
  f.template operator()<int16_t>("echo-s16", Integers<int16_t>());
  f.template operator()<uint32_t>("echo-u32", Integers<uint32_t>());
  f.template operator()<int32_t>("echo-s32", Integers<int32_t>());
  f.template operator()<uint64_t>("echo-u64", Integers<uint64_t>());
  f.template operator()<int64_t>("echo-s64", Integers<int64_t>());
  f.template operator()<float>("echo-f32", Floats<float>());
  f.template operator()<double>("echo-f64", Floats<double>());
  f.template operator()<char32_t>("echo-char", Chars());
  f.template operator()<std::string>("echo-string", Texts());
}

template <typename F>
void ForEachListEcho(F&& f) {
  using std::vector;
  const auto list = [&]<typename T>(const char* name, vector<T> values) {
    f.template operator()<vector<T>>(name, vector<vector<T>>{{}, values});
  };
  list("echo-list-bool", vector<bool>{true, false, true});
  list("echo-list-u8", Integers<uint8_t>());
  list("echo-list-s8", Integers<int8_t>());
  list("echo-list-u16", Integers<uint16_t>());
  list("echo-list-s16", Integers<int16_t>());
  list("echo-list-u32", Integers<uint32_t>());
  list("echo-list-s32", Integers<int32_t>());
  list("echo-list-u64", Integers<uint64_t>());
  list("echo-list-s64", Integers<int64_t>());
  list("echo-list-f32", Floats<float>());
  list("echo-list-f64", Floats<double>());
  list("echo-list-char", Chars());
  list("echo-list-string", Texts());
  list("echo-list-list", vector<vector<uint16_t>>{{}, {1, 2, 65535}, {}});
  list("echo-list-point", vector<Point>{{1, -2}, {0, 0}});
  list("echo-list-mixed", Mixeds());
  list("echo-list-shape", Shapes());
  list("echo-list-number", Numbers());
  list("echo-list-tuple", vector<std::tuple<uint8_t, std::string>>{{1, "a"}, {255, "\u20ac"}});
  list("echo-list-option", vector<std::optional<uint32_t>>{std::nullopt, 0, 0xffffffffu});
  using U64OrText = std::expected<uint64_t, std::string>;
  list("echo-list-result",
       vector<U64OrText>{U64OrText(~uint64_t{0}), U64OrText(std::unexpect, "no")});
  list("echo-list-color", vector<Color>{Color::kBlue, Color::kRed, Color::kGreen});
  list("echo-list-flags", vector<Dozen>{Dozen(0), Dozen(0xfff), Dozen(0x801)});
  f.template operator()<vector<vector<Entry>>>(
      "echo-table", vector<vector<vector<Entry>>>{{}, {{}, Entries(), {}, Entries()}});
}

template <typename F>
void ForEachProductEcho(F&& f) {
  using std::vector;
  f.template operator()<Point>("echo-point", vector<Point>{{-1, 1}});
  f.template operator()<Mixed>("echo-mixed", Mixeds());
  f.template operator()<Entry>("echo-entry", Entries());
  f.template operator()<Large>("echo-large", vector<Large>{Large(), SomeLarge()});
  using Tuple = std::tuple<uint8_t, int64_t, float, std::string>;
  f.template operator()<Tuple>("echo-tuple", vector<Tuple>{{255, -1, 0.5f, "\u00e9"}});
  f.template operator()<std::tuple<uint32_t>>("echo-single",
                                              vector<std::tuple<uint32_t>>{{0xffffffffu}});
}

template <typename F>
void ForEachEnumeratedEcho(F&& f) {
  using std::vector;
  f.template operator()<Shape>("echo-shape", Shapes());
  f.template operator()<Number>("echo-number", Numbers());
  f.template operator()<Either>("echo-either", vector<Either>{Either(-1), Either(-0.5f)});
  f.template operator()<Color>("echo-color", vector<Color>{Color::kRed, Color::kBlue});
  f.template operator()<Word>("echo-word", vector<Word>{Word::kNone, Word::kTrue});
  f.template operator()<Few>("echo-few", vector<Few>{Few(0), Few(5), Few(7)});
  f.template operator()<Dozen>("echo-dozen", vector<Dozen>{Dozen(0), Dozen(0xfff)});
  f.template operator()<Many>("echo-many", vector<Many>{Many(0), Many(0x80000001), Many(~0u)});
}

template <typename F>
void ForEachOptionOrResultEcho(F&& f) {
  using std::optional;
  using std::vector;
  f.template operator()<optional<uint32_t>>("echo-option",
                                            vector<optional<uint32_t>>{std::nullopt, 0, ~0u});
  f.template operator()<optional<double>>("echo-option-f64",
                                          vector<optional<double>>{std::nullopt, -0.5});
  f.template operator()<optional<std::string>>(
      "echo-option-string", vector<optional<std::string>>{std::nullopt, "", "x"});
  using Nested = optional<optional<uint8_t>>;
  f.template operator()<Nested>("echo-option-option",
                                vector<Nested>{Nested(), Nested(std::in_place), Nested(255)});

  using Both = std::expected<uint32_t, std::string>;
  f.template operator()<Both>("echo-result", vector<Both>{Both(~0u), Both(std::unexpect, "no")});
  using Ok = std::expected<uint32_t, std::monostate>;
  f.template operator()<Ok>("echo-result-ok", vector<Ok>{Ok(7), Ok(std::unexpect)});
  using Err = std::expected<void, std::string>;
  f.template operator()<Err>("echo-result-err", vector<Err>{Err(), Err(std::unexpect, "\u00e9")});
  using Bare = std::expected<void, std::monostate>;
  f.template operator()<Bare>("echo-result-bare", vector<Bare>{Bare(), Bare(std::unexpect)});
  using Joined = std::expected<float, uint64_t>;
  f.template operator()<Joined>("echo-result-mixed",
                                vector<Joined>{Joined(0.5f), Joined(std::unexpect, ~uint64_t{0})});
}

// All of them.
template <typename F>
void ForEachEcho(F&& f) {
  ForEachScalarEcho(f);
  ForEachListEcho(f);
  ForEachProductEcho(f);
  ForEachEnumeratedEcho(f);
  ForEachOptionOrResultEcho(f);
}

// Equal, where a NaN is any NaN and zeros have signs.
template <typename T>
bool Same(const T& a, const T& b) {
  return a == b;
}
template <typename T>
  requires std::is_floating_point_v<T>
bool Same(const T& a, const T& b) {
  return std::isnan(a) ? std::isnan(b) : a == b && std::signbit(a) == std::signbit(b);
}
template <typename T>
bool Same(const std::vector<T>& a, const std::vector<T>& b) {
  if (a.size() != b.size()) return false;
  for (size_t i = 0; i < a.size(); ++i) {
    const T &x = a[i], &y = b[i];
    if (!Same(x, y)) return false;
  }
  return true;
}

}  // namespace abi
}  // namespace tenon
