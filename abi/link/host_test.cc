#include "abi/link/host.h"

#include <gtest/gtest.h>

#include <cstring>
#include <string>
#include <vector>

#include "abi/canon/test_guest.h"

namespace tenon {
namespace abi {

struct Stream {
  explicit Stream(int* alive) : alive(alive) { ++*alive; }
  ~Stream() { --*alive; }
  int* alive;
  std::string read;
};
struct Datetime {
  uint64_t seconds;
  uint32_t nanoseconds;
};
enum class ErrorCode : uint8_t { kAccess, kBusy, kExist };
enum class OpenFlags : uint8_t { kCreate = 1, kDirectory = 2, kTruncate = 4 };
struct StreamError : std::variant<std::string, std::monostate> {
  using variant::variant;
};

}  // namespace abi

template <>
struct RecordOf<abi::Datetime> {
  static constexpr auto kFields = std::make_tuple(
      Field("seconds", &abi::Datetime::seconds), Field("nanoseconds", &abi::Datetime::nanoseconds));
};
template <>
struct EnumOf<abi::ErrorCode> {
  static constexpr const char* kLabels[] = {"access", "busy", "exist"};
};
template <>
struct FlagsOf<abi::OpenFlags> {
  static constexpr const char* kLabels[] = {"create", "directory", "truncate"};
};
template <>
struct VariantOf<abi::StreamError> {
  using Cases = std::variant<std::string, std::monostate>;
  static constexpr const char* kLabels[] = {"failed", "closed"};
};

namespace abi {
namespace {

using K = TypeKind;

template <typename T>
bool Matches(const TypeChecker& checker, ValType type) {
  return checker.Matches(type, ShapeOf<T>());
}

class HostTest : public testing::Test {
 protected:
  // Calls a host function as a guest with these slots would; false when it trapped.
  template <typename F>
  bool Call(F function, const std::vector<uint64_t>& flat) {
    interface_.Func("f", std::move(function));
    const HostFunc* func = interface_.table().FindFunc("f");
    for (size_t i = 0; i < flat.size(); ++i) slots_[i].bits = flat[i];
    CanonContext cx = guest_.Context(&scope_);
    return func->call(func->callable, cx, slots_);
  }
  void Put(uint32_t address, std::vector<uint32_t> words) {
    std::memcpy(guest_.bytes() + address, words.data(), words.size() * 4);
  }
  void Put(uint32_t address, absl::string_view text) {
    std::memcpy(guest_.bytes() + address, text.data(), text.size());
  }
  uint32_t Word(uint32_t address) { return LoadScalar<uint32_t>(guest_.bytes() + address); }
  std::string Text(uint32_t address, uint32_t size) {
    return std::string(reinterpret_cast<char*>(guest_.bytes()) + address, size);
  }
  uint32_t Handle(Own<Stream> stream) {
    CanonContext cx = guest_.Context();
    vm::Slot slot;
    EXPECT_TRUE(Abi<Own<Stream>>::Lower(cx, stream, &slot));
    return vm::ReadSlot<uint32_t>(&slot);
  }

