#include "abi/text/text_scope.h"

namespace tenon::abi {
namespace {

// Codes of a definition's section, of its declarator in a component or instance type, and of that
// in a module type; where it cannot stand, no text gets this far.
struct ListedCodes {
  uint8_t section;
  uint8_t declarator;
  uint8_t module_declarator;
};
constexpr ListedCodes kListedCodes[] = {{2, 0, 0}, {3, 0, 1}, {5, 0, 0},  {6, 2, 2},
                                        {7, 1, 0}, {8, 0, 0}, {10, 3, 0}, {11, 4, 3}};

constexpr uint8_t kSortCodes[kSortCount] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x00, 0x01,
                                            0x02, 0x03, 0x04, 0x10, 0x11, 0x12};

void AppendSized(uint8_t id, const Bytes& content, Bytes* out) {
  out->push_back(id);
  AppendVarU32(static_cast<uint32_t>(content.size()), out);
  AppendBytes(content, out);
}

}  // namespace

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

TextScope::TextScope(Kind kind, std::string id, TextScope* parent)
    : kind_(kind), id_(std::move(id)), parent_(parent) {
  for (int i = 0; i < kSortCount; ++i) spaces_[i].noun = SortName(static_cast<Sort>(i));
}

void TextScope::Append(ListedKind kind, const Bytes& definition) {
  const ListedCodes& codes = kListedCodes[static_cast<int>(kind)];
  if (kind_ == Kind::kComponent) {
    if (section_ != codes.section) FinishSection();
    section_ = codes.section;
  } else {
    items_.bytes.push_back(kind_ == Kind::kType ? codes.declarator : codes.module_declarator);
  }
  ++items_.count;
  AppendBytes(definition, &items_.bytes);
}

void TextScope::FinishSection() {
  if (items_.count == 0) return;
  Bytes content;
  items_.AppendTo(&content);
  AppendSized(section_, content, &finished_);
  items_ = {};
}

void TextScope::AppendSection(uint8_t id, const Bytes& content) {
  FinishSection();
  AppendSized(id, content, &finished_);
}

Bytes TextScope::Names() {
  Bytes names;
  if (!id_.empty()) {
    Bytes name;
    AppendName(id_, &name);
    AppendSized(0, name, &names);
  }
  for (int i = 0; i < kSortCount; ++i) {
    if (spaces_[i].names.empty()) continue;
    Bytes content;
    AppendSort(static_cast<Sort>(i), &content);
    AppendVarU32(static_cast<uint32_t>(spaces_[i].names.size()), &content);
    for (const vm::IndexedName& item : spaces_[i].names) {
      AppendVarU32(item.index, &content);
      AppendName(item.name, &content);
    }
    AppendSized(1, content, &names);
  }
  return names;
}

Bytes TextScope::Finish() {
  Bytes out;
  if (kind_ != Kind::kComponent) {
    items_.AppendTo(&out);
    return out;
  }
  FinishSection();
  if (const Bytes names = Names(); !names.empty()) {
    Bytes content;
    AppendName("component-name", &content);
    AppendBytes(names, &content);
    AppendSized(0, content, &finished_);
  }
  out = {0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00};
  AppendBytes(finished_, &out);
  return out;
}

}  // namespace tenon::abi
