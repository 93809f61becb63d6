// WIT to component binaries and back.
#include <gtest/gtest.h>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "wit/binary/decode.h"
#include "wit/binary/encode.h"
#include "wit/binary/package_docs.h"
#include "wit/resolve/source_groups_for_test.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

Result<DecodedWit> Decode(std::vector<uint8_t> bytes) {
  TENON_ASSIGN_OR_RETURN(const auto component, abi::DecodeComponent(std::move(bytes)));
  return DecodeWit(*component);
}

// The WIT of the package's binary form.
std::string ThroughBinary(absl::string_view text) {
  const auto packages = Resolve({Root({{"x", std::string(text)}})}, {});
  if (!packages) return packages.error().error.ToString();
  const auto bytes = EncodePackage(*packages);
  if (!bytes) return bytes.error().ToString();
  const auto decoded = Decode(*bytes);
  return decoded ? PrintPackages(decoded->packages, true) : decoded.error().ToString();
}

void ExpectSame(absl::string_view text) {
  EXPECT_EQ(ThroughBinary(text), Outcome({Root({{"x", std::string(text)}})}, {}, true));
}

TEST(WitBinaryTest, TypesOfEveryKind) {
  ExpectSame(
      "package a:b@1.0.0; interface i {"
      " record point { x: f32, y: option<s64> }"
      " type names = list<string>; type v2 = tuple<char, names, bool>;"
      " variant v { none, some(point), more(list<v2>) } "
      " enum e { one, two } flags f { x, y } type size = u64;"
      " type also = names; resource r { constructor(a: size); m: func(b: borrow<r>) -> r;"
      "  s: static func() -> result<_, e>; }"
      " many: func(a: list<u8, 4>, b: map<string, v>, c: result<f, point>) -> also;"
      " later: async func(a: stream<u8>, b: future, c: stream) -> future<error-context>; }");
}

TEST(WitBinaryTest, DocumentationAndGates) {
  ExpectSame(
      "/// of the package\npackage a:b@1.2.0; /// an interface\n/// in two lines \"quoted\"\n"
      "@since(version = 1.0.0) interface i {"
      " /// a record\n record p { /// a field\n x: u8, y: u8 } /// cases\n variant v { /// none\n "
      "a }"
      " /// a resource\n @since(version = 1.1.0) @deprecated(version = 1.2.0) resource r {"
      "  /// made\n constructor(); /// \u00e4\n m: func(); } /// plain\n f: func(); }"
      "/// a world\nworld w { @since(version = 1.0.0) import i; /// here\n type t = u8;"
      " /// in\n import g: func(); /// out\n export g: func();"
      " /// inline\n import n: interface { /// h\n h: func(); } export i; }");
}

