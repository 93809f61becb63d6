// The canonical ABI's rules of handles, a row a rule. Resource types are the host's or a
// component's; a second component holds handles and a third is lent them. abi: "Resource State",
// lift_own, lift_borrow, lower_own, lower_borrow, "canon resource.*".
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <vector>

#include "abi/link/test_component.h"
#include "absl/strings/match.h"

namespace tenon::abi {
namespace {

using K = TypeKind;
using Op = syntax::CanonResource::Op;
constexpr char kHostInterface[] = "test:host/f";

struct Other {};
struct Thing {
  explicit Thing(uint32_t v) : value(v) {}
  ~Thing() { ++dropped; }
  uint32_t value;
  static inline uint32_t dropped = 0;
};

enum class Maker { kHost, kGuest };

std::string Outcome(const std::expected<uint32_t, vm::Trap>& outcome) {
  if (outcome) return absl::StrCat(*outcome);
  return outcome.error().detail.empty() ? vm::TrapText(outcome.error().kind)
                                        : outcome.error().detail;
}

// The functions of whoever makes things, and components that use them.
class Things {
 public:
  explicit Things(Maker maker, StoreLimits limits = {}) : store(&TestEngine(), limits) {
    Thing::dropped = 0;
    maker == Maker::kHost ? ImportTypes() : DefineTypes();
    const ValType own = builder.Handle(K::kOwn, 0), borrow = builder.Handle(K::kBorrow, 0);
    make_ = Func(maker, "make", builder.FuncType({K::kU32}, own));
    make_other_ = Func(maker, "make-other", builder.FuncType({}, builder.Handle(K::kOwn, 1)));
    use_ = Func(maker, "use", builder.FuncType({borrow}, K::kU32));
    pair_ = Func(maker, "pair", builder.FuncType({borrow, borrow}, K::kU32));
    take_ = Func(maker, "take", builder.FuncType({own}));
    borrow_and_take_ = Func(maker, "borrow-and-take", builder.FuncType({borrow, own}));
    take_and_borrow_ = Func(maker, "take-and-borrow", builder.FuncType({own, borrow}));
    dropped_ = Func(maker, "dropped", builder.FuncType({}, K::kU32));
  }

  // `main` may lend a thing ($pass) to a component that does `middle` with it, local 0.
  std::string Run(const std::string& main, const std::string& middle) {
    const ComponentInstanceId middle_id = builder.Child(), main_id = builder.Child();
    const FuncTypeId pass = builder.FuncType({builder.Handle(K::kBorrow, 0)});
    const CoreInstanceId middle_core =
        builder.Core(absl::StrCat(R"((module
          (import "" "use" (func $use (param i32) (result i32)))
          (import "" "take" (func $take (param i32)))
          (import "" "drop" (func $drop (param i32)))
          (func (export "pass") (param i32) )",
                                  middle, "))"),
                     {Lower(middle_id, use_), Lower(middle_id, take_),
                      builder.Resource(middle_id, Op::kDrop, 0)});
    const Function passed = {builder.Lift(middle_id, middle_core, "pass", pass), pass};
    const CoreInstanceId main_core = builder.Core(
        absl::StrCat(R"((module
          (import "" "make" (func $make (param i32) (result i32)))
          (import "" "make-other" (func $make-other (result i32)))
          (import "" "use" (func $use (param i32) (result i32)))
          (import "" "pair" (func $pair (param i32 i32) (result i32)))
          (import "" "take" (func $take (param i32)))
          (import "" "borrow-and-take" (func $borrow-and-take (param i32 i32)))
          (import "" "take-and-borrow" (func $take-and-borrow (param i32 i32)))
          (import "" "dropped" (func $dropped (result i32)))
          (import "" "drop" (func $drop (param i32)))
          (import "" "pass" (func $pass (param i32)))
          (func (export "run") (result i32) (local $h i32) )",
                     main, "))"),
        {Lower(main_id, make_), Lower(main_id, make_other_), Lower(main_id, use_),
         Lower(main_id, pair_), Lower(main_id, take_), Lower(main_id, borrow_and_take_),
         Lower(main_id, take_and_borrow_), Lower(main_id, dropped_),
         builder.Resource(main_id, Op::kDrop, 0), Lower(main_id, passed)});
    const FuncTypeId run = builder.FuncType({}, K::kU32);
    builder.Export("run", builder.Lift(main_id, main_core, "run", run), run);
    auto instance = builder.Instantiate(store, linker);
    if (!instance) return instance.error().ToString();
    return Outcome((*instance)->Func<uint32_t()>("", "run")->Call());
  }

