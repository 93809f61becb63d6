#include "vm/valid/validate.h"

#include <string>

#include "gtest/gtest.h"
#include "vm/syntax/limits.h"
#include "vm/valid/matching.h"

namespace tenon::vm {
namespace {

std::string ValidationError(Module module, const Features& features = Features::All()) {
  TypeStore types;
  const auto resolved = ValidateModule(std::make_unique<Module>(std::move(module)), &types,
                                       features, BodyValidation::kEager);
  return resolved ? "ok" : resolved.error().message();
}

// A module with type 0 [] -> [] and functions of it with the given bodies.
Module WithBodies(std::vector<std::vector<uint8_t>> bodies) {
  Module module;
  module.types.emplace_back();
  module.rec_groups.push_back({0, 1});
  for (const std::vector<uint8_t>& body : bodies) {
    module.functions.push_back(TypeIdx(0));
    module.bodies.push_back(
        {{static_cast<uint32_t>(module.bytes.size()), static_cast<uint32_t>(body.size())}});
    module.bytes.insert(module.bytes.end(), body.begin(), body.end());
  }
  return module;
}

TEST(ValidateTest, MalformedBodyWinsOverInvalidOne) {
  const std::vector<uint8_t> invalid = {0x00, 0x41, 0x00, 0x0b};
  const std::vector<uint8_t> malformed = {0x00, 0xff, 0x0b};
  EXPECT_EQ(ValidationError(WithBodies({invalid, malformed})), "illegal opcode ff");
}

TEST(ValidateTest, MalformedBodyWinsOverInvalidModule) {
  Module module = WithBodies({{0x00, 0xff, 0x0b}});
  module.start = FuncIdx(7);
  EXPECT_EQ(ValidationError(std::move(module)), "illegal opcode ff");
}

TEST(ValidateTest, OperandsOnTheStackAreBounded) {
  // i32.const 0 ..., unreachable
  const auto body = [](size_t operands) {
    std::vector<uint8_t> bytes = {0x00};
    for (size_t i = 0; i < operands; ++i) bytes.insert(bytes.end(), {0x41, 0x00});
    bytes.insert(bytes.end(), {0x00, 0x0b});
    return bytes;
  };
  EXPECT_EQ(ValidationError(WithBodies({body(kMaxOperands)})), "ok");
  EXPECT_EQ(ValidationError(WithBodies({body(kMaxOperands + 1)})),
            "more than 1000000 operands on the stack");
}

// Imports count.
TEST(ValidateTest, TablesAndMemoriesHaveLimits) {
  const auto error = [](uint32_t tables, uint32_t memories) {
    Module module = WithBodies({});
    for (uint32_t i = 0; i < tables / 2; ++i) module.imports.emplace_back().type.emplace<1>();
    for (uint32_t i = 0; i < memories / 2; ++i) module.imports.emplace_back().type.emplace<2>();
    module.tables.resize(tables - tables / 2, {.type = {.element = ValType::kFuncRef}});
    module.memories.resize(memories - memories / 2);
    return ValidationError(std::move(module));
  };
  EXPECT_EQ(error(kMaxTables, kMaxMemories), "ok");
  EXPECT_EQ(error(kMaxTables + 1, kMaxMemories), "more than 100 tables");
  EXPECT_EQ(error(kMaxTables, kMaxMemories + 1), "more than 100 memories");
}

TEST(ValidateTest, ForwardTypeReferenceIsUnknown) {
  Module module = WithBodies({});
  module.types[0].func.params = {ValType::Ref(HeapType::Concrete(1), true)};
  module.types.emplace_back();
  module.rec_groups.push_back({1, 1});
  EXPECT_EQ(ValidationError(std::move(module)), "unknown type 1");
}

TEST(ValidateTest, MemoriesHaveAsManyPagesAsAddressesReach) {
  const auto error = [](MemoryType type, const Features& features = Features::All()) {
    Module module;
    module.memories.push_back(type);
    return ValidationError(std::move(module), features);
  };
  constexpr AddressType kWide = AddressType::kI64;
  EXPECT_EQ(error({.limits = {65536}}), "ok");
  EXPECT_EQ(error({.limits = {65537}}), "memory size must be at most 65536 pages (4GiB)");
  EXPECT_EQ(error({.limits = {uint64_t{1} << 48}, .address = kWide}), "ok");
  EXPECT_EQ(error({.limits = {(uint64_t{1} << 48) + 1}, .address = kWide}),
            "memory size must be at most 281474976710656 pages (2^64 bytes)");
  EXPECT_EQ(error({.limits = {UINT32_MAX}, .page_size_log2 = 0}), "ok");
  EXPECT_EQ(error({.limits = {uint64_t{1} << 32}, .page_size_log2 = 0}),
            "memory size must be at most 2^32-1 bytes");
  EXPECT_EQ(error({.limits = {UINT64_MAX}, .address = kWide, .page_size_log2 = 0}), "ok");
  EXPECT_EQ(error({.page_size_log2 = 12}), "invalid custom page size: neither 1 nor 65536");

  Features off;
  off.Set(Feature::kMemory64, false);
  EXPECT_EQ(error({.address = kWide}, off), "type with 64-bit addresses: memory64 is off");
  EXPECT_EQ(error({.page_size_log2 = 0}, off),
            "invalid custom page size: custom-page-sizes is off");
}

TEST(ValidateTest, RecGroupMembersSeeEachOther) {
  Module module;
  module.types.resize(2);
  module.types[0].func.params = {ValType::Ref(HeapType::Concrete(1), true)};
  module.rec_groups.push_back({0, 2});
  EXPECT_EQ(ValidationError(std::move(module)), "ok");
}

TEST(ValidateTest, FinalTypeHasNoSubtypes) {
  Module module;
  module.types.resize(2);
  module.types[1].supertype_count = 1;
  module.rec_groups = {{0, 1}, {1, 1}};
  EXPECT_EQ(ValidationError(std::move(module)),
            "sub type 1 does not match super type 0, which is final");
}

TEST(ValidateTest, SubtypeDepthLimit) {
  const auto chain = [](uint32_t depth) {
    Module module;
    for (uint32_t i = 0; i <= depth; ++i) {
      SubType& type = module.types.emplace_back();
      type.is_final = false;
      type.supertype_count = i != 0;
      type.supertype = i - 1;
      module.rec_groups.push_back({i, 1});
    }
    return module;
  };
  EXPECT_EQ(ValidationError(chain(kMaxSubtypeDepth)), "ok");
  EXPECT_EQ(ValidationError(chain(kMaxSubtypeDepth + 1)), "sub type 64 is deeper than 63");
}

TEST(ValidateTest, SupertypesComeFirstAndAlone) {
  Module later;
  later.types.resize(2);
  later.types[0].supertype_count = 1;
  later.types[0].supertype = 1;
  later.types[1].is_final = false;
  later.rec_groups.push_back({0, 2});
  EXPECT_EQ(ValidationError(std::move(later)), "unknown type 1");
  Module two;
  two.types.resize(2);
  two.types[0].is_final = false;
  two.types[1].supertype_count = 2;
  two.rec_groups = {{0, 1}, {1, 1}};
  EXPECT_EQ(ValidationError(std::move(two)), "sub type 1 has more than one super type");
}

// Each type names the one before it twice: 2^1000 types deep when written out.
TEST(ValidateTest, TypesThatDoubleAreNotWrittenOut) {
  Module module;
  for (uint32_t i = 0; i < 1000; ++i) {
    SubType& type = module.types.emplace_back();
    const ValType before = ValType::Ref(HeapType::Concrete(i == 0 ? 0 : i - 1), true);
    type.func.params = {before, before};
    module.rec_groups.push_back({i, 1});
  }
  EXPECT_EQ(ValidationError(std::move(module)), "ok");
}

TEST(ValidateTest, MemoryLimits) {
  Module module;
  module.memories.push_back({.limits = {65537, 0, false}});
  EXPECT_EQ(ValidationError(std::move(module)), "memory size must be at most 65536 pages (4GiB)");
  Module reversed;
  reversed.memories.push_back({.limits = {2, 1, true}});
  EXPECT_EQ(ValidationError(std::move(reversed)), "size minimum must not be greater than maximum");
}

TEST(ValidateTest, DuplicateExport) {
  Module module = WithBodies({{0x00, 0x0b}});
  module.exports.push_back({"a", ExternKind::kFunc, 0, 0});
  module.exports.push_back({"a", ExternKind::kFunc, 0, 0});
  EXPECT_EQ(ValidationError(std::move(module)), "duplicate export name a");
}

TEST(ValidateTest, GlobalBecomesConstProgram) {
  // (global i32 (i32.const 5 i32.const 2 i32.mul))
  auto module = std::make_unique<Module>();
  module->bytes = {0x41, 0x05, 0x41, 0x02, 0x6c, 0x0b};
  module->globals.push_back({{ValType::kI32, false}, {0, 6}});
  TypeStore types;
  const auto resolved =
      ValidateModule(std::move(module), &types, Features(), BodyValidation::kEager);
  ASSERT_TRUE(resolved.has_value()) << resolved.error().ToString();
  const ConstProgram& program = (*resolved)->globals[0].init;
  ASSERT_EQ(program.size(), 3u);
  EXPECT_EQ(program[0].bits.Lane<uint64_t>(0), 5u);
  EXPECT_EQ(program[2].op, Opcode::I32Mul);
}

TEST(MatchingTest, LimitsOfAnImport) {
  EXPECT_TRUE(MatchesLimits({2, 3, true}, {1, 4, true}));
  EXPECT_FALSE(MatchesLimits({0, 3, true}, {1, 4, true}));
  EXPECT_FALSE(MatchesLimits({2, 0, false}, {1, 4, true}));
  EXPECT_TRUE(MatchesLimits({2, 0, false}, {1, 0, false}));
}

TEST(MatchingTest, MutableGlobalsMatchExactly) {
  TypeStore types;
  const ValType narrow = ValType::Ref(HeapKind::kFunc, false);
  EXPECT_TRUE(MatchesGlobal(types, {narrow, false}, {ValType::kFuncRef, false}));
  EXPECT_FALSE(MatchesGlobal(types, {narrow, true}, {ValType::kFuncRef, true}));
  EXPECT_FALSE(MatchesGlobal(types, {narrow, true}, {narrow, false}));
}

TEST(ValidateTest, TypesOfProposalsThatAreOffAreRefusedByName) {
  const auto refused = [](Module module) {
    Features features;
    for (Feature off : {Feature::kFunctionReferences, Feature::kGc, Feature::kExceptionHandling}) {
      features.Set(off, false);
    }
    return ValidationError(std::move(module), features);
  };
  const ValType typed = ValType::Ref(HeapType::Concrete(0), true);
  Module in_type = WithBodies({});
  in_type.types.emplace_back().func.params = {typed};
  in_type.rec_groups.push_back({1, 1});
  EXPECT_EQ(refused(std::move(in_type)), "type (ref null 0): function-references is off");
  Module in_table = WithBodies({});
  in_table.tables.push_back({{{0, 0, false}, AddressType::kI32, typed}, {}});
  EXPECT_EQ(refused(std::move(in_table)), "type (ref null 0): function-references is off");
  // (local (ref null 0)), and ref.null 0 drop
  EXPECT_EQ(refused(WithBodies({{0x01, 0x01, 0x63, 0x00, 0x0b}})),
            "malformed reference type: function-references is off");
  EXPECT_EQ(refused(WithBodies({{0x00, 0xd0, 0x00, 0x1a, 0x0b}})),
            "malformed heap type: function-references is off");
  Module open = WithBodies({});
  open.types[0].is_final = false;
  EXPECT_EQ(refused(std::move(open)),
            "type with sub types, a group, or of a structure or array: gc is off");
  Module tagged = WithBodies({});
  tagged.tags.push_back({TypeIdx(0)});
  EXPECT_EQ(refused(std::move(tagged)), "tag: exception-handling is off");
}

TEST(ResolvedModuleTest, NamesOfFunctionsAreReadWhenAskedFor) {
  auto module = std::make_unique<Module>();
  module->bytes = {2, 0, 1, 'f', 7, 2, 'g', 0xff};
  module->names.functions = {0, 8};
  module->exports = {
      {"m", ExternKind::kMemory, 7}, {"e", ExternKind::kFunc, 0}, {"x", ExternKind::kFunc, 8}};
  ResolvedModule resolved;
  resolved.module = std::move(module);
  EXPECT_EQ(resolved.FunctionName(FuncIdx(0)), "f");
  EXPECT_EQ(resolved.FunctionName(FuncIdx(7)), "");   // not UTF-8
  EXPECT_EQ(resolved.FunctionName(FuncIdx(8)), "x");  // by which it is exported
  EXPECT_EQ(resolved.FunctionNames({FuncIdx(7), FuncIdx(0), FuncIdx(0)}),
            (std::vector<absl::string_view>{"", "f", "f"}));
}

}  // namespace
}  // namespace tenon::vm
