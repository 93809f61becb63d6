#include "abi/text/wit_world.h"

#include <gtest/gtest.h>

namespace tenon::abi {
namespace {

class WitWorldTest : public testing::Test {
 protected:
  ValType Define(TypeKind kind, std::vector<absl::string_view> labels, std::vector<ValType> types) {
    return *types_.Intern(TypeDef{kind, std::move(labels), std::move(types), {}});
  }
  ValType Handle(TypeKind kind, ResourceId resource) {
    return *types_.Intern(TypeDef{kind, {}, {}, resource});
  }
  FuncTypeId Func(std::vector<std::pair<absl::string_view, ValType>> params, ValType result = {}) {
    return *types_.Intern(FuncType{std::move(params), result});
  }
  void Import(absl::string_view name, std::vector<NamedItem> items) {
    imports_.push_back({name, *types_.Add(InstanceType{std::move(items), {}})});
  }
  void Export(absl::string_view name, std::vector<NamedItem> items) {
    exports_.push_back({name, *types_.Add(InstanceType{std::move(items), {}})});
  }
  // What DescribeWorld makes of one interface, "a:b/c".
  std::string Text(std::vector<NamedItem> items) {
    Import("a:b/c", std::move(items));
    const Result<WitWorld> world = DescribeWorld(types_, imports_, exports_);
    std::string text;
    for (const WitItem& item : world->interfaces.at(0).items) text += item.text + "\n";
    return text;
  }

  TypeTable types_;
  std::vector<NamedItem> imports_, exports_;
};

TEST_F(WitWorldTest, AnEmptyWorldIsADocument) {
  EXPECT_EQ(ToString(*DescribeWorld(types_, imports_, exports_)),
            "package root:component;\n\nworld root {\n}\n");
}

TEST_F(WitWorldTest, ResourcesHoldTheirFunctions) {
  const ResourceId file = types_.NewResource("file");
  const ValType own = Handle(TypeKind::kOwn, file), self = Handle(TypeKind::kBorrow, file);

  const std::string text = Text({{"file", TypeItem{file}},
                                 {"[constructor]file", Func({{"name", TypeKind::kString}}, own)},
                                 {"[method]file.same", Func({{"self", self}, {"as", self}})},
                                 {"[static]file.open", Func({}, own)},
                                 {"close", Func({{"it", own}})}});

  EXPECT_EQ(text,
            "resource file {\n"
            "  constructor(name: string);\n"
            "  same: func(%as: borrow<file>);\n"
            "  open: static func() -> file;\n"
            "}\n"
            "close: func(it: file);\n");
}

TEST_F(WitWorldTest, ATypeOfAnEarlierInterfaceIsUsed) {
  const ResourceId file = types_.NewResource("file");
  const ValType mode = Define(TypeKind::kEnum, {"read", "write"}, {});
  Import("a:b/types@1.0.0", {{"file", TypeItem{file}}, {"mode", TypeItem{mode}}});

  Import("a:b/near@1.0.0", {{"mode", TypeItem{mode}}});
  Import("a:far/x", {{"stream", TypeItem{file}}, {"f", Func({{"m", mode}})}});
  const Result<WitWorld> world = DescribeWorld(types_, imports_, exports_);

  EXPECT_EQ(world->interfaces[1].items[0].text, "use types.{mode};");
  EXPECT_EQ(world->interfaces[2].items[0].text, "use a:b/types@1.0.0.{file as %stream};");
}

TEST_F(WitWorldTest, NamedTypesAppearByName) {
  const ValType point =
      Define(TypeKind::kRecord, {"x", "type"}, {TypeKind::kS32, TypeKind::kString});
  const ValType shape = Define(TypeKind::kVariant, {"none", "at"}, {ValType(), point});
  const ValType points = Define(TypeKind::kList, {}, {point});

  const std::string text = Text({{"point", TypeItem{point}},
                                 {"place", TypeItem{point}},
                                 {"shape", TypeItem{shape}},
                                 {"size", TypeItem{ValType(TypeKind::kU64)}},
                                 {"draw", Func({{"p", points}}, shape)}});

  EXPECT_EQ(text,
            "record point {\n  x: s32,\n  %type: string,\n}\n"
            "type place = point;\n"
            "variant shape {\n  none,\n  at(point),\n}\n"
            "type size = u64;\n"
            "draw: func(p: list<point>) -> shape;\n");
}

TEST_F(WitWorldTest, AnInterfaceOfBothSidesIsPrintedOnce) {
  Import("a:b/c@1.0.0", {{"f", Func({})}});
  Export("a:b/c@1.0.0", {{"f", Func({})}, {"g", Func({})}});

  EXPECT_EQ(ToString(*DescribeWorld(types_, imports_, exports_)),
            "package root:component;\n\n"
            "world root {\n  import a:b/c@1.0.0;\n\n  export a:b/c@1.0.0;\n}\n\n"
            "package a:b@1.0.0 {\n  interface c {\n    f: func();\n\n    g: func();\n  }\n}\n");
}

TEST_F(WitWorldTest, TheComponentsOwnPackagesComeBeforeWasi) {
  Import("wasi:io/x@0.2.0", {{"f", Func({})}});
  Import("my:all/y", {{"g", Func({})}});
  const std::string text = ToString(*DescribeWorld(types_, imports_, exports_));
  EXPECT_LT(text.find("package my:all"), text.find("package wasi:io"));
  EXPECT_NE(text.find("package wasi:io"), std::string::npos);
}

TEST_F(WitWorldTest, ItemsWithoutAPackageStandInTheWorld) {
  imports_.push_back({"f", Func({}, TypeKind::kBool)});
  Import("helpers", {{"g", Func({})}});

  EXPECT_EQ(ToString(*DescribeWorld(types_, imports_, exports_)),
            "package root:component;\n\nworld root {\n"
            "  import helpers: interface {\n    g: func();\n  }\n"
            "  import f: func() -> bool;\n}\n");
}

TEST_F(WitWorldTest, TooMuchTextIsALimit) {
  ValType type = TypeKind::kU8;
  for (int i = 0; i < 15; ++i) type = Define(TypeKind::kTuple, {}, {type, type});
  imports_.assign(300, {"f", Func({{"p", type}})});

  const Result<WitWorld> world = DescribeWorld(types_, imports_, exports_);

  ASSERT_FALSE(world);
  EXPECT_EQ(world.error().kind(), ErrorKind::kLimit);
}

}  // namespace
}  // namespace tenon::abi
