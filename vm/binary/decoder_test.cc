#include "vm/binary/decoder.h"

#include <string>

#include "gtest/gtest.h"
#include "vm/base/leb128.h"
#include "vm/syntax/limits.h"

namespace tenon::vm {
namespace {

using Bytes = std::vector<uint8_t>;

Bytes WithHeader(Bytes sections) {
  Bytes bytes = {0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00};
  bytes.insert(bytes.end(), sections.begin(), sections.end());
  return bytes;
}

std::string DecodeError(const Bytes& bytes, const Features& features = {}) {
  const Result<Module> module = DecodeModule(bytes, features);
  return module ? "ok" : module.error().message();
}

TEST(DecoderTest, EmptyModule) {
  const Result<Module> module = DecodeModule(WithHeader({}), Features());
  ASSERT_TRUE(module.has_value());
  EXPECT_TRUE(module->types.empty());
}

TEST(DecoderTest, Header) {
  EXPECT_EQ(DecodeError({}), "unexpected end");
  EXPECT_EQ(DecodeError({0x00, 'a', 's'}), "unexpected end");
  EXPECT_EQ(DecodeError({'w', 'a', 's', 'm', 1, 0, 0, 0}), "magic header not detected");
  EXPECT_EQ(DecodeError({0x00, 'a', 's', 'm', 2, 0, 0, 0}), "unknown binary version");
}

TEST(DecoderTest, SectionOrder) {
  EXPECT_EQ(DecodeError(WithHeader({0x0e, 0x01, 0x00})), "malformed section id");
  EXPECT_EQ(DecodeError(WithHeader({0x01, 0x01, 0x00, 0x01, 0x01, 0x00})),
            "unexpected content after last section");
  EXPECT_EQ(DecodeError(WithHeader({0x03, 0x01, 0x00, 0x02, 0x01, 0x00})),
            "unexpected content after last section");
}

TEST(DecoderTest, SectionSize) {
  EXPECT_EQ(DecodeError(WithHeader({0x01, 0x7f})), "length out of bounds");
  EXPECT_EQ(DecodeError(WithHeader({0x01, 0x02, 0x00, 0x00})), "section size mismatch");
  EXPECT_EQ(DecodeError(WithHeader({0x05, 0x01, 0x01})), "unexpected end of section or function");
}

TEST(DecoderTest, MalformedBodyComesBeforeLaterSections) {
  // The body ends in an illegal opcode; after it stands an unknown section.
  const Bytes bytes = WithHeader({0x01, 0x04, 0x01, 0x60, 0x00, 0x00, 0x03, 0x02, 0x01, 0x00, 0x0a,
                                  0x05, 0x01, 0x03, 0x00, 0xff, 0x0b, 0x77, 0x00});
  EXPECT_EQ(DecodeError(bytes), "illegal opcode ff");
}

TEST(DecoderTest, RecGroupsAndSubtypes) {
  // (rec (type (sub (struct (field (mut (ref null 1)))))) (type (array i8))) (type (func))
  const Bytes bytes = WithHeader({0x01, 0x10, 0x02, 0x4e, 0x02, 0x50, 0x00, 0x5f, 0x01, 0x63, 0x01,
                                  0x01, 0x5e, 0x78, 0x00, 0x60, 0x00, 0x00});
  const Result<Module> module = DecodeModule(bytes, Features::All());
  ASSERT_TRUE(module.has_value()) << module.error().ToString();
  ASSERT_EQ(module->types.size(), 3u);
  ASSERT_EQ(module->rec_groups.size(), 2u);
  EXPECT_EQ(module->rec_groups[0].count, 2u);
  EXPECT_FALSE(module->types[0].is_final);
  EXPECT_EQ(module->types[0].fields[0].storage.type, ValType::Ref(HeapType::Concrete(1), true));
  EXPECT_EQ(module->types[1].fields[0].storage.packed, StorageType::Packed::kI8);
}

TEST(DecoderTest, HugeTypeIndexSaturates) {
  // (type (func (param (ref null 4294967295))))
  const Bytes bytes = WithHeader(
      {0x01, 0x0a, 0x01, 0x60, 0x01, 0x63, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00});
  const Result<Module> module = DecodeModule(bytes, Features::All());
  ASSERT_TRUE(module.has_value()) << module.error().ToString();
  EXPECT_EQ(module->types[0].func.params[0].heap().index(), 1u << 23);
}

TEST(DecoderTest, IllFormedNameSectionIsIgnored) {
  const Bytes bytes = WithHeader({0x00, 0x07, 0x04, 'n', 'a', 'm', 'e', 0x01, 0x7f});
  const Result<Module> module = DecodeModule(bytes, Features());
  ASSERT_TRUE(module.has_value()) << module.error().ToString();
  EXPECT_EQ(module->names.functions.size, 0u);
  EXPECT_EQ(module->customs.size(), 1u);
}

// In one group, whose count is its own, and in as many.
TEST(DecoderTest, TypesLimit) {
  const auto with_types = [](uint32_t count, bool in_group) {
    Bytes content;
    if (in_group) content = {0x01, 0x4e};
    AppendVarU32(count, &content);
    for (uint32_t i = 0; i < count; ++i) content.insert(content.end(), {0x5f, 0x00});
    Bytes section = {0x01};
    AppendVarU32(static_cast<uint32_t>(content.size()), &section);
    section.insert(section.end(), content.begin(), content.end());
    return WithHeader(section);
  };
  for (bool in_group : {false, true}) {
    EXPECT_EQ(DecodeError(with_types(kMaxTypes, in_group)), "ok");
    EXPECT_EQ(DecodeError(with_types(kMaxTypes + 1, in_group)), "more than 1000000 types");
  }
}

TEST(DecoderTest, FieldsLimit) {
  const auto with_fields = [](uint32_t count) {
    Bytes content = {0x01, 0x5f};
    AppendVarU32(count, &content);
    for (uint32_t i = 0; i < count; ++i) content.insert(content.end(), {0x78, 0x00});
    Bytes section = {0x01};
    AppendVarU32(static_cast<uint32_t>(content.size()), &section);
    section.insert(section.end(), content.begin(), content.end());
    return WithHeader(section);
  };
  EXPECT_EQ(DecodeError(with_fields(kMaxFields)), "ok");
  EXPECT_EQ(DecodeError(with_fields(kMaxFields + 1)), "more than 10000 fields");
}

TEST(DecoderTest, LimitsFlags) {
  EXPECT_EQ(DecodeError(WithHeader({0x05, 0x03, 0x01, 0x10, 0x00})), "malformed limits flags");
  EXPECT_EQ(DecodeError(WithHeader({0x05, 0x03, 0x01, 0x04, 0x00})), "ok");
}

TEST(DecoderTest, LimitsOfProposals) {
  const Bytes wide = WithHeader({0x05, 0x03, 0x01, 0x04, 0x00});
  const Bytes small_pages = WithHeader({0x05, 0x04, 0x01, 0x08, 0x00, 0x00});
  Features on;
  on.Set(Feature::kCustomPageSizes, true);
  EXPECT_EQ(DecodeError(wide, on), "ok");
  EXPECT_EQ(DecodeError(small_pages, on), "ok");
  EXPECT_EQ(DecodeError(WithHeader({0x05, 0x04, 0x01, 0x08, 0x00, 0x40}), on),
            "invalid custom page size");
  EXPECT_EQ(DecodeError(WithHeader({0x04, 0x05, 0x01, 0x70, 0x08, 0x00, 0x00}), on),
            "malformed limits flags");
  Features off;
  off.Set(Feature::kMemory64, false);
  EXPECT_EQ(DecodeError(wide, off), "malformed limits flags: memory64 is off");
  EXPECT_EQ(DecodeError(small_pages, off), "malformed limits flags: custom-page-sizes is off");
  const Bytes shared = WithHeader({0x05, 0x03, 0x01, 0x02, 0x00});
  EXPECT_EQ(DecodeError(shared, off), "malformed limits flags: threads is off");
}

TEST(DecoderTest, FeatureOff) {
  Features features;
  features.Set(Feature::kSimd, false);
  const Bytes bytes = WithHeader({0x01, 0x05, 0x01, 0x60, 0x01, 0x7b, 0x00});
  EXPECT_EQ(DecodeError(bytes), "ok");
  EXPECT_EQ(DecodeError(bytes, features), "malformed value type: simd is off");
}

TEST(DecoderTest, TypesOfProposalsThatAreOffAreRefusedByName) {
  const auto with_param = [](Bytes type) {
    Bytes content = {0x01, 0x60, 0x01};
    content.insert(content.end(), type.begin(), type.end());
    content.push_back(0x00);
    Bytes section = {0x01, static_cast<uint8_t>(content.size())};
    section.insert(section.end(), content.begin(), content.end());
    return WithHeader(section);
  };
  Features off = Features::All();
  for (Feature feature :
       {Feature::kFunctionReferences, Feature::kGc, Feature::kExceptionHandling}) {
    off.Set(feature, false);
  }
  constexpr const char* kTyped = "malformed reference type: function-references is off";
  EXPECT_EQ(DecodeError(with_param({0x63, 0x70}), off), kTyped);  // (ref null func)
  EXPECT_EQ(DecodeError(with_param({0x64, 0x00}), off), kTyped);  // (ref 0)
  EXPECT_EQ(DecodeError(with_param({0x6e}), off), "malformed reference type: gc is off");
  EXPECT_EQ(DecodeError(with_param({0x69}), off),
            "malformed reference type: exception-handling is off");
  EXPECT_EQ(DecodeError(with_param({0x70}), off), "ok");
  EXPECT_EQ(DecodeError(with_param({0x64, 0x00}), Features::All()), "ok");
}

}  // namespace
}  // namespace tenon::vm
