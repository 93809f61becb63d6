// The canonical ABI's checks of values, a row a check: what is lifted from a guest that lies, and
// what is lowered to a guest whose realloc lies. Each row goes every way a value can go, as
// argument and as result, between a guest and the host and between two guests. abi: "Loading",
// "Storing", "Flat Lifting", "Lifting and Lowering Values".
#include <gtest/gtest.h>

#include <string>
#include <tuple>
#include <utility>
#include <vector>

#include "abi/link/test_component.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_format.h"

namespace tenon {
namespace abi {

enum class Colour : uint8_t { kRed, kGreen, kBlue };
enum class Three : uint8_t {};
struct Choice : std::variant<std::monostate, uint32_t> {
  using variant::variant;
};
}  // namespace abi

template <>
struct EnumOf<abi::Colour> {
  static constexpr const char* kLabels[] = {"red", "green", "blue"};
};
template <>
struct FlagsOf<abi::Three> {
  static constexpr const char* kLabels[] = {"a", "b", "c"};
};
template <>
struct VariantOf<abi::Choice> {
  using Cases = std::variant<std::monostate, uint32_t>;
  static constexpr const char* kLabels[] = {"none", "one"};
};

namespace abi {

namespace {

using K = TypeKind;
constexpr StringEncoding kUtf8 = StringEncoding::kUtf8, kUtf16 = StringEncoding::kUtf16,
                         kLatin1 = StringEncoding::kLatin1Utf16;

// --- Types: how a plan states what C++ states --------------------------------------------------

using Seventeen = std::tuple<uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,
                             uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t, uint32_t,
                             uint32_t, uint32_t, uint32_t>;  // a flat value too many

template <typename T>
struct PlanType;
#define PLAN_TYPE(type, ...)                                         \
  template <>                                                        \
  struct PlanType<type> {                                            \
    static ValType Make(ComponentBuilder& b) { return __VA_ARGS__; } \
  }
PLAN_TYPE(bool, K::kBool);
PLAN_TYPE(uint8_t, K::kU8);
PLAN_TYPE(int8_t, K::kS8);
PLAN_TYPE(uint16_t, K::kU16);
PLAN_TYPE(int16_t, K::kS16);
PLAN_TYPE(uint32_t, K::kU32);
PLAN_TYPE(uint64_t, K::kU64);
PLAN_TYPE(char32_t, K::kChar);
PLAN_TYPE(std::string, K::kString);
PLAN_TYPE(Colour, b.Type(K::kEnum, {}, {"red", "green", "blue"}));
PLAN_TYPE(Three, b.Type(K::kFlags, {}, {"a", "b", "c"}));
PLAN_TYPE(Choice, b.Type(K::kVariant, {ValType(), K::kU32}, {"none", "one"}));
PLAN_TYPE(Seventeen, b.Type(K::kTuple, std::vector<ValType>(17, K::kU32)));
#undef PLAN_TYPE
template <typename T>
struct PlanType<std::vector<T>> {
  static ValType Make(ComponentBuilder& b) { return b.Type(K::kList, {PlanType<T>::Make(b)}); }
};
template <typename T>
struct PlanType<std::optional<T>> {
  static ValType Make(ComponentBuilder& b) { return b.Type(K::kOption, {PlanType<T>::Make(b)}); }
};
template <>
struct PlanType<std::expected<void, std::monostate>> {
  static ValType Make(ComponentBuilder& b) { return b.Type(K::kResult, {ValType(), ValType()}); }
};

// --- Outcomes ------------------------------------------------------------------------------------

constexpr char kPassed[] = "passed";

std::string Outcome(const vm::Trap& trap) {
  return trap.detail.empty() ? vm::TrapText(trap.kind) : trap.detail;
}
// Some messages begin with what the pointer is of, and those of a limit end with numbers.
void ExpectOutcome(const std::string& outcome, const std::string& expected) {
  if (!absl::EndsWith(outcome, absl::StrCat(" ", expected)) &&
      !absl::StartsWith(outcome, absl::StrCat(expected, ": "))) {
    EXPECT_EQ(outcome, expected);
  }
}
// Small values as numbers, which a row may want to see.
template <typename T>
std::string Outcome(const T& value) {
  if constexpr (std::is_enum_v<T> || std::is_integral_v<T>) {
    return absl::StrCat(static_cast<int64_t>(value));
  } else {
    return kPassed;
  }
}

// What the host does with a T, without its type.
struct HostSide {
  ValType (*type)(ComponentBuilder&);
  void (*add_sink)(HostInterface&, std::string* seen);
  std::string (*call_give)(Instance&);  // an export that returns a T
};

template <typename T>
constexpr HostSide kHost = {
    &PlanType<T>::Make,
    [](HostInterface& interface, std::string* seen) {
      interface.Func("sink", [seen](HostContext&, T value) { *seen = Outcome<T>(value); });
    },
    [](Instance& instance) {
      auto func = instance.Func<T()>("", "give");
      if (!func) return func.error().ToString();
      auto value = func->Call();
      return value ? Outcome<T>(*value) : Outcome(value.error());
    },
};

// Calls run: func(), then seen: func() -> u32 where there is one.
std::string CallRun(Instance& instance) {
  auto run = instance.Func<void()>("", "run");
  if (!run) return run.error().ToString();
  if (auto outcome = run->Call(); !outcome) return Outcome(outcome.error());
  auto seen = instance.Func<uint32_t()>("", "seen");
  return seen ? Outcome<uint32_t>(seen->Call().value()) : kPassed;
}

enum class Way { kArgumentToHost, kResultToHost, kArgumentToGuest, kResultToGuest };
const char* const kWayNames[] = {"ArgumentToHost", "ResultToHost", "ArgumentToGuest",
                                 "ResultToGuest"};

// The parts of a component for one crossing.
class Crossing {
 public:
  // Memory with a realloc that never frees, exported beside.
  CoreInstanceId Memory(const std::string& data, uint32_t pages = 1) {
    return builder.Core(absl::StrFormat(R"((module (memory (export "memory") %d) %s
        (global $top (mut i32) (i32.const 1024))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (global.set $top (i32.and (i32.add (global.get $top) (i32.const 7)) (i32.const -8)))
          (global.get $top)
          (global.set $top (i32.add (global.get $top) (local.get 3))))))",
                                        pages, data));
  }
  void ExportRun(CoreInstanceId main, ComponentInstanceId owner) {
    const FuncTypeId none = builder.FuncType({});
    builder.Export("run", builder.Lift(owner, main, "run", none), none);
  }
  void ExportSeen(CoreInstanceId core, ComponentInstanceId owner) {
    const FuncTypeId number = builder.FuncType({}, K::kU32);
    builder.Export("seen", builder.Lift(owner, core, "seen", number), number);
  }
  bool IsIndirect(FuncTypeId type) {
    return FlattenFunc(builder.types(), type, CallContext::kLift, false).spills_result;
  }
  // Empty, or why there is no instance.
  std::string Make() {
    auto made = builder.Instantiate(store, linker);
    if (!made) return made.error().ToString();
    instance = std::move(*made);
    return "";
  }

