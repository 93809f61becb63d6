#include "abi/binary/write.h"

#include <optional>

#include "vm/syntax/instruction_writer.h"

namespace tenon::abi {
namespace {

// Codes of a definition's section, of its declarator in a component or instance type, and of that
// in a module type; where it cannot stand, nobody writes one.
struct ListedCodes {
  uint8_t section;
  uint8_t declarator;
  uint8_t module_declarator;
};
constexpr ListedCodes kListedCodes[] = {{2, 0, 0}, {3, 0, 1}, {5, 0, 0},  {6, 2, 2},
                                        {7, 1, 0}, {8, 0, 0}, {10, 3, 0}, {11, 4, 3}};

constexpr uint8_t kSortCodes[kSortCount] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x00, 0x01,
                                            0x02, 0x03, 0x04, 0x10, 0x11, 0x12};

Bytes NameSection(absl::string_view own_name, const ScopeNames& names) {
  Bytes section;
  if (!own_name.empty()) {
    Bytes name;
    AppendName(own_name, &name);
    AppendSized(0, name, &section);
  }
  for (int i = 0; i < kSortCount; ++i) {
    if (names[i].empty()) continue;
    Bytes content;
    AppendSort(static_cast<Sort>(i), &content);
    AppendVarU32(static_cast<uint32_t>(names[i].size()), &content);
    for (const vm::IndexedName& item : names[i]) {
      AppendVarU32(item.index, &content);
      AppendName(item.name, &content);
    }
    AppendSized(1, content, &section);
  }
  return section;
}

}  // namespace

void AppendSized(uint8_t id, absl::Span<const uint8_t> content, Bytes* out) {
  out->push_back(id);
  AppendVarU32(static_cast<uint32_t>(content.size()), out);
  AppendBytes(content, out);
}

void AppendName(absl::string_view name, Bytes* out) {
  AppendVarU32(static_cast<uint32_t>(name.size()), out);
  out->insert(out->end(), name.begin(), name.end());
}

void AppendSort(Sort sort, Bytes* out) {
  if (sort >= Sort::kCoreFunc) out->push_back(0x00);
  out->push_back(kSortCodes[static_cast<int>(sort)]);
}

void AppendSortIndex(SortIndex item, Bytes* out) {
  AppendSort(item.sort, out);
  AppendVarU32(item.index, out);
}

void AppendCoreSortIndex(SortIndex item, Bytes* out) {
  out->push_back(kSortCodes[static_cast<int>(item.sort)]);
  AppendVarU32(item.index, out);
}

void ScopeWriter::Append(ListedKind kind, absl::Span<const uint8_t> definition,
                         absl::Span<const TextMark> marks) {
  const ListedCodes& codes = kListedCodes[static_cast<int>(kind)];
  if (kind_ == ScopeKind::kComponent && section_ != codes.section) {
    FinishSection();
    section_ = codes.section;
  }
  const size_t start = items_.bytes.size();
  if (kind_ != ScopeKind::kComponent) {
    items_.bytes.push_back(kind_ == ScopeKind::kType ? codes.declarator : codes.module_declarator);
  }
  // A declarator begins with its code, what stands in it is behind that.
  const size_t inside = items_.bytes.size();
  for (TextMark mark : marks) {
    mark.offset += static_cast<uint32_t>(mark.offset == 0 ? start : inside);
    marks_.push_back(mark);
  }
  ++items_.count;
  AppendBytes(definition, &items_.bytes);
}

void ScopeWriter::FinishSection() {
  if (items_.count == 0) return;
  Bytes content;
  items_.AppendTo(&content);
  AppendSized(section_, content, &finished_);
  PlaceMarks(finished_.size() - items_.bytes.size());
  items_ = {};
}

void ScopeWriter::PlaceMarks(size_t offset) {
  for (; placed_marks_ < marks_.size(); ++placed_marks_) {
    marks_[placed_marks_].offset += static_cast<uint32_t>(offset);
  }
}

void ScopeWriter::AppendSection(uint8_t id, absl::Span<const uint8_t> content,
                                absl::Span<const TextMark> marks) {
  FinishSection();
  AppendSized(id, content, &finished_);
  marks_.insert(marks_.end(), marks.begin(), marks.end());
  PlaceMarks(finished_.size() - content.size());
}

Bytes ScopeWriter::Finish(absl::string_view name, const ScopeNames& names) {
  Bytes out;
  if (kind_ != ScopeKind::kComponent) {
    items_.AppendTo(&out);
    PlaceMarks(out.size() - items_.bytes.size());
    return out;
  }
  FinishSection();
  if (const Bytes section = NameSection(name, names); !section.empty()) {
    Bytes content;
    AppendName("component-name", &content);
    AppendBytes(section, &content);
    AppendSized(kCustomSection, content, &finished_);
  }
  out = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00};
  placed_marks_ = 0;
  PlaceMarks(out.size());
  AppendBytes(finished_, &out);
  return out;
}

}  // namespace tenon::abi
