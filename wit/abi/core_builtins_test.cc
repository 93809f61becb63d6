#include "wit/abi/core_builtins.h"

#include <gtest/gtest.h>

#include "wit/resolve/source_groups_for_test.h"

namespace tenon::wit {
namespace {

using Kind = abi::syntax::CanonBuiltinKind;

TEST(CoreBuiltinsTest, NamesAreTakenApart) {
  const auto name = ParseBuiltinName("[async-lower][stream-read-12]f");

  ASSERT_TRUE(name);
  EXPECT_TRUE(name->builtin.is(Kind::kStreamRead));
  EXPECT_TRUE(name->builtin.is_async);
  EXPECT_EQ(name->payload, 12u);
  EXPECT_EQ(name->function, "f");
  EXPECT_EQ(BuiltinType(name->builtin),
            (vm::FuncType{std::vector(3, vm::ValType::kI32), {vm::ValType::kI32}}));
}

TEST(CoreBuiltinsTest, WhatStandsBehindADashIsOfTheRow) {
  EXPECT_EQ(ParseBuiltinName("[context-set-1]")->builtin.slot, 1u);
  EXPECT_EQ(ParseBuiltinName("[error-context-new-latin1+utf16]")->builtin.encoding,
            CoreBuiltin::Encoding::kLatin1Utf16);
  EXPECT_TRUE(ParseBuiltinName("[cancellable][waitable-set-wait]")->builtin.cancellable);
  EXPECT_TRUE(
      ParseBuiltinName("[thread-yield-then-resume]")->builtin.is(Kind::kThreadYieldThenResume));
  EXPECT_EQ(BuiltinType(ParseBuiltinName("[future-new-0]f")->builtin),
            (vm::FuncType{{}, {vm::ValType::kI64}}));
}

TEST(CoreBuiltinsTest, ThreadsHaveNames) {
  const std::pair<const char*, Kind> kNames[] = {
      {"[thread-index]", Kind::kThreadIndex},
      {"[thread-new-indirect-v0]", Kind::kThreadNewIndirect},
      {"[thread-resume-later]", Kind::kThreadResumeLater},
      {"[thread-suspend]", Kind::kThreadSuspend},
      {"[thread-yield]", Kind::kThreadYield},
      {"[thread-suspend-then-resume]", Kind::kThreadSuspendThenResume},
      {"[thread-yield-then-resume]", Kind::kThreadYieldThenResume},
      {"[thread-suspend-then-promote]", Kind::kThreadSuspendThenPromote},
      {"[thread-yield-then-promote]", Kind::kThreadYieldThenPromote},
  };
  for (const auto& [text, kind] : kNames) {
    const auto name = ParseBuiltinName(text);
    ASSERT_TRUE(name) << text;
    EXPECT_TRUE(name->builtin.is(kind)) << text;
  }
  EXPECT_TRUE(ParseBuiltinName("[cancellable][thread-suspend]")->builtin.cancellable);
}

TEST(CoreBuiltinsTest, GatedOnesAreKnown) {
  for (const char* name :
       {"[thread-spawn-ref-v0]", "[thread-spawn-indirect-v0]", "[thread-available-parallelism]"}) {
    EXPECT_FALSE(ParseBuiltinName(name)) << name;
    EXPECT_TRUE(FindGatedBuiltin(name)) << name;
  }
  EXPECT_FALSE(FindGatedBuiltin("[thread-index]"));
  EXPECT_FALSE(FindGatedBuiltin("[thread-spawn-referee]"));
}

TEST(CoreBuiltinsTest, OthersAreRefused) {
  for (const char* name : {"",
                           "f",
                           "[",
                           "[waitable-set-new",
                           "[waitable-set-new]f",
                           "[waitable-set]",
                           "[stream-new]f",
                           "[stream-new-]f",
                           "[stream-new-x]f",
                           "[stream-new-0]",
                           "[stream-new-99999999999]f",
                           "[context-get]",
                           "[context-get--1]",
                           "[error-context-new-ascii]",
                           "[async-lower][waitable-set-new]",
                           "[cancellable][stream-new-0]f",
                           "[task-return]f",
                           "[thread-new-indirect]",
                           "[thread-new-indirect-v1]",
                           "[thread-new-indirect-v0]f",
                           "[cancellable][thread-index]",
                           "[async-lower]f"}) {
    EXPECT_FALSE(ParseBuiltinName(name)) << name;
  }
}

// What a stream is of comes before it, parameters before the result.
TEST(CoreBuiltinsTest, StreamsOfASignatureAreNumbered) {
  const Packages packages = *Resolve(
      {Root({{"x",
              "package a:b; world w { type s = stream; record r { x: list<s>, y: future<s> }"
              "  import f: func(a: future<future<u32>>, b: u32, c: r) -> option<stream<u8>>; }"}})},
      {});
  const Function& function = std::get<Function>(packages.worlds[0].imports.back().what);
  Payloads payloads(packages);
  const auto element = [&](uint32_t number) {
    const Type& type = packages[*payloads.Find(function, number)];
    const auto* stream = std::get_if<Stream>(&type.what);
    return stream != nullptr ? stream->element : std::get<Future>(type.what).element;
  };

  EXPECT_EQ(element(0), TypeRef(Primitive::kU32));
  EXPECT_EQ(element(1), TypeRef(*payloads.Find(function, 0)));
  EXPECT_EQ(element(2), std::nullopt);  // of x
  EXPECT_EQ(element(3), std::nullopt);  // of y
  EXPECT_TRUE(std::holds_alternative<TypeIdx>(*element(4)));
  EXPECT_EQ(element(5), TypeRef(Primitive::kU8));
  EXPECT_FALSE(payloads.Find(function, 6));
}

// A type that is written out would have 2^60 streams.
TEST(CoreBuiltinsTest, NumbersAreFoundWithoutWritingTypesOut) {
  std::string wit = "package a:b; interface i { type t0 = stream;";
  for (int i = 1; i <= 60; ++i) {
    wit += "type t" + std::to_string(i) + " = tuple<t" + std::to_string(i - 1) + ", t" +
           std::to_string(i - 1) + ">;";
  }
  const auto packages = *Resolve({Root({{"x", wit + "f: func(x: t60); }"}})}, {});
  Payloads payloads(packages);

  EXPECT_TRUE(payloads.Find(packages.interfaces[0].functions[0], 4'000'000'000));
}

}  // namespace
}  // namespace tenon::wit
