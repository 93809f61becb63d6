// Values against the typed layer, which has tests of its own: what one lowers the other lifts.
#include "abi/canon/value_codec.h"

#include <gtest/gtest.h>

#include <array>
#include <map>
#include <string>
#include <vector>

#include "abi/canon/test_guest.h"
#include "abi/canon/typed.h"
#include "abi/types/types_for_test.h"

namespace tenon {
namespace abi {

enum class Colour : uint8_t { kRed, kGreen, kBlue };
enum class Flags : uint32_t {};
struct Shape : std::variant<std::monostate, double, std::string, uint8_t> {
  using variant::variant;
};
struct Mixed {
  bool flag;
  uint64_t big;
  int8_t small;
  char32_t letter;
  std::string text;
  float single;
};

}  // namespace abi

template <>
struct EnumOf<abi::Colour> {
  static constexpr const char* kLabels[] = {"red", "green", "blue"};
};
template <>
struct FlagsOf<abi::Flags> {
  static constexpr const char* kLabels[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i"};
};
template <>
struct VariantOf<abi::Shape> {
  using Cases = std::variant<std::monostate, double, std::string, uint8_t>;
  static constexpr const char* kLabels[] = {"none", "circle", "label", "tiny"};
};
template <>
struct RecordOf<abi::Mixed> {
  static constexpr auto kFields =
      std::make_tuple(Field("flag", &abi::Mixed::flag), Field("big", &abi::Mixed::big),
                      Field("small", &abi::Mixed::small), Field("letter", &abi::Mixed::letter),
                      Field("text", &abi::Mixed::text), Field("single", &abi::Mixed::single));
};

namespace abi {
namespace {

using K = TypeKind;

class ValueCodecTest : public testing::Test {
 protected:
  ValType Define(K kind, std::vector<ValType> types, std::vector<absl::string_view> labels = {}) {
    return Defined(types_, kind, std::move(types), std::move(labels));
  }
  ValType List(ValType element) { return Define(K::kList, {element}); }
  ValType FixedList(ValType element, uint32_t length) {
    return FixedListType(types_, element, length);
  }
  ValType DefineShape() {
    return Define(K::kVariant, {ValType(), K::kF64, K::kString, K::kU8},
                  {"none", "circle", "label", "tiny"});
  }
  ValueCodec Codec(CanonContext& cx) { return ValueCodec(&cx, &types_, resources_); }

  // What typed code stores and lowers is `value`, and what Values store and lower is `typed`.
  template <typename T>
  void ExpectSame(ValType type, T typed, const Value& value) {
    ASSERT_TRUE(TypeChecker(types_, resources_).Matches(type, ShapeOf<T>()));
    ASSERT_TRUE(Fits(types_, type, value));
    CanonContext cx = guest_.Context(&scope_);
    constexpr uint32_t kTyped = 64, kUntyped = 512;
    vm::Slot slots[32];
    Value lifted;
    T read{};

    ASSERT_TRUE(Abi<T>::Store(cx, typed, kTyped));
    ASSERT_TRUE(Codec(cx).Load(type, cx.At(kTyped), &lifted));
    EXPECT_EQ(lifted, value);
    ASSERT_TRUE(Codec(cx).Store(type, value, kUntyped));
    ASSERT_TRUE(Abi<T>::Load(cx, cx.At(kUntyped), &read));
    ASSERT_TRUE(Abi<T>::Lower(cx, read, slots));
    lifted = {};
    ASSERT_TRUE(Codec(cx).Lift(type, slots, &lifted));
    EXPECT_EQ(lifted, value);
    std::fill(std::begin(slots), std::end(slots), vm::Slot{~uint64_t{0}});
    ASSERT_TRUE(Codec(cx).Lower(type, value, slots));
    ASSERT_TRUE(Abi<T>::Lift(cx, slots, &read));
    ASSERT_TRUE(Abi<T>::Store(cx, read, kTyped));
    lifted = {};
    ASSERT_TRUE(Codec(cx).Load(type, cx.At(kTyped), &lifted));
    EXPECT_EQ(lifted, value);
  }

