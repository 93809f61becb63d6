#include "abi/valid/validate.h"

#include <gtest/gtest.h>

#include <ctime>

#include "abi/binary/bytes_for_test.h"
#include "abi/binary/decode.h"
#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// Ids of sections.
constexpr uint8_t kCoreModule = 1, kCoreInstance = 2, kComponent = 4, kInstance = 5, kAlias = 6,
                  kType = 7, kCanon = 8, kImport = 10, kExport = 11;
// Types and externs that the tests share.
const Bytes kFuncU32 = {0x40, 0x01, 0x01, 'a', 0x79, 0x00, 0x79};  // func(a: u32) -> u32
const Bytes kFuncNothing = {0x40, 0x00, 0x01, 0x00};               // func()
const Bytes kSubResource = {0x03, 0x01};

class ValidateTest : public testing::Test {
 protected:
  Result<std::unique_ptr<const ResolvedComponent>> Validate(Bytes bytes) {
    auto component = DecodeComponent(std::move(bytes));
    if (!component) return std::unexpected(std::move(component).error());
    return ValidateComponent(std::move(*component), &types_,
                             CoreLoader(&types_, vm::Features(), vm::BodyValidation::kEager));
  }
  std::string ErrorOf(Bytes bytes) {
    const auto result = Validate(std::move(bytes));
    return result ? "" : result.error().message();
  }

  vm::TypeStore types_;
};

// A module's function type, function, export and bodies.
TEST_F(ValidateTest, SaysWhichPartOfACoreModuleIsWrong) {
  const auto path = [&](const Bytes& module) -> std::vector<std::string> {
    const auto result = Validate(Component({Blob(kCoreModule, module)}));
    if (result || result.error().diagnosis() == nullptr) return {};
    return result.error().diagnosis()->path;
  };
  const Bytes types = Section(1, {{0x60, 0x00, 0x00}}), funcs = Section(3, {{0x00}, {0x00}});
  const Bytes exports = Section(7, {Cat({Str("run"), {0x00, 0x01}})});
  const Bytes body = {0x02, 0x00, 0x0b}, drops = {0x03, 0x00, 0x1a, 0x0b};
  using Path = std::vector<std::string>;
  EXPECT_EQ(path(Module({types, funcs, exports, Section(10, {body, drops})})),
            (Path{"core module 0", "function 1 (export \"run\")"}));
  EXPECT_EQ(path(Module({types, funcs, Section(10, {drops, body})})),
            (Path{"core module 0", "function 0"}));
  EXPECT_EQ(path(Module({types, Section(3, {{0x00}, {0x80}})})),
            (Path{"core module 0", "function section, item 1"}));
  EXPECT_EQ(path(Module({Section(1, {{0x60, 0x00, 0x00}, {0x01}})})),
            (Path{"core module 0", "type section, item 1"}));
}

// (type (flags "l0" "l1" ...))
Bytes Flags(size_t labels) {
  Bytes type = {0x6e};
  AppendVarU32(static_cast<uint32_t>(labels), &type);
  for (size_t i = 0; i < labels; ++i) type = Cat({type, Str(absl::StrCat("l", i))});
  return Component({Section(kType, {type})});
}

// (module (func (export "f") (param i32) (result i32) local.get 0))
Bytes Identity() {
  return Module({Section(1, {{0x60, 0x01, 0x7f, 0x01, 0x7f}}), Section(3, {{0x00}}),
                 Section(7, {Cat({Str("f"), {0x00, 0x00}})}),
                 Section(10, {{0x04, 0x00, 0x20, 0x00, 0x0b}})});
}
// (module (import "host" "f" (func (param i32) (result i32))))
Bytes Importer() {
  return Module({Section(1, {{0x60, 0x01, 0x7f, 0x01, 0x7f}}),
                 Section(2, {Cat({Str("host"), Str("f"), {0x00, 0x00}})})});
}
// A component that exports a function "run" lifted from Identity.
Bytes Lifting(const Bytes& func_type) {
  return Component({Section(kType, {func_type}), Blob(kCoreModule, Identity()),
                    Section(kCoreInstance, {{0x00, 0x00, 0x00}}),
                    Section(kAlias, {Cat({{0x00, 0x00, 0x01, 0x00}, Str("f")})}),
                    Section(kCanon, {{0x00, 0x00, 0x00, 0x00, 0x00}}),
                    Section(kExport, {Cat({ExternName("run"), {0x01, 0x00, 0x00}})})});
}

