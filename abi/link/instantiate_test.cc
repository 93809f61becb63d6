// Instantiation and calls between components, on plans written out by hand: what validation makes
// of a component is tested with it.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "abi/link/test_component.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {
namespace {

using K = TypeKind;

// A memory with a realloc that never frees.
constexpr char kMemory[] = R"((module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get 3))))))";

// The same with functions that take and give back a string; `post` counts.
constexpr char kEcho[] = R"((module
  (memory (export "memory") 1)
  (global $top (mut i32) (i32.const 1024))
  (global $posts (mut i32) (i32.const 0))
  (func (export "realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
    (global.get $top)
    (global.set $top (i32.add (global.get $top) (local.get 3))))
  (func (export "echo") (param i32 i32) (result i32)
    (i32.store (i32.const 16) (local.get 0))
    (i32.store (i32.const 20) (local.get 1))
    (i32.const 16))
  (func (export "post") (param i32) (global.set $posts (i32.add (global.get $posts) (i32.const 1))))
  (func (export "posts") (result i32) (global.get $posts))
  (func (export "trap") unreachable)))";

class InstantiateTest : public testing::Test {
 protected:
  std::unique_ptr<Instance> Make() {
    Result<std::unique_ptr<Instance>> made = builder_.Instantiate(store_, linker_);
    if (!made) {
      ADD_FAILURE() << made.error().ToString();
      return nullptr;
    }
    return std::move(*made);
  }
  std::string LinkError() {
    Result<std::unique_ptr<Instance>> made = builder_.Instantiate(store_, linker_);
    return made ? "no error" : made.error().ToString();
  }
  template <typename R, typename... Args>
  std::expected<R, vm::Trap> Call(Instance& instance, const char* name, Args... args) {
    auto func = instance.Func<R(Args...)>("", name);
    if (!func) {
      ADD_FAILURE() << func.error().ToString();
      return std::unexpected(vm::Trap());
    }
    return func->Call(args...);
  }

  ComponentBuilder builder_;
  HostLinker linker_;
  Store store_{&TestEngine()};
};

TEST_F(InstantiateTest, TheHostCallsAnExportAndPostReturnRuns) {
  const FuncTypeId echo = builder_.FuncType({K::kString}, K::kString);
  const FuncTypeId count = builder_.FuncType({}, K::kU32);
  const CoreInstanceId core = builder_.Core(kEcho);
  builder_.Export("echo", builder_.Lift(ComponentInstanceId(0), core, "echo", echo), echo);
  builder_.Export("posts", builder_.Lift(ComponentInstanceId(0), core, "posts", count), count);
  builder_.plan().lifts[1].options.post_return.reset();
  auto instance = Make();

  const auto text = Call<std::string>(*instance, "echo", absl::string_view("h\xc3\xa9llo"));
  const auto posts = Call<uint32_t>(*instance, "posts");

  ASSERT_TRUE(text.has_value()) << text.error().Message();
  EXPECT_EQ(*text, "h\xc3\xa9llo");
  EXPECT_EQ(*posts, 1u);
  EXPECT_FALSE(instance->Func<uint32_t()>("", "echo").has_value());
  EXPECT_FALSE(instance->Func<uint32_t()>("", "absent").has_value());
}

TEST_F(InstantiateTest, StringsCrossFromComponentToComponent) {
  const ComponentInstanceId callee = builder_.Child(), caller = builder_.Child();
  const FuncTypeId echo = builder_.FuncType({K::kString}, K::kString);
  const FuncRef lifted = builder_.Lift(callee, builder_.Core(kEcho), "echo", echo);
  const CoreInstanceId memory = builder_.Core(kMemory);
  const CoreItem lowered = builder_.Lower(caller, lifted, echo, memory);
  const CoreInstanceId main = builder_.Core(R"((module
    (import "" "memory" (memory 1))
    (import "" "echo" (func $echo (param i32 i32 i32)))
    (data (i32.const 64) "hello")
    (func (export "run") (result i32)
      (call $echo (i32.const 64) (i32.const 5) (i32.const 32))
      (i32.load (i32.load (i32.const 32))))))",
                                            {builder_.Item(memory, "memory"), lowered});
  const FuncTypeId run = builder_.FuncType({}, K::kU32);
  builder_.Export("run", builder_.Lift(caller, main, "run", run), run);
  auto instance = Make();

  const auto word = Call<uint32_t>(*instance, "run");

  ASSERT_TRUE(word.has_value()) << word.error().Message();
  EXPECT_EQ(*word, 0x6c6c6568u);  // "hell"
}