TEST(WitBinaryTest, DocumentationThatIsNone) {
  Packages packages = *Resolve({Root({{"x", "package a:b; interface i { f: func(); }"}})}, {});
  const auto outcome = [&](std::string content) {
    const Status status = ApplyPackageDocs(std::vector<uint8_t>(content.begin(), content.end()),
                                           PackageIdx(0), packages);
    return status ? packages.interfaces[0].functions[0].about.docs : status.error().message();
  };

  EXPECT_EQ(outcome(""), "its package-docs is not of version 0 or 1");
  EXPECT_EQ(outcome("\2{}"), "its package-docs is not of version 0 or 1");
  EXPECT_EQ(outcome("\1[]"), "its package-docs holds no JSON object");
  EXPECT_EQ(outcome("\1{\"docs\":"), "its package-docs holds no JSON object");
  EXPECT_EQ(outcome("\1" + std::string(100'000, '[')), "its package-docs holds no JSON object");
  EXPECT_EQ(outcome("\1{\"docs\":7,\"interfaces\":{\"i\":{\"funcs\":[]},\"j\":{}}}"), "");
  EXPECT_EQ(outcome(std::string(1, 0) + "{\"interfaces\":{\"i\":{\"funcs\":{\"f\":\"old\"}}}}"),
            "old");
}

TEST(WitBinaryTest, UsesBetweenInterfacesAndPackages) {
  ExpectSame(
      "package a:b; interface early { type t = u8; resource r; }"
      "interface late { use early.{t, r as r2}; use c:d/i@0.1.0.{x}; type y = x;"
      " f: func(a: t, b: r2) -> y; }"
      "package c:d@0.1.0 { interface i { record x { a: u8 } } }");
}

TEST(WitBinaryTest, WorldsOfEveryKindOfItem) {
  ExpectSame(
      "package a:b; interface i { resource r; f: func() -> r; }"
      "world w { use i.{r}; record here { a: u8 } resource mine { m: func(); }"
      " import i; import g: func(a: here) -> mine; import inline: interface { type t = u8; }"
      " export i; export run: func(a: r, b: here); export other: interface { h: func(); } }");
}

TEST(WitBinaryTest, AnExportMayStandInFrontOfThoseItUses) {
  EXPECT_EQ(ThroughBinary("package a:b; interface z0 { type t = u32; }"
                          "interface z1 { use z0.{t}; f: func(x: t); }"
                          "world w { export z1; export z0; }"),
            Outcome({Root({{"x",
                            "package a:b; interface z0 { type t = u32; }"
                            "interface z1 { use z0.{t}; f: func(x: t); }"
                            "world w { export z0; export z1; }"}})},
                    {}, true));
}

// As wit-component writes it: of an import only what is used, and then all of it is exported.
TEST(WitBinaryTest, AnInterfaceMayBeCompletedByOneThatItUses) {
  const auto component = abi::ParseComponent(R"(
      (component
        (import "a:b/z1" (instance))
        (import "a:b/z0" (instance $z0 (export "t" (type (sub resource)))))
        (alias export $z0 "t" (type $t))
        (component $c
          (import "t" (type $t (sub resource)))
          (export "t" (type $t)))
        (instance $i (instantiate $c (with "t" (type $t))))
        (export "a:b/z1" (instance $i))))");
  ASSERT_TRUE(component) << component.error().ToString();
  const auto decoded = Decode(*component);
  ASSERT_TRUE(decoded) << decoded.error().ToString();

  const auto section = EncodeWorld(decoded->packages, WorldIdx(0), StringEncoding::kUtf8);

  const auto again = Decode(section);
  ASSERT_TRUE(again) << again.error().ToString();
  EXPECT_EQ(again->packages[WorldIdx(0)].imports.size(), 2u);
}

TEST(WitBinaryTest, ATypeIsNoResourceOnceOnly) {
  const auto component = abi::ParseComponent(R"(
      (component
        (type $u u32)
        (import "r" (type (eq $u)))
        (import "r" (type $r (sub resource)))
        (type $own (own $r))
        (import "f" (func (param "x" $own)))))");
  ASSERT_TRUE(component) << component.error().ToString();
  EXPECT_EQ(Decode(*component).error().message(),
            "WIT has no word for 'r', which is a resource and something else");
}

TEST(WitBinaryTest, WhatEachInterfaceUsesIsRepeatedWithinBounds) {
  std::string text = "package a:b; interface z0 { type t0 = u32; }";
  for (int i = 1; i < 2000; ++i) {
    absl::StrAppend(&text, "interface z", i, " { use z", i - 1, ".{t", i - 1, "}; type t", i,
                    " = t", i - 1, "; }");
  }
  EXPECT_EQ(ThroughBinary(text),
            absl::StrCat("interfaces and worlds, each with all that it uses, take "
                         "more than ",
                         kMaxWitBytes, " bytes"));
}

TEST(WitBinaryTest, ASectionHoldsTheWorldAndTheEncoding) {
  const Packages packages = *Resolve(
      {Root({{"x", "package a:b@1.2.3; world v {} world w { export run: func(); }"}})}, {});

  const auto decoded = Decode(EncodeWorld(packages, WorldIdx(1), StringEncoding::kUtf16));

  ASSERT_TRUE(decoded) << decoded.error().ToString();
  EXPECT_EQ(decoded->encoding, StringEncoding::kUtf16);
  ASSERT_TRUE(decoded->world);
  EXPECT_EQ(NameOf(decoded->packages, *decoded->world), "a:b/w@1.2.3");
  EXPECT_EQ(decoded->packages[*decoded->world].exports.size(), 1u);
}

TEST(WitBinaryTest, OnePackageIsWrittenAtATime) {
  const auto packages = Resolve({Root({{"x", "package a:b;"}}), Root({{"y", "package a:c;"}})}, {});
  ASSERT_TRUE(packages);
  EXPECT_EQ(EncodePackage(*packages).error().message(),
            "only one package can be written, and here are several");
}

// Whatever a binary says, it is refused or becomes packages that can be printed and written.
void ReadDamaged(const std::vector<uint8_t>& bytes) {
  for (size_t i = 8; i < bytes.size(); ++i) {
    for (const uint8_t flip : {0x01, 0x02, 0x40, 0x80}) {
      std::vector<uint8_t> damaged = bytes;
      damaged[i] ^= flip;
      const auto decoded = Decode(std::move(damaged));
      if (!decoded) continue;
      EXPECT_FALSE(PrintPackages(decoded->packages, true).empty());
      for (uint32_t world = 0; world < decoded->packages.worlds.size(); ++world) {
        EncodeWorld(decoded->packages, WorldIdx(world), StringEncoding::kUtf8);
      }
    }
  }
}

TEST(WitBinaryTest, DamagedBinariesAreRefusedOrRead) {
  const Packages packages =
      *Resolve({Root({{"x",
                       "package a:b@1.0.0; interface i { record p { x: f32, y: option<s64> }"
                       " variant v { none, some(p) } enum e { one, two } flags f { x, y }"
                       " resource r { constructor(a: u32); m: func(b: borrow<r>) -> r;"
                       "  s: static func(c: list<u8, 4>) -> result<_, e>; } }"
                       " world w { use i.{r}; resource mine { m: func(); } import i;"
                       " import g: func(a: stream<u8>); export j: interface { type t = u8; }"
                       " export i; export run: func(a: r) -> tuple<u8, string>; }"}})},
               {});
  ReadDamaged(EncodeWorld(packages, WorldIdx(0), StringEncoding::kUtf8));
  ReadDamaged(*EncodePackage(packages));
}

TEST(WitBinaryTest, AWorldLeavesOutWhatWitHasNoWordFor) {
  const auto component = abi::DecodeComponent(*abi::ParseComponent(R"((component
      (import "m" (core module)) (import "f" (func)) (component $c) (export "c" (component $c))))"));

  const auto decoded = DecodeWorld(**component);

  ASSERT_TRUE(decoded) << decoded.error().ToString();
  ASSERT_EQ(decoded->others.size(), 2u);
  EXPECT_EQ(decoded->others[0].name, "m");
  EXPECT_TRUE(decoded->others[1].is_export);
  EXPECT_EQ(PrintPackages(decoded->packages, true),
            "package root:component;\n\nworld root {\n  import f: func();\n}\n");
  EXPECT_FALSE(DecodeWit(**component));
}

// Why a valid component has no WIT.
std::string WhyNoWit(absl::string_view text) {
  auto bytes = abi::ParseComponent(text);
  EXPECT_TRUE(bytes) << bytes.error().ToString();
  const auto decoded = Decode(*std::move(bytes));
  return decoded ? PrintPackages(decoded->packages, true) : decoded.error().message();
}

TEST(WitBinaryTest, WhatHasNoWitIsRefused) {
  EXPECT_EQ(WhyNoWit(R"((component (import "m" (core module))))"),
            "WIT has no word for 'm', which is a core module, component or value");
  // A type that somebody else uses, of an interface that has no name.
  EXPECT_EQ(WhyNoWit(R"((component
      (import "a" (instance $a (type $r' (record (field "x" u8))) (export "r" (type (eq $r')))))
      (alias export $a "r" (type $r))
      (import "a:b/c" (instance (alias outer 1 $r (type $mine)) (export "r" (type (eq $mine)))))))"),
            "WIT has no word for 'r', which is a type of an interface without a name");
  // Packages that need each other.
  EXPECT_EQ(WhyNoWit(R"((component
      (import "a:a/x" (instance $x (type $t' (enum "e")) (export "t" (type (eq $t')))))
      (alias export $x "t" (type $t))
      (import "b:b/y" (instance $y (alias outer 1 $t (type $u)) (export "t" (type (eq $u)))))
      (alias export $y "t" (type $v))
      (import "a:a/z" (instance (alias outer 1 $v (type $w)) (export "t" (type (eq $w)))))))"),
            "WIT has no words for it; what comes closest is wrong: packages need each other: "
            "a:a -> b:b -> a:a");
  // Two things of one name.
  EXPECT_EQ(WhyNoWit(R"((component (import "root:component/root" (instance))))"),
            "WIT has no words for it; what comes closest is wrong: the package has 'root' already, "
            "component.wit:3");
  // A type that nothing names where it is spoken of.
  EXPECT_EQ(WhyNoWit(R"((component
      (import "a:b/c" (instance $c (type $r' (enum "e")) (export "r" (type (eq $r')))))
      (alias export $c "r" (type $r))
      (import "a:b/d" (instance (alias outer 1 $r (type $s)) (export "f" (func (result $s)))))))"),
            "WIT has no words for it; what comes closest is wrong: there is no type 'r'");
}

