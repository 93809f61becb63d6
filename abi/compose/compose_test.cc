// Components joined by name and type, run, and what is said where they do not fit.
#include "abi/compose/compose.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/canon/test_guest.h"
#include "abi/link/instance.h"
#include "abi/text/parse.h"
#include "abi/text/wit.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tenon::abi {
namespace {

std::unique_ptr<const ResolvedComponent> Validate(std::vector<uint8_t> bytes) {
  auto syntax = DecodeComponent(std::move(bytes));
  EXPECT_TRUE(syntax) << syntax.error().ToString();
  vm::TypeStore* types = &TestEngine().types();
  const vm::Features features = vm::Features::All();
  auto made = ValidateComponent(*std::move(syntax), types,
                                CoreLoader(types, features, vm::BodyValidation::kEager), features);
  EXPECT_TRUE(made) << made.error().ToString();
  return made ? *std::move(made) : nullptr;
}

// A component whose `name` of an interface is a function that adds `by`.
std::string Adder(const char* interface, int by) {
  return absl::StrCat(R"((component
    (core module $m (func (export "f") (param i32) (result i32)
      (i32.add (local.get 0) (i32.const )",
                      by, R"())))
    (core instance $i (instantiate $m))
    (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
    (instance $api (export "add" (func $f)))
    (export ")",
                      interface, R"(" (instance $api))))");
}
// One whose `run` calls what it imports, and which hands on the result from its own interface.
std::string User(const char* interface, const char* exported) {
  return absl::StrCat(R"((component
    (import ")",
                      interface, R"(" (instance $api
      (export "add" (func (param "x" u32) (result u32)))))
    (alias export $api "add" (func $add))
    (core func $lowered (canon lower (func $add)))
    (core module $m
      (import "" "add" (func $add (param i32) (result i32)))
      (func (export "run") (param i32) (result i32)
        (i32.mul (call $add (local.get 0)) (i32.const 10))))
    (core instance $i (instantiate $m (with "" (instance (export "add" (func $lowered))))))
    (func $run (param "x" u32) (result u32) (canon lift (core func $i "run")))
    (instance $own (export "add" (func $run)))
    (export ")",
                      exported, R"(" (instance $own))))");
}

class ComposeTest : public testing::Test {
 protected:
  Result<Composition> Try(const std::vector<std::string>& texts) {
    std::vector<std::unique_ptr<const ResolvedComponent>> components;
    std::vector<ComposePart> parts;
    for (const std::string& text : texts) {
      auto bytes = ParseComponent(text);
      EXPECT_TRUE(bytes) << bytes.error().ToString();
      components.push_back(Validate(*std::move(bytes)));
      parts.push_back(
          {std::string(1, static_cast<char>('a' + parts.size())), components.back().get()});
    }
    return Compose(parts[0], absl::MakeConstSpan(parts).subspan(1), TestEngine().types());
  }
  Composition Join(const std::vector<std::string>& texts) {
    auto made = Try(texts);
    EXPECT_TRUE(made) << made.error().ToString();
    return made ? *std::move(made) : Composition();
  }
  std::string Complaint(const std::vector<std::string>& texts) {
    const auto made = Try(texts);
    return made ? "composed" : made.error().ToString();
  }
  // What the composition's "add" of the interface makes of 1.
  uint32_t Run(const Composition& composition, const char* interface) {
    auto component = LoadComponent(&TestEngine(), composition.bytes, vm::BodyValidation::kEager);
    EXPECT_TRUE(component) << component.error().ToString();
    auto instance = Instantiate(store_, *std::move(component), linker_);
    EXPECT_TRUE(instance) << instance.error().ToString();
    instances_.push_back(*std::move(instance));
    const auto result = instances_.back()->Func<uint32_t(uint32_t)>(interface, "add")->Call(1);
    return result.value_or(0);
  }

  Store store_{&TestEngine()};
  HostLinker linker_;
  std::vector<std::unique_ptr<Instance>> instances_;
};

TEST_F(ComposeTest, AnImportIsFilled) {
  const Composition made = Join({User("t:a/x@1.0.0", "t:a/y"), Adder("t:a/x@1.0.0", 5)});

  EXPECT_TRUE(made.open.empty());
  ASSERT_EQ(made.filled.size(), 1u);
  EXPECT_EQ(made.filled[0].plug, "b");
  EXPECT_EQ(made.exports, std::vector<std::string>{"t:a/y"});
  EXPECT_EQ(Run(made, "t:a/y"), 60u);
}

TEST_F(ComposeTest, PlugsFillEachOther) {
  const Composition made =
      Join({User("t:a/x", "t:a/y"), User("t:b/z", "t:a/x"), Adder("t:b/z", 5)});

  EXPECT_EQ(made.filled.size(), 2u);
  EXPECT_EQ(Run(made, "t:a/y"), 600u);
}

TEST_F(ComposeTest, APlugMayWrapWhatAnotherHas) {
  const Composition made =
      Join({User("t:a/x", "t:a/y"), User("t:a/x", "t:a/x"), Adder("t:a/x", 5)});

  EXPECT_EQ(Run(made, "t:a/y"), 600u);
}

TEST_F(ComposeTest, VersionsStandForEachOtherOnATrack) {
  const Composition made = Join({
      User("t:a/x@1.0.0", "t:a/y"),
      Adder("t:a/x@1.3.0", 1),
  });

  EXPECT_EQ(made.filled[0].exported, "t:a/x@1.3.0");
  EXPECT_EQ(Run(made, "t:a/y"), 20u);
}

TEST_F(ComposeTest, OpenImportsOfOneTrackBecomeOne) {
  linker_.Interface("t:h/log@0.2.9").Func("add", [](uint32_t x) { return x + 2; });
  const std::string both = absl::StrReplaceAll(
      User("t:h/log@0.2.3", "t:a/y"),
      {{"(component",
        "(component (import \"t:a/x\" (instance (export \"add\" (func (param \"x\" "
        "u32) (result u32)))))"}});

  const Composition made = Join({both, User("t:h/log@0.2.6", "t:a/x")});

  ASSERT_EQ(made.open.size(), 1u);
  EXPECT_EQ(made.open[0].name, "t:h/log@0.2.6");
  EXPECT_EQ(made.open[0].parts, (std::vector<std::string>{"b", "a"}));
  EXPECT_EQ(Run(made, "t:a/y"), 30u);
}

TEST_F(ComposeTest, AnOpenImportKeepsTypesOfEveryKind) {
  const std::string user = absl::StrReplaceAll(User("t:a/x", "t:a/y"), {{"(component", R"((component
    (import "t:a/open" (instance
      (export "stream" (type $r (sub resource)))
      (type $e (enum "up" "down")) (export "e" (type $en (eq $e)))
      (type $v (variant (case "none") (case "some" string))) (export "v" (type $va (eq $v)))
      (type $f (flags "a" "b")) (export "f" (type $fl (eq $f)))
      (export "all" (func async (param "a" (list u8 4)) (param "b" (map string u8))
        (param "c" (result (list $en) (error char))) (param "d" (option (tuple $va $fl)))
        (param "e" (borrow $r)) (result (own $r)))))))"}});

  const Composition made = Join({user, Adder("t:a/x", 5)});

  const auto whole = Validate(made.bytes);
  ASSERT_NE(whole, nullptr);
  ASSERT_EQ(whole->plan.imports.size(), 1u);
  const auto parts = Validate(*ParseComponent(user));
  const auto all = [](const ResolvedComponent& component) {
    const auto& instance = std::get<InstanceTypeId>(component.plan.imports[0].type);
    return ToString(*component.types, component.types->Get(instance).exports.back().type);
  };
  EXPECT_EQ(all(*whole), all(*parts));
}

TEST_F(ComposeTest, WhatNobodyImportsIsExported) {
  const std::string two = absl::StrReplaceAll(
      Adder("t:a/x", 5),
      {{"(instance $api))", "(instance $api)) (export \"t:a/more\" (instance $api))"}});

  const Composition made = Join({User("t:a/x", "t:a/y"), two});

  ASSERT_EQ(made.exports, (std::vector<std::string>{"t:a/y", "t:a/more"}));
  EXPECT_EQ(Run(made, "t:a/more"), 6u);
}

TEST_F(ComposeTest, APlugThatFillsNothingIsToldWithBothSides) {
  EXPECT_EQ(Complaint({User("t:a/x@2.0.0", "t:a/y"), Adder("t:a/x@1.0.0", 5)}),
            "nothing imports what b exports\n"
            "  exports of b:\n"
            "    t:a/x@1.0.0\n"
            "  imports of the others:\n"
            "    t:a/x@2.0.0\n"
            "  hint:       \"t:a/x@1.0.0\" can't stand for \"t:a/x@2.0.0\": the versions are not "
            "compatible");
}

TEST_F(ComposeTest, ACircleIsRefused) {
  EXPECT_EQ(Complaint({User("t:a/x", "t:a/y"), User("t:b/z", "t:a/x"), User("t:a/x", "t:b/z")}),
            "the components need each other's exports in a circle\n"
            "  parts that wait for each other:\n"
            "    a\n    b\n    c");
}

// The same with one function, whose type is in the text format.
std::string Importer(const std::string& interface, const std::string& items) {
  return absl::StrCat("(component (import \"", interface, "\" (instance ", items, ")))");
}
std::string Exporter(const std::string& interface, const std::string& items) {
  return absl::StrCat("(component (import \"impl\" (instance $i ", items, ")) (export \"",
                      interface, "\" (instance $i)))");
}

TEST_F(ComposeTest, ARenamedFieldIsShown) {
  const auto items = [](const char* field) {
    return absl::StrCat("(type $r (record (field \"user\" string) (field \"tags\" u8) (field \"",
                        field, "\" u32) (field \"end\" u8))) (export \"r\" (type $e (eq $r)))",
                        "(export \"f\" (func (param \"request\" $e)))");
  };

  EXPECT_EQ(Complaint({Importer("t:a/x", items("limit")), Exporter("t:a/x", items("max"))}),
            "b exports \"t:a/x\", a imports \"t:a/x\": the types of type \"r\" differ\n"
            "  at:         import \"t:a/x\" > type \"r\"\n"
            "  - expected: record { ..., tags: u8, limit: u32, end: u8 }\n"
            "  + found:    record { ..., tags: u8, max: u32, end: u8 }");
}

TEST_F(ComposeTest, ADifferenceDeepInAListIsShown) {
  const auto items = [](const char* leaf) {
    return absl::StrCat("(export \"f\" (func (result (result (list (tuple string (list ", leaf,
                        ")))))))");
  };

  EXPECT_EQ(Complaint({Importer("t:a/x", items("u8")), Exporter("t:a/x", items("s8"))}),
            "b exports \"t:a/x\", a imports \"t:a/x\": the types of function \"f\" differ\n"
            "  at:         import \"t:a/x\" > function \"f\" > result > ok > list element > "
            "tuple item 1 > list element\n"
            "  - expected: u8\n"
            "  + found:    s8");
}

TEST_F(ComposeTest, AFunctionThatAnOlderVersionLacksIsNamed) {
  EXPECT_EQ(Complaint({Importer("t:a/x@1.2.0", "(export \"f\" (func)) (export \"flush\" (func))"),
                       Exporter("t:a/x@1.0.0", "(export \"f\" (func)) (export \"flash\" (func))")}),
            "b exports \"t:a/x@1.0.0\", a imports \"t:a/x@1.2.0\": there is no function "
            "\"flush\"\n"
            "  at:         import \"t:a/x@1.2.0\" > function \"flush\"\n"
            "  - expected: func()\n"
            "  package:    t:a@1.2.0\n"
            "  nearest:    flash\n"
            "  hint:       perhaps it came after \"t:a/x@1.0.0\"; what wants it was made for "
            "\"t:a/x@1.2.0\"");
}

TEST_F(ComposeTest, AResourceOfAnotherPackageIsAnother) {
  const std::string socket = R"((component
    (import "t:a/types" (instance $types (export "stream" (type (sub resource)))))
    (alias export $types "stream" (type $s))
    (import "t:a/api" (instance
      (alias outer 1 $s (type $t)) (export "stream" (type $e (eq $t)))
      (export "f" (func (param "s" (own $e))))))))";
  const std::string plug = R"((component
    (import "t:b/types" (instance $types (export "stream" (type (sub resource)))))
    (alias export $types "stream" (type $s))
    (import "impl" (instance $impl
      (alias outer 1 $s (type $t)) (export "stream" (type $e (eq $t)))
      (export "f" (func (param "s" (own $e))))))
    (export "t:a/api" (instance $impl))))";

  EXPECT_EQ(Complaint({socket, plug}),
            "b exports \"t:a/api\", a imports \"t:a/api\": the types of type \"stream\" differ\n"
            "  at:         import \"t:a/api\" > type \"stream\"\n"
            "  - expected: resource stream of \"t:a/types\"\n"
            "  + found:    resource stream of \"t:b/types\"");
}

// A component that imports an instance with another in it, whose resource stands further out too.
constexpr char kNestedItems[] = R"(
  (export "r" (type $r (sub resource)))
  (export "inner" (instance
    (alias outer 1 $r (type $o)) (export "s" (type $s (sub resource)))
    (type $p (record (field "x" u8))) (export "p" (type $pe (eq $p)))
    (export "f" (func (param "r" (borrow $o)) (param "p" $pe) (result (own $s)))))))";