TEST_F(InstantiateTest, AnInstanceThatTrappedIsNeverEnteredAgain) {
  const FuncTypeId none = builder_.FuncType({});
  const CoreInstanceId core = builder_.Core(kEcho);
  builder_.Export("trap", builder_.Lift(ComponentInstanceId(0), core, "trap", none), none);
  builder_.plan().lifts[0].options.post_return.reset();
  auto instance = Make();

  const auto first = Call<void>(*instance, "trap");
  const auto second = Call<void>(*instance, "trap");

  EXPECT_EQ(first.error().kind, vm::TrapKind::kUnreachable);
  EXPECT_EQ(second.error().kind, vm::TrapKind::kCannotEnterInstance);
  EXPECT_EQ(second.error().Message(),
            "cannot enter component instance: it trapped before (unreachable)");
}

TEST_F(InstantiateTest, AHostFunctionCannotComeBackIn) {
  const FuncTypeId none = builder_.FuncType({});
  const CoreItem again =
      builder_.Lower(ComponentInstanceId(0), builder_.Import("test:host/f", "again", none), none);
  const CoreInstanceId core = builder_.Core(
      R"((module (import "" "again" (func $again)) (export "run" (func $run))
                 (func $run (call $again))))",
      {again});
  builder_.Export("run", builder_.Lift(ComponentInstanceId(0), core, "run", none), none);
  Instance* instance = nullptr;
  std::string inner;
  linker_.Interface("test:host/f").Func("again", [&](HostContext&) {
    inner = instance->Func<void()>("", "run")->Call().error().Message();
  });
  auto made = Make();
  instance = made.get();

  const auto outcome = Call<void>(*made, "run");

  EXPECT_EQ(inner, "cannot enter component instance");
  EXPECT_TRUE(outcome.has_value());
}

TEST_F(InstantiateTest, ReallocMayNotLeave) {
  const FuncTypeId none = builder_.FuncType({});
  const FuncTypeId take = builder_.FuncType({K::kString});
  const CoreItem leave =
      builder_.Lower(ComponentInstanceId(0), builder_.Import("test:host/f", "leave", none), none);
  const CoreInstanceId core = builder_.Core(R"((module
      (import "" "leave" (func $leave))
      (memory (export "memory") 1)
      (func (export "realloc") (param i32 i32 i32 i32) (result i32) (call $leave) (i32.const 0))
      (func (export "take") (param i32 i32))))",
                                            {leave});
  builder_.Export("take", builder_.Lift(ComponentInstanceId(0), core, "take", take), take);
  linker_.Interface("test:host/f").Func("leave", [](HostContext&) {});
  auto instance = Make();

  const auto outcome = Call<void>(*instance, "take", absl::string_view("x"));

  EXPECT_EQ(outcome.error().kind, vm::TrapKind::kCannotLeaveInstance);
}

// A component that calls itself through its own lowered export, without end.
TEST_F(InstantiateTest, EndlessCallsBetweenComponentsExhaustTheStack) {
  const ComponentInstanceId root(0);
  const FuncTypeId none = builder_.FuncType({});
  const CoreInstanceId table = builder_.Core(
      R"((module (table (export "table") 1 funcref) (type $t (func))
          (func (export "go") (call_indirect (type $t) (i32.const 0)))))");
  const FuncRef go = builder_.Lift(root, table, "go", none);
  const CoreItem lowered = builder_.Lower(root, go, none);
  builder_.Core(R"((module (import "" "table" (table 1 funcref)) (import "" "go" (func $go))
                    (elem (i32.const 0) func $go)))",
                {builder_.Item(table, "table"), lowered});
  builder_.Export("go", go, none);
  auto instance = Make();

  const auto outcome = Call<void>(*instance, "go");

  EXPECT_EQ(outcome.error().kind, vm::TrapKind::kCallStackExhausted);
}

