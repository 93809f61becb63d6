// What the compiler makes of modules, without running any of it: which functions it takes, and that
// an image is what can be mapped and run as it stands.
#include "jit/compile.h"

#include <elf.h>

#include <cstring>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "gtest/gtest.h"
#include "jit/budget.h"
#include "vm/artifact/format.h"
#include "vm/syntax/opcode.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::jit {
namespace {

class CompileTest : public testing::Test {
 protected:
  std::vector<uint8_t> Compile(absl::string_view wat, const CompileOptions& options = {}) {
    const vm::Features features = vm::Features::All();
    Result<vm::Module> module = vm::ParseModule(wat);
    EXPECT_TRUE(module.has_value()) << module.error().ToString() << "\n" << wat;
    auto resolved = vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), &types_,
                                       features, vm::BodyValidation::kEager);
    EXPECT_TRUE(resolved.has_value()) << resolved.error().ToString() << "\n" << wat;
    report_ = {};
    auto image = CompileModule(**resolved, options, &report_);
    EXPECT_TRUE(image.has_value()) << image.error().ToString();
    return image ? *image : std::vector<uint8_t>();
  }

  // Why functions were left out: "1: throw; 2: ...".
  std::string Left() const {
    std::vector<std::string> left;
    for (const CompileReport::Func& func : report_.funcs) {
      if (!func.is_compiled()) left.push_back(absl::StrCat(func.index.value(), ": ", func.reason));
    }
    return absl::StrJoin(left, "; ");
  }

  CompileReport report_;

 private:
  vm::TypeStore types_;
};

template <typename T>
T ReadAt(const std::vector<uint8_t>& bytes, uint64_t offset) {
  T value;
  EXPECT_LE(offset + sizeof(T), bytes.size());
  std::memcpy(&value, bytes.data() + offset, sizeof(T));
  return value;
}

constexpr absl::string_view kSmall = R"((module
  (memory 1)
  (func (export "a") (param i32 i32) (result i32)
    (i32.add (i32.load (local.get 0)) (local.get 1)))
  (func (param externref))
  (func (result i32) (call 0 (i32.const 1) (i32.const 2)))))";

TEST_F(CompileTest, LowersEverything) {
  Compile(R"((module
    (tag $t)
    (func (result i32) (i32.const 1))
    (func (param externref))
    (func (throw $t))
    (func (local (ref null any)))))");
  EXPECT_EQ(Left(), "");
}

TEST_F(CompileTest, CompilesWhatIsAskedFor) {
  CompileOptions options;
  options.filter = [](vm::FuncIdx func) { return func.value() != 0; };
  Compile(kSmall, options);
  EXPECT_EQ(Left(), "0: not asked for");
}

TEST_F(CompileTest, RefusesUnknownProcessors) {
  vm::TypeStore types;
  auto resolved = vm::ValidateModule(std::make_unique<vm::Module>(*vm::ParseModule("(module)")),
                                     &types, vm::Features(), vm::BodyValidation::kEager);
  CompileOptions options;
  options.cpu = "abacus";
  const auto image = CompileModule(**resolved, options, nullptr);
  ASSERT_FALSE(image.has_value());
  EXPECT_EQ(image.error().ToString(), "no such processor: abacus");
}

TEST_F(CompileTest, IsDeterministic) { EXPECT_EQ(Compile(kSmall), Compile(kSmall)); }

// Bodies for several parts, whose functions call each other.
std::string Large() {
  std::string wat = "(module (memory 1) (func (param i32) (result i32) (local.get 0))\n";
  for (int i = 1; i < 100; ++i) {
    absl::StrAppend(&wat, "(func (param i32) (result i32) (local.get 0)");
    for (int k = 0; k < 100; ++k) absl::StrAppend(&wat, " i32.load offset=", 1000 * k);
    absl::StrAppend(&wat, " (call ", i - 1, ") (call ", (i * 37) % 100, "))\n");
  }
  return wat + ")";
}

