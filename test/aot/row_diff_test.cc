// Every row of the scalar and vector tables that computes, in compiled code and in the interpreter:
// over values at the edges of what it takes, over equal operands, and with constants for operands,
// which compilers know identities of. Results agree bit for bit, NaNs aside: where the
// specification allows any, both are quiet.
#include <bit>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "jit/compile.h"
#include "vm/artifact/image.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"
#include "vm/syntax/opcode.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

struct Value {
  uint64_t low = 0;
  uint64_t high = 0;  // of a v128
};

std::vector<Value> Ints() {
  std::vector<Value> values;
  for (const uint64_t bits : {0x0ull,
                              0x1ull,
                              0x2ull,
                              0x1full,
                              0x20ull,
                              0x21ull,
                              0x3full,
                              0x40ull,
                              0x7full,
                              0x80ull,
                              0xffull,
                              0x7fffull,
                              0x8000ull,
                              0xffffull,
                              0x7fffffffull,
                              0x80000000ull,
                              0x80000001ull,
                              0xffffffffull,
                              0xdeadbeefull,
                              0x7fffff4000000001ull,
                              0x8000004000000001ull,
                              0x7fffffffffffffffull,
                              0x8000000000000000ull,
                              0xfedcba9876543210ull,
                              ~1ull,
                              ~0ull}) {
    values.push_back({bits});
  }
  return values;
}

template <typename F, typename Bits>
std::vector<Value> Floats(std::initializer_list<F> numbers, std::initializer_list<Bits> patterns) {
  std::vector<Value> values;
  for (const F number : numbers) {
    values.push_back({std::bit_cast<Bits>(number)});
    values.push_back({std::bit_cast<Bits>(-number)});
  }
  for (const Bits bits : patterns) values.push_back({bits});
  return values;
}

// Zeros, denormals, infinities, quiet and signalling NaNs, and the edges of integers' ranges.
std::vector<Value> Floats32() {
  return Floats<float, uint32_t>(
      {0.f, 0x1p-149f, 0x1p-126f, .5f, 0x1.fffffep-2f, 1.f, 1.5f, 2.5f, 0x1.fffffep23f, 0x1p23f,
       0x1p31f, 0x1.fffffep30f, 0x1p32f, 0x1.000002p31f, 0x1p63f, 0x1p64f, 0x1.fffffep127f},
      {0x7f800000, 0xff800000, 0x7fc00000, 0xffc00000, 0x7fa00000, 0xffa00001, 0x7fffffff});
}
std::vector<Value> Floats64() {
  return Floats<double, uint64_t>(
      {0.,
       0x1p-1074,
       0x1p-1022,
       .5,
       0x1.fffffffffffffp-2,
       1.,
       1.5,
       2.5,
       0x1p31,
       2147483647.,
       2147483647.5,
       2147483648.9,
       2147483649.,
       4294967295.9,
       0x1p32,
       0x1.0000000000001p52,
       0x1p63,
       0x1.fffffffffffffp62,
       0x1p64,
       0x1.ffffffp127,
       0x1.fffffffffffffp1023},
      {0x7ff0000000000000, 0xfff0000000000000, 0x7ff8000000000000, 0xfff8000000000000,
       0x7ff4000000000000, 0xfff0000000000001, 0x7fffffffffffffff});
}

// Lanes of all of these.
std::vector<Value> Vectors() {
  std::vector<Value> values = {{0x0706050403020100, 0x0f0e0d0c0b0a0908},
                               {0x80ff7f1011121314, 0x8090a0b0c0d0e0f0}};
  const std::vector<Value> ints = Ints(), floats32 = Floats32(), floats64 = Floats64();
  const auto at = [](const std::vector<Value>& of, size_t i) { return of[i % of.size()].low; };
  for (size_t i = 0; i < floats64.size(); ++i) {
    values.push_back({at(ints, i), at(ints, i * 7 + 3)});
    values.push_back({at(floats64, i), at(floats64, i * 5 + 2)});
    values.push_back({at(floats32, i) | at(floats32, i * 5 + 2) << 32,
                      at(floats32, i * 3 + 1) | at(floats32, i * 11 + 5) << 32});
  }
  return values;
}