  ComponentBuilder builder;
  HostLinker linker;
  Store store;

 private:
  struct Function {
    FuncRef ref;
    FuncTypeId type;
  };

  void ImportTypes() {
    builder.ImportResource(kHostInterface, "thing");
    builder.ImportResource(kHostInterface, "other");
    HostInterface& host = linker.Interface(kHostInterface);
    using OwnThing = Own<Thing>;
    using BorrowThing = Borrow<Thing>;
    host.Resource<Thing>("thing");
    host.Resource<Other>("other");
    host.Func("make", [](HostContext&, uint32_t value) { return MakeOwn<Thing>(value); });
    host.Func("make-other", [](HostContext&) { return MakeOwn<Other>(); });
    host.Func("use", [](HostContext&, BorrowThing thing) { return thing->value; });
    host.Func("pair",
              [](HostContext&, BorrowThing a, BorrowThing b) { return a->value + b->value; });
    host.Func("take", [](HostContext&, OwnThing) {});
    host.Func("borrow-and-take", [](HostContext&, BorrowThing, OwnThing) {});
    host.Func("take-and-borrow", [](HostContext&, OwnThing, BorrowThing) {});
    host.Func("dropped", [](HostContext&) { return Thing::dropped; });
  }

  // A borrow reaches the component that defines its type as the representation: `use` returns what
  // it is given.
  void DefineTypes() {
    const ComponentInstanceId owner = builder.Child();
    const CoreInstanceId destructor = builder.Core(R"((module
        (global $dropped (mut i32) (i32.const 0))
        (func (export "destroy") (param i32)
          (global.set $dropped (i32.add (global.get $dropped) (i32.const 1))))
        (func (export "dropped") (result i32) (global.get $dropped))))");
    builder.DefineResource(owner, builder.Item(destructor, "destroy"));
    builder.DefineResource(owner, std::nullopt);
    core_ =
        builder.Core(R"((module
        (import "" "new" (func $new (param i32) (result i32)))
        (import "" "new-other" (func $new-other (param i32) (result i32)))
        (import "" "dropped" (func $dropped (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "make-other") (result i32) (call $new-other (i32.const 0)))
        (func (export "use") (param i32) (result i32) (local.get 0))
        (func (export "pair") (param i32 i32) (result i32) (i32.add (local.get 0) (local.get 1)))
        (func (export "take") (param i32))
        (func (export "borrow-and-take") (param i32 i32))
        (func (export "take-and-borrow") (param i32 i32))
        (func (export "dropped") (result i32) (call $dropped))))",
                     {builder.Resource(owner, Op::kNew, 0), builder.Resource(owner, Op::kNew, 1),
                      builder.Item(destructor, "dropped")});
    owner_ = owner;
  }

  Function Func(Maker maker, const char* name, FuncTypeId type) {
    return {maker == Maker::kHost ? builder.Import(kHostInterface, name, type)
                                  : builder.Lift(owner_, core_, name, type),
            type};
  }
  CoreItem Lower(ComponentInstanceId owner, const Function& func) {
    return builder.Lower(owner, func.ref, func.type);
  }