TEST(WitBinaryTest, IndicesAreNotBelieved) {
  abi::ComponentWriter writer;
  writer.Add(abi::syntax::Import{{"f"}, {.sort = abi::Sort::kFunc, .index = 9}});
  EXPECT_EQ(Decode(writer.Finish()).error().message(), "unknown type 9");
}

// An interface of `count` types, each as `type(i)` says, and a function that takes the last one.
template <typename TypeText>
Result<DecodedWit> DecodeTypes(uint32_t count, TypeText type) {
  std::string text = "(component (import \"a:b/c\" (instance (type $t0 u8)";
  for (uint32_t i = 1; i <= count; ++i) absl::StrAppend(&text, type(i));
  absl::StrAppend(&text, "(export \"f\" (func (param \"x\" $t", count, "))))))");
  TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, abi::ParseComponent(text));
  return Decode(std::move(bytes));
}

TEST(WitBinaryTest, TypesWithoutNamesHaveALimitWrittenOut) {
  const auto pair = [](uint32_t i) {
    return absl::StrFormat("(type $t%d (tuple $t%d $t%d))", i, i - 1, i - 1);
  };
  const auto decoded = DecodeTypes(10, pair), too_long = DecodeTypes(40, pair);
  ASSERT_TRUE(decoded) << decoded.error().ToString();
  ASSERT_FALSE(too_long);
  EXPECT_EQ(too_long.error().message(), "it takes more than 16777216 bytes as WIT");
}