// Makes a component with a resource type of its own: `make` hands out owned things, `use` borrows
// one, `dropped` tells the representation that was destroyed last. The caller is a second
// component.
class ResourceTest : public InstantiateTest {
 protected:
  using Op = syntax::CanonResource::Op;

  ResourceTest() {
    const CoreInstanceId destructor = builder_.Core(R"((module
        (global $dropped (mut i32) (i32.const 0))
        (func (export "destroy") (param i32) (global.set $dropped (local.get 0)))
        (func (export "dropped") (result i32) (global.get $dropped))))");
    builder_.DefineResource(callee_, builder_.Item(destructor, "destroy"));
    own_ = builder_.Handle(K::kOwn, 0);
    borrow_ = builder_.Handle(K::kBorrow, 0);
    const CoreInstanceId core = builder_.Core(R"((module
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "use") (param i32) (result i32) (i32.add (local.get 0) (i32.const 1)))))",
                                              {builder_.Resource(callee_, Op::kNew, 0)});
    make_ = builder_.FuncType({K::kU32}, own_);
    use_ = builder_.FuncType({borrow_}, K::kU32);
    const FuncTypeId number = builder_.FuncType({}, K::kU32);
    lower_make_ = builder_.Lower(caller_, builder_.Lift(callee_, core, "make", make_), make_);
    lower_use_ = builder_.Lower(caller_, builder_.Lift(callee_, core, "use", use_), use_);
    drop_ = builder_.Resource(caller_, Op::kDrop, 0);
    builder_.Export("dropped", builder_.Lift(callee_, destructor, "dropped", number), number);
  }

  // Runs `body` in the caller, with $make, $use, $drop and $rep.
  std::expected<uint32_t, vm::Trap> Run(const char* body) {
    const std::string wat = absl::StrCat(R"((module
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "use" (func $use (param i32) (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "run") (result i32) )",
                                         body, "))");
    const CoreInstanceId core = builder_.Core(wat.c_str(), {lower_make_, lower_use_, drop_});
    const FuncTypeId run = builder_.FuncType({}, K::kU32);
    builder_.Export("run", builder_.Lift(caller_, core, "run", run), run);
    instance_ = Make();
    return Call<uint32_t>(*instance_, "run");
  }

  const ComponentInstanceId callee_ = builder_.Child(), caller_ = builder_.Child();
  ValType own_, borrow_;
  FuncTypeId make_, use_;
  CoreItem lower_make_, lower_use_, drop_;
  std::unique_ptr<Instance> instance_;
};

TEST_F(ResourceTest, ABorrowReachesItsImplementerAsTheRepresentation) {
  EXPECT_EQ(Run("(call $use (call $make (i32.const 41)))"), 42u);
}

TEST_F(ResourceTest, DroppingAnOwnedHandleRunsTheDestructor) {
  ASSERT_EQ(Run("(call $drop (call $make (i32.const 7))) (i32.const 1)"), 1u);
  EXPECT_EQ(Call<uint32_t>(*instance_, "dropped"), 7u);
}

TEST_F(ResourceTest, AHandleIsGoneOnceDropped) {
  const auto outcome = Run(R"((local i32) (local.set 0 (call $make (i32.const 7)))
                              (call $drop (local.get 0)) (call $use (local.get 0)))");
  EXPECT_EQ(outcome.error().kind, vm::TrapKind::kCanonicalAbi);
  EXPECT_EQ(outcome.error().detail, "unknown handle index 1");
}

