#include "abi/link/instance_path.h"

#include <gtest/gtest.h>

#include "abi/binary/bytes_for_test.h"
#include "abi/binary/decode.h"
#include "abi/valid/validate.h"

namespace tenon::abi {
namespace {

constexpr uint8_t kCustom = 0, kCoreModule = 1, kCoreInstance = 2, kComponent = 4, kInstance = 5;
const Bytes kSortInstance = {0x05}, kSortCoreInstance = {0x00, 0x12};

Bytes Named(uint8_t index, absl::string_view name) { return Cat({{index}, Str(name)}); }
// The part of a name section that names the definitions of a sort.
Bytes Names(const Bytes& sort, std::initializer_list<Bytes> names) {
  return Blob(1, Cat({sort, Vec(names)}));
}
Bytes NameSection(std::initializer_list<Bytes> parts) {
  return Blob(kCustom, Cat({Str("component-name"), Cat(parts)}));
}

// Two instances of a component that instantiates one core module.
Bytes Nested(const Bytes& outer_names, const Bytes& inner_names, const Bytes& module) {
  const Bytes inner = Component(
      {Blob(kCoreModule, module), Section(kCoreInstance, {{0x00, 0x00, 0x00}}), inner_names});
  return Component({Blob(kComponent, inner),
                    Section(kInstance, {{0x00, 0x00, 0x00}, {0x00, 0x00, 0x00}}), outer_names});
}

// The paths of its two core instances.
std::string Paths(const Bytes& outer_names, const Bytes& inner_names = {},
                  const Bytes& module = Module({})) {
  vm::TypeStore types;
  auto syntax = DecodeComponent(Nested(outer_names, inner_names, module));
  if (!syntax) return syntax.error().ToString();
  const auto component = ValidateComponent(
      std::move(*syntax), &types, CoreLoader(&types, vm::Features(), vm::BodyValidation::kEager));
  if (!component) return component.error().ToString();
  return InstancePath(**component, CoreInstanceId(0)) + " " +
         InstancePath(**component, CoreInstanceId(1));
}

TEST(InstancePathTest, NamesAreTheComponents) {
  const Bytes outer = NameSection({Names(kSortInstance, {Named(1, "right"), Named(0, "left")})});
  const Bytes inner = NameSection({Blob(0, Str("inner")), Names(kSortInstance, {Named(0, "no")}),
                                   Names(kSortCoreInstance, {Named(0, "main")})});
  EXPECT_EQ(Paths(outer, inner), "left/main right/main");
}

TEST(InstancePathTest, ASharedNameHasTheIndex) {
  const Bytes outer = NameSection({Names(kSortInstance, {Named(0, "twin"), Named(1, "twin")})});
  const Bytes inner = NameSection({Names(kSortCoreInstance, {Named(0, "main")})});
  EXPECT_EQ(Paths(outer, inner), "twin#0/main twin#1/main");
}

TEST(InstancePathTest, WithoutANameItIsWhatItIsAnInstanceOf) {
  const Bytes module = Module({Blob(kCustom, Cat({Str("name"), Blob(0, Str("m"))}))});
  const Bytes inner = NameSection({Blob(0, Str("inner"))});
  EXPECT_EQ(Paths({}, inner, module), "inner#0/m#0 inner#1/m#0");
  EXPECT_EQ(Paths({}), "#0/#0 #1/#0");
}

TEST(InstancePathTest, WhatIsMalformedNamesNothing) {
  const Bytes cut = {0x01, 0x7f, 0x05};                           // longer than the section
  const Bytes counted = Blob(1, {0x05, 0xff, 0xff, 0xff, 0x0f});  // more names than there are
  const Bytes not_text = Blob(1, {0x05, 0x01, 0x00, 0x01, 0xff});
  for (const Bytes& part : {cut, counted, not_text, Blob(0, {}), Blob(1, {})}) {
    EXPECT_EQ(Paths(NameSection({part})), "#0/#0 #1/#0");
  }
}

}  // namespace
}  // namespace tenon::abi