  ComponentInstanceId owner_;
  CoreInstanceId core_;
  Function make_, make_other_, use_, pair_, take_, borrow_and_take_, take_and_borrow_, dropped_;
};

struct HandleRow {
  const char* name;
  const char* outcome;  // a number, or how the trap's message begins
  const char* main;
  const char* middle = "(call $drop (local.get 0))";
};

const HandleRow kHandleRows[] = {
    {"FirstIndexIsOne", "1", "(call $make (i32.const 7))"},
    {"LastFreedIndexIsReusedFirst", "1", R"((drop (call $make (i32.const 7)))
        (drop (call $make (i32.const 8))) (call $drop (i32.const 1)) (call $make (i32.const 9)))"},

    {"LiftOwnOfIndexZero", "unknown handle index 0", "(call $take (i32.const 0)) (i32.const 0)"},
    {"LiftOwnOfAnUnknownIndex", "unknown handle index 9",
     "(call $take (i32.const 9)) (i32.const 0)"},
    {"LiftOwnOfAllOnes", "unknown handle index 4294967295",
     "(call $take (i32.const -1)) (i32.const 0)"},
    {"LiftOwnOfAnotherType", "handle index 1 used with the wrong type",
     "(call $take (call $make-other)) (i32.const 0)"},
    {"LiftOwnRemovesTheHandle", "unknown handle index 1",
     "(call $take (call $make (i32.const 7))) (call $use (i32.const 1))"},
    {"LiftOwnOfALentHandle", "cannot remove owned resource while borrowed",
     "(call $borrow-and-take (call $make (i32.const 7)) (i32.const 1)) (i32.const 0)"},
    {"LiftOwnOfABorrow", "cannot lift own resource from a borrow",
     "(call $pass (call $make (i32.const 7))) (i32.const 0)", "(call $take (local.get 0))"},

    {"LiftBorrowOfIndexZero", "unknown handle index 0", "(call $use (i32.const 0))"},
    {"LiftBorrowOfAnUnknownIndex", "unknown handle index 9", "(call $use (i32.const 9))"},
    {"LiftBorrowOfAnotherType", "handle index 1 used with the wrong type",
     "(call $use (call $make-other))"},
    {"LiftBorrowOfAHandleGivenAwayInTheSameCall", "unknown handle index 1",
     "(call $take-and-borrow (call $make (i32.const 7)) (i32.const 1)) (i32.const 0)"},
    {"LiftBorrowTwiceOfOneHandle", "14", "(call $pair (call $make (i32.const 7)) (i32.const 1))"},
    {"LoansEndWithTheCall", "1", R"((drop (call $use (call $make (i32.const 7))))
        (call $drop (i32.const 1)) (call $dropped))"},

    {"BorrowReachesItsMaker", "7", "(call $use (call $make (i32.const 7)))"},
    {"BorrowReachesOthersAsAHandle", "0", "(call $pass (call $make (i32.const 7))) (call $dropped)",
     R"((if (i32.ne (local.get 0) (i32.const 1)) (then unreachable))
        (if (i32.ne (call $use (local.get 0)) (i32.const 7)) (then unreachable))
        (call $drop (local.get 0)))"},
    {"BorrowIsGoneOnceDropped", "unknown handle index 1",
     "(call $pass (call $make (i32.const 7))) (i32.const 0)",
     "(call $drop (local.get 0)) (drop (call $use (local.get 0)))"},
    {"BorrowLeftAtReturn", "borrow handles still remain at the end of the call",
     "(call $pass (call $make (i32.const 7))) (i32.const 0)", ""},

    {"DropRunsTheDestructorOnce", "1", "(call $drop (call $make (i32.const 7))) (call $dropped)"},
    {"DropOfIndexZero", "unknown handle index 0", "(call $drop (i32.const 0)) (i32.const 0)"},
    {"DropOfAnUnknownIndex", "unknown handle index 9", "(call $drop (i32.const 9)) (i32.const 0)"},
    {"DropTwice", "unknown handle index 1",
     "(call $drop (call $make (i32.const 7))) (call $drop (i32.const 1)) (i32.const 0)"},
    {"DropOfAnotherType", "handle index 1 used with the wrong type",
     "(call $drop (call $make-other)) (i32.const 0)"},
};