TEST_F(InstantiateTest, ABorrowMustBeDroppedBeforeTheCallReturns) {
  const ComponentInstanceId maker = builder_.Child(), user = builder_.Child();
  const FuncTypeId none = builder_.FuncType({});
  builder_.DefineResource(maker, std::nullopt);
  const FuncTypeId use = builder_.FuncType({builder_.Handle(K::kBorrow, 0)});
  const CoreInstanceId core = builder_.Core(R"((module (func (export "use") (param i32))))");
  const CoreItem lowered = builder_.Lower(maker, builder_.Lift(user, core, "use", use), use);
  const CoreItem make = builder_.Resource(maker, syntax::CanonResource::Op::kNew, 0);
  const CoreInstanceId main = builder_.Core(R"((module
      (import "" "new" (func $new (param i32) (result i32)))
      (import "" "use" (func $use (param i32)))
      (func (export "run") (call $use (call $new (i32.const 5))))))",
                                            {make, lowered});
  builder_.Export("run", builder_.Lift(maker, main, "run", none), none);
  auto instance = Make();

  const auto outcome = Call<void>(*instance, "run");

  EXPECT_EQ(outcome.error().detail, "borrow handles still remain at the end of the call");
}

TEST_F(InstantiateTest, HostFunctionsAreLinkedAndCalled) {
  const FuncTypeId log = builder_.FuncType({K::kString});
  const FuncTypeId none = builder_.FuncType({});
  const CoreInstanceId memory = builder_.Core(kMemory);
  const CoreItem lowered = builder_.Lower(
      ComponentInstanceId(0), builder_.Import("test:host/log@0.2.1", "log", log), log, memory);
  const CoreInstanceId core = builder_.Core(R"((module
      (import "" "memory" (memory 1))
      (import "" "log" (func $log (param i32 i32)))
      (data (i32.const 64) "hello")
      (func (export "run") (call $log (i32.const 64) (i32.const 5)))))",
                                            {builder_.Item(memory, "memory"), lowered});
  builder_.Export("run", builder_.Lift(ComponentInstanceId(0), core, "run", none), none);
  std::string logged;
  linker_.Interface("test:host/log@0.2.9").Func("log", [&](HostContext&, absl::string_view text) {
    logged.assign(text.data(), text.size());
  });
  auto instance = Make();

  ASSERT_TRUE(Call<void>(*instance, "run").has_value());

  EXPECT_EQ(logged, "hello");
}

TEST_F(InstantiateTest, MissingAndMismatchedImportsSpeakWit) {
  const FuncTypeId log = builder_.FuncType({K::kString}, K::kU32);
  builder_.Import("test:host/log@0.2.99", "logg", log);
  linker_.Interface("test:host/log@0.2.9").Func("log", [](HostContext&, absl::string_view) {});

  EXPECT_EQ(
      LinkError(),
      "import \"test:host/log@0.2.99\": the host does not have the function \"logg\" in its "
      "\"test:host/log@0.2.9\"\n"
      "  at:         import \"test:host/log@0.2.99\" > function \"logg\"\n"
      "  package:    test:host@0.2.99\n"
      "  nearest:    log\n"
      "  hint:       perhaps it came after \"test:host/log@0.2.9\"; what wants it was made for "
      "\"test:host/log@0.2.99\"");
}

// What an import lists without using it: may be missing only where the host's version is older.
TEST_F(InstantiateTest, AnUnusedFunctionMayBeNewerThanTheHost) {
  auto error = [this](const char* import, std::vector<ValType> params) {
    ComponentBuilder builder;
    InstanceType type;
    type.exports.push_back({"log", builder.FuncType(params)});
    type.exports.push_back({"new", builder.FuncType({})});
    PlanImport item;
    item.name = import;
    item.type = *builder.types().Add(std::move(type));
    builder.plan().imports.push_back(std::move(item));
    auto made = builder.Instantiate(store_, linker_);
    return made ? "no error" : made.error().message();
  };
  linker_.Interface("test:host/log@0.2.9").Func("log", [](HostContext&, absl::string_view) {});

  EXPECT_EQ(error("test:host/log@0.2.10", {K::kString}), "no error");
  EXPECT_EQ(error("test:host/log@0.2.10", {K::kU8}),
            "import \"test:host/log@0.2.10\": the function \"log\" has the wrong type: the "
            "component expects func(p0: u8), the host has func(string)");
  EXPECT_EQ(error("test:host/log@0.2.8", {K::kString}),
            "import \"test:host/log@0.2.8\": the host does not have the function \"new\" in its "
            "\"test:host/log@0.2.9\"");
  EXPECT_EQ(error("test:other/log@0.3.0", {}),
            "import \"test:other/log@0.3.0\": the host does not have this interface (needed for "
            "\"log\")");
}