TEST_F(ComposeTest, InterfacesInInterfacesAreFilled) {
  const Composition made = Join({Importer("api", kNestedItems), Exporter("api", kNestedItems)});

  ASSERT_EQ(made.open.size(), 1u);
  EXPECT_EQ(made.open[0].name, "impl");
  const auto whole = Validate(made.bytes);
  ASSERT_NE(whole, nullptr);
  EXPECT_EQ(whole->plan.imports.size(), 1u);
}

TEST_F(ComposeTest, OpenInterfacesInInterfacesBecomeOneWithAllThatIsAsked) {
  const std::string more = absl::StrReplaceAll(kNestedItems, {{"\"f\"", "\"g\""}});
  const std::string socket = absl::StrReplaceAll(
      Importer("api", kNestedItems), {{"(component", "(component (import \"run\" (func))"}});
  const std::string plug = R"((component (import "impl" (func $f)) (export "run" (func $f))
    (import "api" (instance )" +
                           more + ")))";

  const Composition made = Join({socket, plug});

  const auto whole = Validate(made.bytes);
  ASSERT_NE(whole, nullptr);
  ASSERT_EQ(made.open.size(), 2u);
  const auto items = [&](const ExternType& type) {
    return whole->types->Get(std::get<InstanceTypeId>(type)).exports;
  };
  const std::vector<NamedItem> inner = items(items(whole->plan.imports[1].type).back().type);
  EXPECT_EQ(NamesOf(inner), (std::vector<absl::string_view>{"s", "p", "g", "f"}));
}

TEST_F(ComposeTest, ADifferenceInAnInnerInterfaceIsShown) {
  const auto items = [](const char* type) {
    return absl::StrCat("(export \"inner\" (instance (export \"f\" (func (result ", type, ")))))");
  };

  EXPECT_EQ(Complaint({Importer("api", items("u8")), Exporter("api", items("u16"))}),
            "b exports \"api\", a imports \"api\": the types of function \"f\" differ\n"
            "  at:         import \"api\" > instance \"inner\" > function \"f\" > result\n"
            "  - expected: u8\n"
            "  + found:    u16");
}

TEST_F(ComposeTest, ModulesAndComponentsAreFilled) {
  const std::string socket = R"((component
    (import "code" (core module $m (export "f" (func (param i32) (result i32)))))
    (import "part" (component $c (export "id" (func (param "x" u32) (result u32)))))
    (core instance $i (instantiate $m))
    (func $f (param "x" u32) (result u32) (canon lift (core func $i "f")))
    (instance $api (export "add" (func $f)))
    (instance (instantiate $c))
    (export "t:a/y" (instance $api))))";
  const std::string plug = R"((component
    (core module $m (func (export "f") (param i32) (result i32) (i32.const 7)))
    (component $c (core module $n (func (export "id") (param i32) (result i32) (local.get 0)))
      (core instance $i (instantiate $n))
      (func (export "id") (param "x" u32) (result u32) (canon lift (core func $i "id"))))
    (export "code" (core module $m))
    (export "part" (component $c))))";

  const Composition made = Join({socket, plug});

  EXPECT_TRUE(made.open.empty());
  EXPECT_EQ(Run(made, "t:a/y"), 7u);
}