class HandleTest : public testing::TestWithParam<std::tuple<HandleRow, Maker>> {};

TEST_P(HandleTest, Row) {
  const auto& [row, maker] = GetParam();
  const std::string outcome = Things(maker).Run(row.main, row.middle);
  EXPECT_TRUE(absl::StartsWith(outcome, row.outcome)) << outcome;
}

INSTANTIATE_TEST_SUITE_P(
    CanonicalAbi, HandleTest,
    testing::Combine(testing::ValuesIn(kHandleRows), testing::Values(Maker::kHost, Maker::kGuest)),
    [](const auto& param) {
      return absl::StrCat(std::get<0>(param.param).name,
                          std::get<1>(param.param) == Maker::kHost ? "_OfTheHost" : "_OfAGuest");
    });

class HandleLimitTest : public testing::TestWithParam<Maker> {};
INSTANTIATE_TEST_SUITE_P(CanonicalAbi, HandleLimitTest,
                         testing::Values(Maker::kHost, Maker::kGuest), [](const auto& param) {
                           return param.param == Maker::kHost ? "OfTheHost" : "OfAGuest";
                         });

TEST_P(HandleLimitTest, TheTableHasALimit) {
  const char* const two = "(drop (call $make (i32.const 7))) (call $make (i32.const 8))";
  const std::string three = absl::StrCat("(drop (call $make (i32.const 6)))", two);

  EXPECT_EQ(Things(GetParam(), {.handles = 2}).Run(two, ""), "2");
  EXPECT_EQ(Things(GetParam(), {.handles = 2}).Run(three, ""), "handle table is full (2 handles)");
}

TEST(StoreLimitTest, HostObjectsHaveATotal) {
  const char* const two = "(drop (call $make (i32.const 7))) (call $make (i32.const 8))";
  const std::string three = absl::StrCat("(drop (call $make (i32.const 6)))", two);

  EXPECT_EQ(Things(Maker::kHost, {.host_objects = 2}).Run(two, ""), "2");
  EXPECT_EQ(Things(Maker::kHost, {.host_objects = 2}).Run(three, ""), "too many host resources");
}

TEST(StoreLimitTest, ComponentInstancesHaveATotal) {
  const char* const make = "(call $make (i32.const 7))";

  EXPECT_EQ(Things(Maker::kHost, {.component_instances = 3}).Run(make, ""), "1");
  const std::string outcome = Things(Maker::kHost, {.component_instances = 2}).Run(make, "");
  EXPECT_TRUE(absl::StrContains(outcome, "more than 2 component instances in one store"))
      << outcome;
}

// What an export's result holds, which the host or another guest lifts. `body` is of a function
// that returns a handle.
struct ResultRow {
  const char* name;
  const char* outcome;
  const char* body;
};

const ResultRow kResultRows[] = {
    {"OwnOfWhatItMade", "ok", "(call $make (i32.const 7))"},
    {"OwnOfIndexZero", "unknown handle index 0", "(i32.const 0)"},
    {"OwnOfAnUnknownIndex", "unknown handle index 9", "(i32.const 9)"},
    {"OwnOfAllOnes", "unknown handle index 4294967295", "(i32.const -1)"},
    {"OwnOfAnotherType", "handle index 1 used with the wrong type", "(call $make-other)"},
    {"OwnOfADroppedHandle", "unknown handle index 1",
     "(call $drop (call $make (i32.const 7))) (i32.const 1)"},
};