  ComponentBuilder builder;
  HostLinker linker;
  Store store{&TestEngine()};
  std::unique_ptr<Instance> instance;
};

// --- Lifting: a guest passes what it should not --------------------------------------------------

struct LiftRow {
  const char* name;
  HostSide host;
  std::string core;  // the core types of its flat form
  std::string flat;  // values of them
  std::string data;  // segments; at 16 what a result's pointer points to
  std::string to_host;
  std::string to_guest;
  StringEncoding encoding = kUtf8;
  uint32_t pages = 1;
};

std::string Word(uint32_t value) {
  std::string text;
  for (int i = 0; i < 4; ++i) absl::StrAppendFormat(&text, "\\%02x", (value >> (8 * i)) & 0xff);
  return text;
}

// A string or list at `address`.
template <typename T>
LiftRow Pair(const char* name, uint32_t address, uint32_t length, const std::string& to_host,
             const std::string& to_guest, StringEncoding encoding = kUtf8, uint32_t pages = 1,
             const std::string& data = "") {
  return {name,
          kHost<T>,
          "i32 i32",
          absl::StrFormat("(i32.const %d) (i32.const %d)", static_cast<int32_t>(address),
                          static_cast<int32_t>(length)),
          absl::StrFormat("(data (i32.const 16) \"%s%s\") %s", Word(address), Word(length), data),
          to_host,
          to_guest,
          encoding,
          pages};
}
template <typename T>
LiftRow Flat(const char* name, uint32_t value, const std::string& to_host,
             const std::string& to_guest) {
  return {name, kHost<T>, "i32",   absl::StrFormat("(i32.const %d)", static_cast<int32_t>(value)),
          "",   to_host,  to_guest};
}
// An option, result or variant of a discriminant and a word.
template <typename T>
LiftRow Sum(const char* name, uint32_t discriminant, uint32_t payload, const std::string& outcome) {
  return {
      name,
      kHost<T>,
      "i32 i32",
      absl::StrFormat("(i32.const %d) (i32.const %d)", discriminant, static_cast<int32_t>(payload)),
      absl::StrFormat("(data (i32.const 16) \"%s%s\")", Word(discriminant), Word(payload)),
      outcome,
      outcome};
}
// Bytes at 64.
std::string Bytes64(const char* escaped) {
  return absl::StrFormat("(data (i32.const 64) \"%s\")", escaped);
}

const std::string kStringOut = "string pointer/length out of bounds of memory",
                  kStringOutFused = "string content out-of-bounds",
                  kListOut = "list content out-of-bounds", kUnaligned = "unaligned pointer",
                  kBadChar = "invalid `char` bit pattern",
                  kBadCase = "invalid variant discriminant", kBadUtf8 = "invalid utf-8 sequence",
                  kHalfUtf8 = "incomplete utf-8 byte sequence",
                  kSurrogate = "unpaired surrogate found",
                  kHostBudget = "a call may not hand the host so many bytes",
                  kCopyBudget = "a call copies more than the memory it copies to can hold",
                  kPointerOut = "out of bounds of memory";

constexpr uint32_t kLimit = 1 << 28, kBeyondLimit = 4097;  // bytes; pages that hold them and more
using U64s = std::vector<uint64_t>;