TEST_F(ValidateTest, FlagsHaveAtMost32Labels) {
  EXPECT_EQ(ErrorOf(Flags(32)), "");
  EXPECT_EQ(ErrorOf(Flags(33)), "cannot have more than 32 flags");
}

TEST_F(ValidateTest, LiftBecomesAPlanWithoutNames) {
  const auto component = Validate(Lifting(kFuncU32));
  ASSERT_TRUE(component) << component.error().ToString();
  const Plan& plan = (*component)->plan;
  ASSERT_EQ(plan.ops.size(), 2u);
  EXPECT_EQ(plan.ops[0].kind, PlanOp::Kind::kInstantiateModule);
  EXPECT_EQ(plan.ops[1].kind, PlanOp::Kind::kLift);
  EXPECT_EQ(plan.lifts[0].func.index, 0u);
  EXPECT_EQ(ToString(*(*component)->types, plan.lifts[0].type), "func(a: u32) -> u32");
  EXPECT_EQ(plan.exports[0].name, "run");
}

TEST_F(ValidateTest, LiftChecksTheCoreType) {
  EXPECT_EQ(
      ErrorOf(Lifting(kFuncNothing)),
      "lowered parameter types `[]` do not match parameter types `[I32]` of the core function: "
      "`canon lift` needs one of type [] -> [], found [i32] -> [i32]");
}

TEST_F(ValidateTest, StringsNeedAMemory) {
  const Bytes takes_string = {0x40, 0x01, 0x01, 'a', 0x73, 0x01, 0x00};
  EXPECT_EQ(ErrorOf(Component({Section(kType, {takes_string}),
                               Section(kImport, {Cat({ExternName("f"), {0x01, 0x00}})}),
                               Section(kCanon, {{0x01, 0x00, 0x00, 0x00}})})),
            "canonical option `memory` is required for func(a: string)");
}

// Imports instance "ns:p/i" with functions "f" and "unused", lowers "f" for a module.
Bytes Lowering() {
  const Bytes instance_type = Cat({{0x42, 0x03, 0x01},
                                   kFuncU32,
                                   {0x04},
                                   ExternName("f"),
                                   {0x01, 0x00},
                                   {0x04},
                                   ExternName("unused"),
                                   {0x01, 0x00}});
  return Component(
      {Section(kType, {instance_type}),
       Section(kImport, {Cat({ExternName("ns:p/i@1.2.3"), {0x05, 0x00}})}),
       Section(kAlias, {Cat({{0x01, 0x00, 0x00}, Str("f")})}),
       Section(kCanon, {{0x01, 0x00, 0x00, 0x00}}), Blob(kCoreModule, Importer()),
       Section(kCoreInstance, {Cat({{0x01, 0x01}, Str("f"), {0x00, 0x00}}),
                               Cat({{0x00, 0x00, 0x01}, Str("host"), {0x12, 0x00}})})});
}

TEST_F(ValidateTest, OnlyUsedFunctionsAreImported) {
  const auto component = Validate(Lowering());
  ASSERT_TRUE(component) << component.error().ToString();
  const Plan& plan = (*component)->plan;
  ASSERT_EQ(plan.imported_funcs.size(), 1u);
  EXPECT_EQ(plan.imported_funcs[0].path, ImportPath{"f"});
  EXPECT_EQ(plan.imports[0].name, "ns:p/i@1.2.3");
  const CoreItem& import = plan.core_instances[0].imports[0];
  EXPECT_EQ(import.source, CoreItem::Source::kTrampoline);
}