class ResultTest : public testing::TestWithParam<std::tuple<ResultRow, Maker>> {};
INSTANTIATE_TEST_SUITE_P(
    CanonicalAbi, ResultTest,
    testing::Combine(testing::ValuesIn(kResultRows), testing::Values(Maker::kHost, Maker::kGuest)),
    [](const auto& param) {
      return absl::StrCat(std::get<0>(param.param).name,
                          std::get<1>(param.param) == Maker::kHost ? "_ToTheHost" : "_ToAGuest");
    });

TEST_P(ResultTest, Row) {
  const auto& [row, to] = GetParam();
  ComponentBuilder builder;
  HostLinker linker;
  HostInterface& host = linker.Interface(kHostInterface);
  host.Resource<Thing>("thing");
  host.Resource<Other>("other");
  host.Func("make", [](HostContext&, uint32_t value) { return MakeOwn<Thing>(value); });
  host.Func("make-other", [](HostContext&) { return MakeOwn<Other>(); });
  builder.ImportResource(kHostInterface, "thing");
  builder.ImportResource(kHostInterface, "other");
  const FuncTypeId make = builder.FuncType({K::kU32}, builder.Handle(K::kOwn, 0));
  const FuncTypeId make_other = builder.FuncType({}, builder.Handle(K::kOwn, 1));
  const FuncTypeId give = builder.FuncType({}, builder.Handle(K::kOwn, 0));
  const FuncTypeId run = builder.FuncType({}, K::kU32);
  const ComponentInstanceId giver = builder.Child(), taker = builder.Child();
  const CoreInstanceId core = builder.Core(
      absl::StrCat(R"((module
        (import "" "make" (func $make (param i32) (result i32)))
        (import "" "make-other" (func $make-other (result i32)))
        (import "" "drop" (func $drop (param i32)))
        (func (export "give") (result i32) )",
                   row.body, "))"),
      {builder.Lower(giver, builder.Import(kHostInterface, "make", make), make),
       builder.Lower(giver, builder.Import(kHostInterface, "make-other", make_other), make_other),
       builder.Resource(giver, Op::kDrop, 0)});
  const FuncRef given = builder.Lift(giver, core, "give", give);
  builder.Export("give", given, give);
  const CoreInstanceId taking = builder.Core(R"((module
        (import "" "give" (func $give (result i32)))
        (func (export "run") (result i32) (call $give))))",
                                             {builder.Lower(taker, given, give)});
  builder.Export("run", builder.Lift(taker, taking, "run", run), run);
  Store store(&TestEngine());
  auto instance = builder.Instantiate(store, linker);
  ASSERT_TRUE(instance) << instance.error().ToString();

  std::string outcome;
  if (to == Maker::kGuest) {
    outcome = Outcome((*instance)->Func<uint32_t()>("", "run")->Call());
  } else {
    const auto own = (*instance)->Func<Own<Thing>()>("", "give")->Call();
    outcome = Outcome(own ? std::expected<uint32_t, vm::Trap>((*own)->value)
                          : std::unexpected(own.error()));
  }

  // The host gets the thing itself, a guest the first index of its own table.
  const std::string expected = row.outcome != std::string("ok") ? row.outcome
                               : to == Maker::kGuest            ? "1"
                                                                : "7";
  EXPECT_TRUE(absl::StartsWith(outcome, expected)) << outcome;
}

