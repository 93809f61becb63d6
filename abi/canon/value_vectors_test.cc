// Random types and values against what the specification's own program makes of them
// (value_vectors.def): sizes, core types, bytes in memory and flat values, both ways.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstring>
#include <deque>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "abi/canon/test_guest.h"
#include "abi/canon/value_codec.h"
#include "abi/text/wave_parse.h"
#include "abi/types/flat.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

constexpr uint32_t kValueAt = 64, kHeapAt = 4096;  // behind which TestGuest allocates

struct Vector {
  const char* type;
  Layout layout32, layout64;  // `flat` is not in the vector
  const char* lifted;
  const char* lowered;
  StringEncoding encoding;
  const char* value;
  const char* stored;
  const char* heap;
  const char* flat;
};
void PrintTo(const Vector& vector, std::ostream* out) {
  *out << vector.type << ": " << vector.value;
}
const Vector kVectors[] = {
#define VALUE_VECTOR(type, size32, align32, size64, align64, lifted, lowered, encoding, value, \
                     stored, heap, flat)                                                       \
  {type,                                                                                       \
   {size32, align32},                                                                          \
   {size64, align64},                                                                          \
   lifted,                                                                                     \
   lowered,                                                                                    \
   StringEncoding::k##encoding,                                                                \
   value,                                                                                      \
   stored,                                                                                     \
   heap,                                                                                       \
   flat},
#include "abi/canon/value_vectors.def"
#undef VALUE_VECTOR
};

const std::pair<absl::string_view, K> kNames[] = {
    {"bool", K::kBool},     {"s8", K::kS8},
    {"u8", K::kU8},         {"s16", K::kS16},
    {"u16", K::kU16},       {"s32", K::kS32},
    {"u32", K::kU32},       {"s64", K::kS64},
    {"u64", K::kU64},       {"f32", K::kF32},
    {"f64", K::kF64},       {"char", K::kChar},
    {"string", K::kString}, {"record", K::kRecord},
    {"list", K::kList},     {"variant", K::kVariant},
    {"tuple", K::kTuple},   {"flags", K::kFlags},
    {"enum", K::kEnum},     {"option", K::kOption},
    {"result", K::kResult}, {"fixed-list", K::kFixedList},
    {"map", K::kMap}};

K KindOf(absl::string_view name) {
  for (const auto& [known, kind] : kNames) {
    if (known == name) return kind;
  }
  TENON_CHECK(false);
}

// c0, c1, ...
std::vector<absl::string_view> Labels(size_t count) {
  static std::deque<std::string>& all = *new std::deque<std::string>();
  while (all.size() < count) all.push_back(absl::StrCat("c", all.size()));
  return {all.begin(), all.begin() + static_cast<ptrdiff_t>(count)};
}

// Reads "(record u8 (list string))". Flags and enums have the number of their labels, fixed-length
// lists their length before the element's type, and _ is no type.
ValType ReadType(TypeTable& types, absl::string_view* text) {
  absl::ConsumePrefix(text, " ");
  if (absl::ConsumePrefix(text, "_")) return ValType();
  const bool is_primitive = !absl::ConsumePrefix(text, "(");
  const size_t length = std::min(text->find_first_of(" )"), text->size());
  TypeDef def;
  def.kind = KindOf(text->substr(0, length));
  text->remove_prefix(length);
  if (is_primitive) return def.kind;
  size_t number = 0;
  if (def.kind == K::kFlags || def.kind == K::kEnum || def.kind == K::kFixedList) {
    absl::ConsumePrefix(text, " ");
    const size_t end = text->find_first_of(" )");
    TENON_CHECK(absl::SimpleAtoi(text->substr(0, end), &number));
    text->remove_prefix(end);
  }
  while (!absl::ConsumePrefix(text, ")")) def.types.push_back(ReadType(types, text));
  if (def.kind == K::kMap) def.types = {*types.Intern(TypeDef{K::kTuple, {}, def.types, {}})};
  if (def.kind == K::kRecord || def.kind == K::kVariant) number = def.types.size();
  if (def.kind == K::kFixedList) {
    def.length = static_cast<uint32_t>(number);
  } else {
    def.labels = Labels(number);
  }
  return *types.Intern(std::move(def));
}

std::string Hex(const uint8_t* bytes, size_t size) {
  return absl::BytesToHexString({reinterpret_cast<const char*>(bytes), size});
}

class ValueVectorTest : public testing::TestWithParam<Vector> {
 protected:
  ValueVectorTest() {
    absl::string_view text = GetParam().type;
    type_ = ReadType(types_, &text);
    value_ = *ParseWave(types_, type_, GetParam().value);
  }

  std::string CoreType(CallContext context) {
    FuncType func{{{"p", type_}}, type_};
    return vm::ToString(FlattenFunc(types_, *types_.Intern(std::move(func)), context, false).core);
  }

  TypeTable types_;
  ValType type_;
  Value value_;
  Store store_{&TestEngine()};
  TestGuest guest_{&store_, GetParam().encoding};
};

TEST_P(ValueVectorTest, SizesAndCoreTypes) {
  const Vector& vector = GetParam();
  LayoutTable layouts32(&types_, 4), layouts64(&types_, 8);

  EXPECT_EQ(layouts32.Get(type_).size, vector.layout32.size);
  EXPECT_EQ(layouts32.Get(type_).align, vector.layout32.align);
  EXPECT_EQ(layouts64.Get(type_).size, vector.layout64.size);
  EXPECT_EQ(layouts64.Get(type_).align, vector.layout64.align);
  EXPECT_EQ(CoreType(CallContext::kLift), vector.lifted);
  EXPECT_EQ(CoreType(CallContext::kLower), vector.lowered);
}

TEST_P(ValueVectorTest, InMemory) {
  const Vector& vector = GetParam();
  CanonContext cx = guest_.Context();
  ValueCodec codec(&cx, &types_, {});
  Value loaded;

  ASSERT_TRUE(codec.Store(type_, value_, kValueAt));
  ASSERT_TRUE(codec.Load(type_, cx.At(kValueAt), &loaded));

  EXPECT_EQ(Hex(cx.At(kValueAt), vector.layout32.size), vector.stored);
  EXPECT_EQ(Hex(cx.At(kHeapAt), std::strlen(vector.heap) / 2), vector.heap);
  EXPECT_EQ(loaded, value_);
}

TEST_P(ValueVectorTest, Flat) {
  const Vector& vector = GetParam();
  CanonContext cx = guest_.Context();
  ValueCodec codec(&cx, &types_, {});
  std::vector<vm::Slot> slots(LayoutTable(&types_, 4).Get(type_).flat);
  Value lifted;

  ASSERT_TRUE(codec.Lower(type_, value_, slots.data()));
  ASSERT_TRUE(codec.Lift(type_, slots.data(), &lifted));

  EXPECT_EQ(absl::StrJoin(slots, " ",
                          [](std::string* out, vm::Slot slot) {
                            absl::StrAppend(out, absl::Hex(slot.bits));
                          }),
            vector.flat);
  EXPECT_EQ(Hex(cx.At(kHeapAt), std::strlen(vector.heap) / 2), vector.heap);
  EXPECT_EQ(lifted, value_);
}

INSTANTIATE_TEST_SUITE_P(Specification, ValueVectorTest, testing::ValuesIn(kVectors));

}  // namespace
}  // namespace tenon::abi