std::vector<Value> ValuesOf(char letter) {
  switch (letter) {
    case 'f': return Floats32();
    case 'd': return Floats64();
    case 'v': return Vectors();
    default: return Ints();
  }
}

const char* TypeOf(char letter) {
  switch (letter) {
    case 'i': return "i32";
    case 'l': return "i64";
    case 'f': return "f32";
    case 'd': return "f64";
    default: return "v128";
  }
}

std::string Constant(char letter, uint64_t bits) {
  if (letter == 'i' || letter == 'l') {
    return absl::StrCat("(", TypeOf(letter), ".const ", static_cast<int64_t>(bits), ")");
  }
  const char* reinterpret = letter == 'f' ? "f32.const" : "f64.const";
  const bool is_negative = bits >> (letter == 'f' ? 31 : 63) != 0;
  const bool is_zero = (letter == 'f' ? bits << 33 : bits << 1) == 0;
  return absl::StrCat("(", reinterpret, " ", is_negative ? "-" : "", is_zero ? "0" : "1", ")");
}

// Operands that compilers know identities of.
std::vector<std::string> Constants(Opcode op, char letter) {
  const absl::string_view text = Info(op).text;
  std::vector<std::string> constants;
  if (letter == 'v') {
    for (const char* number : {"0", "1", "-0", "-1"}) {
      if (absl::StartsWith(text, "f32")) {
        constants.push_back(
            absl::StrCat("(v128.const f32x4 ", number, " ", number, " ", number, " ", number, ")"));
      } else if (absl::StartsWith(text, "f64")) {
        constants.push_back(absl::StrCat("(v128.const f64x2 ", number, " ", number, ")"));
      }
    }
    return constants;
  }
  const bool is_float = letter == 'f' || letter == 'd';
  const uint64_t sign = letter == 'f' ? 0x80000000 : uint64_t{1} << 63;
  for (const uint64_t bits : is_float ? std::vector<uint64_t>{0, 1, sign, sign | 1}
                                      : std::vector<uint64_t>{0, 1, ~0ull}) {
    constants.push_back(Constant(letter, bits));
  }
  return constants;
}

// A function to be run in both tiers.
struct Case {
  Opcode op;
  std::string params;  // letters, as in a signature
  std::string results;
  std::string body;
};

std::string SignatureOf(Opcode op) {
  switch (op) {
    case Opcode::I64Add128:
    case Opcode::I64Sub128: return "llll:ll";
    case Opcode::I64MulWideS:
    case Opcode::I64MulWideU: return "ll:ll";
    default: return Info(op).signature;
  }
}

// Nothing for rows that do not compute.
const char* ImmediateOf(Opcode op) {
  switch (Info(op).immediate) {
    case ImmediateKind::kNone: return "";
    case ImmediateKind::kShuffle: return "0 31 2 29 4 27 6 25 8 23 10 21 12 19 14 17";
    case ImmediateKind::kLane16:
    case ImmediateKind::kLane8:
    case ImmediateKind::kLane4:
    case ImmediateKind::kLane2: return "1";
    default: return nullptr;
  }
}