  int alive_ = 0;
  Store store_{&TestEngine()};
  TestGuest guest_{&store_};
  CallScope scope_;
  HostInterface interface_{"test:host/f"};
  vm::Slot slots_[20] = {};
};

TEST_F(HostTest, ScalarsGoByValue) {
  ASSERT_TRUE(
      Call([](HostContext&, int8_t a, uint64_t b, double c, bool d,
              char32_t e) { return static_cast<int32_t>(a + static_cast<int64_t>(b) + c + d + e); },
           {0xff, 10, 0x4008000000000000, 2, 'a'}));

  EXPECT_EQ(slots_[0].bits, static_cast<uint64_t>(-1 + 10 + 3 + 1 + 'a'));
}

TEST_F(HostTest, ListsAndStringsAreViewsOfGuestMemory) {
  Put(64, "hello");
  const uint8_t* memory = guest_.bytes();

  ASSERT_TRUE(Call(
      [&](HostContext&, absl::Span<const uint8_t> bytes, absl::string_view text) {
        return bytes.data() == memory + 64 && bytes.size() == 5 && text == "ell" &&
               text.data() == reinterpret_cast<const char*>(memory) + 65;
      },
      {64, 5, 65, 3}));

  EXPECT_EQ(slots_[0].bits, 1u);
}

TEST_F(HostTest, ResultsGoThroughTheResultPointer) {
  ASSERT_TRUE(Call(
      [](HostContext&, uint64_t n) -> std::expected<std::vector<uint8_t>, StreamError> {
        return std::vector<uint8_t>(n, 'x');
      },
      {3, 64}));
  EXPECT_EQ(Word(64), 0u);
  EXPECT_EQ(Text(Word(68), Word(72)), "xxx");

  ASSERT_TRUE(Call(
      [](HostContext&) -> std::expected<void, StreamError> {
        return std::unexpected(StreamError(std::in_place_index<0>, "gone"));
      },
      {64}));
  EXPECT_EQ(Word(64), 1u);
  EXPECT_EQ(Word(68) & 0xff, 0u);
  EXPECT_EQ(Text(Word(72), Word(76)), "gone");
}

TEST_F(HostTest, RecordsFlagsAndEnumsKeepTheirPlaces) {
  ASSERT_TRUE(Call(
      [](HostContext&, Datetime time, OpenFlags flags, std::optional<ErrorCode> code) {
        return Datetime{time.seconds + 1, static_cast<uint32_t>(flags) * 10 +
                                              (code ? static_cast<uint32_t>(*code) : 9)};
      },
      {41, 0, 0xff, 1, 2, 64}));

  EXPECT_EQ(Word(64), 42u);
  EXPECT_EQ(Word(72), 72u);
}

TEST_F(HostTest, NestedValuesAreLoweredDeeply) {
  ASSERT_TRUE(Call(
      [](HostContext&) {
        return std::vector<std::tuple<std::string, std::optional<std::string>>>{
            {"HOME", "/root"}, {"EMPTY", std::nullopt}};
      },
      {64}));

  const uint32_t list = Word(64);
  EXPECT_EQ(Word(68), 2u);
  EXPECT_EQ(Text(Word(list), Word(list + 4)), "HOME");
  EXPECT_EQ(Word(list + 8), 1u);
  EXPECT_EQ(Text(Word(list + 12), Word(list + 16)), "/root");
  EXPECT_EQ(Text(Word(list + 20), Word(list + 24)), "EMPTY");
  EXPECT_EQ(guest_.bytes()[list + 28], 0);
}

TEST_F(HostTest, MoreThanSixteenParametersComeFromMemory) {
  auto function = [](HostContext&, std::tuple<uint32_t, uint32_t, uint32_t, uint32_t> a,
                     std::tuple<uint32_t, uint32_t, uint32_t, uint32_t> b,
                     std::tuple<uint32_t, uint32_t, uint32_t, uint32_t> c,
                     std::tuple<uint32_t, uint32_t, uint32_t, uint32_t> d, uint8_t last) {
    return std::get<3>(a) + std::get<0>(b) + std::get<1>(c) + std::get<2>(d) + last;
  };
  for (uint32_t i = 0; i < 17; ++i) Put(128 + 4 * i, {i});

  ASSERT_TRUE(Call(function, {128}));
  EXPECT_EQ(slots_[0].bits, 3u + 4 + 9 + 14 + 16);
  EXPECT_FALSE(Call(function, {130}));
  EXPECT_EQ(store_.core().TakeTrap().detail, "unaligned pointer");
  EXPECT_FALSE(Call(function, {65536 - 64}));
  EXPECT_EQ(store_.core().TakeTrap().detail, "parameters out of bounds of memory");
}

TEST_F(HostTest, BadValuesTrapBeforeTheFunctionRuns) {
  bool ran = false;
  auto trap = [&](auto function, std::vector<uint64_t> flat) {
    EXPECT_FALSE(Call(std::move(function), flat));
    EXPECT_FALSE(ran);
    return store_.core().TakeTrap().detail;
  };

  EXPECT_EQ(trap([&](HostContext&, char32_t) { ran = true; }, {0xd800}),
            "invalid `char` bit pattern");
  EXPECT_EQ(trap([&](HostContext&, ErrorCode) { ran = true; }, {3}),
            "invalid variant discriminant");
  EXPECT_EQ(trap([&](HostContext&, std::optional<uint8_t>) { ran = true; }, {2, 0}),
            "invalid variant discriminant");
  EXPECT_EQ(trap([&](HostContext&, absl::Span<const uint64_t>) { ran = true; }, {4, 1}),
            "unaligned pointer");
  EXPECT_EQ(trap([&](HostContext&, absl::Span<const uint64_t>) { ran = true; }, {65528, 2}),
            "list content out-of-bounds");
  EXPECT_EQ(trap([&](HostContext&, Borrow<Stream>) { ran = true; }, {1}), "unknown handle index 1");
}

TEST_F(HostTest, ValuesThatTheirTypesDoNotHaveNeverReachTheGuest) {
  const std::string no_such_case = "the host passed a value that its enum does not have";
  const auto bad_case = static_cast<ErrorCode>(3);

  EXPECT_FALSE(Call([&](HostContext&) { return bad_case; }, {}));
  EXPECT_EQ(store_.core().TakeTrap().detail, no_such_case);
  EXPECT_FALSE(Call([&](HostContext&) { return std::vector<ErrorCode>{bad_case}; }, {64}));
  EXPECT_EQ(store_.core().TakeTrap().detail, no_such_case);
  ASSERT_TRUE(Call([](HostContext&) { return static_cast<OpenFlags>(0xff); }, {}));
  EXPECT_EQ(slots_[0].bits, 7u);
  ASSERT_TRUE(Call(
      [](HostContext&) { return std::vector<OpenFlags>{static_cast<OpenFlags>(0xff)}; }, {64}));
  EXPECT_EQ(guest_.bytes()[Word(64)], 7);
}

TEST_F(HostTest, ResultPointersAreChecked) {
  auto function = [](HostContext&) { return Datetime{1, 2}; };

  EXPECT_FALSE(Call(function, {4}));
  EXPECT_EQ(store_.core().TakeTrap().detail, "unaligned pointer");
  EXPECT_FALSE(Call(function, {65536 - 8}));
  EXPECT_EQ(store_.core().TakeTrap().detail, "result pointer out of bounds of memory");
}

TEST_F(HostTest, ResourcesAreBorrowedMovedAndDestroyed) {
  ASSERT_TRUE(Call([this](HostContext&) { return MakeOwn<Stream>(&alive_); }, {}));
  const auto handle = static_cast<uint32_t>(slots_[0].bits);
  EXPECT_EQ(alive_, 1);

  ASSERT_TRUE(Call([](HostContext&, Borrow<Stream> self) { self->read = "x"; }, {handle}));
  EXPECT_EQ(scope_.loans.size(), 1u);
  scope_.ReturnLoans();

  ASSERT_TRUE(Call([](HostContext&, Own<Stream> self) { return self->read == "x"; }, {handle}));
  EXPECT_EQ(slots_[0].bits, 1u);
  EXPECT_EQ(alive_, 0);
  EXPECT_FALSE(Call([](HostContext&, Own<Stream>) {}, {handle}));
  store_.core().TakeTrap();
}

TEST_F(HostTest, ListsOfBorrowsReachTheFunction) {
  const uint32_t first = Handle(MakeOwn<Stream>(&alive_)),
                 second = Handle(MakeOwn<Stream>(&alive_));
  Put(64, {second, first, second});

  ASSERT_TRUE(Call(
      [](HostContext&, std::vector<Borrow<Stream>> streams) {
        return streams.size() == 3 && streams[0].get() == streams[2].get() &&
               streams[0].get() != streams[1].get();
      },
      {64, 3}));

  EXPECT_EQ(slots_[0].bits, 1u);
  EXPECT_EQ((*guest_.instance()->handles.Get(second, &kHostResource<Stream>))->num_lends, 2u);
}

TEST_F(HostTest, TheStoreDestroysWhatGuestsStillHold) {
  {
    Store store(&TestEngine());
    store.resources().Add(&kHostResource<Stream>, new Stream(&alive_));
    EXPECT_EQ(alive_, 1);
  }
  EXPECT_EQ(alive_, 0);
}

TEST_F(HostTest, TrapsAndExitsEndTheCall) {
  EXPECT_FALSE(Call(
      [](HostContext& cx) {
        cx.Trap("no such thing");
        return uint32_t{7};
      },
      {}));
  const vm::Trap trap = store_.core().TakeTrap();
  EXPECT_EQ(trap.kind, vm::TrapKind::kHost);
  EXPECT_EQ(trap.detail, "no such thing");

  EXPECT_FALSE(Call([](HostContext& cx) { cx.Exit(3); }, {}));
  const vm::Trap exit = store_.core().TakeTrap();
  EXPECT_EQ(exit.kind, vm::TrapKind::kExit);
  EXPECT_EQ(exit.exit_code, 3);
}

// A list of lists that all share their bytes: small in the guest, large for the host.
TEST_F(HostTest, HostMemoryOfACallIsBounded) {
  Put(64, {0, 4096, 0, 4096});
  auto function = [](HostContext&, std::vector<std::vector<uint8_t>>) {};
  interface_.Func("f", function);
  const HostFunc* func = interface_.table().FindFunc("f");
  slots_[0].bits = 64;
  slots_[1].bits = 2;
  const auto call = [&] {
    CanonContext cx = guest_.Context();
    return func->call(func->callable, cx, slots_);
  };
  const uint64_t needed = 8192 + 2 * sizeof(std::vector<uint8_t>);

  ASSERT_TRUE(store_.call_bytes_left().Take(store_.limits().call_bytes - needed));
  EXPECT_TRUE(call());
  EXPECT_EQ(store_.call_bytes_left().left(), needed) << "it goes back with the call";
  ASSERT_TRUE(store_.call_bytes_left().Take(1));
  EXPECT_FALSE(call());
  store_.core().TakeTrap();
}

// Many views may lie in one place, and each costs the host who reads it.
TEST_F(HostTest, ViewsOfListsAreChargedLikeThoseOfStrings) {
  const auto read = [&](uint64_t length) {
    return Call([](HostContext&, absl::Span<const uint16_t>) {}, {64, length});
  };
  ASSERT_TRUE(store_.call_bytes_left().Take(store_.limits().call_bytes - 20));

  EXPECT_TRUE(read(10));
  EXPECT_FALSE(read(11));
  store_.core().TakeTrap();
}

struct CountingWaiter : Waiter {
  void Block() override { ++blocks; }
  int blocks = 0;
};

TEST_F(HostTest, AWaitSuspendsTheFibre) {
  struct Observer : Executor {
    bool Run(Waiter& waiter) override {
      waiter.Block();
      seen.push_back(reinterpret_cast<uintptr_t>(__builtin_frame_address(0)));
      return seen.size() < 3;
    }
    std::vector<uintptr_t> seen;
  } executor;
  Store store(&TestEngine(), {}, nullptr, &executor);
  struct Run {
    Store& store;
    CountingWaiter waiter;
    bool first, second, third;
    uintptr_t stack;
  } run{store, {}, false, false, false, 0};

  ASSERT_TRUE(store.RunOnFibre(
      [](void* argument) {
        Run& run = *static_cast<Run*>(argument);
        run.stack = reinterpret_cast<uintptr_t>(__builtin_frame_address(0));
        run.first = run.store.Wait(run.waiter);
        run.second = run.store.Wait(run.waiter);
        run.third = run.store.Wait(run.waiter);
      },
      &run));

  EXPECT_EQ(run.waiter.blocks, 3);
  EXPECT_TRUE(run.first && run.second);
  EXPECT_FALSE(run.third);
  EXPECT_EQ(store.core().TakeTrap().kind, vm::TrapKind::kTimeout);
  // The executor runs on a stack of its own.
  EXPECT_GT(std::max(run.stack, executor.seen[0]) - std::min(run.stack, executor.seen[0]),
            1u << 20);
}

TEST_F(HostTest, TypesAreCheckedByStructureAndName) {
  TypeTable table;
  auto def = [&](TypeKind kind, std::vector<absl::string_view> labels, std::vector<ValType> types,
                 ResourceId resource = {}) {
    return *table.Intern(TypeDef{kind, std::move(labels), std::move(types), resource});
  };
  const ResourceType other;
  const ResourceType* resources[] = {&kHostResource<Stream>, &other};
  const TypeChecker checker{table, resources};
  const ValType datetime = def(K::kRecord, {"seconds", "nanoseconds"}, {K::kU64, K::kU32});
  const ValType renamed = def(K::kRecord, {"seconds", "nanos"}, {K::kU64, K::kU32});
  const ValType error = def(K::kVariant, {"failed", "closed"}, {K::kString, ValType()});

  EXPECT_TRUE(Matches<Datetime>(checker, datetime));
  EXPECT_FALSE(Matches<Datetime>(checker, renamed));
  EXPECT_TRUE(Matches<StreamError>(checker, error));
  EXPECT_TRUE(Matches<std::vector<std::optional<Datetime>>>(
      checker, def(K::kList, {}, {def(K::kOption, {}, {datetime})})));
  EXPECT_FALSE(Matches<std::vector<uint8_t>>(checker, def(K::kList, {}, {K::kS8})));
  EXPECT_TRUE((
      Matches<std::expected<void, StreamError>>(checker, def(K::kResult, {}, {ValType(), error}))));
  EXPECT_FALSE((Matches<std::expected<uint8_t, StreamError>>(
      checker, def(K::kResult, {}, {ValType(), error}))));
  EXPECT_TRUE(Matches<Borrow<Stream>>(checker, def(K::kBorrow, {}, {}, ResourceId(0))));
  EXPECT_FALSE(Matches<Borrow<Stream>>(checker, def(K::kBorrow, {}, {}, ResourceId(1))));
  EXPECT_FALSE(Matches<Own<Stream>>(checker, def(K::kBorrow, {}, {}, ResourceId(0))));
}

TEST_F(HostTest, SignaturesAreDescribedInWit) {
  interface_.Resource<Stream>("stream");
  interface_.Func("f",
                  [](HostContext&, Borrow<Stream>,
                     absl::Span<const uint8_t>) -> std::expected<void, StreamError> { return {}; });

  EXPECT_EQ(
      Describe(*interface_.table().FindFunc("f")->shape, {{&kHostResource<Stream>, "stream"}}),
      "func(borrow<stream>, list<u8>) -> result<_, variant { failed(string), closed }>");
}

TEST(HostLinkerTest, TheHighestCompatibleVersionServes) {
  HostLinker linker;
  HostInterface& old_poll = linker.Interface("wasi:io/poll@0.2.3");
  HostInterface& new_poll = linker.Interface("wasi:io/poll@0.2.12");
  HostInterface& next = linker.Interface("wasi:io/poll@0.3.0");
  linker.Interface("a:b/c");
  HostInterface& unstable = linker.Interface("a:b/d@0.0.2");

  EXPECT_EQ(linker.Find("wasi:io/poll@0.2.3"), &old_poll);
  EXPECT_EQ(linker.Find("wasi:io/poll@0.2.0"), &new_poll);
  EXPECT_EQ(linker.Find("wasi:io/poll@0.2.99"), &new_poll);
  EXPECT_EQ(linker.Find("wasi:io/poll@0.3.1"), &next);
  EXPECT_EQ(linker.Find("wasi:io/poll@0.2.4-rc.1"), nullptr);
  EXPECT_EQ(linker.Find("wasi:io/poll"), nullptr);
  EXPECT_EQ(linker.Find("a:b/c@1.0.0"), nullptr);
  EXPECT_EQ(linker.Find("a:b/d@0.0.2"), &unstable);
  EXPECT_EQ(linker.Find("a:b/d@0.0.3"), nullptr);
}

TEST(HostLinkerTest, AnOfferedInterfaceIsMadeWhenItIsAskedFor) {
  static int made = 0;
  static constexpr HostOffer kOffers[] = {
      {"a:b/c@0.2.3",
       [](HostInterface& interface) {
         ++made;
         interface.Func("f", [](HostContext&) {});
       }},
      {"a:b/d@0.2.3", [](HostInterface&) { ++made; }},
  };
  HostLinker linker;
  linker.Offer(kOffers);

  const HostInterface* found = linker.Find("a:b/c@0.2.9");

  ASSERT_NE(found, nullptr);
  EXPECT_NE(found->table().FindFunc("f"), nullptr);
  EXPECT_EQ(&linker.Interface("a:b/c@0.2.3"), found);
  EXPECT_EQ(made, 1);
  EXPECT_EQ(linker.InterfaceNames().size(), 2u);
}

}  // namespace
}  // namespace abi
}  // namespace tenon
