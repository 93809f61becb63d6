// The sections of a module: ids, the order they stand in, and the words that text and messages have
// for them. core: #binary-section, #binary-module
#pragma once

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace tenon::vm {

enum class SectionId : uint8_t {
  kCustom = 0,
  kType,
  kImport,
  kFunction,
  kTable,
  kMemory,
  kGlobal,
  kExport,
  kStart,
  kElem,
  kCode,
  kData,
  kDataCount,
  kTag,
};
inline constexpr uint8_t kSectionIdCount = 14;

struct SectionRow {
  SectionId id;
  absl::string_view keyword;  // in the place of a custom section
  const char* title;          // in messages
};

// In a module's order, which is not that of the ids.
inline constexpr SectionRow kSectionRows[] = {
    {SectionId::kType, "type", "type"},
    {SectionId::kImport, "import", "import"},
    {SectionId::kFunction, "func", "function"},
    {SectionId::kTable, "table", "table"},
    {SectionId::kMemory, "memory", "memory"},
    {SectionId::kTag, "tag", "tag"},
    {SectionId::kGlobal, "global", "global"},
    {SectionId::kExport, "export", "export"},
    {SectionId::kStart, "start", "start"},
    {SectionId::kElem, "elem", "element"},
    {SectionId::kDataCount, "datacount", "data count"},
    {SectionId::kCode, "code", "code"},
    {SectionId::kData, "data", "data"},
};
inline constexpr int kSectionCount = static_cast<int>(std::size(kSectionRows));

// A section's place among the others, from 1, by id; 0 for custom ones, which have none.
inline constexpr std::array<int, kSectionIdCount> kSectionOrder = [] {
  std::array<int, kSectionIdCount> order{};
  int place = 0;
  for (const SectionRow& row : kSectionRows) order[static_cast<int>(row.id)] = ++place;
  return order;
}();

}  // namespace tenon::vm