std::vector<Case> Cases() {
  std::vector<Case> cases;
  for (int i = 0; i < kOpcodeCount; ++i) {
    const auto op = static_cast<Opcode>(i);
    const std::string signature = SignatureOf(op);
    const char* immediate = ImmediateOf(op);
    const size_t colon = signature.find(':');
    if (immediate == nullptr || colon + 1 >= signature.size() || colon == 0 ||
        signature.find_first_not_of("ilfdv:") != std::string::npos) {
      continue;
    }
    const std::string params = signature.substr(0, colon), results = signature.substr(colon + 1);
    const std::string call = absl::StrCat(" ", Info(op).text, " ", immediate);
    std::string all;
    for (size_t k = 0; k < params.size(); ++k) absl::StrAppend(&all, "local.get ", k, " ");
    cases.push_back({op, params, results, all + call});
    if (params.size() != 2 || params[0] != params[1]) continue;
    const std::string one = params.substr(0, 1);
    cases.push_back({op, one, results, "local.get 0 local.get 0" + call});
    for (const std::string& constant : Constants(op, one[0])) {
      const std::string type = TypeOf(one[0]);
      cases.push_back({op, one, results, absl::StrCat("local.get 0 ", constant, call)});
      cases.push_back({op, one, results, absl::StrCat(constant, " local.get 0", call)});
      // The same by way of a variable.
      const std::string set = absl::StrCat("(local ", type, ") ", constant, " local.set 1 ");
      cases.push_back({op, one, results, absl::StrCat(set, "local.get 0 local.get 1", call)});
      cases.push_back({op, one, results, absl::StrCat(set, "local.get 1 local.get 0", call)});
    }
  }
  return cases;
}

std::string ModuleOf(const std::vector<Case>& cases) {
  std::string wat = "(module\n";
  for (size_t i = 0; i < cases.size(); ++i) {
    absl::StrAppend(&wat, "(func (export \"", i, "\")");
    for (const char c : cases[i].params) absl::StrAppend(&wat, " (param ", TypeOf(c), ")");
    for (const char c : cases[i].results) absl::StrAppend(&wat, " (result ", TypeOf(c), ")");
    absl::StrAppend(&wat, " ", cases[i].body, ")\n");
  }
  return wat + ")";
}

jit::CompileOptions compile_options;

void Compile(LoadedModule& module) {
  const auto bytes = jit::CompileModule(*module.resolved, compile_options, nullptr);
  ASSERT_TRUE(bytes.has_value()) << bytes.error().ToString();
  auto file = sys::File::OfBytes(*bytes);
  ASSERT_TRUE(file.has_value());
  auto image = artifact::Image::Map(std::move(*file));
  ASSERT_TRUE(image.has_value()) << image.error().ToString();
  ASSERT_TRUE(artifact::Image::Attach(*image, 0, module).has_value());
}

// One tier with an instance of the module.
class Machine {
 public:
  Machine(const std::string& wat, EngineSettings settings)
      : engine_(InterpreterTier(), std::move(settings)), store_(&engine_) {
    Result<Module> module = ParseModule(wat);
    EXPECT_TRUE(module.has_value()) << module.error().ToString();
    auto resolved = ValidateModule(std::make_unique<Module>(std::move(*module)), &engine_.types(),
                                   engine_.features(), BodyValidation::kEager);
    EXPECT_TRUE(resolved.has_value()) << resolved.error().ToString();
    instance_ = *Instantiate(store_, LoadedModule::Create(&engine_, *resolved, "m"), {});
  }

  void Choose(size_t index) { func_ = instance_->ExportedFunc(absl::StrCat(index)); }
  // The trap's text, if it does.
  std::string Run(Slot* slots) {
    if (store_.Invoke(*func_, slots) == CallOutcome::kReturned) return "";
    return store_.TakeTrap().Message();
  }

 private:
  Engine engine_;
  Store store_;
  Instance* instance_ = nullptr;
  const Func* func_ = nullptr;
};

bool IsQuiet32(uint32_t bits) { return (bits & 0x7fc00000) == 0x7fc00000; }
bool IsQuiet64(uint64_t bits) { return (bits & 0x7ff8000000000000) == 0x7ff8000000000000; }

// `lanes`: 'f' or 'd' for floats whose NaN may be any quiet one.
bool Agree(uint64_t a, uint64_t b, char lanes) {
  if (a == b) return true;
  if (lanes == 'd') return IsQuiet64(a) && IsQuiet64(b);
  if (lanes != 'f') return false;
  const auto lane = [](uint64_t bits, int i) { return static_cast<uint32_t>(bits >> (32 * i)); };
  for (int i = 0; i < 2; ++i) {
    if (lane(a, i) == lane(b, i)) continue;
    if (!IsQuiet32(lane(a, i)) || !IsQuiet32(lane(b, i))) return false;
  }
  return true;
}