const LiftRow kLiftRows[] = {
    // Strings: length in bytes, then alignment, then bounds, then the text.
    Pair<std::string>("StringBeyondTheLimit", 64, kLimit, kStringOut, kStringOutFused, kUtf8,
                      kBeyondLimit),
    Pair<std::string>("StringOfTheLimit", 64, kLimit - 1, kHostBudget, kCopyBudget, kUtf8,
                      kBeyondLimit),
    Pair<std::string>("StringLimitCountsBytes", 64, kLimit / 2, kStringOut, kStringOutFused, kUtf16,
                      kBeyondLimit),
    Pair<std::string>("StringOfTheLimitInUtf16", 64, kLimit / 2 - 1, kHostBudget, kCopyBudget,
                      kUtf16, kBeyondLimit),
    Pair<std::string>("StringLimitBeforeAlignment", 65, kLimit / 2, kStringOut, kStringOutFused,
                      kUtf16, kBeyondLimit),
    Pair<std::string>("StringTaggedBeyondTheLimit", 64, kLimit / 2 | 0x80000000, kStringOut,
                      kStringOutFused, kLatin1, kBeyondLimit),
    Pair<std::string>("StringUnaligned", 65, 0, kUnaligned, kUnaligned, kUtf16),
    Pair<std::string>("StringUnalignedLatin1", 65, 1, kUnaligned, kUnaligned, kLatin1),
    Pair<std::string>("StringNeedsNoAlignmentInUtf8", 65, 1, kPassed, kPassed),
    Pair<std::string>("StringAlignmentBeforeBounds", 65537, 1, kUnaligned, kUnaligned, kUtf16),
    Pair<std::string>("StringOutOfBounds", 65536, 1, kStringOut, kStringOutFused),
    Pair<std::string>("StringBoundsCountBytes", 65534, 2, kStringOut, kStringOutFused, kUtf16),
    Pair<std::string>("StringAddressWraps", 0xffffffff, 2, kStringOut, kStringOutFused),
    Pair<std::string>("StringAtTheEnd", 65534, 2, kPassed, kPassed),
    Pair<std::string>("StringEmptyAtTheEnd", 65536, 0, kPassed, kPassed),
    Pair<std::string>("StringEmptyBeyondTheEnd", 65537, 0, kStringOut, kStringOutFused),
    Pair<std::string>("StringBoundsBeforeDecoding", 65535, 2, kStringOut, kStringOutFused, kUtf8, 1,
                      "(data (i32.const 65535) \"\\ff\")"),
    Pair<std::string>("StringBadUtf8", 64, 1, kBadUtf8, kBadUtf8, kUtf8, 1, Bytes64("\\ff")),
    Pair<std::string>("StringOverlongUtf8", 64, 2, kBadUtf8, kBadUtf8, kUtf8, 1,
                      Bytes64("\\c0\\80")),
    Pair<std::string>("StringSurrogateInUtf8", 64, 3, kBadUtf8, kBadUtf8, kUtf8, 1,
                      Bytes64("\\ed\\a0\\80")),
    Pair<std::string>("StringHalfUtf8", 64, 2, kHalfUtf8, kHalfUtf8, kUtf8, 1, Bytes64("a\\c3")),
    Pair<std::string>("StringLoneSurrogate", 64, 1, kSurrogate, kSurrogate, kUtf16, 1,
                      Bytes64("\\00\\d8")),
    Pair<std::string>("StringLowSurrogateFirst", 64, 2, kSurrogate, kSurrogate, kUtf16, 1,
                      Bytes64("\\00\\dc\\00\\d8")),
    Pair<std::string>("StringLoneSurrogateTagged", 64, 0x80000001, kSurrogate, kSurrogate, kLatin1,
                      1, Bytes64("\\00\\d8")),
    Pair<std::string>("StringEveryByteIsLatin1", 64, 2, kPassed, kPassed, kLatin1, 1,
                      Bytes64("\\ff\\80")),

    // Lists: length times size, then alignment, then bounds, then the elements.
    Pair<U64s>("ListBeyondTheLimit", 64, kLimit / 8, kListOut, kListOut, kUtf8, kBeyondLimit),
    Pair<U64s>("ListOfTheLimit", 64, kLimit / 8 - 1, kHostBudget, kCopyBudget, kUtf8, kBeyondLimit),
    Pair<U64s>("ListSizeDoesNotOverflow", 64, 0x20000001, kListOut, kListOut, kUtf8, kBeyondLimit),
    Pair<U64s>("ListLimitBeforeAlignment", 65, kLimit / 8, kListOut, kListOut, kUtf8, kBeyondLimit),
    Pair<U64s>("ListUnaligned", 68, 1, kUnaligned, kUnaligned),
    Pair<U64s>("ListUnalignedThoughEmpty", 68, 0, kUnaligned, kUnaligned),
    Pair<U64s>("ListAlignmentBeforeBounds", 65540, 1, kUnaligned, kUnaligned),
    Pair<U64s>("ListOutOfBounds", 65528, 2, kListOut, kListOut),
    Pair<U64s>("ListAddressWraps", 0xfffffff8, 2, kListOut, kListOut),
    Pair<U64s>("ListAtTheEnd", 65528, 1, kPassed, kPassed),
    Pair<U64s>("ListEmptyAtTheEnd", 65536, 0, kPassed, kPassed),
    Pair<std::vector<std::string>>("ListElementsAreChecked", 64, 1, kStringOut, kStringOutFused,
                                   kUtf8, 1, Bytes64("\\00\\00\\01\\00\\01\\00\\00\\00")),

    // More flat values than fit: a pointer; alignment, then bounds.
    {"PointerUnaligned", kHost<Seventeen>, "i32", "(i32.const 66)", "", kUnaligned, kUnaligned},
    {"PointerOutOfBounds", kHost<Seventeen>, "i32", "(i32.const 65472)", "", kPointerOut,
     kPointerOut},
    {"PointerAlignmentBeforeBounds", kHost<Seventeen>, "i32", "(i32.const 65534)", "", kUnaligned,
     kUnaligned},
    {"PointerWraps", kHost<Seventeen>, "i32", "(i32.const -4)", "", kPointerOut, kPointerOut},
    {"PointerAtTheEnd", kHost<Seventeen>, "i32", "(i32.const 65468)", "", kPassed, kPassed},

    // Scalars.
    Flat<char32_t>("CharBeyondUnicode", 0x110000, kBadChar, kBadChar),
    Flat<char32_t>("CharFirstSurrogate", 0xd800, kBadChar, kBadChar),
    Flat<char32_t>("CharLastSurrogate", 0xdfff, kBadChar, kBadChar),
    Flat<char32_t>("CharBeforeSurrogates", 0xd7ff, "55295", "55295"),
    Flat<char32_t>("CharAfterSurrogates", 0xe000, "57344", "57344"),
    Flat<char32_t>("CharLast", 0x10ffff, "1114111", "1114111"),
    Pair<std::vector<char32_t>>("CharInMemory", 64, 1, kBadChar, kBadChar, kUtf8, 1,
                                Bytes64("\\00\\d8\\00\\00")),
    Flat<bool>("BoolIsAnythingButZero", 0x100, "1", "1"),
    Flat<uint8_t>("U8IgnoresHighBits", 0x1ff, "255", "255"),
    Flat<int8_t>("S8IgnoresHighBits", 0x180, "-128", "4294967168"),
    Flat<uint16_t>("U16IgnoresHighBits", 0x1ffff, "65535", "65535"),
    Flat<int16_t>("S16IgnoresHighBits", 0x18000, "-32768", "4294934528"),

    // Discriminants.
    Flat<Colour>("EnumLastCase", 2, "2", "2"),
    Flat<Colour>("EnumBeyondItsCases", 3, kBadCase, kBadCase),
    Flat<Colour>("EnumTakesAllBits", 0x100, kBadCase, kBadCase),
    Pair<std::vector<Colour>>("EnumInMemory", 64, 1, kBadCase, kBadCase, kUtf8, 1, Bytes64("\\03")),
    Sum<std::optional<uint32_t>>("OptionBeyondItsCases", 2, 0, kBadCase),
    Sum<Choice>("VariantBeyondItsCases", 2, 0, kBadCase),
    Flat<std::expected<void, std::monostate>>("ResultBeyondItsCases", 2, kBadCase, kBadCase),
    Sum<std::optional<char32_t>>("PayloadIsChecked", 1, 0xd800, kBadChar),
    {"PayloadOfAnotherCaseIsNotChecked", kHost<std::optional<char32_t>>, "i32 i32",
     "(i32.const 0) (i32.const 0xd800)", "(data (i32.const 17) \"\\ff\\ff\\ff\\ff\\ff\\ff\\ff\")",
     kPassed, "0"},

    // Flags.
    Flat<Three>("FlagsIgnoreUnknownBits", 0xfffffffd, "5", "5"),
    Pair<std::vector<Three>>("FlagsIgnoreUnknownBitsInMemory", 64, 1, kPassed, kPassed, kUtf8, 1,
                             Bytes64("\\fd")),
};

