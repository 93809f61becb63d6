#include "vm/binary/decoder.h"

#include <sys/mman.h>

#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
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
  EXPECT_EQ(DecodeError({0x00, 'a', 's', 'm', 2, 0, 0, 0}),
            "unknown binary version: expected a version header for a module");
}

TEST(DecoderTest, SectionOrder) {
  EXPECT_EQ(DecodeError(WithHeader({0x0e, 0x01, 0x00})), "malformed section id");
  EXPECT_EQ(DecodeError(WithHeader({0x01, 0x01, 0x00, 0x01, 0x01, 0x00})),
            "unexpected content after last section: section out of order");
  EXPECT_EQ(DecodeError(WithHeader({0x03, 0x01, 0x00, 0x02, 0x01, 0x00})),
            "unexpected content after last section: section out of order");
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
  const Bytes bytes =
      WithHeader({0x01, 0x0a, 0x01, 0x60, 0x01, 0x63, 0xff, 0xff, 0xff, 0xff, 0x0f, 0x00});
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

Bytes Section(uint8_t id, const Bytes& content) {
  Bytes section = {id};
  AppendVarU32(static_cast<uint32_t>(content.size()), &section);
  section.insert(section.end(), content.begin(), content.end());
  return section;
}

Bytes Items(uint32_t count, const Bytes& item) {
  Bytes content;
  AppendVarU32(count, &content);
  content.reserve(content.size() + count * item.size());
  for (uint32_t i = 0; i < count; ++i) content.insert(content.end(), item.begin(), item.end());
  return content;
}

// What repeats in a section, as often as the limit says and once more.
struct CountLimit {
  const char* what;
  uint32_t limit;
  uint8_t section;
  Bytes before;  // of the count, in the section
  Bytes item;
  Bytes after = {};  // the last item
};
const CountLimit kCountLimits[] = {
    {"types", kMaxTypes, 1, {}, {0x5f, 0x00}},
    {"types", kMaxTypes, 1, {0x01, 0x4e}, {0x5f, 0x00}},  // in one group
    {"fields", kMaxFields, 1, {0x01, 0x5f}, {0x78, 0x00}},
    {"parameters", kMaxParams, 1, {0x01, 0x60}, {0x7f}, {0x00}},
    {"results", kMaxResults, 1, {0x01, 0x60, 0x00}, {0x7f}},
    {"imports", kMaxImports, 2, {}, {0x00, 0x00, 0x00, 0x00}},
    {"tables", kMaxTables, 4, {}, {0x70, 0x00, 0x00}},
    {"memories", kMaxMemories, 5, {}, {0x00, 0x00}},
    {"tags", kMaxTypes, 13, {}, {0x00, 0x00}},
    {"globals", kMaxGlobals, 6, {}, {0x7f, 0x00, 0x41, 0x00, 0x0b}},
    {"exports", kMaxExports, 7, {}, {0x00, 0x00, 0x00}},
    {"element segments", kMaxSegments, 9, {}, {0x01, 0x00, 0x00}},
    {"data segments", kMaxSegments, 11, {}, {0x01, 0x00}},
};

TEST(DecoderTest, CountsHaveLimits) {
  for (const CountLimit& row : kCountLimits) {
    const auto error = [&](uint32_t count) {
      Bytes content = row.before;
      const Bytes items = Items(count, row.item);
      content.insert(content.end(), items.begin(), items.end());
      content.insert(content.end(), row.after.begin(), row.after.end());
      return DecodeError(WithHeader(Section(row.section, content)), Features::All());
    };
    EXPECT_EQ(error(row.limit), "ok") << row.what;
    EXPECT_EQ(error(row.limit + 1), absl::StrCat("more than ", row.limit, " ", row.what));
  }
}

TEST(DecoderTest, FunctionsLimit) {
  const auto error = [](uint32_t count) {
    Bytes sections = Section(3, Items(count, {0x00}));
    const Bytes code = Section(10, Items(count, {0x02, 0x00, 0x0b}));
    sections.insert(sections.end(), code.begin(), code.end());
    return DecodeError(WithHeader(sections));
  };
  EXPECT_EQ(error(kMaxFunctions), "ok");
  EXPECT_EQ(error(kMaxFunctions + 1), "more than 1000000 functions");
}

TEST(DecoderTest, BodyLimit) {
  const auto error = [](uint32_t size) {
    Bytes code = {0x01};
    AppendVarU32(size, &code);
    code.resize(code.size() + size, 0x01);  // nop
    code[code.size() - size] = 0x00;        // no locals
    code.back() = 0x0b;
    Bytes sections = Section(3, {0x01, 0x00});
    const Bytes section = Section(10, code);
    sections.insert(sections.end(), section.begin(), section.end());
    return DecodeError(WithHeader(sections));
  };
  EXPECT_EQ(error(kMaxFunctionBody), "ok");
  EXPECT_EQ(error(kMaxFunctionBody + 1), "more than 7654321 bytes in the body of function 0");
}

// Of bytes that are never touched: the host has no room to spare for a test.
TEST(DecoderTest, ModuleLimit) {
  void* zeros = mmap(nullptr, kMaxModuleBytes + 1, PROT_READ,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  ASSERT_NE(zeros, MAP_FAILED);
  const auto error = [&](uint64_t size) {
    const absl::Span<const uint8_t> bytes(static_cast<const uint8_t*>(zeros), size);
    return DecodeModule({std::make_shared<int>(), bytes}, Features()).error().message();
  };
  EXPECT_EQ(error(kMaxModuleBytes), "magic header not detected");
  EXPECT_EQ(error(kMaxModuleBytes + 1), "module larger than 1073741824 bytes");
  munmap(zeros, kMaxModuleBytes + 1);
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