// What the host lends must be dropped like what a guest lends.
TEST(HostLoanTest, ABorrowOfTheHostsLeftAtReturn) {
  for (const bool drops : {true, false}) {
    ComponentBuilder builder;
    HostLinker linker;
    linker.Interface(kHostInterface).Resource<Thing>("thing");
    builder.ImportResource(kHostInterface, "thing");
    const FuncTypeId keep = builder.FuncType({builder.Handle(K::kBorrow, 0)});
    const ComponentInstanceId id = builder.Child();
    const CoreInstanceId core =
        builder.Core(absl::StrCat(R"((module (import "" "drop" (func $drop (param i32)))
          (func (export "keep") (param i32) )",
                                  drops ? "(call $drop (local.get 0))" : "", "))"),
                     {builder.Resource(id, Op::kDrop, 0)});
    builder.Export("keep", builder.Lift(id, core, "keep", keep), keep);
    Store store(&TestEngine(), {.host_objects = 1});
    auto instance = builder.Instantiate(store, linker);
    ASSERT_TRUE(instance) << instance.error().ToString();
    Thing thing(7);

    const auto done =
        (*instance)->Func<void(Borrow<Thing>)>("", "keep")->Call(Borrow<Thing>(&thing));

    EXPECT_EQ(done ? "" : done.error().detail,
              drops ? "" : "borrow handles still remain at the end of the call");
    EXPECT_EQ(store.resources().size(), 0u) << "the host has its thing back either way";
  }
}

TEST(HostLoanTest, AGuestsResourceThatTheHostLendsLeftAtReturn) {
  struct Tag;
  ComponentBuilder builder;
  const ComponentInstanceId maker = builder.Child(), user = builder.Child();
  builder.DefineResource(maker, std::nullopt);
  const FuncTypeId make = builder.FuncType({}, builder.Handle(K::kOwn, 0));
  const FuncTypeId keep = builder.FuncType({builder.Handle(K::kBorrow, 0)});
  const CoreInstanceId making = builder.Core(R"((module
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (result i32) (call $new (i32.const 7)))))",
                                             {builder.Resource(maker, Op::kNew, 0)});
  const CoreInstanceId keeping = builder.Core(R"((module (func (export "keep") (param i32))))");
  builder.Export("make", builder.Lift(maker, making, "make", make), make);
  builder.Export("keep", builder.Lift(user, keeping, "keep", keep), keep);
  Store store(&TestEngine());
  auto instance = builder.Instantiate(store, HostLinker());
  ASSERT_TRUE(instance) << instance.error().ToString();
  const auto own = (*instance)->Func<GuestOwn<Tag>()>("", "make")->Call();
  ASSERT_TRUE(own) << own.error().Message();

  const auto done = (*instance)->Func<void(GuestBorrow<Tag>)>("", "keep")->Call(*own);

  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().detail, "borrow handles still remain at the end of the call");
}

// resource.new and resource.rep, which only the component that defines a type may use.
struct OwnerRow {
  const char* name;
  const char* outcome;
  const char* body;
};

const OwnerRow kOwnerRows[] = {
    {"RepIsWhatNewTook", "7", "(call $rep (call $new (i32.const 7)))"},
    {"RepOfIndexZero", "unknown handle index 0", "(call $rep (i32.const 0))"},
    {"RepOfAnUnknownIndex", "unknown handle index 9", "(call $rep (i32.const 9))"},
    {"RepOfAnotherType", "handle index 1 used with the wrong type",
     "(call $rep (call $new-other (i32.const 7)))"},
    {"RepOfADroppedHandle", "unknown handle index 1",
     "(call $drop (call $new (i32.const 7))) (call $rep (i32.const 1))"},
    {"DropInTheInstanceThatDefines", "7",
     "(call $drop (call $new (i32.const 7))) (call $destroyed)"},
};

class OwnerTest : public testing::TestWithParam<OwnerRow> {};
INSTANTIATE_TEST_SUITE_P(CanonicalAbi, OwnerTest, testing::ValuesIn(kOwnerRows),
                         [](const auto& param) { return param.param.name; });

