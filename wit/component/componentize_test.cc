#include "wit/component/componentize.h"

#include <gtest/gtest.h>

#include "abi/binary/decode.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "vm/binary/encoder.h"
#include "vm/text/parser.h"
#include "wit/binary/decode.h"
#include "wit/resolve/source_groups_for_test.h"

namespace tenon::wit {
namespace {

std::vector<uint8_t> Binary(absl::string_view text) {
  auto module = vm::ParseModule(text);
  EXPECT_TRUE(module) << module.error().ToString();
  return vm::EncodeModule(*module);
}

// A core module with a world: the first one of the WIT.
std::vector<uint8_t> Embedded(absl::string_view wit, absl::string_view module) {
  const auto packages = Resolve({Root({{"x", std::string(wit)}})}, {});
  EXPECT_TRUE(packages) << packages.error().error.ToString();
  return *EmbedWorld(Binary(module), *packages, WorldIdx(0), StringEncoding::kUtf8);
}

// The WIT of the component that is made, or why there is none.
std::string Made(std::vector<uint8_t> main, std::vector<CoreInput> adapters = {}) {
  auto bytes = MakeComponent({"", std::move(main)}, std::move(adapters));
  if (!bytes) return bytes.error().ToString();
  const auto component = abi::DecodeComponent(std::move(*bytes));
  if (!component) return component.error().ToString();
  const auto wit = DecodeWit(**component);
  return wit ? PrintPackages(wit->packages, true) : wit.error().ToString();
}

constexpr char kWorld[] =
    "package a:b@1.2.0; interface i { resource r { m: func(); } type t = u8;"
    "  f: func(a: t) -> r; unused: func(a: string); }"
    "interface j { use i.{r}; resource mine { constructor(); } g: func(a: r) -> mine; }"
    "world w { import i; export j; export run: func() -> string; }";
constexpr char kMade[] =
    "package root:component;\n\n"
    "world root {\n  import a:b/i@1.2.0;\n  export a:b/j@1.2.0;\n"
    "  export run: func() -> string;\n}\n\n"
    "package a:b@1.2.0 {\n"
    "  interface i {\n    resource r;\n    type t = u8;\n    f: func(a: t) -> r;\n  }\n\n"
    "  interface j {\n    use i.{r};\n    resource mine {\n      constructor();\n    }\n"
    "    g: func(a: r) -> mine;\n  }\n}\n";

TEST(MakeComponentTest, OlderNames) {
  EXPECT_EQ(Made(Embedded(kWorld,
                          "(module (import \"a:b/i@1.2.0\" \"f\" (func (param i32) (result i32)))"
                          "(import \"[export]a:b/j@1.2.0\" \"[resource-new]mine\""
                          "  (func (param i32) (result i32)))"
                          "(memory (export \"memory\") 1)"
                          "(func (export \"a:b/j@1.2.0#[constructor]mine\") (result i32)"
                          "  (call 1 (i32.const 1)))"
                          "(func (export \"a:b/j@1.2.0#g\") (param i32) (result i32) local.get 0)"
                          "(func (export \"a:b/j@1.2.0#[dtor]mine\") (param i32))"
                          "(func (export \"run\") (result i32) i32.const 0)"
                          "(func (export \"cabi_post_run\") (param i32)))")),
            kMade);
}

TEST(MakeComponentTest, NamesOfNamesMayMakeALongChain) {
  std::string wit = "package a:b; interface i { type t0 = list<u8>;";
  for (int i = 1; i <= 20'000; ++i) absl::StrAppend(&wit, "type t", i, " = t", i - 1, ";");
  wit += "f: func(x: t20000); } world w { export i; }";
  const std::string made =
      Made(Embedded(wit.c_str(),
                    "(module (memory (export \"memory\") 1)"
                    "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)"
                    "  (i32.const 8))"
                    "(func (export \"a:b/i#f\") (param i32 i32)))"));
  EXPECT_NE(made.find("f: func(x: t20000);"), std::string::npos) << made.substr(0, 1'000);
}

TEST(MakeComponentTest, StandardNames) {
  EXPECT_EQ(
      Made(Embedded(kWorld,
                    "(module (import \"cm32p2|a:b/i@1\" \"f\" (func (param i32) (result i32)))"
                    "(import \"cm32p2|_ex_a:b/j@1\" \"mine_new\""
                    "  (func (param i32) (result i32)))"
                    "(memory (export \"cm32p2_memory\") 1)"
                    "(func (export \"cm32p2|a:b/j@1|[constructor]mine\") (result i32)"
                    "  (call 1 (i32.const 1)))"
                    "(func (export \"cm32p2|a:b/j@1|g\") (param i32) (result i32) local.get 0)"
                    "(func (export \"cm32p2|a:b/j@1|mine_dtor\") (param i32))"
                    "(func (export \"cm32p2||run\") (result i32) i32.const 0)"
                    "(func (export \"cm32p2||run_post\") (param i32)))")),
      kMade);
}

TEST(MakeComponentTest, WhatDoesNotFitIsNamed) {
  const char* wit =
      "package a:b; interface i { first: func(a: u32); } "
      "world w { import i; export run: func(); }";
  EXPECT_EQ(Made(Embedded(wit, "(module)")),
            "the core module does not export 'run', which its world has");
  EXPECT_EQ(Made(Embedded(wit, "(module (func (export \"run\") (param i32)))")),
            "the core module exports 'run' as (i32) -> (); expected () -> ()");
  EXPECT_EQ(Made(Embedded(wit, "(module (import \"a:b/i\" \"frist\" (func (param i32))))")),
            "the core module imports 'a:b/i' 'frist', which neither its world nor an adapter has; "
            "did you mean 'first'?");
  EXPECT_EQ(Made(Embedded(wit, "(module (import \"a:b/i\" \"first\" (func (param i64))))")),
            "the core module imports 'a:b/i' 'first', as (i64) -> (); expected (i32) -> ()");
  EXPECT_EQ(
      Made(Embedded(
          wit, "(module (import \"wasi_snapshot_preview1\" \"fd_close\" (func (param i32))))")),
      "the core module imports 'wasi_snapshot_preview1' 'fd_close', which neither its world "
      "nor an adapter has; '--adapt' takes an adapter of that name: "
      "wasi_snapshot_preview1.command.wasm for a program with main, "
      "wasi_snapshot_preview1.reactor.wasm for any other");
}

TEST(MakeComponentTest, OptionsNeedTheirExports) {
  const char* wit = "package a:b; world w { export run: func(a: string); }";
  const std::string run = "(func (export \"run\") (param i32 i32))";
  EXPECT_EQ(Made(Embedded(wit, "(module " + run + ")")),
            "'run' needs a memory, which the core module does not export");
  EXPECT_EQ(Made(Embedded(wit, "(module (memory (export \"memory\") 1)" + run + ")")),
            "'run' needs 'cabi_realloc', which the core module does not export");
}

constexpr char kAsyncWorld[] =
    "package a:b; world w { import in: async func(s: stream<string>) -> u32;"
    "  export out: async func() -> stream<string>; }";

TEST(MakeComponentTest, AsyncNames) {
  EXPECT_EQ(Made(Embedded(kAsyncWorld,
                          "(module (import \"$root\" \"[async-lower]in\""
                          "  (func (param i32 i32) (result i32)))"
                          "(import \"$root\" \"[stream-read-0]in\""
                          "  (func (param i32 i32 i32) (result i32)))"
                          "(import \"[export]$root\" \"[task-return]out\" (func (param i32)))"
                          "(import \"[export]$root\" \"[stream-new-0]out\" (func (result i64)))"
                          "(import \"[export]$root\" \"[task-cancel]\" (func))"
                          "(import \"$root\" \"[waitable-set-poll]\""
                          "  (func (param i32 i32) (result i32)))"
                          "(import \"$root\" \"[context-get-0]\" (func (result i32)))"
                          "(memory (export \"memory\") 1)"
                          "(func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32)"
                          "  i32.const 0)"
                          "(func (export \"[async-lift]out\") (result i32) i32.const 0)"
                          "(func (export \"[callback][async-lift]out\")"
                          "  (param i32 i32 i32) (result i32) i32.const 0))")),
            "package root:component;\n\nworld root {\n"
            "  import in: async func(s: stream<string>) -> u32;\n"
            "  export out: async func() -> stream<string>;\n}\n");
}

TEST(MakeComponentTest, AsyncNamesThatDoNotFit) {
  const std::string out =
      "(func (export \"[async-lift]out\") (result i32) i32.const 0)"
      "(func (export \"[callback][async-lift]out\") (param i32 i32 i32) (result i32) i32.const 0)";
  EXPECT_EQ(Made(Embedded(kAsyncWorld,
                          "(module (func (export \"[async-lift]out\") (result i32) i32.const 0))")),
            "the core module does not export '[callback][async-lift]out', which "
            "'[async-lift]out' needs");
  EXPECT_EQ(Made(Embedded(kAsyncWorld,
                          "(module (import \"$root\" \"[stream-new-1]in\""
                          "  (func (result i64)))" +
                              out + ")")),
            "the core module imports '$root' '[stream-new-1]in', which neither its world nor an "
            "adapter has");
  EXPECT_EQ(Made(Embedded(kAsyncWorld,
                          "(module (import \"$root\" \"[waitable-join]\" (func))" + out + ")")),
            "the core module imports '$root' '[waitable-join]', as () -> (); expected "
            "(i32 i32) -> ()");
  EXPECT_EQ(Made(Embedded(kAsyncWorld,
                          "(module (import \"$root\" \"[waitable-set-wait]\""
                          "  (func (param i32 i32) (result i32)))" +
                              out + ")")),
            "'[waitable-set-wait]' needs a memory, which the core module does not export");
}

TEST(MakeComponentTest, ThreadsNeedATableOfFunctions) {
  const char* wit = "package a:b; world w { export run: func(); }";
  const auto made = [&](absl::string_view name, absl::string_view table) {
    return Made(Embedded(wit, absl::StrCat("(module (import \"$root\" \"", name,
                                           "\" (func (param i32 i32) (result i32)))", table,
                                           " (func (export \"run\")))")));
  };
  const std::string no_table =
      "'[thread-new-indirect-v0]' needs a table of 'funcref', which the core module does not "
      "export as '__indirect_function_table'";
  const std::string name = "\"__indirect_function_table\"";
  EXPECT_EQ(made("[thread-new-indirect-v0]", ""), no_table);
  EXPECT_EQ(made("[thread-new-indirect-v0]", "(table (export " + name + ") 1 externref)"),
            no_table);
  EXPECT_EQ(made("[thread-new-indirect-v0]", "(table (export " + name + ") i64 1 funcref)"),
            no_table);
  EXPECT_EQ(made("[thread-new-indirect-v0]", "(table (export " + name + ") 1 funcref)"),
            "package root:component;\n\nworld root {\n  export run: func();\n}\n");
  EXPECT_EQ(made("[thread-spawn-indirect-v0]", ""),
            "the core module imports '$root' '[thread-spawn-indirect-v0]', which is canon "
            "thread.spawn-indirect of shared-everything-threads: this version does not have that");
}

constexpr char kMain[] =
    "(module (import \"old\" \"print\" (func (param i32))) (memory (export \"memory\") 1)"
    " (func (export \"cabi_realloc\") (param i32 i32 i32 i32) (result i32) i32.const 0)"
    " (func (export \"start\") (call 0 (i32.const 7))))";
constexpr char kAdapterWorld[] =
    "package a:b; interface log { put: func(a: u32); more: func(a: u32); }"
    "world w { import log; export run: func(); }";
constexpr char kAdapter[] =
    "(module (import \"env\" \"memory\" (memory 0))"
    " (import \"a:b/log\" \"more\" (func $more (param i32)))"
    " (import \"a:b/log\" \"put\" (func $put (param i32)))"
    " (import \"__main_module__\" \"start\" (func $start))"
    " (import \"__main_module__\" \"cabi_realloc\""
    "   (func $realloc (param i32 i32 i32 i32) (result i32)))"
    " (global $__stack_pointer (mut i32) (i32.const 0))"
    " (global $allocation_state (mut i32) (i32.const 0))"
    " (func (export \"print\") (param i32) (drop (global.get $__stack_pointer))"
    "   (drop (global.get $allocation_state)) (call $put (local.get 0)))"
    " (func (export \"print-more\") (param i32) (call $more (local.get 0)))"
    " (func (export \"run\") (call $start)))";

TEST(MakeComponentTest, OfAnAdapterOnlyWhatIsWantedIsThere) {
  EXPECT_EQ(Made(Binary(kMain), {{"old", Embedded(kAdapterWorld, kAdapter)}}),
            "package root:component;\n\nworld root {\n  import a:b/log;\n"
            "  export run: func();\n}\n\n"
            "package a:b {\n  interface log {\n    put: func(a: u32);\n  }\n}\n");
}

TEST(MakeComponentTest, AnAdapterThatIsNotWantedIsLeftOut) {
  const char* wit = "package c:d; world w { export f: func(); export run: func(); }";
  const char* main = "(module (func (export \"f\")) (func (export \"run\")))";
  EXPECT_EQ(Made(Embedded(wit, main), {{"old", Embedded(kAdapterWorld, kAdapter)}}),
            "package root:component;\n\nworld root {\n  export f: func();\n"
            "  export run: func();\n}\n");
}

TEST(MakeComponentTest, AnAdapterIsToldFromAnyOtherModule) {
  EXPECT_EQ(Made(Embedded("package c:d; world w { export f: func(); }",
                          "(module (import \"old\" \"print\" (func)) (func (export \"f\")))"),
                 {{"other", Binary("(module (func (export \"print\")))")}}),
            "'other' is no adapter: one exports the functions that the core module imports from "
            "its name, and says what it imports itself (a section 'component-type'); the core "
            "module imports from 'old'; another name than the file's is given as NAME=FILE");
}

TEST(MakeComponentTest, AnAdapterMustHaveWhatIsImportedFromIt) {
  EXPECT_EQ(Made(Binary("(module (import \"old\" \"prnt\" (func (param i32)))"
                        " (func (export \"start\")))"),
                 {{"old", Embedded(kAdapterWorld, kAdapter)}}),
            "the core module imports 'old' 'prnt', which the adapter does not export");
}

TEST(MakeComponentTest, AnAdapterNeedsAReallocOfItsOwn) {
  const char* wit = "package a:b; world w { import get: func() -> string; export run: func(); }";
  const char* adapter =
      "(module (import \"env\" \"memory\" (memory 0))"
      " (import \"$root\" \"get\" (func $get (param i32)))"
      " (func (export \"print\") (param i32) (call $get (local.get 0)))"
      " (func (export \"run\")))";
  EXPECT_EQ(Made(Binary(kMain), {{"old", Embedded(wit, adapter)}}),
            "'get' needs 'cabi_realloc', which the adapter 'old' does not export");
}

// A repetition of `text`, with the number in place of '$'.
std::string Repeated(int count, absl::string_view text) {
  std::string all;
  for (int i = 0; i < count; ++i) all += absl::StrReplaceAll(text, {{"$", absl::StrCat(i)}});
  return all;
}

// Its size is such that looking through imports or exports for each import or call takes minutes.
TEST(MakeComponentTest, AnAdapterMayImportAndCallALot) {
  const std::string main =
      absl::StrCat("(module (import \"old\" \"g\" (func)) (func $f)",
                   Repeated(50'000, "(export \"x$\" (func 1))"), "(export \"f\" (func $f)))");
  const std::string adapter = absl::StrCat(
      "(module ", Repeated(50'000, "(import \"__main_module__\" \"f\" (func))"),
      "(func (export \"g\") ", Repeated(50'000, "call $ "), Repeated(450'000, "call 0 "), "))");
  EXPECT_EQ(Made(Embedded("package a:b; world w {}", main), {{"old", Binary(adapter)}}),
            "package root:component;\n\nworld root {}\n");
}

// So is the size of these.
TEST(MakeComponentTest, AWorldMayHaveManyFunctions) {
  const int count = 50'000;
  const std::string wit =
      absl::StrCat("package a:b; interface i {", Repeated(count, "in$: func();"), "} interface j {",
                   Repeated(count, "out$: func();"), "} world w { import i; export j; }");
  const std::string module =
      absl::StrCat("(module ", Repeated(count, "(import \"a:b/i\" \"in$\" (func))"),
                   Repeated(count, "(export \"a:b/j#out$\" (func $))"), ")");
  EXPECT_TRUE(MakeComponent({"", Embedded(wit, module)}, {}));
}

TEST(MakeComponentTest, AWorldMayHaveManyMethods) {
  const int count = 5'000;
  const std::string wit =
      absl::StrCat("package a:b; world w {", Repeated(count, "resource r$ { m: func(); }"), "}");
  const std::string module = absl::StrCat(
      "(module ", Repeated(count, "(import \"#root\" \"[method]r$.m\" (func (param i32)))"), ")");
  const std::string spelled = absl::StrReplaceAll(module, {{"#root", "$root"}});
  EXPECT_TRUE(MakeComponent({"", Embedded(wit, spelled)}, {}));
}

// A world that exports interfaces, each of which uses the one behind it.
std::string ChainOfExports(int count) {
  std::string wit = "package a:b; interface i0 { type t = u32; }", exports;
  for (int i = 1; i < count; ++i) {
    absl::StrAppend(&wit, "interface i", i, " { use i", i - 1, ".{t}; }");
  }
  for (int i = count - 1; i >= 0; --i) absl::StrAppend(&exports, "export i", i, ";");
  return absl::StrCat(wit, "world w {", exports, "}");
}

TEST(MakeComponentTest, ExportsStandBehindThoseTheyUse) {
  const std::string made = Made(Embedded(ChainOfExports(500), "(module)"));
  EXPECT_NE(made.find("interface i499 {\n    use i498.{t};\n  }"), made.npos)
      << made.substr(0, 1'000);
}

TEST(MakeComponentTest, TooManyInstancesAreRefusedBeforeTheyAreMade) {
  EXPECT_EQ(Made(Embedded(ChainOfExports(20'000), "(module)")),
            "too many instances: it needs 40000, and the limit is 1000");
  const std::string wit = absl::StrCat("package a:b;", Repeated(1'001, "interface i$ {f: func();}"),
                                       "world w {", Repeated(1'001, "import i$;"), "}");
  const std::string module =
      absl::StrCat("(module ", Repeated(1'001, "(import \"a:b/i$\" \"f\" (func))"), ")");
  EXPECT_EQ(Made(Embedded(wit, module)),
            "too many core instances: it needs 1001, and the limit is 1000");
}

TEST(MakeComponentTest, DamagedModulesAreRefusedOrLinked) {
  const std::vector<uint8_t> main = Binary(kMain);
  const std::vector<uint8_t> adapter = Embedded(kAdapterWorld, kAdapter);
  for (size_t i = 8; i < main.size() + adapter.size(); ++i) {
    for (const uint8_t flip : {0x01, 0x04, 0x40, 0x80}) {
      std::vector<uint8_t> first = main, second = adapter;
      (i < main.size() ? first[i] : second[i - main.size()]) ^= flip;
      EXPECT_FALSE(Made(std::move(first), {{"old", std::move(second)}}).empty());
    }
  }
}

TEST(MakeComponentTest, ReferencesStayWithinAModule) {
  EXPECT_EQ(
      Made(Embedded("package a:b; world w {}",
                    "(module (import \"old\" \"f\" (func (param externref)))"
                    " (func (export \"start\")))"),
           {{"old", Binary("(module (func (export \"f\") (param externref)))")}}),
      "the core module imports 'old' 'f', and references can't be handed from module to module");
}

TEST(MakeComponentTest, ASectionThatHoldsNoWorldIsRefused) {
  EXPECT_EQ(Made(Binary("(module (@custom \"component-type\" \"\\00asm\\0d\\00\\01\\00\"))")),
            "its section 'component-type': it holds no world");
}

}  // namespace
}  // namespace tenon::wit
