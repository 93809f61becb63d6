#include "vm/syntax/source_lines.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

#include "vm/base/leb128.h"
#include "vm/syntax/file_table.h"

namespace tenon::vm {
namespace {

using Bytes = std::vector<uint8_t>;

template <typename T>
void AppendFixed(T value, Bytes* bytes) {
  const auto* const first = reinterpret_cast<const uint8_t*>(&value);
  bytes->insert(bytes->end(), first, first + sizeof value);
}

void Append(const Bytes& more, Bytes* bytes) {
  bytes->insert(bytes->end(), more.begin(), more.end());
}

// A table of version 5, in which instruction i + 1 was written in a file whose name begins i bytes
// behind the begin of .debug_line_str, in a folder that has the whole.
Bytes LineTable(uint32_t count) {
  constexpr uint8_t kPath = 1, kFolder = 2, kLineStrp = 0x1f, kByte = 0x0b;
  // Lengths of instructions; lines that special opcodes add; how many operands opcodes have.
  Bytes header = {1, 1, 1, 0, 1, 10, 0, 1, 1, 1, 1, 0, 0, 0, 1};
  Append({1, kPath, kLineStrp, 2}, &header);
  AppendFixed(uint32_t{0}, &header);
  AppendFixed(uint32_t{0}, &header);
  Append({2, kPath, kLineStrp, kFolder, kByte}, &header);
  AppendVarU64(count, &header);
  for (uint32_t i = 0; i < count; ++i) {
    AppendFixed(i, &header);
    header.push_back(1);
  }
  Bytes unit;
  AppendFixed(uint16_t{5}, &unit);
  Append({4, 0}, &unit);
  AppendFixed(static_cast<uint32_t>(header.size()), &unit);
  Append(header, &unit);
  for (uint32_t i = 0; i < count; ++i) {
    constexpr uint8_t kCopy = 1, kAdvancePc = 2, kSetFile = 4;
    Append({kAdvancePc, 1, kSetFile}, &unit);
    AppendVarU64(i, &unit);
    unit.push_back(kCopy);
  }
  Append({2, 1, 0, 1, 1}, &unit);  // ends one behind the last
  Bytes table;
  AppendFixed(static_cast<uint32_t>(unit.size()), &table);
  Append(unit, &table);
  return table;
}

constexpr uint32_t kCodeBegin = 14;

// With a byte of code for each instruction, behind one that is none.
Module ModuleOf(uint32_t count, const Bytes& names) {
  Module module;
  const uint8_t low = 0x80 | ((count + 1) & 0x7f);
  module.bytes = {0, 'a', 's', 'm', 1, 0, 0, 0, 10, low};
  for (const int shift : {7, 14, 21}) module.bytes.push_back(0x80 | ((count + 1) >> shift & 0x7f));
  module.bytes.push_back(0);  // the size is as long, whatever it is
  module.bytes.resize(kCodeBegin + count + 1);
  for (const auto& [name, content] :
       {std::pair(".debug_line", LineTable(count)), std::pair(".debug_line_str", names)}) {
    CustomSection& custom = module.customs.emplace_back();
    custom.name = name;
    custom.content.offset = static_cast<uint32_t>(module.bytes.size());
    custom.content.size = static_cast<uint32_t>(content.size());
    Append(content, &module.bytes);
  }
  return module;
}

// Of letters, so that no two places in it read alike.
Bytes Letters(size_t count) {
  Bytes letters(count);
  uint32_t state = 1;
  for (uint8_t& letter : letters) {
    state = state * 1'664'525 + 1'013'904'223;
    letter = 'a' + (state >> 16) % 26;
  }
  return letters;
}

TEST(SourceLinesTest, NameFilesAsFarAsTheirNamesAreNotTooMany) {
  constexpr uint32_t kMaxName = 1'000;
  for (const uint32_t count : {3'000, 30'000}) {
    const Bytes names = Letters(count + kMaxName);
    const Module module = ModuleOf(count, names);
    std::vector<uint32_t> offsets(count);
    std::iota(offsets.begin(), offsets.end(), kCodeBegin + 1);
    const SourcePlaces found = FindSourcePlaces(module, offsets);
    const std::string first(names.begin(), names.begin() + kMaxName);
    ASSERT_FALSE(found.files.empty());
    EXPECT_EQ(found.files.front(), first + "/" + first);
    EXPECT_EQ(found.places.front().line, 1);
    EXPECT_EQ(found.places[found.files.size() - 1].line, 1);
    EXPECT_EQ(found.places[found.files.size()].line, 0);
    EXPECT_EQ(found.places.back().line, 0);
    const size_t limit = std::min(kMaxFileNames, 16 * module.bytes.size());
    size_t total = 0;
    for (const std::string& file : found.files) total += file.size();
    EXPECT_LE(total, limit);
    EXPECT_GT(total, limit / 2);
  }
}

}  // namespace
}  // namespace tenon::vm