TEST_F(ComposeTest, AnOpenModuleIsImported) {
  const std::string socket = R"((component
    (import "code" (core module
      (import "m" "t" (table 1 10 externref))
      (import "m" "g" (global (mut v128)))
      (import "m" "tag" (tag (param i64)))
      (export "mem" (memory i64 1))
      (export "f" (func (param i32 (ref null any)) (result f32 f64)))))
    (import "f" (func))))";
  const std::string plug = R"((component (import "impl" (func $f)) (export "f" (func $f))))";
  const Composition made = Join({socket, plug});

  ASSERT_EQ(made.open.size(), 2u);
  EXPECT_EQ(made.open[1].name, "code");
  EXPECT_NE(Validate(made.bytes), nullptr);
}

// Two parts ask for one module: one type does for both, or there is none.
TEST_F(ComposeTest, OpenModulesOfOneNameAreOne) {
  const auto part = [](absl::string_view items) {
    return absl::StrCat(R"((component (import "code" (core module )", items,
                        R"()) (import "a" (func)))");
  };
  const std::string few = part(R"((export "f" (func)))");
  const std::string many = part(R"((export "f" (func)) (export "g" (func)))");
  const std::string other = part(R"((export "f" (func (param i32))))");
  const auto plug = [](absl::string_view part) {
    return absl::StrCat(part, R"( (import "impl" (func $f)) (export "a" (func $f))))");
  };
  EXPECT_EQ(Join({few + ")", plug(many)}).open.size(), 3u);
  EXPECT_EQ(Join({many + ")", plug(few)}).open.size(), 3u);
  EXPECT_EQ(Try({few + ")", plug(other)}).error().message(),
            "b and a import \"code\" with different types: type mismatch in export `f`: expected: "
            "(func), found: (func (param i32))");
}

