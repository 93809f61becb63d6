#include "vm/binary/producers.h"

#include <gtest/gtest.h>

#include "vm/binary/decoder.h"
#include "vm/syntax/module.h"

namespace tenon::vm {
namespace {

using Bytes = std::vector<uint8_t>;

const Bytes kEmptyModule = {0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00};

Bytes WithCustom(absl::string_view name, const Bytes& content) {
  Bytes bytes = kEmptyModule;
  bytes.push_back(0);
  bytes.push_back(static_cast<uint8_t>(1 + name.size() + content.size()));
  bytes.push_back(static_cast<uint8_t>(name.size()));
  bytes.insert(bytes.end(), name.begin(), name.end());
  bytes.insert(bytes.end(), content.begin(), content.end());
  return bytes;
}

// Of the module's only section.
std::optional<std::vector<Producer>> ProducersOf(const Bytes& bytes) {
  const auto module = DecodeModule(bytes, Features());
  if (!module || module->customs.size() != 1) return std::nullopt;
  return ReadProducers(module->Bytes(module->customs[0].content));
}

TEST(ProducersTest, OneIsAddedToNone) {
  Bytes bytes = kEmptyModule;
  AddProducer({"processed-by", "tenon", "1.2.3"}, &bytes);
  EXPECT_EQ(ProducersOf(bytes), (std::vector<Producer>{{"processed-by", "tenon", "1.2.3"}}));
}

TEST(ProducersTest, WhatIsThereStaysAndAVersionIsReplaced) {
  Bytes bytes = kEmptyModule;
  AddProducer({"processed-by", "tenon", "1"}, &bytes);
  AddProducer({"language", "Rust", ""}, &bytes);
  AddProducer({"processed-by", "rustc", "1.80 (stable)"}, &bytes);
  AddProducer({"processed-by", "tenon", "2"}, &bytes);
  EXPECT_EQ(ProducersOf(bytes), (std::vector<Producer>{{"processed-by", "tenon", "2"},
                                                       {"processed-by", "rustc", "1.80 (stable)"},
                                                       {"language", "Rust", ""}}));
}

TEST(ProducersTest, OtherSectionsStayAsTheyAre) {
  Bytes bytes = WithCustom("name", {});
  const Bytes before = bytes;
  AddProducer({"sdk", "kit", "1"}, &bytes);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), bytes.begin()));
  EXPECT_GT(bytes.size(), before.size());
}

TEST(ProducersTest, WhatCannotBeReadIsLeftAlone) {
  const Bytes kBroken[] = {
      {},                             // no count
      {0x01},                         // no field
      {0x00, 0x00},                   // more behind it
      {0x01, 0x01, 'a', 0xff},        // half a count
      {0x01, 0x01, 0xff, 0x00},       // no UTF-8
      {0xff, 0xff, 0xff, 0xff, 0x0f}  // too many
  };
  for (const Bytes& content : kBroken) {
    EXPECT_FALSE(ReadProducers(content));
    Bytes bytes = WithCustom(kProducersSection, content);
    const Bytes before = bytes;
    AddProducer({"sdk", "kit", "1"}, &bytes);
    EXPECT_EQ(bytes, before);
  }
}

TEST(ProducersTest, NobodyHasToolsWithSuchNames) {
  for (const size_t over : {0, 1}) {
    Bytes bytes = kEmptyModule;
    AddProducer({"sdk", std::string(kMaxProducerNameBytes + over, 'n'), ""}, &bytes);
    EXPECT_EQ(ProducersOf(bytes).has_value(), over == 0);
  }
}

TEST(ProducersTest, NobodyHasThatManyTools) {
  Bytes bytes = kEmptyModule;
  for (int i = 0; i < 600; ++i) AddProducer({"sdk", std::to_string(i), ""}, &bytes);
  EXPECT_EQ(ProducersOf(bytes)->size(), kMaxProducers);
}

}  // namespace
}  // namespace tenon::vm