TEST_F(InstantiateTest, AMissingInterfaceNamesTheNearest) {
  builder_.Import("test:host/lag@0.2.1", "log", builder_.FuncType({}));
  linker_.Interface("test:host/log@0.2.1");

  EXPECT_EQ(LinkError(),
            "import \"test:host/lag@0.2.1\": the host does not have this interface (needed for "
            "\"log\")\n"
            "  at:         import \"test:host/lag@0.2.1\"\n"
            "  package:    test:host@0.2.1\n"
            "  nearest:    test:host/log@0.2.1");
}

TEST_F(InstantiateTest, AFunctionOfAnotherTypeIsNotLinked) {
  builder_.Import("test:host/log@0.2.1", "log", builder_.FuncType({K::kString}, K::kU32));
  linker_.Interface("test:host/log@0.2.1").Func("log", [](HostContext&, absl::string_view) {});

  EXPECT_EQ(
      LinkError(),
      "import \"test:host/log@0.2.1\": the function \"log\" has the wrong type: the component "
      "expects func(p0: string) -> u32, the host has func(string)\n"
      "  at:         import \"test:host/log@0.2.1\" > function \"log\" > result\n"
      "  - expected: u32\n"
      "  + found:    nothing\n"
      "  package:    test:host@0.2.1");
}

// WASI tells since when it has a function.
TEST_F(InstantiateTest, AnOlderHostLacksWhatALaterVersionBrought) {
  builder_.Import("wasi:cli/exit@0.2.12", "exit-with-code", builder_.FuncType({K::kU8}));
  linker_.Interface("wasi:cli/exit@0.2.3").Func("exit", [](HostContext&) {});

  auto made = builder_.Instantiate(store_, linker_);

  ASSERT_FALSE(made);
  const Diagnosis& diagnosis = *made.error().diagnosis();
  EXPECT_EQ(diagnosis.code, "missing-function");
  EXPECT_EQ(diagnosis.since, "0.2.12");
  EXPECT_EQ(diagnosis.hint,
            "it is not yet in \"wasi:cli/exit@0.2.3\"; what wants it was made for "
            "\"wasi:cli/exit@0.2.12\"");
}

// Of a record only what is not alike, as the component has it and as C++ does.
TEST_F(InstantiateTest, AMismatchInsideCppTypesIsShownThere) {
  const ValType pair = *builder_.types().Intern(
      TypeDef{TypeKind::kTuple, {}, {ValType(K::kString), ValType(K::kU8)}, {}});
  const ValType list = *builder_.types().Intern(TypeDef{TypeKind::kList, {}, {pair}, {}});
  builder_.Import("test:host/log@0.2.1", "read", builder_.FuncType({}, list));
  linker_.Interface("test:host/log@0.2.1").Func("read", [](HostContext&) {
    return std::vector<std::tuple<std::string, uint32_t>>();
  });

  auto made = builder_.Instantiate(store_, linker_);

  ASSERT_FALSE(made);
  const Diagnosis& diagnosis = *made.error().diagnosis();
  EXPECT_EQ(absl::StrJoin(diagnosis.path, " > "),
            "import \"test:host/log@0.2.1\" > function \"read\" > result > list element > tuple "
            "item 1");
  EXPECT_EQ(diagnosis.expected, "u8");
  EXPECT_EQ(diagnosis.found, "u32");
}

}  // namespace
}  // namespace tenon::abi