TEST_F(ComposeTest, AModuleThatRefersToItsTypesIsRefusedByName) {
  const std::string socket = R"((component
    (import "code" (core module (type $t (func)) (export "g" (global (ref null $t)))))
    (import "f" (func))))";
  const std::string plug = R"((component (import "impl" (func $f)) (export "f" (func $f))))";
  EXPECT_EQ(Complaint({socket, plug}),
            "import \"code\": not supported by this version: composing with an import of a core "
            "module left open that has references to types of its own");
}

// What it speaks of are the types that others import; what it binds itself stays its own.
TEST_F(ComposeTest, AnOpenComponentIsImported) {
  const std::string socket = R"((component
    (import "t:a/types" (instance $types
      (export "r" (type (sub resource)))
      (type $p' (record (field "x" u32)))
      (export "p" (type (eq $p')))))
    (alias export $types "r" (type $r))
    (alias export $types "p" (type $p))
    (import "part" (component
      (alias outer 1 $r (type $r))
      (alias outer 1 $p (type $p))
      (import "r" (type $mine (eq $r)))
      (import "p" (type $q (eq $p)))
      (import "api" (instance
        (export "s" (type $s (sub resource)))
        (export "get" (func (param "r" (borrow $mine)) (param "p" $q) (result (own $s))))))
      (export "t" (type $t (sub resource)))
      (export "make" (func (param "ps" (list $q)) (result (own $t))))
      (export "code" (core module (export "f" (func))))))
    (import "f" (func))))";
  const std::string plug = R"((component (import "impl" (func $f)) (export "f" (func $f))))";
  const Composition made = Join({socket, plug});

  ASSERT_EQ(made.open.size(), 3u);
  EXPECT_NE(Validate(made.bytes), nullptr);
}

TEST_F(ComposeTest, AFilledComponentMustFit) {
  const std::string socket = R"((component
    (import "part" (component (export "f" (func (result u32)))))))";
  const std::string plug = R"((component
    (component $c (import "f" (func $f (result u8))) (export "f" (func $f)))
    (export "part" (component $c))))";
  EXPECT_EQ(Try({socket, plug}).error().message(),
            "b exports \"part\", a imports \"part\": the types differ: missing import named `f`: "
            "expected func() -> u8");
}