TEST(WitBinaryTest, TypesNestToALimitThroughNamesToo) {
  const auto named = [](uint32_t i) {
    return absl::StrFormat(
        "(type $d%d (record (field \"x\" $t%d))) (export \"t%d\" (type $t%d (eq $d%d)))", i, i - 1,
        i, i, i);
  };
  const auto decoded = DecodeTypes(kMaxTypeDepth, named);
  ASSERT_TRUE(decoded) << decoded.error().ToString();
  const auto too_deep = DecodeTypes(kMaxTypeDepth + 1, named);
  ASSERT_FALSE(too_deep);
  EXPECT_EQ(too_deep.error().message(), "types nest more than 100 deep");
}

// It takes a minute if names are looked for one by one.
TEST(WitBinaryTest, ManyNamesMayBeLookedForAmongMany) {
  constexpr int kNames = 50'000;
  std::string text = "(component (type $f (func)) (import \"a:b/c\" (instance $i";
  for (int i = 0; i < kNames; ++i) absl::StrAppend(&text, "(export \"f", i, "\" (func (type $f)))");
  text += "))";
  for (int i = 0; i < kNames; ++i) absl::StrAppend(&text, "(alias export $i \"f", i, "\" (func))");
  const auto decoded = Decode(*abi::ParseComponent(text + ")"));
  EXPECT_TRUE(decoded) << decoded.error().ToString();
}

TEST(WitBinaryTest, AChainOfInstantiationsHasALimit) {
  abi::ComponentWriter writer;
  abi::ComponentWriter empty;
  writer.AddComponent(empty.Finish());
  for (uint32_t i = 0; i < 200; ++i) {
    abi::ComponentWriter next;
    next.Add(abi::syntax::Alias{.sort = abi::Sort::kComponent,
                                .target = abi::syntax::Alias::Target::kOuter,
                                .outer_count = 1,
                                .outer_index = i});
    next.Add(abi::syntax::Instantiate{abi::ComponentIdx(0), {}});
    writer.AddComponent(next.Finish());
  }
  writer.Add(abi::syntax::Instantiate{abi::ComponentIdx(200), {}});

  const auto decoded = Decode(writer.Finish());

  ASSERT_FALSE(decoded);
  EXPECT_EQ(decoded.error().kind(), ErrorKind::kLimit);
}

}  // namespace
}  // namespace tenon::wit