TEST_F(CompileTest, MakesTheSameOnAnyNumberOfThreads) {
  const std::string wat = Large();
  uint64_t last = 0, total = 0;
  CompileOptions options;
  options.level = OptLevel::k1;
  options.threads = 1;
  options.progress = [&](uint64_t done, uint64_t all) {
    EXPECT_GT(done, last);
    last = done;
    total = all;
  };
  const std::vector<uint8_t> on_one = Compile(wat, options);
  EXPECT_EQ(last, total);
  EXPECT_GT(total, 40'000);
  options.progress = nullptr;
  options.threads = 4;
  EXPECT_EQ(Compile(wat, options), on_one);
}

TEST_F(CompileTest, TellsWhichFunctionTakesMoreThanItMay) {
  CompileOptions options;
  std::mutex mutex;
  std::string told;
  options.threads = 1;
  options.budget_seconds = 1e-3;
  options.over_budget = [&](const Error& error) {
    const std::lock_guard lock(mutex);
    told = error.ToString();
  };
  for (int i = 0; i < 100 && told.empty(); ++i) Compile(Large(), options);
  EXPECT_TRUE(absl::StartsWith(told, "compiling function f")) << told;
  EXPECT_TRUE(absl::EndsWith(told, " takes more than 0.001 s")) << told;
}

TEST(BudgetTest, WatchesWhileTheInputIsRead) {
  std::promise<std::string> told;
  CompileOptions options;
  options.total_seconds = 1e-9;
  options.over_budget = [&](const Error& error) { told.set_value(error.ToString()); };
  Budget budget(options);
  ASSERT_TRUE(budget.Start());
  EXPECT_EQ(told.get_future().get(), "reading it takes more than 1e-09 s");
}

// Every loop merges every local, so that there would be millions of phis.
TEST_F(CompileTest, TranslatesWhatIsTooMuchForOptimising) {
  constexpr int kCount = 2100;
  std::string wat = "(module (func (param i32) (local";
  for (int i = 0; i < kCount; ++i) wat += " i32";
  wat += ")";
  for (int i = 0; i < kCount; ++i) wat += " loop";
  for (int i = 0; i < kCount; ++i) {
    absl::StrAppend(&wat, " local.get ", i, " local.get 0 i32.add local.set ", i + 1);
  }
  for (int i = 0; i < kCount; ++i) absl::StrAppend(&wat, " local.get ", i, " br_if ", i);
  for (int i = 0; i < kCount; ++i) wat += " end";
  CompileOptions options;
  options.budget_bytes = uint64_t{1} << 30;
  std::string told;
  options.over_budget = [&](const Error& error) { told = error.ToString(); };
  Compile(wat + "))", options);
  EXPECT_EQ(told, "");
  EXPECT_EQ(Left(), "");
}

// Read-only data, then code; nothing that is written, relocated or found at run time.
TEST_F(CompileTest, MakesAnImageThatNeedsNoLoader) {
  const std::vector<uint8_t> image = Compile(kSmall);
  const auto elf = ReadAt<Elf64_Ehdr>(image, 0);
  EXPECT_EQ(elf.e_type, ET_EXEC);
  ASSERT_EQ(elf.e_phnum, 2);
  const auto data = ReadAt<Elf64_Phdr>(image, elf.e_phoff);
  const auto text = ReadAt<Elf64_Phdr>(image, elf.e_phoff + sizeof(Elf64_Phdr));
  EXPECT_EQ(data.p_type, PT_LOAD);
  EXPECT_EQ(data.p_flags, PF_R);
  EXPECT_EQ(data.p_vaddr, 0);
  EXPECT_EQ(text.p_type, PT_LOAD);
  EXPECT_EQ(text.p_flags, PF_R | PF_X);
  EXPECT_EQ(text.p_vaddr % 4096, 0);
  EXPECT_EQ(text.p_offset, text.p_vaddr);
  for (int i = 0; i < elf.e_shnum; ++i) {
    const auto section = ReadAt<Elf64_Shdr>(image, elf.e_shoff + i * sizeof(Elf64_Shdr));
    EXPECT_NE(section.sh_type, SHT_RELA);
    EXPECT_NE(section.sh_type, SHT_REL);
    EXPECT_NE(section.sh_type, SHT_DYNAMIC);
    EXPECT_NE(section.sh_type, SHT_NOBITS);
  }
}

TEST_F(CompileTest, WritesTheHeaderAtTheEntryPoint) {
  CompileOptions options;
  options.bounds = Bounds::kExplicit;
  options.filter = [](vm::FuncIdx func) { return func.value() != 1; };
  const std::vector<uint8_t> image = Compile(kSmall, options);
  const auto elf = ReadAt<Elf64_Ehdr>(image, 0);
  const auto text = ReadAt<Elf64_Phdr>(image, elf.e_phoff + sizeof(Elf64_Phdr));
  const auto header = ReadAt<vm::artifact::Header>(image, elf.e_entry);
  EXPECT_EQ(std::memcmp(header.magic, vm::artifact::kMagic, sizeof header.magic), 0);
  EXPECT_EQ(header.version, vm::artifact::kVersion);
  EXPECT_EQ(header.settings, vm::artifact::kPreciseTraps);
  EXPECT_EQ(header.layout, vm::artifact::LayoutHash());
  EXPECT_EQ(header.features, vm::Features::All().bits());
  EXPECT_EQ(header.level, '2');
  ASSERT_EQ(header.module_count, 1);
  const auto module = ReadAt<vm::artifact::Module>(image, header.modules);
  ASSERT_EQ(module.func_count, 3);
  for (uint32_t i = 0; i < 3; ++i) {
    const auto func =
        ReadAt<vm::artifact::Func>(image, module.funcs + i * sizeof(vm::artifact::Func));
    if (i == 1) {  // is not compiled
      EXPECT_EQ(func.call, 0);
      EXPECT_EQ(func.entry, 0);
      continue;
    }
    EXPECT_GE(func.call, text.p_vaddr);
    EXPECT_LT(func.call, text.p_vaddr + text.p_memsz);
    EXPECT_GE(func.entry, text.p_vaddr);
    EXPECT_LT(func.entry, text.p_vaddr + text.p_memsz);
  }
}

// Code that nothing reaches, and values that cross every kind of label.
TEST_F(CompileTest, TakesEveryKindOfControl) {
  const absl::string_view wat = R"((module
    (type $pair (func (param i32 i64) (result i32 i64)))
    (func (param i32) (result i32 i64)
      (i32.const 1) (i64.const 2)
      (block (type $pair)
        (loop (type $pair) (br_if 1 (local.get 0)) (br_if 0 (local.get 0)))
        (if (type $pair) (local.get 0) (then (br 1)) (else (br_table 0 1 0 2 (local.get 0))))
        (if (type $pair) (local.get 0) (then (return)))
        (unreachable))
      (br_if 0 (local.get 0)))
    (func (result i32)
      (block (result i32) (unreachable)) (drop)
      (loop (result i32) (br 0)) (drop)
      (block (result v128) (br 1 (i32.const 3))) (drop)
      (i32.const 4))
    (func (param funcref) (result i32 i32 i32 i32)
      (block (br_on_null 0 (local.get 0)) (drop))
      (i32.const 1) (i32.const 2) (i32.const 3) (i32.const 4))))";
  for (const OptLevel level :
       {OptLevel::k0, OptLevel::k1, OptLevel::k2, OptLevel::k3, OptLevel::kSize}) {
    CompileOptions options;
    options.level = level;
    Compile(wat, options);
    EXPECT_EQ(Left(), "");
  }
}

