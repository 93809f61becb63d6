// Components joined at run time: what one instance exports, another imports.
#include "abi/link/define.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "abi/canon/test_guest.h"
#include "abi/text/parse.h"

namespace tenon::abi {
namespace {

// Exports a function of strings, plain and in an interface, and a resource.
constexpr char kProvider[] = R"((component
  (core module $m
    (memory (export "memory") 1)
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32)
      (global.get $top)
      (global.set $top (i32.add (global.get $top) (local.get 3))))
    ;; Doubles the text.
    (func (export "twice") (param i32 i32) (result i32)
      (memory.copy (i32.add (local.get 0) (local.get 1)) (local.get 0) (local.get 1))
      (i32.store (i32.const 16) (local.get 0))
      (i32.store (i32.const 20) (i32.mul (local.get 1) (i32.const 2)))
      (global.set $top (i32.const 1024))
      (i32.const 16)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (type $counter (resource (rep i32)))
  (core func $new (canon resource.new $counter))
  (core func $rep (canon resource.rep $counter))
  (func $twice (param "text" string) (result string)
    (canon lift (core func $i "twice") (memory $memory) (realloc (func $i "realloc"))))
  (core module $glue
    (import "" "new" (func $new (param i32) (result i32)))
    (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
    (func (export "value") (param i32) (result i32) (local.get 0)))
  (core instance $g (instantiate $glue (with "" (instance (export "new" (func $new))))))
  (func $make (param "value" u32) (result (own $counter)) (canon lift (core func $g "make")))
  (func $value (param "self" (borrow $counter)) (result u32)
    (canon lift (core func $g "value")))
  (instance $texts (export "twice" (func $twice)))
  (component $shim
    (import "counter" (type $c (sub resource)))
    (import "make" (func $make (param "value" u32) (result (own $c))))
    (import "value" (func $value (param "self" (borrow $c)) (result u32)))
    (export $e "counter" (type $c))
    (export "make" (func $make) (func (param "value" u32) (result (own $e))))
    (export "[method]counter.value" (func $value) (func (param "self" (borrow $e)) (result u32))))
  (instance $counters (instantiate $shim (with "counter" (type $counter))
    (with "make" (func $make)) (with "value" (func $value))))
  (export "test:api/texts@1.2.0" (instance $texts))
  (export "test:api/counters@1.2.0" (instance $counters))
  (export "twice" (func $twice))))";

constexpr char kTextUser[] = R"((component
  (import "test:api/texts@1.1.0" (instance $texts
    (export "twice" (func (param "text" string) (result string)))))
  (alias export $texts "twice" (func $twice))
  (core module $m
    (memory (export "memory") 1)
    (data (i32.const 64) "tick")
    (global $top (mut i32) (i32.const 1024))
    (func (export "realloc") (param i32 i32 i32 i32) (result i32) (global.get $top)))
  (core instance $i (instantiate $m))
  (alias core export $i "memory" (core memory $memory))
  (core func $lowered
    (canon lower (func $twice) (memory $memory) (realloc (func $i "realloc"))))
  (core module $main
    (import "" "memory" (memory 1))
    (import "" "twice" (func $twice (param i32 i32 i32)))
    (func (export "run") (result i32)
      (call $twice (i32.const 64) (i32.const 4) (i32.const 32))
      (i32.const 32)))
  (core instance $j (instantiate $main (with "" (instance
    (export "memory" (memory $memory)) (export "twice" (func $lowered))))))
  (func (export "run") (result string) (canon lift (core func $j "run") (memory $memory)))
  (export "test:api/texts@1.1.0" (instance $texts))))";

constexpr char kCounterUser[] = R"((component
  (import "test:api/counters@1.2.0" (instance $counters
    (export "counter" (type $c (sub resource)))
    (export "make" (func (param "value" u32) (result (own $c))))
    (export "[method]counter.value" (func (param "self" (borrow $c)) (result u32)))))
  (alias export $counters "make" (func $make))
  (alias export $counters "[method]counter.value" (func $value))
  (core func $make (canon lower (func $make)))
  (core func $value (canon lower (func $value)))
  (core module $main
    (import "" "make" (func $make (param i32) (result i32)))
    (import "" "value" (func $value (param i32) (result i32)))
    (func (export "run") (result i32) (call $value (call $make (i32.const 7)))))
  (core instance $j (instantiate $main (with "" (instance
    (export "make" (func $make)) (export "value" (func $value))))))
  (func (export "run") (result u32) (canon lift (core func $j "run")))))";

class DefineTest : public testing::Test {
 protected:
  Result<std::shared_ptr<const Instance>> TryMake(Store& store, const std::string& text) {
    TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ParseComponent(text));
    TENON_ASSIGN_OR_RETURN(
        auto component, LoadComponent(&TestEngine(), std::move(bytes), vm::BodyValidation::kEager));
    TENON_ASSIGN_OR_RETURN(auto made, Instantiate(store, std::move(component), linker_));
    return std::shared_ptr<const Instance>(std::move(made));
  }
  std::shared_ptr<const Instance> Make(const std::string& text) {
    auto made = TryMake(store_, text);
    if (!made) {
      ADD_FAILURE() << made.error().ToString();
      return nullptr;
    }
    return *made;
  }
  std::string LinkError(Store& store, const std::string& text) {
    const auto made = TryMake(store, text);
    return made ? "no error" : made.error().ToString();
  }
  template <typename R>
  static R Run(const Instance& instance) {
    const auto result = instance.Func<R()>("", "run")->Call();
    EXPECT_TRUE(result.has_value()) << result.error().Message();
    return result.value_or(R());
  }

  Store store_{&TestEngine()};
  HostLinker linker_;
};