// A component that defines a resource and exports it as "r".
Bytes DefinesResource() {
  return Component({Section(kType, {{0x3f, 0x7f, 0x00}}),
                    Section(kExport, {Cat({ExternName("r"), {0x03, 0x00, 0x00}})})});
}

TEST_F(ValidateTest, EveryInstanceHasResourceTypesOfItsOwn) {
  // arrange: "a" and "b" are imported by a third component, as equal types
  const Bytes wants_equal =
      Component({Section(kImport, {Cat({ExternName("a"), kSubResource}),
                                   Cat({ExternName("b"), {0x03, 0x00, 0x00}})})});
  const auto connect = [&](uint8_t second) {
    return Component(
        {Blob(kComponent, DefinesResource()),
         Section(kInstance, {{0x00, 0x00, 0x00}, {0x00, 0x00, 0x00}}),
         Section(kAlias,
                 {Cat({{0x03, 0x00, 0x00}, Str("r")}), Cat({{0x03, 0x00, 0x01}, Str("r")})}),
         Blob(kComponent, wants_equal),
         Section(kInstance,
                 {Cat({{0x00, 0x01, 0x02}, Str("a"), {0x03, 0x00}, Str("b"), {0x03, second}})})});
  };
  // act, assert
  EXPECT_EQ(ErrorOf(connect(0)), "");
  EXPECT_EQ(
      ErrorOf(connect(1)),
      "type mismatch in import `b`: resource types are not the same: expected type resource r, "
      "found type resource r");
}

TEST_F(ValidateTest, InstantiatingTwiceRunsTheBodyTwice) {
  const auto component =
      Validate(Component({Blob(kComponent, DefinesResource()),
                          Section(kInstance, {{0x00, 0x00, 0x00}, {0x00, 0x00, 0x00}})}));
  ASSERT_TRUE(component);
  const Plan& plan = (*component)->plan;
  EXPECT_EQ(plan.component_instances.size(), 3u);
  ASSERT_EQ(plan.ops.size(), 2u);
  EXPECT_EQ(plan.ops[0].kind, PlanOp::Kind::kDefineResource);
  EXPECT_EQ(plan.ops[1].kind, PlanOp::Kind::kDefineResource);
  EXPECT_NE(plan.ops[0].index, plan.ops[1].index);
  EXPECT_EQ(plan.component_instances[2].index, InstanceIdx(1));
  EXPECT_EQ(plan.component_instances[2].definition, plan.component_instances[1].definition);
}

TEST_F(ValidateTest, ResourceNewIsForTheDefiner) {
  EXPECT_EQ(ErrorOf(Component({Section(kImport, {Cat({ExternName("r"), kSubResource})}),
                               Section(kCanon, {{0x02, 0x00}})})),
            "type index 0 is not a local resource");
}

TEST_F(ValidateTest, MissingImportsAreNamed) {
  const Bytes inner = Component(
      {Section(kType, {kFuncU32}), Section(kImport, {Cat({ExternName("f"), {0x01, 0x00}})})});
  EXPECT_EQ(ErrorOf(Component({Blob(kComponent, inner), Section(kInstance, {{0x00, 0x00, 0x00}})})),
            "missing import named `f`: expected func(a: u32) -> u32");
}

TEST_F(ValidateTest, ErrorsSpeakOfTheDefinition) {
  const auto result =
      Validate(Component({Section(kImport, {Cat({ExternName("Bad_name"), kSubResource})})}));
  ASSERT_FALSE(result);
  EXPECT_EQ(
      result.error().ToString(),
      "`Bad_name` is not a valid extern name: `Bad_name` is not in kebab case (at offset 0xb)\n"
      "  at:         import \"Bad_name\"");
}