// A module with a function for every row of the scalar and vector tables that has a signature.
std::string EveryRow() {
  constexpr std::pair<char, const char*> kConstants[] = {
      {'i', "(i32.const 7)"},   {'l', "(i64.const 7)"},          {'f', "(f32.const 1.5)"},
      {'d', "(f64.const 1.5)"}, {'v', "(v128.const i64x2 1 2)"}, {'a', "(i32.const 16)"}};
  constexpr std::pair<char, const char*> kResults[] = {{'i', "i32"}, {'l', "i64"},  {'f', "f32"},
                                                       {'d', "f64"}, {'v', "v128"}, {'a', "i32"}};
  std::string wat = "(module (memory 1) (memory i64 1) (data \"x\") (elem func)\n";
  for (int i = 0; i < vm::kOpcodeCount; ++i) {
    const vm::OpcodeInfo& row = vm::Info(static_cast<vm::Opcode>(i));
    const absl::string_view signature = row.signature;
    const bool is_listed = signature.find_first_not_of("ilfdva:") == absl::string_view::npos;
    const bool waits = row.prefix == 0xfe && row.code < 3;
    if (!row.has_signature() || !is_listed || waits) continue;
    std::string immediate;
    switch (row.immediate) {
      case vm::ImmediateKind::kNone:
      case vm::ImmediateKind::kZeroByte:
      case vm::ImmediateKind::kMemory: break;
      case vm::ImmediateKind::kDataMemory:
      case vm::ImmediateKind::kData:
      case vm::ImmediateKind::kElem: immediate = "0"; break;
      case vm::ImmediateKind::kMemArg:
      case vm::ImmediateKind::kAtomicMemArg: immediate = "offset=8"; break;
      case vm::ImmediateKind::kShuffle:
        immediate = "0 31 2 29 4 27 6 25 8 23 10 21 12 19 14 17";
        break;
      case vm::ImmediateKind::kV128: immediate = "i32x4 1 2 3 4"; break;
      default: immediate = "1";
    }
    const size_t colon = signature.find(':');
    std::string operands, results;
    for (const char c : signature.substr(0, colon)) {
      for (const auto& [letter, text] : kConstants) operands += letter == c ? text : "";
    }
    for (const char c : signature.substr(colon + 1)) {
      for (const auto& [letter, text] : kResults) {
        if (letter == c) absl::StrAppend(&results, "(result ", text, ")");
      }
    }
    absl::StrAppend(&wat, "(func ", results, " ", operands, " ", row.text, " ", immediate, ")\n");
  }
  return wat + ")";
}