TEST_F(DefineTest, AComponentCallsWhatAnotherExports) {
  DefineExports(linker_, Make(kProvider));

  const auto user = Make(kTextUser);

  EXPECT_EQ(Run<std::string>(*user), "ticktick");
  EXPECT_EQ(Run<std::string>(*user), "ticktick");
}

TEST_F(DefineTest, ResourcesKeepTheirIdentity) {
  DefineExports(linker_, Make(kProvider));

  EXPECT_EQ(Run<uint32_t>(*Make(kCounterUser)), 7u);
}

TEST_F(DefineTest, AnInterfaceIsDefinedUnderAnotherName) {
  ASSERT_TRUE(
      DefineInterface(linker_, "test:api/texts@1.1.0", Make(kProvider), "test:api/texts@1.2.0"));

  EXPECT_EQ(Run<std::string>(*Make(kTextUser)), "ticktick");
  EXPECT_EQ(LinkError(store_, kCounterUser).substr(0, 34), "import \"test:api/counters@1.2.0\": ");
}

TEST_F(DefineTest, AnInterfaceReplacesTheHosts) {
  linker_.Interface("test:api/texts@1.1.0").Func("twice", [](absl::string_view) {
    return std::string("the host's");
  });
  const auto before = Make(kTextUser);

  ASSERT_TRUE(
      DefineInterface(linker_, "test:api/texts@1.1.0", Make(kProvider), "test:api/texts@1.2.0"));

  EXPECT_EQ(Run<std::string>(*before), "the host's");
  EXPECT_EQ(Run<std::string>(*Make(kTextUser)), "ticktick");
}

TEST_F(DefineTest, WhatIsHandedOnIsCalledWhereItIs) {
  DefineExports(linker_, Make(kProvider));
  const auto first = Make(kTextUser);
  ASSERT_TRUE(DefineInterface(linker_, "test:api/texts@1.1.0", first, "test:api/texts@1.1.0"));

  EXPECT_EQ(Run<std::string>(*Make(kTextUser)), "ticktick");
}

TEST_F(DefineTest, AFunctionOfTheHostsIsHandedOn) {
  linker_.Interface("test:api/texts@1.1.0").Func("twice", [](absl::string_view) {
    return std::string("the host's");
  });
  const auto first = Make(kTextUser);
  ASSERT_TRUE(DefineInterface(linker_, "test:api/texts@1.1.0", first, "test:api/texts@1.1.0"));

  EXPECT_EQ(Run<std::string>(*Make(kTextUser)), "the host's");
}

TEST_F(DefineTest, AnAbsentInterfaceIsToldWithTheNearest) {
  const Status status = DefineInterface(linker_, "a", Make(kProvider), "test:api/text@1.2.0");

  ASSERT_FALSE(status);
  EXPECT_EQ(status.error().ToString(),
            "the component does not export \"test:api/text@1.2.0\"\n"
            "  package:    test:api@1.2.0\n"
            "  nearest:    test:api/texts@1.2.0");
}

TEST_F(DefineTest, AnotherStoreDoesNotLink) {
  DefineExports(linker_, Make(kProvider));
  Store other(&TestEngine());

  EXPECT_EQ(LinkError(other, kTextUser),
            "import \"test:api/texts@1.1.0\": the instance that the linker has for it is of "
            "another store");
}

TEST_F(DefineTest, AnotherTypeDoesNotLink) {
  DefineExports(linker_, Make(kProvider));

  EXPECT_EQ(LinkError(store_, R"((component
    (import "test:api/texts@1.2.0" (instance
      (export "twice" (func (param "text" string) (result (list string))))))))"),
            "import \"test:api/texts@1.2.0\": the function \"twice\" has the wrong type: the "
            "component expects func(text: string) -> list<string>, the instance has func(text: "
            "string) -> string\n"
            "  at:         import \"test:api/texts@1.2.0\" > function \"twice\" > result\n"
            "  - expected: list<string>\n"
            "  + found:    string\n"
            "  package:    test:api@1.2.0");
}

TEST_F(DefineTest, AResourceOfAnotherInstanceIsAnother) {
  DefineExports(linker_, Make(kProvider));
  const auto second = Make(kProvider);
  HostTable& table = linker_.Interface("test:api/counters@1.2.0").table();
  table.AddResource("counter", second->resources()[0]);

  EXPECT_EQ(LinkError(store_, kCounterUser),
            "import \"test:api/counters@1.2.0\": the function \"make\" has the wrong type: the "
            "component expects func(value: u32) -> own<counter>, the instance has func(value: u32) "
            "-> own<resource>\n"
            "  at:         import \"test:api/counters@1.2.0\" > function \"make\" > result\n"
            "  - expected: own<counter> of \"test:api/counters@1.2.0\"\n"
            "  + found:    own<resource>\n"
            "  package:    test:api@1.2.0");
}

}  // namespace
}  // namespace tenon::abi
