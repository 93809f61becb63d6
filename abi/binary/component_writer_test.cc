#include "abi/binary/component_writer.h"

#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "abi/binary/decode.h"

namespace tenon::abi {
namespace {

std::unique_ptr<const syntax::RootComponent> Decode(ComponentWriter& writer) {
  auto component = DecodeComponent(writer.Finish());
  EXPECT_TRUE(component) << component.error().message();
  return std::move(*component);
}

template <typename T>
const T& DefinitionAt(const syntax::RootComponent& component, size_t index) {
  return std::get<T>(component.definitions.at(index).def);
}

TEST(ComponentWriterTest, EachSortCountsOnItsOwn) {
  ComponentWriter writer;
  EXPECT_EQ(writer.Add(syntax::FlagsType{}), TypeIdx(0));
  EXPECT_EQ(writer.Add(syntax::FuncType{}), TypeIdx(1));
  EXPECT_EQ(writer.Add(syntax::Import{{"f"}, {.sort = Sort::kFunc, .index = 1}}), 0u);
  EXPECT_EQ(writer.Add(syntax::Export{{"g"}, {Sort::kFunc, 0}}), 1u);
  EXPECT_EQ(writer.Add(syntax::CanonLower{FuncIdx(1), {}}), 0u);
  EXPECT_EQ(writer.count(Sort::kFunc), 2u);
  EXPECT_EQ(writer.count(Sort::kType), 2u);
}

TEST(ComponentWriterTest, WhatIsWrittenIsDecoded) {
  ComponentWriter writer;
  const syntax::LabeledType fields[] = {{"a", syntax::PrimType::kString}, {"b", TypeIdx(0)}};
  writer.Add(syntax::ListType{syntax::PrimType::kErrorContext, 4});
  writer.Add(syntax::RecordType{fields});
  writer.Add(syntax::FuncType{fields, TypeIdx(1), true});

  const auto component = Decode(writer);

  const auto& list = std::get<syntax::ListType>(DefinitionAt<syntax::TypeDef>(*component, 0));
  EXPECT_EQ(std::get<syntax::PrimType>(list.element), syntax::PrimType::kErrorContext);
  EXPECT_EQ(list.length, 4u);
  const auto& record = std::get<syntax::RecordType>(DefinitionAt<syntax::TypeDef>(*component, 1));
  EXPECT_EQ(record.fields[1].label, "b");
  EXPECT_EQ(std::get<TypeIdx>(record.fields[1].type), TypeIdx(0));
  const auto& func = std::get<syntax::FuncType>(DefinitionAt<syntax::TypeDef>(*component, 2));
  EXPECT_TRUE(func.is_async);
  EXPECT_EQ(std::get<TypeIdx>(*func.result), TypeIdx(1));
}

TEST(ComponentWriterTest, TypesAreScopesOfTheirOwn) {
  ComponentWriter writer, instance(ScopeKind::kType);
  instance.Add(syntax::ExportDecl{{"r"}, {Sort::kType, syntax::ExternType::Bound::kSubResource}});
  instance.Add(syntax::OwnType{TypeIdx(0)});
  const TypeIdx type = writer.AddInstanceType(instance);
  writer.Add(syntax::Import{{"a:b/c"}, {.sort = Sort::kInstance, .index = type.value()}});
  writer.Add(syntax::Alias{Sort::kType, syntax::Alias::Target::kExport, 0, "r"});

  const auto component = Decode(writer);

  const auto* decoded =
      std::get<const syntax::ComponentType*>(DefinitionAt<syntax::TypeDef>(*component, 0));
  EXPECT_TRUE(decoded->is_instance);
  EXPECT_EQ(decoded->decls.size(), 2u);
  EXPECT_EQ(DefinitionAt<syntax::Alias>(*component, 2).name, "r");
}

TEST(ComponentWriterTest, InstancesAndCanonicalFunctions) {
  ComponentWriter writer;
  const uint8_t module[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
  const CoreModuleIdx core = writer.AddCoreModule(module);
  const CoreInstanceIdx instance = writer.Add(syntax::CoreInstantiate{core, {}});
  const syntax::CoreInstantiateArg arg = {"env", instance};
  writer.Add(syntax::CoreInstantiate{core, {&arg, 1}});
  writer.Add(syntax::Alias{Sort::kCoreFunc, syntax::Alias::Target::kCoreExport, 1, "run"});
  const syntax::CanonOption options[] = {{syntax::CanonOption::Kind::kUtf16},
                                         {syntax::CanonOption::Kind::kRealloc, 7}};
  const TypeIdx type = writer.Add(syntax::FuncType{});
  EXPECT_EQ(writer.Add(syntax::CanonLift{CoreFuncIdx(0), options, type}), 0u);

  const auto component = Decode(writer);

  const auto& made =
      std::get<syntax::CoreInstantiate>(DefinitionAt<syntax::CoreInstance>(*component, 2));
  EXPECT_EQ(made.args[0].name, "env");
  const auto& lift = std::get<syntax::CanonLift>(DefinitionAt<syntax::Canon>(*component, 5));
  ASSERT_EQ(lift.options.size(), 2u);
  EXPECT_EQ(lift.options[1].index, 7u);
}

}  // namespace
}  // namespace tenon::abi
