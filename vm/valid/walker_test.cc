// What the walker tells its sink, and its failures. Modules are built as data: one function of
// type 0, its body given in bytes.
#include "vm/valid/walker.h"

#include <ctime>
#include <string>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "vm/base/leb128.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

// Writes down what it hears.
class RecordingSink : public NullSink {
 public:
  void OnBlock(const Instruction&, const BlockInfo&) { absl::StrAppend(&log, "block "); }
  void OnLoop(const Instruction&, const BlockInfo&) { absl::StrAppend(&log, "loop "); }
  void OnIf(const Instruction&, const BlockInfo&) { absl::StrAppend(&log, "if "); }
  void OnElse(const Instruction&, bool falls) { absl::StrAppend(&log, "else:", falls, " "); }
  void OnEnd(const Instruction&, bool falls) { absl::StrAppend(&log, "end:", falls, " "); }
  void OnFunctionEnd() { absl::StrAppend(&log, "done"); }
  void OnBr(const Instruction& i) { absl::StrAppend(&log, "br:", i.index, " "); }
  void OnUnreachable(const Instruction&) { absl::StrAppend(&log, "unreachable "); }
  void OnDrop(const Instruction&, const Resolved& r) {
    absl::StrAppend(&log, "drop:", ToString(r.type), " ");
  }
  void OnLocalGet(const Instruction& i, const Resolved& r) {
    absl::StrAppend(&log, "get", i.index, ":", ToString(r.type), " ");
  }
  void OnConst(const Instruction& i) { Name("const:", i); }
  void OnUnary(const Instruction& i) { Name("unary:", i); }
  void OnBinary(const Instruction& i) { Name("binary:", i); }
  void OnLoad(const Instruction& i) { Name("load:", i); }
  void OnStore(const Instruction& i) { Name("store:", i); }
  void OnOp(const Instruction& i, const Resolved&) { Name("", i); }

  std::string log;

 private:
  void Name(absl::string_view shape, const Instruction& instruction) {
    absl::StrAppend(&log, shape, Info(instruction.op).text, " ");
  }
};

struct Walked {
  std::string log;    // when it went well
  std::string error;  // when not
};

Walked Walk(FuncType type, std::vector<uint8_t> body) {
  TypeStore types;
  auto module = std::make_unique<Module>();
  module->types.emplace_back().func = std::move(type);
  module->rec_groups.push_back({0, 1});
  module->functions.push_back(TypeIdx(0));
  module->bodies.push_back({{0, static_cast<uint32_t>(body.size())}});
  module->bytes = std::move(body);
  auto resolved = ValidateModule(std::move(module), &types, Features::All(), BodyValidation::kLazy);
  if (!resolved) return {"", resolved.error().ToString()};
  RecordingSink sink;
  WalkerScratch scratch;
  const Status status = WalkFunction(**resolved, FuncIdx(0), sink, scratch);
  if (!status) return {"", status.error().message()};
  return {sink.log, ""};
}

const FuncType kNothing;
const FuncType kI32ToI32 = {{ValType::kI32}, {ValType::kI32}};

TEST(WalkerTest, ReportsInstructionsInOrder) {
  const Walked walked = Walk(kI32ToI32, {0x00, 0x20, 0x00, 0x41, 0x01, 0x6a, 0x0b});
  EXPECT_EQ(walked.log, "get0:i32 const:i32.const binary:i32.add end:1 done") << walked.error;
}

TEST(WalkerTest, DeadCodeIsCheckedButNotReported) {
  // block br 0 i32.const 1 (block nop end) drop end
  const Walked walked = Walk(kNothing, {0x00, 0x02, 0x40, 0x0c, 0x00, 0x41, 0x01, 0x02, 0x40, 0x01,
                                        0x0b, 0x1a, 0x0b, 0x0b});
  EXPECT_EQ(walked.log, "block br:0 end:0 end:1 done") << walked.error;
}

TEST(WalkerTest, ElseIsReportedAfterDeadThen) {
  // i32.const 1 if unreachable else end
  const Walked walked = Walk(kNothing, {0x00, 0x41, 0x01, 0x04, 0x40, 0x00, 0x05, 0x0b, 0x0b});
  EXPECT_EQ(walked.log, "const:i32.const if unreachable else:0 end:1 end:1 done") << walked.error;
}