class LiftTest : public testing::TestWithParam<std::tuple<LiftRow, Way>>, public Crossing {
 protected:
  std::string ArgumentToHost(const LiftRow& row) {
    const FuncTypeId type = builder.FuncType({row.host.type(builder)});
    const FuncRef sink = builder.Import("test:host/f", "sink", type);
    std::string seen;
    row.host.add_sink(linker.Interface("test:host/f"), &seen);
    const ComponentInstanceId root(0);
    ExportRun(
        Caller(row, builder.Lower(root, sink, type, Memory(row.data, row.pages), row.encoding)),
        root);
    if (std::string error = Make(); !error.empty()) return error;
    const std::string outcome = CallRun(*instance);
    return outcome == kPassed ? seen : outcome;
  }

  std::string ResultToHost(const LiftRow& row) {
    const FuncTypeId type = builder.FuncType({}, row.host.type(builder));
    builder.Export(
        "give", builder.Lift(ComponentInstanceId(0), Giver(row, type), "give", type, row.encoding),
        type);
    if (std::string error = Make(); !error.empty()) return error;
    return row.host.call_give(*instance);
  }

  std::string ArgumentToGuest(const LiftRow& row) {
    const ComponentInstanceId callee = builder.Child(), caller = builder.Child();
    const FuncTypeId type = builder.FuncType({row.host.type(builder)});
    const CoreInstanceId sink = builder.Core(absl::StrFormat(R"((module
        (memory (export "memory") 1) (global $seen (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32) (i32.const 1024))
        (func (export "seen") (result i32) (global.get $seen))
        (func (export "take") (param %s) (global.set $seen (local.get 0)))))",
                                                             row.core));
    const FuncRef take = builder.Lift(callee, sink, "take", type);
    const CoreItem lowered =
        builder.Lower(caller, take, type, Memory(row.data, row.pages), row.encoding);
    ExportRun(Caller(row, lowered), caller);
    ExportSeen(sink, callee);
    if (std::string error = Make(); !error.empty()) return error;
    return CallRun(*instance);
  }

  std::string ResultToGuest(const LiftRow& row) {
    const ComponentInstanceId callee = builder.Child(), caller = builder.Child();
    const FuncTypeId type = builder.FuncType({}, row.host.type(builder));
    const FuncRef give = builder.Lift(callee, Giver(row, type), "give", type, row.encoding);
    const CoreItem lowered = builder.Lower(caller, give, type, Memory(""));
    const CoreInstanceId main =
        builder.Core(IsIndirect(type) ? R"((module (import "" "give" (func $give (param i32)))
                                (func (export "run") (call $give (i32.const 32)))
                                (func (export "seen") (result i32) (i32.const 0))))"
                                      : R"((module (import "" "give" (func $give (result i32)))
                                (global $seen (mut i32) (i32.const 0))
                                (func (export "run") (global.set $seen (call $give)))
                                (func (export "seen") (result i32) (global.get $seen))))",
                     {lowered});
    ExportRun(main, caller);
    ExportSeen(main, caller);
    if (std::string error = Make(); !error.empty()) return error;
    return CallRun(*instance);
  }

 private:
  // Passes the row's value to `sink`.
  CoreInstanceId Caller(const LiftRow& row, CoreItem sink) {
    return builder.Core(absl::StrFormat(R"((module (import "" "sink" (func $sink (param %s)))
                                               (func (export "run") (call $sink %s))))",
                                        row.core, row.flat),
                        {sink});
  }
  // Returns it: as it is, or as the address of what lies at 16.
  CoreInstanceId Giver(const LiftRow& row, FuncTypeId type) {
    const bool stands_at_16 = IsIndirect(type) && !row.data.empty();
    return builder.Core(absl::StrFormat(R"((module (memory (export "memory") %d) %s
                                               (func (export "give") (result i32) %s)))",
                                        row.pages, row.data,
                                        stands_at_16 ? "(i32.const 16)" : row.flat));
  }
};