  // The detail of the trap in which loading from address 64 ends.
  std::string LoadTrap(ValType type, std::vector<uint32_t> words) {
    std::memcpy(guest_.bytes() + 64, words.data(), words.size() * 4);
    CanonContext cx = guest_.Context(&scope_);
    Value value;
    if (Codec(cx).Load(type, cx.At(64), &value)) return "no trap";
    return store_.core().TakeTrap().detail;
  }

  TypeTable types_;
  Store store_{&TestEngine()};
  TestGuest guest_{&store_};
  CallScope scope_;
  ResourceType resource_;
  std::vector<const ResourceType*> resources_{&resource_};
};

TEST_F(ValueCodecTest, ScalarsAreThoseOfTheTypedLayer) {
  ExpectSame<bool>(K::kBool, true, Value::Bits(1));
  ExpectSame<int8_t>(K::kS8, -128, Value::Bits(static_cast<uint64_t>(-128)));
  ExpectSame<uint8_t>(K::kU8, 255, Value::Bits(255));
  ExpectSame<int16_t>(K::kS16, -2, Value::Bits(static_cast<uint64_t>(-2)));
  ExpectSame<uint16_t>(K::kU16, 65535, Value::Bits(65535));
  ExpectSame<int32_t>(K::kS32, -3, Value::Bits(static_cast<uint64_t>(-3)));
  ExpectSame<uint32_t>(K::kU32, 0xffffffff, Value::Bits(0xffffffff));
  ExpectSame<int64_t>(K::kS64, -4, Value::Bits(static_cast<uint64_t>(-4)));
  ExpectSame<uint64_t>(K::kU64, ~uint64_t{0}, Value::Bits(~uint64_t{0}));
  ExpectSame<float>(K::kF32, 1.0f, Value::Bits(0x3f800000));
  ExpectSame<double>(K::kF64, -2.0, Value::Bits(0xc000000000000000));
  ExpectSame<char32_t>(K::kChar, U'\U0001F600', Value::Bits(0x1f600));
}

TEST_F(ValueCodecTest, CompoundsAreThoseOfTheTypedLayer) {
  ExpectSame<std::string>(K::kString, "caf\u00e9", Value::Text("caf\u00e9"));
  ExpectSame<std::vector<uint16_t>>(List(K::kU16), {1, 2},
                                    Value::Items({Value::Bits(1), Value::Bits(2)}));
  ExpectSame<std::vector<std::string>>(List(K::kString), {"", "b"},
                                       Value::Items({Value::Text(""), Value::Text("b")}));
  ExpectSame<std::tuple<uint8_t, uint64_t>>(Define(K::kTuple, {K::kU8, K::kU64}), {1, 2},
                                            Value::Items({Value::Bits(1), Value::Bits(2)}));
  const ValType mixed =
      Define(K::kRecord, {K::kBool, K::kU64, K::kS8, K::kChar, K::kString, K::kF32},
             {"flag", "big", "small", "letter", "text", "single"});
  ExpectSame<Mixed>(mixed, {true, 1, -1, 'x', "text", 0.0f},
                    Value::Items({Value::Bits(1), Value::Bits(1), Value::Bits(~uint64_t{0}),
                                  Value::Bits('x'), Value::Text("text"), Value::Bits(0)}));
}

TEST_F(ValueCodecTest, FixedLengthListsAndMapsAreThoseOfTheTypedLayer) {
  const Value one = Value::Bits(1), two = Value::Bits(2), a = Value::Text("a");
  ExpectSame<std::array<uint16_t, 2>>(FixedList(K::kU16, 2), {1, 2}, Value::Items({one, two}));
  ExpectSame<std::array<std::string, 1>>(FixedList(K::kString, 1), {"a"}, Value::Items({a}));
  ExpectSame<std::tuple<uint8_t, std::array<std::array<uint64_t, 1>, 2>>>(
      Define(K::kTuple, {K::kU8, FixedList(FixedList(K::kU64, 1), 2)}), {2, {{{1}, {2}}}},
      Value::Items({two, Value::Items({Value::Items({one}), Value::Items({two})})}));
  ExpectSame<std::map<std::string, uint8_t>>(
      Define(K::kMap, {Define(K::kTuple, {K::kString, K::kU8})}), {{"", 2}, {"a", 1}},
      Value::Items({Value::Items({Value::Text(""), two}), Value::Items({a, one})}));
}

TEST_F(ValueCodecTest, CasesAreThoseOfTheTypedLayer) {
  const ValType shape = DefineShape();
  ExpectSame<Shape>(shape, std::monostate(), Value::Case(0));
  ExpectSame<Shape>(shape, 1.0, Value::Case(1, Value::Bits(0x3ff0000000000000)));
  ExpectSame<Shape>(shape, std::string("s"), Value::Case(2, Value::Text("s")));
  ExpectSame<Shape>(shape, uint8_t{7}, Value::Case(3, Value::Bits(7)));
  const ValType option = Define(K::kOption, {K::kU64});
  ExpectSame<std::optional<uint64_t>>(option, std::nullopt, Value::Case(0));
  ExpectSame<std::optional<uint64_t>>(option, 9, Value::Case(1, Value::Bits(9)));
  const ValType result = Define(K::kResult, {ValType(), K::kU8});
  using Result = std::expected<void, uint8_t>;
  ExpectSame<Result>(result, {}, Value::Case(0));
  ExpectSame<Result>(result, std::unexpected<uint8_t>(3), Value::Case(1, Value::Bits(3)));
  ExpectSame<Colour>(Define(K::kEnum, {}, {"red", "green", "blue"}), Colour::kBlue, Value::Case(2));
  ExpectSame<Flags>(Define(K::kFlags, {}, {"a", "b", "c", "d", "e", "f", "g", "h", "i"}),
                    static_cast<Flags>(0x101), Value::Bits(0x101));
}

TEST_F(ValueCodecTest, StringsAreEncodedAsTheGuestWants) {
  for (const auto encoding : {StringEncoding::kUtf16, StringEncoding::kLatin1Utf16}) {
    guest_.options().encoding = encoding;
    for (const char* text : {"", "caf\u00e9", "\u6587\U0001F600"}) {
      ExpectSame<std::string>(K::kString, text, Value::Text(text));
    }
  }
}

TEST_F(ValueCodecTest, WhatGuestsGetWrongTraps) {
  EXPECT_EQ(LoadTrap(K::kChar, {0xd800}), "invalid `char` bit pattern");
  EXPECT_EQ(LoadTrap(DefineShape(), {4}), "invalid variant discriminant");
  EXPECT_EQ(LoadTrap(Define(K::kEnum, {}, {"a"}), {1}), "invalid variant discriminant");
  EXPECT_EQ(LoadTrap(List(K::kU32), {2, 1}), "unaligned pointer");
  EXPECT_EQ(LoadTrap(List(K::kU8), {65530, 7}), "list content out-of-bounds");
  EXPECT_EQ(LoadTrap(List(K::kU64), {0, 0x40000000}), "list content out-of-bounds");
  EXPECT_EQ(LoadTrap(K::kString, {65530, 7}), "string pointer/length out of bounds of memory");
  EXPECT_NE(LoadTrap(K::kString, {72, 4, 0xffffffff}), "no trap");
}

TEST_F(ValueCodecTest, BitsThatMeanNothingAreIgnored) {
  guest_.bytes()[64] = 0xff;
  CanonContext cx = guest_.Context();
  Value flags, flag;

  ASSERT_TRUE(Codec(cx).Load(Define(K::kFlags, {}, {"a", "b"}), cx.At(64), &flags));
  ASSERT_TRUE(Codec(cx).Load(K::kBool, cx.At(64), &flag));

  EXPECT_EQ(flags.bits, 3u);
  EXPECT_EQ(flag.bits, 1u);
}

TEST_F(ValueCodecTest, WhatIsLiftedIsChargedByItsSizeHere) {
  CanonContext cx = guest_.Context();
  ASSERT_TRUE(store_.call_bytes_left().Take(store_.limits().call_bytes - 10 * sizeof(Value)));
  vm::Slot slots[2] = {{0}, {10}};
  Value ten, one;

  EXPECT_TRUE(Codec(cx).Lift(List(K::kU8), slots, &ten));
  slots[1].bits = 1;
  EXPECT_FALSE(Codec(cx).Lift(List(K::kU8), slots, &one));
  EXPECT_EQ(store_.core().TakeTrap().kind, vm::TrapKind::kHost);
}

TEST_F(ValueCodecTest, ParametersThatAreTooManyGoThroughMemory) {
  FuncType type;
  std::vector<Value> values;
  for (uint64_t i = 0; i < 17; ++i) {
    type.params.emplace_back("p", i % 2 == 0 ? K::kU8 : K::kU64);
    values.push_back(Value::Bits(i));
  }
  CanonContext cx = guest_.Context();
  vm::Slot slots[kMaxFlatParams];

  ASSERT_TRUE(Codec(cx).LowerParams(type, values, slots));

  EXPECT_EQ(guest_.reallocs(), "0/8/136");
  EXPECT_EQ(LoadScalar<uint64_t>(cx.At(slots[0].bits + 8)), 1u);
  EXPECT_EQ(*cx.At(slots[0].bits + 128), 16u);
}

TEST_F(ValueCodecTest, ResultsAreCheckedWhereTheyStand) {
  const FuncType type = {{}, Define(K::kTuple, {K::kU32, K::kU32})};
  CanonContext cx = guest_.Context();
  Value value;
  vm::Slot slot = {66};

  EXPECT_FALSE(Codec(cx).LiftResult(type, &slot, &value));
  EXPECT_EQ(store_.core().TakeTrap().detail, "unaligned pointer");
  slot.bits = 65532;
  EXPECT_FALSE(Codec(cx).LiftResult(type, &slot, &value));
  EXPECT_EQ(store_.core().TakeTrap().detail, "result pointer out of bounds of memory");
}

TEST_F(ValueCodecTest, HandlesPassAsRepresentations) {
  TypeDef def;
  def.kind = K::kOwn;
  def.resource = ResourceId(0);
  const ValType own = *types_.Intern(def);
  CanonContext cx = guest_.Context(&scope_);
  vm::Slot slot;
  Value lifted, again;

  ASSERT_TRUE(Codec(cx).Lower(own, Value::Bits(77), &slot));
  ASSERT_TRUE(Codec(cx).Lift(own, &slot, &lifted));
  EXPECT_EQ(lifted, Value::Bits(77));
  EXPECT_FALSE(Codec(cx).Lift(own, &slot, &again)) << "the handle was given away";
}

TEST_F(ValueCodecTest, TypesAsDeepAsTheyMayBe) {
  ValType type = K::kU8;
  Value value = Value::Bits(1);
  for (int depth = 1; depth < 100; ++depth) {
    type = List(type);
    value = Value::Items({value});
  }
  CanonContext cx = guest_.Context();
  vm::Slot slots[2];
  Value lifted;

  ASSERT_TRUE(Codec(cx).Lower(type, value, slots));
  ASSERT_TRUE(Codec(cx).Lift(type, slots, &lifted));

  EXPECT_EQ(lifted, value);
}

TEST_F(ValueCodecTest, FitsLooksAtEveryPart) {
  const ValType shape = DefineShape(), bytes = List(K::kU8);
  EXPECT_FALSE(Fits(types_, K::kS8, Value::Bits(128)));
  EXPECT_FALSE(Fits(types_, K::kChar, Value::Bits(0xd800)));
  EXPECT_FALSE(Fits(types_, K::kF32, Value::Bits(uint64_t{1} << 32)));
  EXPECT_FALSE(Fits(types_, K::kString, Value::Text("\xff")));
  EXPECT_FALSE(Fits(types_, bytes, Value::Items({Value::Bits(256)})));
  EXPECT_FALSE(Fits(types_, Define(K::kTuple, {K::kU8}), Value::Items({})));
  EXPECT_FALSE(Fits(types_, FixedList(K::kU8, 2), Value::Items({Value::Bits(1)})));
  EXPECT_FALSE(Fits(types_, shape, Value::Case(4)));
  EXPECT_FALSE(Fits(types_, shape, Value::Case(1)));
  EXPECT_FALSE(Fits(types_, shape, Value::Case(0, Value::Bits(1))));
  EXPECT_FALSE(Fits(types_, Define(K::kFlags, {}, {"a"}), Value::Bits(2)));
}

}  // namespace
}  // namespace abi
}  // namespace tenon