TEST_P(OwnerTest, Row) {
  ComponentBuilder builder;
  const ComponentInstanceId root(0);
  const CoreInstanceId destructor = builder.Core(R"((module
      (global $rep (mut i32) (i32.const 0))
      (func (export "destroy") (param i32) (global.set $rep (local.get 0)))
      (func (export "destroyed") (result i32) (global.get $rep))))");
  builder.DefineResource(root, builder.Item(destructor, "destroy"));
  builder.DefineResource(root, std::nullopt);
  const CoreInstanceId core =
      builder.Core(absl::StrCat(R"((module
          (import "" "new" (func $new (param i32) (result i32)))
          (import "" "new-other" (func $new-other (param i32) (result i32)))
          (import "" "rep" (func $rep (param i32) (result i32)))
          (import "" "drop" (func $drop (param i32)))
          (import "" "destroyed" (func $destroyed (result i32)))
          (func (export "run") (result i32) )",
                                GetParam().body, "))"),
                   {builder.Resource(root, Op::kNew, 0), builder.Resource(root, Op::kNew, 1),
                    builder.Resource(root, Op::kRep, 0), builder.Resource(root, Op::kDrop, 0),
                    builder.Item(destructor, "destroyed")});
  const FuncTypeId run = builder.FuncType({}, K::kU32);
  builder.Export("run", builder.Lift(root, core, "run", run), run);
  Store store(&TestEngine());
  auto instance = builder.Instantiate(store, HostLinker());
  ASSERT_TRUE(instance.has_value()) << instance.error().ToString();

  const std::string outcome = Outcome((*instance)->Func<uint32_t()>("", "run")->Call());

  EXPECT_TRUE(absl::StartsWith(outcome, GetParam().outcome)) << outcome;
}

// Two instances of one component, each with a resource type of its own, and a sibling that holds
// handles of both.
class SiblingsTest : public testing::Test {
 protected:
  struct Maker {
    FuncRef make, use;
    CoreItem drop;
  };

  SiblingsTest() {
    AddMaker();
    AddMaker();
  }

  void AddMaker() {
    const ComponentInstanceId owner = builder_.Child();
    const auto resource = static_cast<uint32_t>(makers_.size());
    const CoreInstanceId destructor = builder_.Core(R"((module
        (global $sum (mut i32) (i32.const 0))
        (func (export "destroy") (param i32)
          (global.set $sum (i32.add (global.get $sum) (local.get 0))))
        (func (export "destroyed") (result i32) (global.get $sum))))");
    builder_.DefineResource(owner, builder_.Item(destructor, "destroy"));
    const CoreInstanceId core = builder_.Core(R"((module
        (import "" "new" (func $new (param i32) (result i32)))
        (func (export "make") (param i32) (result i32) (call $new (local.get 0)))
        (func (export "use") (param i32) (result i32) (local.get 0))))",
                                              {builder_.Resource(owner, Op::kNew, resource)});
    makers_.push_back({builder_.Lift(owner, core, "make", Make(resource)),
                       builder_.Lift(owner, core, "use", Use(resource)),
                       {}});
    const FuncTypeId number = builder_.FuncType({}, K::kU32);
    builder_.Export(resource == 0 ? "destroyed-0" : "destroyed-1",
                    builder_.Lift(owner, destructor, "destroyed", number), number);
  }
  FuncTypeId Make(uint32_t resource) {
    return builder_.FuncType({K::kU32}, builder_.Handle(K::kOwn, resource));
  }
  FuncTypeId Use(uint32_t resource) {
    return builder_.FuncType({builder_.Handle(K::kBorrow, resource)}, K::kU32);
  }

  // `holder` gives what it makes to `last` ($give), which runs `last_body` with the handle, local
  // 0.
  std::string Run(const std::string& holder_body, const std::string& last_body) {
    const ComponentInstanceId holder = builder_.Child(), last = builder_.Child();
    const FuncTypeId give = builder_.FuncType({builder_.Handle(K::kOwn, 0)});
    const CoreInstanceId last_core = builder_.Core(
        absl::StrCat(R"((module
          (import "" "use0" (func $use0 (param i32) (result i32)))
          (import "" "drop0" (func $drop0 (param i32)))
          (func (export "give") (param i32) )",
                     last_body, "))"),
        {builder_.Lower(last, makers_[0].use, Use(0)), builder_.Resource(last, Op::kDrop, 0)});
    const FuncRef given = builder_.Lift(last, last_core, "give", give);
    const CoreInstanceId core = builder_.Core(
        absl::StrCat(R"((module
          (import "" "make0" (func $make0 (param i32) (result i32)))
          (import "" "make1" (func $make1 (param i32) (result i32)))
          (import "" "use0" (func $use0 (param i32) (result i32)))
          (import "" "use1" (func $use1 (param i32) (result i32)))
          (import "" "drop0" (func $drop0 (param i32)))
          (import "" "drop1" (func $drop1 (param i32)))
          (import "" "give" (func $give (param i32)))
          (func (export "run") (result i32) )",
                     holder_body, "))"),
        {builder_.Lower(holder, makers_[0].make, Make(0)),
         builder_.Lower(holder, makers_[1].make, Make(1)),
         builder_.Lower(holder, makers_[0].use, Use(0)),
         builder_.Lower(holder, makers_[1].use, Use(1)), builder_.Resource(holder, Op::kDrop, 0),
         builder_.Resource(holder, Op::kDrop, 1), builder_.Lower(holder, given, give)});
    const FuncTypeId run = builder_.FuncType({}, K::kU32);
    builder_.Export("run", builder_.Lift(holder, core, "run", run), run);
    auto made = builder_.Instantiate(store_, HostLinker());
    if (!made) return made.error().ToString();
    instance_ = std::move(*made);
    return Outcome(Call("run"));
  }
  std::expected<uint32_t, vm::Trap> Call(const char* name) {
    return instance_->Func<uint32_t()>("", name)->Call();
  }

  ComponentBuilder builder_;
  std::vector<Maker> makers_;
  Store store_{&TestEngine()};
  std::unique_ptr<Instance> instance_;
};