TEST_P(LiftTest, Row) {
  const auto& [row, way] = GetParam();
  const std::string outcome = way == Way::kArgumentToHost    ? ArgumentToHost(row)
                              : way == Way::kResultToHost    ? ResultToHost(row)
                              : way == Way::kArgumentToGuest ? ArgumentToGuest(row)
                                                             : ResultToGuest(row);

  const bool to_host = way == Way::kArgumentToHost || way == Way::kResultToHost;
  const std::string& expected = to_host ? row.to_host : row.to_guest;
  if (expected == kPassed && !to_host) {  // the guest says what it saw
    EXPECT_TRUE(absl::SimpleAtoi(outcome, std::make_unique<uint32_t>().get())) << outcome;
  } else {
    ExpectOutcome(outcome, expected);
  }
}

INSTANTIATE_TEST_SUITE_P(CanonicalAbi, LiftTest,
                         testing::Combine(testing::ValuesIn(kLiftRows),
                                          testing::Values(Way::kArgumentToHost, Way::kResultToHost,
                                                          Way::kArgumentToGuest,
                                                          Way::kResultToGuest)),
                         [](const auto& param) {
                           return absl::StrCat(
                               std::get<0>(param.param).name, "_",
                               kWayNames[static_cast<int>(std::get<1>(param.param))]);
                         });

// Types that double reach our bound on their size long before 2^28 bytes. abi: "Element Size"
TEST(ElementSizeTest, NoTypeReachesTwoToThe28Bytes) {
  TypeTable types;
  ValType type = K::kString;
  uint64_t bytes = 16;  // in a 64-bit memory
  Result<ValType> doubled = type;
  while (doubled && bytes < (uint64_t{1} << 28)) {
    type = *doubled;
    EXPECT_EQ(bytes, type == ValType(K::kString) ? 16 : types.Facts(type).element_size64);
    doubled = types.Intern(TypeDef{K::kTuple, {}, {type, type}, {}});
    bytes *= 2;
  }

  ASSERT_FALSE(doubled.has_value());
  EXPECT_LT(bytes, uint64_t{1} << 28);
}