TEST(WalkerTest, TypeMismatchNamesBothSides) {
  EXPECT_EQ(Walk(kNothing, {0x00, 0x42, 0x00, 0x45, 0x1a, 0x0b}).error,
            "type mismatch: instruction requires [i32] but stack has [i64]");
  EXPECT_EQ(Walk(kNothing, {0x00, 0x41, 0x00, 0x0b}).error,
            "type mismatch: block requires [] but stack has [i32]");
}

TEST(WalkerTest, Malformed) {
  EXPECT_EQ(Walk(kNothing, {0x00, 0x05, 0x0b}).error, "END opcode expected");
  EXPECT_EQ(Walk(kNothing, {0x00, 0x01}).error, "unexpected end of section or function");
  EXPECT_EQ(Walk(kNothing, {0x00, 0xff, 0x0b}).error, "illegal opcode ff");
  EXPECT_EQ(Walk(kNothing, {0x01, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x0b}).error,
            "more than 50000 locals");
  EXPECT_EQ(Walk(kNothing, {0x02, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x7f, 0x01, 0x7f, 0x0b}).error,
            "too many locals");
}

TEST(WalkerTest, LocalsLimit) {
  // 50,000 locals and one more
  EXPECT_EQ(Walk(kNothing, {0x01, 0xd0, 0x86, 0x03, 0x7f, 0x0b}).log, "end:1 done");
  EXPECT_EQ(Walk(kNothing, {0x01, 0xd1, 0x86, 0x03, 0x7f, 0x0b}).error, "more than 50000 locals");
}

// Many labels to one place cost no more than reading them, whatever a branch there carries.
TEST(WalkerTest, LabelsOfOneTypeAreComparedOnce) {
  constexpr uint32_t kLabels = 3'000'000;
  std::vector<uint8_t> body = {0x00};
  for (uint32_t i = 0; i < kMaxResults + 1; ++i) body.insert(body.end(), {0x41, 0x00});
  body.push_back(0x0e);
  AppendVarU32(kLabels, &body);
  body.insert(body.end(), kLabels + 1, 0x00);
  body.push_back(0x0b);
  const FuncType type = {{}, std::vector<ValType>(kMaxResults, ValType::kI32)};

  const std::clock_t start = std::clock();
  EXPECT_EQ(Walk(type, std::move(body)).error, "");
  EXPECT_LT(std::clock() - start, CLOCKS_PER_SEC);
}

// A few bytes declare 50,000 locals: what all functions declare has a limit too.
TEST(WalkerTest, TotalLocalsLimit) {
  const auto with_functions = [](size_t count) {
    auto module = std::make_unique<Module>();
    module->types.emplace_back();
    module->rec_groups.push_back({0, 1});
    module->bytes = {0x01, 0xd0, 0x86, 0x03, 0x7f, 0x0b};
    module->functions.assign(count, TypeIdx(0));
    module->bodies.assign(count, {{0, static_cast<uint32_t>(module->bytes.size())}});
    TypeStore types;
    const auto resolved =
        ValidateModule(std::move(module), &types, Features(), BodyValidation::kEager);
    return resolved ? "" : resolved.error().message();
  };
  EXPECT_EQ(with_functions(kMaxTotalLocals / kMaxLocals), "");
  EXPECT_EQ(with_functions(kMaxTotalLocals / kMaxLocals + 1),
            "more than 50000000 locals in all functions");
}

TEST(WalkerTest, NonDefaultableLocalMustBeSet) {
  // (local (ref func)) local.get 0 drop
  EXPECT_EQ(Walk(kNothing, {0x01, 0x01, 0x64, 0x70, 0x20, 0x00, 0x1a, 0x0b}).error,
            "uninitialized local 0");
}

TEST(WalkerTest, DepthLimit) {
  // The body itself is the first construct.
  const auto nested = [](size_t count) {
    std::vector<uint8_t> body = {0x00};
    for (size_t i = 0; i < count; ++i) body.insert(body.end(), {0x02, 0x40});
    body.insert(body.end(), count + 1, 0x0b);
    return body;
  };
  EXPECT_EQ(Walk(kNothing, nested(kMaxControlDepth - 1)).error, "");
  EXPECT_EQ(Walk(kNothing, nested(kMaxControlDepth)).error, "blocks nested deeper than 50000");
}

}  // namespace
}  // namespace tenon::vm