TEST_F(ValidateTest, GatedFeaturesAreRefusedByName) {
  const Bytes fixed = {0x67, 0x7d, 0x04};
  EXPECT_EQ(ErrorOf(Component({Section(kType, {fixed})})),
            "a fixed-length list is not valid: fixed-length-lists is off");
  EXPECT_EQ(ErrorOf(Component({Section(kCanon, {{0x42, 0x00}})})),
            "not supported by this version: shared-everything-threads (canon "
            "thread.available-parallelism)");
}

TEST_F(ValidateTest, NamesMustDifferStrongly) {
  EXPECT_EQ(ErrorOf(Component({Section(kImport, {Cat({ExternName("a-b"), kSubResource}),
                                                 Cat({ExternName("A-b"), kSubResource})})})),
            "import name `A-b` conflicts with previous name `a-b`");
}

// list<list<...u8>>, `depth` lists.
Bytes Lists(int depth) {
  Bytes types;
  AppendVarU32(depth, &types);
  for (int i = 0; i < depth; ++i) {
    types.push_back(0x70);
    if (i == 0)
      types.push_back(0x7d);
    else
      AppendVarS64(i - 1, &types);
  }
  return Component({Blob(kType, types)});
}

TEST_F(ValidateTest, TypeDepthHasALimit) {
  EXPECT_EQ(ErrorOf(Lists(99)), "");  // u8 is the hundredth
  EXPECT_EQ(ErrorOf(Lists(100)), "type nesting exceeds the limit of 100");
}

// tuple<t, t> of the previous type, `doublings` times: 2^doublings leaves.
Bytes Doubling(int doublings) {
  Bytes types;
  AppendVarU32(doublings, &types);
  for (int i = 0; i < doublings; ++i) {
    types.insert(types.end(), {0x6f, 0x02});
    for (int twice = 0; twice < 2; ++twice) {
      if (i == 0)
        types.push_back(0x7d);
      else
        AppendVarS64(i - 1, &types);
    }
  }
  return Component({Blob(kType, types)});
}

TEST_F(ValidateTest, TypeSizeHasALimit) {
  EXPECT_EQ(ErrorOf(Doubling(18)), "");
  EXPECT_EQ(ErrorOf(Doubling(19)), "type size exceeds the limit of 1000000");
}