// Parameters beyond 16 stand in memory like the fields of one tuple.
TEST(ElementSizeTest, NorDoTheParametersOfAFunction) {
  TypeTable types;
  const ValType large =
      *types.Intern(TypeDef{K::kTuple, {}, std::vector<ValType>(50'000, ValType(K::kString)), {}});
  abi::FuncType type;
  static const std::string labels = "abcdefghijklmnopqrstuvwxyz";
  for (int i = 0; i < 19; ++i) type.params.emplace_back(absl::string_view(&labels[i], 1), large);

  EXPECT_TRUE(types.Intern(type));
  type.params.emplace_back("last", large);
  EXPECT_FALSE(types.Intern(type));
}

// --- Lowering: a guest's realloc returns what it should not, or its result pointer lies
// ------------

enum class From { kHostArgument, kHostResult, kGuestArgument, kGuestResult };
const char* const kFromNames[] = {"HostArgument", "HostResult", "GuestArgument", "GuestResult"};
using Froms = std::vector<From>;
const Froms kAll = {From::kHostArgument, From::kHostResult, From::kGuestArgument,
                    From::kGuestResult},
            kGuests = {From::kGuestArgument, From::kGuestResult},
            kArguments = {From::kHostArgument, From::kGuestArgument},
            kResults = {From::kHostResult, From::kGuestResult};

// A value that the host has, without its type.
struct HostValue {
  ValType (*type)(ComponentBuilder&);
  void (*add_source)(HostInterface&);   // give: () -> T
  std::string (*call_take)(Instance&);  // an export that takes a T
};
template <typename T, T (*make)()>
constexpr HostValue kValue = {
    &PlanType<T>::Make,
    [](HostInterface& interface) { interface.Func("give", [](HostContext&) { return make(); }); },
    [](Instance& instance) {
      auto func = instance.Func<void(T)>("", "take");
      if (!func) return func.error().ToString();
      auto outcome = func->Call(make());
      if (!outcome) return Outcome(outcome.error());
      return Outcome<uint32_t>(instance.Func<uint32_t()>("", "seen")->Call().value());
    },
};
std::string Nothing() { return ""; }
std::string Hello() { return "hello"; }
std::string Acute() { return "\u00e9"; }
std::string AcuteA() { return "\u00e9a"; }
std::string AcuteEuro() { return "\u00e9\u20ac"; }
U64s NoNumbers() { return {}; }
U64s OneNumber() { return {1}; }
Seventeen Zeros() { return {}; }

struct LowerRow {
  const char* name;
  Froms ways;
  HostValue value;
  // The same in a guest's memory: at 64, so many units.
  StringEncoding from;
  std::string bytes;
  uint32_t units;
  StringEncoding to;
  std::vector<uint32_t> reallocs;  // what the target's realloc returns, call after call
  std::string host;                // outcome: a trap, or how often realloc was called
  std::string guest;
  uint32_t result_pointer = 32;
};

const std::string kReallocUnaligned = "realloc return: result not aligned",
                  kReallocOut = "realloc return: beyond end of memory";
constexpr auto kNothing = kValue<std::string, Nothing>, kHello = kValue<std::string, Hello>,
               kAcute = kValue<std::string, Acute>, kAcuteA = kValue<std::string, AcuteA>,
               kAcuteEuro = kValue<std::string, AcuteEuro>;

const LowerRow kLowerRows[] = {
    // The first result: alignment, then bounds, for size 0 too.
    {"ReallocResultUnaligned",
     kAll,
     kValue<U64s, OneNumber>,
     kUtf8,
     "",
     1,
     kUtf8,
     {1028},
     kReallocUnaligned,
     kUnaligned},
    {"ReallocResultOutOfBounds",
     kAll,
     kHello,
     kUtf8,
     "hello",
     5,
     kUtf8,
     {65532},
     kReallocOut,
     kStringOutFused},
    {"ReallocResultAtTheEnd", kAll, kHello, kUtf8, "hello", 5, kUtf8, {65531}, "1", "1"},
    {"ReallocAlignmentBeforeBounds",
     kAll,
     kValue<U64s, OneNumber>,
     kUtf8,
     "",
     1,
     kUtf8,
     {65540},
     kReallocUnaligned,
     kUnaligned},
    {"ReallocIsCalledForAnEmptyString", kAll, kNothing, kUtf8, "", 0, kUtf8, {65536}, "1", "1"},
    {"ReallocIsCalledForAnEmptyList",
     kAll,
     kValue<U64s, NoNumbers>,
     kUtf8,
     "",
     0,
     kUtf8,
     {65536},
     "1",
     "1"},
    {"ReallocForAnEmptyStringOutOfBounds",
     kAll,
     kNothing,
     kUtf8,
     "",
     0,
     kUtf8,
     {65537},
     kReallocOut,
     kStringOutFused},
    {"ReallocForAnEmptyStringUnaligned",
     kAll,
     kNothing,
     kUtf8,
     "",
     0,
     kUtf16,
     {1025},
     kReallocUnaligned,
     kUnaligned},
    {"ReallocForAnEmptyListOutOfBounds",
     kAll,
     kValue<U64s, NoNumbers>,
     kUtf8,
     "",
     0,
     kUtf8,
     {65544},
     kReallocOut,
     kListOut},
    {"ReallocForAnEmptyListUnaligned",
     kAll,
     kValue<U64s, NoNumbers>,
     kUtf8,
     "",
     0,
     kUtf8,
     {1028},
     kReallocUnaligned,
     kUnaligned},
    {"ReallocForParametersUnaligned",
     kArguments,
     kValue<Seventeen, Zeros>,
     kUtf8,
     "",
     0,
     kUtf8,
     {1026},
     kReallocUnaligned,
     kUnaligned},
    {"ReallocForParametersOutOfBounds",
     kArguments,
     kValue<Seventeen, Zeros>,
     kUtf8,
     "",
     0,
     kUtf8,
     {65472},
     kReallocOut,
     kPointerOut},
    {"ReallocForParametersAtTheEnd",
     kArguments,
     kValue<Seventeen, Zeros>,
     kUtf8,
     "",
     0,
     kUtf8,
     {65468},
     "1",
     "1"},

    // Transcoding: the worst case is asked for and checked, then the result of shrinking.
    {"Utf8ToUtf16WorstCaseIsTwice",
     kAll,
     kAcute,
     kUtf8,
     "\\c3\\a9",
     2,
     kUtf16,
     {65534},
     kReallocOut,
     kStringOutFused},
    {"Utf8ToUtf16WorstCaseFits",
     kAll,
     kAcute,
     kUtf8,
     "\\c3\\a9",
     2,
     kUtf16,
     {65532, 65532},
     "2",
     "2"},
    {"Utf8ToUtf16ShrunkUnaligned",
     kAll,
     kAcute,
     kUtf8,
     "\\c3\\a9",
     2,
     kUtf16,
     {1024, 1025},
     kReallocUnaligned,
     kUnaligned},
    {"Utf8ToUtf16ShrunkOutOfBounds",
     kAll,
     kAcute,
     kUtf8,
     "\\c3\\a9",
     2,
     kUtf16,
     {1024, 65536},
     kReallocOut,
     kStringOutFused},
    {"Utf8ToLatin1ShrunkOutOfBounds",
     kAll,
     kAcute,
     kUtf8,
     "\\c3\\a9",
     2,
     kLatin1,
     {1024, 65536},
     kReallocOut,
     kStringOutFused},
    {"Utf8ToLatin1WidenedIsTwice",
     kAll,
     kAcuteEuro,
     kUtf8,
     "\\c3\\a9\\e2\\82\\ac",
     5,
     kLatin1,
     {1024, 65528},
     kReallocOut,
     kStringOutFused},
    {"Utf8ToLatin1WidenedUnaligned",
     kAll,
     kAcuteEuro,
     kUtf8,
     "\\c3\\a9\\e2\\82\\ac",
     5,
     kLatin1,
     {1024, 1025},
     kReallocUnaligned,
     kUnaligned},
    {"Utf8ToLatin1WidenedThenShrunk",
     kAll,
     kAcuteEuro,
     kUtf8,
     "\\c3\\a9\\e2\\82\\ac",
     5,
     kLatin1,
     {1024, 65526, 65526},
     "3",
     "3"},
    {"Utf8ToLatin1WidenedShrunkOutOfBounds",
     kAll,
     kAcuteEuro,
     kUtf8,
     "\\c3\\a9\\e2\\82\\ac",
     5,
     kLatin1,
     {1024, 1024, 65534},
     kReallocOut,
     kStringOutFused},
    {"Utf16ToUtf8WorstCaseIsThrice",
     kGuests,
     kAcute,
     kUtf16,
     "\\e9\\00",
     1,
     kUtf8,
     {1024, 65534},
     "",
     kStringOutFused},
    {"Utf16ToUtf8WorstCaseFits",
     kGuests,
     kAcute,
     kUtf16,
     "\\e9\\00",
     1,
     kUtf8,
     {65535, 65533, 65534},
     "",
     "3"},
    {"Utf16ToUtf8ShrunkOutOfBounds",
     kGuests,
     kAcute,
     kUtf16,
     "\\e9\\00",
     1,
     kUtf8,
     {1024, 1024, 65535},
     "",
     kStringOutFused},
    {"Latin1ToUtf8WorstCaseIsTwice",
     kGuests,
     kAcuteA,
     kLatin1,
     "\\e9a",
     2,
     kUtf8,
     {1024, 65533},
     "",
     kStringOutFused},
    {"Latin1ToUtf8WorstCaseFits",
     kGuests,
     kAcuteA,
     kLatin1,
     "\\e9a",
     2,
     kUtf8,
     {65534, 65532, 65533},
     "",
     "3"},
    {"Latin1ToUtf16IsTwice",
     kGuests,
     kAcuteA,
     kLatin1,
     "\\e9a",
     2,
     kUtf16,
     {65534},
     "",
     kStringOutFused},
    {"Latin1ToLatin1Copies", kGuests, kAcuteA, kLatin1, "\\e9a", 2, kLatin1, {65534}, "", "1"},
    {"TaggedToLatin1IsTwiceThenShrinks",
     kGuests,
     kHello,
     kLatin1,
     "h\\00i\\00",
     0x80000002,
     kLatin1,
     {65532, 65534},
     "",
     "2"},
    {"TaggedToLatin1ShrunkOutOfBounds",
     kGuests,
     kHello,
     kLatin1,
     "h\\00i\\00",
     0x80000002,
     kLatin1,
     {1024, 65535},
     "",
     kStringOutFused},

    // Where a caller wants a result that is no core value: alignment, then bounds.
    {"ResultPointerUnaligned",
     kResults,
     kNothing,
     kUtf8,
     "",
     0,
     kUtf8,
     {1024},
     kUnaligned,
     kUnaligned,
     34},
    {"ResultPointerOutOfBounds",
     kResults,
     kNothing,
     kUtf8,
     "",
     0,
     kUtf8,
     {1024},
     kPointerOut,
     kPointerOut,
     65532},
    {"ResultPointerAlignmentBeforeBounds",
     kResults,
     kNothing,
     kUtf8,
     "",
     0,
     kUtf8,
     {1024},
     kUnaligned,
     kUnaligned,
     65534},
    {"ResultPointerAtTheEnd", kResults, kNothing, kUtf8, "", 0, kUtf8, {1024}, "1", "1", 65528},
};

class LowerTest : public testing::TestWithParam<std::tuple<LowerRow, From>>, public Crossing {
 protected:
  // Memory, realloc as the row has it, and `take`; `seen` is how often realloc was called.
  CoreInstanceId Target(const LowerRow& row, bool is_pointer) {
    std::string results;
    for (uint32_t result : row.reallocs) results += Word(result);
    return builder.Core(absl::StrFormat(R"((module
        (memory (export "memory") 1) (data (i32.const 8000) "%s")
        (global $calls (mut i32) (i32.const 0))
        (func (export "realloc") (param i32 i32 i32 i32) (result i32)
          (global.set $calls (i32.add (global.get $calls) (i32.const 1)))
          (i32.load (i32.add (i32.const 7996) (i32.mul (i32.const 4) (global.get $calls)))))
        (func (export "seen") (result i32) (global.get $calls))
        (func (export "take") (param %s))))",
                                        results, is_pointer ? "i32" : "i32 i32"));
  }
  // The value in a guest's memory, for it to pass or to return.
  std::string Data(const LowerRow& row) {
    return absl::StrFormat("(data (i32.const 16) \"%s%s\") (data (i32.const 64) \"%s\")", Word(64),
                           Word(row.units), row.bytes);
  }
  bool IsPointer(FuncTypeId take) {
    return FlattenFunc(builder.types(), take, CallContext::kLift, false).spills_params;
  }

  std::string HostArgument(const LowerRow& row) {
    const FuncTypeId type = builder.FuncType({row.value.type(builder)});
    const CoreInstanceId target = Target(row, IsPointer(type));
    const ComponentInstanceId root(0);
    builder.Export("take", builder.Lift(root, target, "take", type, row.to), type);
    ExportSeen(target, root);
    if (std::string error = Make(); !error.empty()) return error;
    return row.value.call_take(*instance);
  }

  std::string HostResult(const LowerRow& row) {
    const FuncTypeId type = builder.FuncType({}, row.value.type(builder));
    row.value.add_source(linker.Interface("test:host/f"));
    return CallForResult(row, ComponentInstanceId(0), builder.Import("test:host/f", "give", type),
                         type);
  }

  std::string GuestArgument(const LowerRow& row) {
    const ComponentInstanceId callee = builder.Child(), caller = builder.Child();
    const FuncTypeId type = builder.FuncType({row.value.type(builder)});
    const CoreInstanceId target = Target(row, IsPointer(type));
    const FuncRef take = builder.Lift(callee, target, "take", type, row.to);
    const CoreItem lowered = builder.Lower(caller, take, type, Memory(Data(row)), row.from);
    const CoreInstanceId main = builder.Core(
        absl::StrFormat(R"((module (import "" "take" (func $take (param %s)))
                               (func (export "run") (call $take (i32.const 64) %s))))",
                        IsPointer(type) ? "i32" : "i32 i32",
                        IsPointer(type)
                            ? ""
                            : absl::StrFormat("(i32.const %d)", static_cast<int32_t>(row.units))),
        {lowered});
    ExportRun(main, caller);
    ExportSeen(target, callee);
    if (std::string error = Make(); !error.empty()) return error;
    return CallRun(*instance);
  }

  std::string GuestResult(const LowerRow& row) {
    const ComponentInstanceId callee = builder.Child(), caller = builder.Child();
    const FuncTypeId type = builder.FuncType({}, row.value.type(builder));
    const CoreInstanceId giver = builder.Core(absl::StrFormat(
        R"((module (memory (export "memory") 1) %s
               (func (export "give") (result i32) (i32.const 16))))",
        Data(row)));
    return CallForResult(row, caller, builder.Lift(callee, giver, "give", type, row.from), type);
  }

 private:
  std::string CallForResult(const LowerRow& row, ComponentInstanceId caller, FuncRef give,
                            FuncTypeId type) {
    const CoreInstanceId target = Target(row, false);
    const CoreInstanceId main =
        builder.Core(absl::StrFormat(R"((module (import "" "give" (func $give (param i32)))
                               (func (export "run") (call $give (i32.const %d)))))",
                                     row.result_pointer),
                     {builder.Lower(caller, give, type, target, row.to)});
    ExportRun(main, caller);
    ExportSeen(target, caller);
    if (std::string error = Make(); !error.empty()) return error;
    return CallRun(*instance);
  }
};

TEST_P(LowerTest, Row) {
  const auto& [row, from] = GetParam();
  const std::string outcome = from == From::kHostArgument    ? HostArgument(row)
                              : from == From::kHostResult    ? HostResult(row)
                              : from == From::kGuestArgument ? GuestArgument(row)
                                                             : GuestResult(row);

  const bool by_host = from == From::kHostArgument || from == From::kHostResult;
  ExpectOutcome(outcome, by_host ? row.host : row.guest);
}

std::vector<std::tuple<LowerRow, From>> LowerCases() {
  std::vector<std::tuple<LowerRow, From>> cases;
  for (const LowerRow& row : kLowerRows) {
    for (From from : row.ways) cases.emplace_back(row, from);
  }
  return cases;
}

INSTANTIATE_TEST_SUITE_P(CanonicalAbi, LowerTest, testing::ValuesIn(LowerCases()),
                         [](const auto& param) {
                           return absl::StrCat(
                               std::get<0>(param.param).name, "_",
                               kFromNames[static_cast<int>(std::get<1>(param.param))]);
                         });

}  // namespace
}  // namespace abi
}  // namespace tenon