TEST_F(ComposeTest, ExportsOfOneNameAreReported) {
  const std::string socket =
      R"((component (import "a" (func $f)) (import "b" (func)) (export "run" (func $f))))";
  const auto plug = [](absl::string_view name) {
    return absl::StrCat(R"((component (import "impl" (func $f)) (export ")", name,
                        R"(" (func $f)) (export "run" (func $f)) (export "more" (func $f))))");
  };
  const Composition made = Join({socket, plug("a"), plug("b")});
  EXPECT_EQ(made.exports, (std::vector<std::string>{"run", "more"}));
  ASSERT_EQ(made.hidden.size(), 3u);
  EXPECT_EQ(made.hidden[0].name + made.hidden[0].part + made.hidden[0].behind, "runba");
  EXPECT_EQ(made.hidden[1].name + made.hidden[1].part + made.hidden[1].behind, "runca");
  EXPECT_EQ(made.hidden[2].name + made.hidden[2].part + made.hidden[2].behind, "morecb");
}

TEST_F(ComposeTest, AResourceOfAComponentThatNoHostCanGiveIsTheSources) {
  const char* items = R"((export "r" (type $r (sub resource)))
    (export "make" (func (result (own $r)))))";
  const std::string socket = absl::StrCat(
      R"((component (import "part" (component $c)) (instance (instantiate $c))
        (import "t:a/x" (instance $i )",
      items, R"()) (alias export $i "r" (type $r)) (import "use" (func (param "r" (own $r))))))");
  const std::string plug = absl::StrCat(
      R"((component (component $c) (export "part" (component $c))
        (import "impl" (instance $i )",
      items, R"()) (export "t:a/x" (instance $i))))");

  const Composition made = Join({socket, plug});

  ASSERT_EQ(made.open.size(), 2u);
  EXPECT_NE(Validate(made.bytes), nullptr);
}

TEST_F(ComposeTest, APlugGivenTwiceIsToldThatTheFirstFills) {
  EXPECT_EQ(Complaint({User("t:a/x", "t:a/y"), Adder("t:a/x", 5), Adder("t:a/x", 6)}),
            "nothing needs what c exports\n"
            "  exports of c:\n"
            "    t:a/x\n"
            "  imports of the others:\n"
            "    t:a/x\n"
            "  hint:       import \"t:a/x\" of a is filled by b");
}

TEST_F(ComposeTest, AComponentPluggedIntoItselfFillsWhatItWraps) {
  const std::string wrapper = User("t:a/x", "t:a/x");

  const Composition made = Join({wrapper, wrapper, Adder("t:a/x", 5)});

  EXPECT_EQ(Run(made, "t:a/x"), 600u);
  EXPECT_EQ(Join({wrapper, wrapper}).open.size(), 1u);
}

TEST_F(ComposeTest, ALongChainOfPlugsIsComposed) {
  constexpr int kLength = 200;
  std::vector<std::string> texts;
  for (int i = 0; i < kLength; ++i) {
    texts.push_back(absl::StrCat("(component (import \"f", i, "\" (func $f)) (export \"f", i - 1,
                                 "\" (func $f)))"));
  }
  texts[0] = "(component (import \"f0\" (func)))";

  const Composition made = Join(texts);

  EXPECT_EQ(made.filled.size(), size_t{kLength - 1});
  EXPECT_NE(Validate(made.bytes), nullptr);
}

TEST_F(ComposeTest, AnOpenImportCannotSpeakOfWhatAPlugMakes) {
  const std::string socket = R"((component
    (import "t:a/types" (instance $types (export "stream" (type (sub resource)))))
    (alias export $types "stream" (type $s))
    (import "log" (func (param "s" (borrow $s))))))";
  const std::string plug = R"((component
    (type $r (resource (rep i32)))
    (instance $types (export "stream" (type $r)))
    (export "t:a/types" (instance $types))))";

  EXPECT_EQ(Complaint({socket, plug}),
            "import \"log\" is left open, but needs a resource of \"t:a/types\", which a plug "
            "makes");
}

}  // namespace
}  // namespace tenon::abi