// Sixty thousand times, a function whose parameter is of results of results, 2^15 at the end.
TEST_F(ValidateTest, LargeTypesAreFlattenedOnce) {
  Bytes sections = Section(kType, {{0x6a, 0x01, 0x7d, 0x01, 0x7d}});
  for (uint8_t i = 0; i < 14; ++i) {
    sections = Cat({sections, Section(kType, {{0x6a, 0x01, i, 0x01, i}})});
  }
  sections = Cat({sections, Section(kType, {{0x40, 0x01, 0x01, 'a', 0x0e, 0x01, 0x00}}),
                  Section(kImport, {Cat({ExternName("f"), {0x01, 0x0f}})})});
  const Bytes lower = Section(kCanon, {{0x01, 0x00, 0x00, 0x00}});
  for (int i = 0; i < 60'000; ++i) sections.insert(sections.end(), lower.begin(), lower.end());
  const std::clock_t begin = std::clock();
  EXPECT_EQ(ErrorOf(Component({sections})), "");
  EXPECT_LT(std::clock() - begin, 5 * CLOCKS_PER_SEC);
}

// Imports of an instance with 900 instances, each with 900 functions: little to write, much to
// walk.
Bytes WideImports(int imports) {
  const auto label = [](int i) {
    return std::string{static_cast<char>('a' + i % 26), static_cast<char>('a' + i / 26 % 26),
                       static_cast<char>('a' + i / 676)};
  };
  const auto instance_of = [&](uint8_t outer_type, uint8_t sort) {
    Bytes decls = {0x42};
    AppendVarU32(901, &decls);
    decls.insert(decls.end(), {0x02, 0x03, 0x02, 0x01, outer_type});
    for (int i = 0; i < 900; ++i) {
      decls = Cat({std::move(decls), {0x04}, ExternName(label(i)), {sort, 0x00}});
    }
    return decls;
  };
  Bytes content;
  AppendVarU32(imports, &content);
  for (int i = 0; i < imports; ++i)
    content = Cat({std::move(content), ExternName(label(i)), {0x05, 0x02}});
  const Bytes custom(12 << 20);  // the items that types may have follow from the file's size
  return Component(
      {Section(kType, {{0x40, 0x00, 0x01, 0x00}, instance_of(0, 0x01), instance_of(1, 0x05)}),
       Blob(10, content), Blob(0, custom)});
}

TEST_F(ValidateTest, WalksOfTypesAreCounted) {
  EXPECT_EQ(ErrorOf(WideImports(900)), "the types take too long to check");
}

// Component i instantiates component i-1 twice.
Bytes ExponentialInstances(int levels) {
  Bytes bytes = Component({});
  for (int i = 0; i < levels; ++i) {
    bytes = Component(
        {Blob(kComponent, bytes), Section(kInstance, {{0x00, 0x00, 0x00}, {0x00, 0x00, 0x00}})});
  }
  return bytes;
}

TEST_F(ValidateTest, InstancesAreCounted) {
  EXPECT_EQ(ErrorOf(ExponentialInstances(12)), "");
  EXPECT_EQ(ErrorOf(ExponentialInstances(40)), "more than 10000 component instances");
}

// Sections that each add one of the definitions of which there may be a thousand.
TEST_F(ValidateTest, DefinitionsHaveLimits) {
  const struct {
    const char* what;
    uint32_t limit;
    Bytes before;
    Bytes section;
  } rows[] = {
      {"core modules", kMaxModules, {}, Blob(kCoreModule, Module({}))},
      {"components", kMaxComponents, {}, Blob(kComponent, Component({}))},
      {"core instances", kMaxInstances, Blob(kCoreModule, Module({})),
       Section(kCoreInstance, {{0x00, 0x00, 0x00}})},
      {"instances", kMaxInstances, Blob(kComponent, Component({})),
       Section(kInstance, {{0x00, 0x00, 0x00}})},
  };
  for (const auto& row : rows) {
    const auto error = [&](uint32_t count) {
      Bytes sections = row.before;
      for (uint32_t i = 0; i < count; ++i) {
        sections.insert(sections.end(), row.section.begin(), row.section.end());
      }
      return ErrorOf(Component({sections}));
    };
    EXPECT_EQ(error(row.limit), "") << row.what;
    EXPECT_EQ(error(row.limit + 1),
              absl::StrCat("too many ", row.what, ": the limit is ", row.limit));
  }
}

// Any change of bytes must end in a value or in an error that says what is wrong.
TEST_F(ValidateTest, MutationsAreHarmless) {
  int valid = 0, malformed = 0, invalid = 0, beyond_limits = 0;
  uint64_t random = 1;
  const auto next = [&] {
    return (random = random * 6364136223846793005u + 1442695040888963407u) >> 33;
  };
  for (const Bytes& seed :
       {Lifting(kFuncU32), Lowering(), ExponentialInstances(3), DefinesResource()}) {
    for (int i = 0; i < 2000; ++i) {
      Bytes bytes = seed;
      for (uint64_t edits = next() % 3 + 1; edits > 0; --edits)
        bytes[next() % bytes.size()] = next();
      if (next() % 8 == 0) bytes.resize(next() % bytes.size());
      const auto result = Validate(std::move(bytes));
      if (result) {
        EXPECT_NE(*result, nullptr);
        ++valid;
        continue;
      }
      EXPECT_FALSE(result.error().message().empty());
      switch (result.error().kind()) {
        case ErrorKind::kMalformed: ++malformed; break;
        case ErrorKind::kInvalid: ++invalid; break;
        case ErrorKind::kLimit: ++beyond_limits; break;
        default: ADD_FAILURE() << result.error().ToString();
      }
    }
  }
  for (int count : {valid, malformed, invalid, beyond_limits}) EXPECT_GT(count, 0);
}

}  // namespace
}  // namespace tenon::abi