TEST_F(CompileTest, LowersEveryRow) {
  const std::string wat = EveryRow();
  for (const char* cpu : {"x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4", "native"}) {
    CompileOptions options;
    options.cpu = cpu;
    options.deterministic_simd = true;
    options.level = OptLevel::k1;
    Compile(wat, options);
    EXPECT_EQ(Left(), "");
    EXPECT_GT(report_.funcs.size(), 400);
  }
}

TEST_F(CompileTest, SaysForWhichSettingsItIs) {
  using vm::artifact::Header;
  const auto header_of = [&](const CompileOptions& options) {
    const std::vector<uint8_t> image = Compile(kSmall, options);
    return ReadAt<Header>(image, ReadAt<Elf64_Ehdr>(image, 0).e_entry);
  };
  CompileOptions options;
  options.level = OptLevel::k1;
  options.cpu = "x86-64-v3";
  EXPECT_EQ(header_of(options).level, '1');
  EXPECT_STREQ(header_of(options).cpu, "x86-64-v3");
  const uint32_t common = header_of(options).settings;
  EXPECT_NE(common & vm::artifact::kGuardedMemories, 0);
  options.bounds = Bounds::kExplicit;
  EXPECT_EQ(header_of(options).settings, common & ~vm::artifact::kGuardedMemories);
  options.trap_policy = TrapPolicy::kComponent;
  EXPECT_EQ(header_of(options).settings,
            common & ~(vm::artifact::kGuardedMemories | vm::artifact::kPreciseTraps));
  options.deterministic_simd = true;
  EXPECT_EQ(header_of(options).settings & vm::artifact::kDeterministicSimd,
            vm::artifact::kDeterministicSimd);
}

TEST_F(CompileTest, WhatBecomesTooLargeIsAnError) {
  auto module = vm::ParseModule("(module (func) (func (result i32) i32.const 1))");
  ASSERT_TRUE(module);
  vm::TypeStore types;
  const auto resolved = vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), &types,
                                           vm::Features::All(), vm::BodyValidation::kEager);
  ASSERT_TRUE(resolved);
  const auto image = CompileModule(**resolved, {.output_bytes = 1}, nullptr);
  ASSERT_FALSE(image);
  EXPECT_EQ(image.error().kind(), ErrorKind::kLimit);
  EXPECT_EQ(image.error().message(), "compiled, it takes more than 0 MiB, at function f1");
}

}  // namespace
}  // namespace tenon::jit