// What the results' lanes are: bits that are moved stay what they are.
char LanesOf(Opcode op) {
  const absl::string_view text = Info(op).text;
  for (const char* word : {"abs", "neg", "copysign", "pmin", "pmax", "splat", "lane", "relaxed_min",
                           "relaxed_max", "reinterpret"}) {
    const size_t at = text.find(word);
    if (at != absl::string_view::npos && text.substr(at - 1, 1) != "n") return 'i';
  }
  if (absl::StartsWith(text, "f32")) return 'f';
  return absl::StartsWith(text, "f64") ? 'd' : 'i';
}

// Slots hold no more than the type is wide.
uint64_t Meaning(uint64_t bits, char letter) {
  return letter == 'i' || letter == 'f' ? static_cast<uint32_t>(bits) : bits;
}

void RunCase(const Case& test, Machine& interpreter, Machine& compiled) {
  std::vector<std::vector<Value>> values;
  for (const char letter : test.params) values.push_back(ValuesOf(letter));
  const size_t stride = test.params.size() > 2 ? 11 : 1;
  std::vector<size_t> at(values.size(), 0);
  for (size_t next = 0; next < at.size();) {
    Slot first[8] = {}, second[8] = {};
    int count = 0;
    for (size_t k = 0; k < at.size(); ++k) {
      const Value& value = values[k][at[k]];
      first[count++].bits = Meaning(value.low, test.params[k]);
      if (test.params[k] == 'v') first[count++].bits = value.high;
    }
    std::memcpy(second, first, sizeof first);
    const std::string operands =
        absl::StrCat(absl::Hex(first[0].bits), " ", absl::Hex(first[1].bits), " ",
                     absl::Hex(first[2].bits), " ", absl::Hex(first[3].bits));
    ASSERT_EQ(interpreter.Run(first), compiled.Run(second)) << test.body << " of " << operands;
    int slot = 0;
    for (const char letter : test.results) {
      for (int half = 0; half < (letter == 'v' ? 2 : 1); ++half, ++slot) {
        ASSERT_TRUE(Agree(Meaning(first[slot].bits, letter), Meaning(second[slot].bits, letter),
                          LanesOf(test.op)))
            << absl::StrCat(test.body, " of ", operands, ": ", absl::Hex(first[slot].bits),
                            " interpreted, ", absl::Hex(second[slot].bits), " compiled");
      }
    }
    for (next = 0; next < at.size(); ++next) {
      if ((at[next] += stride) < values[next].size()) break;
      at[next] = 0;
    }
  }
}

void RunAll(absl::string_view cpu, jit::OptLevel level, bool deterministic) {
  compile_options = {};
  compile_options.cpu = std::string(cpu);
  compile_options.level = level;
  compile_options.deterministic_simd = deterministic;
  EngineSettings settings;
  settings.features = Features::All();
  settings.deterministic_simd = deterministic;
  const std::vector<Case> cases = Cases();
  ASSERT_GT(cases.size(), 800);
  const std::string wat = ModuleOf(cases);
  Machine interpreter(wat, settings);
  settings.compile = Compile;
  Machine compiled(wat, settings);
  for (size_t i = 0; i < cases.size(); ++i) {
    interpreter.Choose(i);
    compiled.Choose(i);
    RunCase(cases[i], interpreter, compiled);
  }
}

TEST(RowDiffTest, Baseline) { RunAll("x86-64", jit::OptLevel::k2, false); }
TEST(RowDiffTest, ThisProcessor) { RunAll("native", jit::OptLevel::k2, false); }
TEST(RowDiffTest, ThisProcessorDeterministic) { RunAll("native", jit::OptLevel::k1, true); }
TEST(RowDiffTest, Unoptimised) { RunAll("native", jit::OptLevel::k0, false); }

}  // namespace
}  // namespace tenon::vm