TEST_F(SiblingsTest, ATypeIsGenerativePerInstance) {
  const std::string outcome = Run("(call $use1 (call $make0 (i32.const 7)))", "");
  EXPECT_TRUE(absl::StartsWith(outcome, "handle index 1 used with the wrong type")) << outcome;
}

TEST_F(SiblingsTest, EachHandleReachesTheInstanceThatMadeIt) {
  EXPECT_EQ(Run(R"((i32.add (call $use0 (call $make0 (i32.const 3)))
                            (call $use1 (call $make1 (i32.const 4)))))",
                ""),
            "7");
}

TEST_F(SiblingsTest, ADestructorRunsInTheInstanceThatDefinesTheType) {
  EXPECT_EQ(Run(R"((call $drop0 (call $make0 (i32.const 3)))
                   (call $drop1 (call $make1 (i32.const 4))) (i32.const 0))",
                ""),
            "0");
  EXPECT_EQ(Outcome(Call("destroyed-0")), "3");
  EXPECT_EQ(Outcome(Call("destroyed-1")), "4");
}

TEST_F(SiblingsTest, AnotherSiblingMayLendAndDropWhatItWasGiven) {
  EXPECT_EQ(Run("(call $give (call $make0 (i32.const 5))) (i32.const 0)",
                R"((if (i32.ne (call $use0 (local.get 0)) (i32.const 5)) (then unreachable))
                   (call $drop0 (local.get 0)))"),
            "0");
  EXPECT_EQ(Outcome(Call("destroyed-0")), "5");
}

TEST_F(SiblingsTest, WhatWasGivenAwayIsGone) {
  EXPECT_EQ(Run("(call $give (call $make0 (i32.const 5))) (call $use0 (i32.const 1))", ""),
            "unknown handle index 1");
}

TEST_F(SiblingsTest, WhatNobodyDroppedIsNotDestroyed) {
  EXPECT_EQ(Run("(call $give (call $make0 (i32.const 5))) (i32.const 0)", ""), "0");
  EXPECT_EQ(Outcome(Call("destroyed-0")), "0");
}

}  // namespace
}  // namespace tenon::abi
