#include "wit/abi/shapes.h"

#include <gtest/gtest.h>

#include "wit/resolve/source_groups_for_test.h"

namespace tenon::wit {
namespace {

using vm::ValType;

constexpr ValType kI32 = ValType::kI32, kI64 = ValType::kI64, kF32 = ValType::kF32;

// An interface with these items, and its last function's signature.
struct Signature {
  explicit Signature(const std::string& items, CallSide side = CallSide::kLower)
      : packages(*Resolve({Root({{"x", "package a:b; interface i {" + items + "}"}})}, {})),
        core(SignatureOf(Shapes(packages), packages.interfaces[0].functions.back(), side)) {}
  Packages packages;
  CoreSignature core;
};

using Types = std::vector<ValType>;

TEST(ShapesTest, ScalarsAndPointersFlatten) {
  const Signature f("f: func(a: u8, b: string, c: f32, d: s64) -> char;");
  EXPECT_EQ(f.core.type.params, (Types{kI32, kI32, kI32, kF32, kI64}));
  EXPECT_EQ(f.core.type.results, Types{kI32});
  EXPECT_TRUE(f.core.needs_memory && f.core.needs_encoding);
  EXPECT_FALSE(f.core.needs_realloc);
}

TEST(ShapesTest, CasesShareTheirPlaces) {
  const Signature f("variant v { a(f32), b(u32), c(u64), d } f: func(a: v, b: option<f32>);");
  EXPECT_EQ(f.core.type.params, (Types{kI32, kI64, kI32, kF32}));
  EXPECT_FALSE(f.core.needs_memory);
}

TEST(ShapesTest, LongResultsLieInMemory) {
  const std::string f = "f: func() -> tuple<u8, u8>;";
  EXPECT_EQ(Signature(f).core.type, (vm::FuncType{{kI32}, {}}));
  EXPECT_EQ(Signature(f, CallSide::kLift).core.type, (vm::FuncType{{}, {kI32}}));
  EXPECT_TRUE(Signature(f).core.needs_memory);
  EXPECT_FALSE(Signature(f).core.needs_realloc);
}

TEST(ShapesTest, SeventeenParametersLieInMemory) {
  const std::string record = "record r { a: tuple<u8, u8, u8, u8>, b: tuple<u8, u8, u8, u8> } ";
  const Signature sixteen(record + "f: func(a: r, b: r);");
  EXPECT_EQ(sixteen.core.type.params.size(), 16u);
  const Signature seventeen(record + "f: func(a: r, b: r, c: bool);", CallSide::kLift);
  EXPECT_EQ(seventeen.core.type.params, Types{kI32});
  EXPECT_TRUE(seventeen.core.needs_realloc);
}

TEST(ShapesTest, AFixedLengthListIsATuple) {
  const Signature f("f: func(a: list<u16, 3>);");
  EXPECT_EQ(f.core.type.params, (Types{kI32, kI32, kI32}));
  EXPECT_EQ(Shapes(f.packages)[*f.packages.interfaces[0].functions[0].params[0].type].layout.size,
            6u);
}

TEST(ShapesTest, LayoutsAreThoseOfTheCanonicalAbi) {
  const Signature f("record r { a: u8, b: u64, c: option<string> } f: func(a: r);");
  const Shapes shapes(f.packages);
  const TypeRef type = *f.packages.interfaces[0].functions[0].params[0].type;
  EXPECT_EQ(shapes[type].layout.size, 32u);
  EXPECT_EQ(shapes[type].layout.align, 8u);
}

}  // namespace
}  // namespace tenon::wit
