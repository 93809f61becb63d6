// Every kind of value through the `abi` guests (test/guests/abi), in every string encoding, and
// through those that are made with bindings for C (test/guests/bindgen):
//
//   echo        host -> guest -> host
//   relay       host -> guest -> host -> guest -> host; the host answers the relay's imports
//   relay+echo  host -> guest -> guest -> guest -> host, for each pair of encodings; the two are
//               put together into one component, which may be the echo of another relay
#include <gtest/gtest.h>

#include <cstdio>
#include <memory>
#include <string>
#include <vector>

#include "abi/link/instance.h"
#include "abi/runtime/store.h"
#include "absl/strings/match.h"
#include "test/abi/composed.h"
#include "test/abi/values.h"
#include "vm/interp/interpreter.h"

namespace tenon::abi {
namespace {

constexpr char kValues[] = "tenon:abi/values", kResources[] = "tenon:abi/resources";

// Guests in the order in which they call each other. Behind a relay that is the last, the host
// answers.
struct Chain {
  const char* name;
  std::vector<const char*> guests;
  bool host_answers() const { return absl::StartsWith(guests.back(), "abi-relay"); }
};

const Chain kChains[] = {
    {"echo_utf8", {"abi"}},
    {"echo_utf16", {"abi-utf16"}},
    {"echo_latin1", {"abi-latin1"}},
    {"relay_utf8", {"abi-relay"}},
    {"relay_utf16", {"abi-relay-utf16"}},
    {"relay_latin1", {"abi-relay-latin1"}},
    {"relay_utf8_echo_utf8", {"abi-relay", "abi"}},
    {"relay_utf8_echo_utf16", {"abi-relay", "abi-utf16"}},
    {"relay_utf8_echo_latin1", {"abi-relay", "abi-latin1"}},
    {"relay_utf16_echo_utf8", {"abi-relay-utf16", "abi"}},
    {"relay_utf16_echo_utf16", {"abi-relay-utf16", "abi-utf16"}},
    {"relay_utf16_echo_latin1", {"abi-relay-utf16", "abi-latin1"}},
    {"relay_latin1_echo_utf8", {"abi-relay-latin1", "abi"}},
    {"relay_latin1_echo_utf16", {"abi-relay-latin1", "abi-utf16"}},
    {"relay_latin1_echo_latin1", {"abi-relay-latin1", "abi-latin1"}},
    {"relay_utf16_relay_latin1_echo_utf8", {"abi-relay-utf16", "abi-relay-latin1", "abi"}},
    {"relay_latin1_relay_utf8_echo_utf16", {"abi-relay-latin1", "abi-relay", "abi-utf16"}},
    {"bindgen_echo_utf8", {"abi-bindgen"}},
    {"bindgen_echo_utf16", {"abi-bindgen-utf16"}},
    {"bindgen_relay_utf8", {"abi-relay-bindgen"}},
    {"bindgen_relay_utf16", {"abi-relay-bindgen-utf16"}},
    {"bindgen_relay_utf8_bindgen_echo_utf16", {"abi-relay-bindgen", "abi-bindgen-utf16"}},
    {"bindgen_relay_utf16_echo_latin1", {"abi-relay-bindgen-utf16", "abi-latin1"}},
    {"relay_latin1_bindgen_echo_utf8", {"abi-relay-latin1", "abi-bindgen"}},
};

// What the host answers when it stands behind a relay.
struct HostCounter {
  explicit HostCounter(uint32_t start) : value(start) { ++live; }
  ~HostCounter() { --live; }
  uint32_t value;
  static inline uint32_t live = 0;
};

std::vector<uint64_t> Inspect(const std::vector<std::vector<Entry>>& table) {
  std::vector<uint64_t> out;
  for (const std::vector<Entry>& row : table) {
    for (const Entry& entry : row) {
      out.insert(out.end(), {entry.id, entry.name.size(), entry.score ? 1u : 0u});
      if (entry.score) out.push_back(static_cast<uint64_t>(static_cast<int64_t>(*entry.score)));
      out.push_back(entry.what.index());
      if (const auto* circle = std::get_if<1>(&entry.what)) {
        out.push_back(static_cast<uint64_t>(static_cast<int64_t>(*circle)));
      } else if (const auto* box = std::get_if<2>(&entry.what)) {
        out.push_back(static_cast<uint64_t>(int64_t{box->x}));
        out.push_back(static_cast<uint64_t>(int64_t{box->y}));
      } else if (const auto* label = std::get_if<3>(&entry.what)) {
        out.push_back(label->size());
      } else if (const auto* path = std::get_if<4>(&entry.what)) {
        out.push_back(path->size());
      }
    }
  }
  return out;
}

template <typename... Ts>
uint64_t WeightedSum(Ts... values) {
  uint64_t sum = 0, weight = 0;
  ((sum += ++weight * values), ...);
  return sum;
}

void AddValues(HostInterface& values) {
  ForEachEcho([&]<typename T>(const char* name, const std::vector<T>&) {
    values.Func(name, [](HostContext&, T v) { return v; });
  });
  using U = uint32_t;
  values.Func("nothing", [](HostContext&) {});
  values.Func("sixteen",
              [](HostContext&, U a, U b, U c, U d, U e, U f, U g, U h, U i, U j, U k, U l, U m, U n,
                 U o, U p) { return WeightedSum(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p); });
  values.Func("seventeen", [](HostContext&, U a, U b, U c, U d, U e, U f, U g, U h, U i, U j, U k,
                              U l, U m, U n, U o, U p, U q) {
    return WeightedSum(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
  });
  values.Func("many-params",
              [](HostContext&, uint8_t a, int8_t b, uint16_t c, int16_t d, U e, int32_t f,
                 uint64_t g, int64_t h, float i, double j, char32_t k, bool l, std::string m,
                 std::vector<uint8_t> n, std::optional<uint8_t> o) {
                return std::make_tuple(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
              });
  values.Func("inspect-table",
              [](HostContext&, std::vector<std::vector<Entry>> v) { return Inspect(v); });
  values.Func("units", [](HostContext&, std::string v) { return static_cast<U>(v.size()); });
  values.Func("ascii", [](HostContext&) { return std::string("hello"); });
  values.Func("latin", [](HostContext&) { return std::string("h\u00e9llo \u00ff"); });
  values.Func("wide", [](HostContext&) { return std::string("h\u20acllo \U0001f389"); });
  values.Func("wasteful", [](HostContext&) { return std::string("hello"); });
}

void AddResources(HostInterface& resources) {
  using OwnCounter = Own<HostCounter>;
  using BorrowCounter = Borrow<HostCounter>;
  resources.Resource<HostCounter>("counter");
  resources.Func("[constructor]counter",
                 [](HostContext&, uint32_t start) { return MakeOwn<HostCounter>(start); });
  resources.Func("[method]counter.value",
                 [](HostContext&, BorrowCounter self) { return self->value; });
  resources.Func("[method]counter.add",
                 [](HostContext&, BorrowCounter self, uint32_t n) { return self->value += n; });
  resources.Func("[static]counter.merge", [](HostContext&, OwnCounter a, BorrowCounter b) {
    return MakeOwn<HostCounter>(a->value + b->value);
  });
  resources.Func("echo-own", [](HostContext&, OwnCounter v) { return v; });
  resources.Func("make", [](HostContext&, std::vector<uint32_t> values) {
    std::vector<OwnCounter> made;
    for (uint32_t value : values) made.push_back(MakeOwn<HostCounter>(value));
    return made;
  });
  resources.Func("sum", [](HostContext&, std::vector<BorrowCounter> counters) {
    uint32_t sum = 0;
    for (const BorrowCounter& counter : counters) sum += counter->value;
    return sum;
  });
  resources.Func(
      "unwrap",
      [](HostContext&, std::optional<OwnCounter> v) -> std::expected<OwnCounter, std::string> {
        if (!v) return std::unexpected("hello");
        return std::move(*v);
      });
  resources.Func("consume", [](HostContext&, OwnCounter) {});
  resources.Func("live", [](HostContext&) { return HostCounter::live; });
}

class AbiGuestTest : public testing::TestWithParam<Chain> {
 protected:
  void SetUp() override {
    const std::vector<const char*>& guests = GetParam().guests;
    std::vector<uint8_t> bytes = ReadGuest(guests.back());
    for (size_t i = guests.size() - 1; i-- > 0;) bytes = Composed({ReadGuest(guests[i]), bytes});
    auto component = LoadComponent(&engine_, bytes, vm::BodyValidation::kEager);
    ASSERT_TRUE(component.has_value()) << component.error().ToString();
    AddValues(linker_.Interface(kValues));
    AddResources(linker_.Interface(kResources));
    auto instance = Instantiate(store_, *component, linker_);
    ASSERT_TRUE(instance.has_value()) << instance.error().ToString();
    instance_ = std::move(*instance);
  }

  template <typename R, typename... Args>
  R CallIn(const char* interface, const char* name, Args... args) {
    auto func = instance_->Func<R(Args...)>(interface, name);
    if (!func) {
      ADD_FAILURE() << func.error().ToString();
      return R();
    }
    std::expected<R, vm::Trap> outcome = func->Call(std::move(args)...);
    if (!outcome) {
      ADD_FAILURE() << name << ": " << outcome.error().Message();
      return R();
    }
    return std::move(*outcome);
  }
  template <typename R, typename... Args>
  R Call(const char* name, Args... args) {
    return CallIn<R>(kValues, name, std::move(args)...);
  }
  template <typename R, typename... Args>
  R CallResource(const char* name, Args... args) {
    return CallIn<R>(kResources, name, std::move(args)...);
  }

  vm::Engine engine_{vm::InterpreterTier()};
  HostLinker linker_;
  // Little enough that what guests keep of each call is soon too much.
  Store store_{&engine_, {.core = {.memory_bytes = 6 << 20}}};
  std::unique_ptr<Instance> instance_;
};

INSTANTIATE_TEST_SUITE_P(, AbiGuestTest, testing::ValuesIn(kChains),
                         [](const auto& chain) { return chain.param.name; });

TEST_P(AbiGuestTest, EveryTypeComesBackAsItWent) {
  ForEachEcho([&]<typename T>(const char* name, const std::vector<T>& values) {
    for (size_t i = 0; i < values.size(); ++i) {
      const T value = values[i];
      EXPECT_TRUE(Same(Call<T>(name, value), value)) << name << ", value " << i;
    }
  });
}

TEST_P(AbiGuestTest, SixteenParametersGoFlatAndSeventeenThroughMemory) {
  EXPECT_EQ(
      (Call<uint64_t>("sixteen", 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u,
                      ~0u)),
      WeightedSum(1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, uint64_t{~0u}));
  EXPECT_EQ((Call<uint64_t>("seventeen", 1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 11u, 12u, 13u,
                            14u, 15u, 16u, ~0u)),
            WeightedSum(1u, 2u, 3u, 4u, 5u, 6u, 7u, 8u, 9u, 10u, 11u, 12u, 13u, 14u, 15u, 16u,
                        uint64_t{~0u}));
}

TEST_P(AbiGuestTest, ManyParametersComeBackAsOneResult) {
  const auto [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = SomeLarge();
  const auto values = std::make_tuple(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);

  const auto back = std::apply(
      [&](auto... args) {
        return Call<std::remove_const_t<decltype(values)>>("many-params", args...);
      },
      values);

  EXPECT_EQ(back, values);
}

// The guest reads the table as C structures; in the units of its own strings.
TEST_P(AbiGuestTest, TheGuestReadsEveryFieldWhereItShouldLie) {
  std::vector<std::vector<Entry>> table = {Entries(), {}, Entries()};
  for (std::vector<Entry>& row : table) {
    for (Entry& entry : row) entry.name = std::string(entry.name.size(), 'n');  // a unit each
  }

  EXPECT_EQ(Call<std::vector<uint64_t>>("inspect-table", table), Inspect(table));
}

TEST_P(AbiGuestTest, TheGuestsOwnStringsArrive) {
  EXPECT_EQ(Call<std::string>("ascii"), "hello");
  EXPECT_EQ(Call<std::string>("latin"), "h\u00e9llo \u00ff");
  EXPECT_EQ(Call<std::string>("wide"), "h\u20acllo \U0001f389");
  EXPECT_EQ(Call<std::string>("wasteful"), "hello");
}

TEST_P(AbiGuestTest, StringsReachTheGuestInItsOwnUnits) {
  if (GetParam().host_answers()) return;  // it has no units
  constexpr uint32_t kTag = 0x80000000;
  const bool is_utf16 = absl::EndsWith(GetParam().guests.back(), "-utf16"),
             is_latin1 = absl::EndsWith(GetParam().guests.back(), "-latin1");

  EXPECT_EQ(Call<uint32_t>("units", std::string("hello")), 5u);
  EXPECT_EQ(Call<uint32_t>("units", std::string("h\u00e9")), is_utf16 || is_latin1 ? 2u : 3u);
  EXPECT_EQ(Call<uint32_t>("units", std::string("\u20ac")), is_utf16    ? 1u
                                                            : is_latin1 ? (1u | kTag)
                                                                        : 3u);
  EXPECT_EQ(Call<uint32_t>("units", std::string("\U0001f389")), is_utf16    ? 2u
                                                                : is_latin1 ? (2u | kTag)
                                                                            : 4u);
}

struct Counter;
using OwnCounter = GuestOwn<Counter>;
using BorrowCounter = GuestBorrow<Counter>;

TEST_P(AbiGuestTest, AResourceIsMadeUsedAndDropped) {
  OwnCounter counter = CallResource<OwnCounter>("[constructor]counter", 40u);
  ASSERT_TRUE(counter);
  EXPECT_EQ(CallResource<uint32_t>("[method]counter.add", BorrowCounter(counter), 2u), 42u);
  EXPECT_EQ(CallResource<uint32_t>("[method]counter.value", BorrowCounter(counter)), 42u);
  EXPECT_EQ(CallResource<uint32_t>("live"), 1u);

  ASSERT_TRUE(Drop(store_, std::move(counter)).has_value());

  EXPECT_EQ(CallResource<uint32_t>("live"), 0u);
  EXPECT_FALSE(counter);
}

TEST_P(AbiGuestTest, AnOwnedResourceIsConsumedAndABorrowedOneIsNot) {
  OwnCounter a = CallResource<OwnCounter>("[constructor]counter", 1u);
  OwnCounter b = CallResource<OwnCounter>("[constructor]counter", 2u);

  OwnCounter sum =
      CallResource<OwnCounter>("[static]counter.merge", std::move(a), BorrowCounter(b));

  EXPECT_EQ(CallResource<uint32_t>("[method]counter.value", BorrowCounter(sum)), 3u);
  EXPECT_EQ(CallResource<uint32_t>("[method]counter.value", BorrowCounter(b)), 2u);
  EXPECT_EQ(CallResource<uint32_t>("live"), 2u);
  ASSERT_TRUE(Drop(store_, std::move(b)).has_value());
  ASSERT_TRUE(Drop(store_, std::move(sum)).has_value());
  EXPECT_EQ(CallResource<uint32_t>("live"), 0u);
}

TEST_P(AbiGuestTest, HandlesStandInListsOptionsAndResults) {
  using Unwrapped = std::expected<OwnCounter, std::string>;
  auto made = CallResource<std::vector<OwnCounter>>("make", std::vector<uint32_t>{1, 2, 3});
  ASSERT_EQ(made.size(), 3u);
  std::vector<BorrowCounter> borrowed(made.begin(), made.end());
  borrowed.push_back(made[0]);
  EXPECT_EQ(CallResource<uint32_t>("sum", borrowed), 7u);

  Unwrapped back = CallResource<Unwrapped>("unwrap", std::optional<OwnCounter>(std::move(made[2])));
  Unwrapped none = CallResource<Unwrapped>("unwrap", std::optional<OwnCounter>());

  ASSERT_TRUE(back.has_value());
  EXPECT_EQ(CallResource<uint32_t>("[method]counter.value", BorrowCounter(*back)), 3u);
  EXPECT_EQ(none.error(), "hello");
  OwnCounter same = CallResource<OwnCounter>("echo-own", std::move(*back));
  EXPECT_EQ(CallResource<uint32_t>("[method]counter.value", BorrowCounter(same)), 3u);
  EXPECT_TRUE(Drop(store_, std::move(made[0])).has_value());
  EXPECT_TRUE(Drop(store_, std::move(made[1])).has_value());
  EXPECT_TRUE(Drop(store_, std::move(same)).has_value());
  EXPECT_EQ(CallResource<uint32_t>("live"), 0u);
}

// Each call makes, lends and drops handles and strings on both sides; the tables do not grow.
TEST_P(AbiGuestTest, HandlesDoNotPileUp) {
  constexpr int kTimes = 12'000;  // more than the guests have room for
  auto make = instance_->Func<OwnCounter(uint32_t)>(kResources, "[constructor]counter");
  auto echo = instance_->Func<OwnCounter(OwnCounter)>(kResources, "echo-own");
  ASSERT_TRUE(make.has_value() && echo.has_value());

  for (int i = 0; i < kTimes; ++i) {
    auto counter = make->Call(1u);
    ASSERT_TRUE(counter.has_value()) << i;
    auto same = echo->Call(std::move(*counter));
    ASSERT_TRUE(same.has_value()) << i;
    ASSERT_TRUE(Drop(store_, std::move(*same)).has_value()) << i;
  }

  EXPECT_EQ(CallResource<uint32_t>("live"), 0u);
}

// Guests free what they are given, and what they returned once it was read.
TEST_P(AbiGuestTest, StringsAndListsDoNotPileUp) {
  constexpr int kTimes = 10'000;
  using Strings = std::vector<std::string>;
  using Outcome = std::expected<uint32_t, std::string>;
  auto list = instance_->Func<Strings(Strings)>(kValues, "echo-list-string");
  auto large = instance_->Func<Large(Large)>(kValues, "echo-large");
  auto result = instance_->Func<Outcome(Outcome)>(kValues, "echo-result");
  ASSERT_TRUE(list.has_value() && large.has_value() && result.has_value());
  const Strings strings = {std::string(500, 'a'), "", std::string(300, 'b')};
  Large record = SomeLarge();
  record.n.resize(500);

  for (int i = 0; i < kTimes; ++i) {
    const auto same_strings = list->Call(strings);
    const auto same_record = large->Call(record);
    const auto same_error = result->Call(std::unexpected(strings[0]));
    ASSERT_TRUE(same_strings && same_record && same_error) << i;
    ASSERT_EQ(*same_strings, strings) << i;
  }
}

// Two instances of one component have resource types of their own, which the host can't mix either.
TEST_P(AbiGuestTest, AResourceOfAnotherInstanceIsRefused) {
  auto other = Instantiate(
      store_, LoadComponent(&engine_, ReadGuest("abi"), vm::BodyValidation::kEager).value(),
      linker_);
  ASSERT_TRUE(other.has_value());
  auto consume = (*other)->Func<void(OwnCounter)>(kResources, "consume");
  OwnCounter counter = CallResource<OwnCounter>("[constructor]counter", 1u);

  const auto outcome = consume->Call(std::move(counter));

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().detail, "the host passed a resource of another type or instance");
}

TEST_P(AbiGuestTest, AResourceThatWasGivenAwayIsRefused) {
  auto consume = instance_->Func<void(OwnCounter)>(kResources, "consume");
  OwnCounter counter = CallResource<OwnCounter>("[constructor]counter", 1u);
  ASSERT_TRUE(consume->Call(std::move(counter)).has_value());

  const auto outcome = consume->Call(std::move(counter));

  ASSERT_FALSE(outcome.has_value());
  EXPECT_EQ(outcome.error().detail, "the host passed a resource that it had given away");
}

}  // namespace
}  // namespace tenon::abi
