// The annotations that become custom sections: `(@custom ...)`, `(@name ...)` and branch hints.
// What identifiers say goes into the "name" section too. core: #text-annot and the appendix on
// custom sections; the branch-hinting proposal
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/base/leb128.h"
#include "vm/base/utf8.h"
#include "vm/syntax/section.h"
#include "vm/text/keywords.h"
#include "vm/text/module_parser.h"

namespace tenon::vm {
namespace {

constexpr int kFirstPlace = 0;
constexpr int kLastPlace = 2 * kSectionCount + 1;
constexpr int BeforeSection(SectionId id) { return 2 * kSectionOrder[static_cast<int>(id)]; }

// The id of the section that a place comes after; 0 for the one before all.
int SectionBefore(int place) {
  const int order = (place - 1) / 2;
  return order == 0 ? 0 : static_cast<int>(kSectionRows[order - 1].id);
}

}  // namespace

bool ModuleParser::ParseModuleName(const std::optional<Token>& id) {
  std::optional<std::string> name;
  if (!ParseNameAnnotation(&name)) return false;
  if (lexer.PeekAnnotation(kNameAnnotation)) {
    return FailAnnotation(kNameAnnotation, "multiple module names", lexer.Peek());
  }
  if (name || id) module.names.module = name ? *name : IdName(*id);
  return true;
}

// The rest of `(@custom name place? string*)`, up to the parenthesis.
bool ModuleParser::ParseCustom() {
  CustomSection custom;
  const Token name = lexer.Peek();
  if (name.kind != TokenKind::kString) {
    return FailAnnotation(kCustomAnnotation, "missing section name", name);
  }
  lexer.Take();
  custom.name = module.texts.emplace_front(StringValue(name));
  if (!IsValidUtf8(custom.name)) {
    return FailAnnotation(kCustomAnnotation, "malformed UTF-8 encoding", name);
  }
  int place = kLastPlace;
  if (lexer.TakeIf(TokenKind::kLeftParen) && !ParseCustomPlace(&place)) return false;
  ParseStrings(&custom.content);
  if (lexer.Peek().kind != TokenKind::kRightParen) {
    return FailAnnotation(kCustomAnnotation,
                          absl::StrCat("unexpected token ", ShownText(lexer.Peek())), lexer.Peek());
  }
  AddCustom(place, custom);
  return true;
}

// `before` or `after` and a section, and the parenthesis.
bool ModuleParser::ParseCustomPlace(int* place) {
  const Token side = lexer.Take();
  const bool is_after = side.Is("after");
  if (!is_after && !side.Is("before")) {
    return FailAnnotation(kCustomAnnotation, "malformed placement", side);
  }
  const Token section = lexer.Peek();
  const auto* row = std::ranges::find(kSectionRows, section.text, &SectionRow::keyword);
  if (row != std::end(kSectionRows)) {
    *place = BeforeSection(row->id) + (is_after ? 1 : 0);
  } else if (section.Is(is_after ? "last" : "first")) {
    *place = is_after ? kLastPlace : kFirstPlace;
  } else {
    return FailAnnotation(kCustomAnnotation, "malformed section kind", section);
  }
  lexer.Take();
  return ExpectClose();
}

void ModuleParser::AddCustom(int place, CustomSection custom) {
  custom.after_section = SectionBefore(place);
  customs_[place].push_back(custom);
}

void ModuleParser::PlaceCustoms() {
  for (const auto& here : customs_) {
    module.customs.insert(module.customs.end(), here.begin(), here.end());
  }
}

// Hints are for code that is read in one pass, so they come before it.
void ModuleParser::WriteBranchHints() {
  if (hints_.empty()) return;
  const auto begin = static_cast<uint32_t>(module.bytes.size());
  AppendVarU32(static_cast<uint32_t>(hints_.size()), &module.bytes);
  for (const FunctionHints& function : hints_) {
    AppendVarU32(function.func, &module.bytes);
    AppendVarU32(static_cast<uint32_t>(function.hints.size()), &module.bytes);
    for (const BranchHint& hint : function.hints) {
      AppendVarU32(hint.offset, &module.bytes);
      AppendVarU32(1, &module.bytes);  // the hint's size
      module.bytes.push_back(hint.is_likely ? 1 : 0);
    }
  }
  const auto size = static_cast<uint32_t>(module.bytes.size()) - begin;
  AddCustom(BeforeSection(SectionId::kCode), {kBranchHintSection, {begin, size}, 0});
}

// A section of this name that is written out counts, and identifiers then don't.
void ModuleParser::WriteNames() {
  bool is_written_out = false;
  for (const auto& here : customs_) {
    for (const CustomSection& custom : here) {
      if (custom.name != "name") continue;
      is_written_out = true;
      module.names = NamesForMessages(module, custom.content);
    }
  }
  if (is_written_out) return;
  const auto begin = static_cast<uint32_t>(module.bytes.size());
  std::vector<NameSectionWriter::NameMap> field_names;
  for (auto& [type, space] : fields) {
    if (!space.names.empty()) field_names.push_back({type, std::move(space.names)});
  }
  std::ranges::sort(field_names, {}, &NameSectionWriter::NameMap::index);
  NameSectionWriter writer(&module.bytes);
  writer.WriteModule(module.names.module);
  writer.Write(NameKind::kFunc, funcs.names);
  writer.Write(NameKind::kLocal, local_names_);
  writer.Write(NameKind::kLabel, label_names_);
  writer.Write(NameKind::kType, types.names);
  writer.Write(NameKind::kTable, tables.names);
  writer.Write(NameKind::kMemory, memories.names);
  writer.Write(NameKind::kGlobal, globals.names);
  writer.Write(NameKind::kElem, elems.names);
  writer.Write(NameKind::kData, datas.names);
  writer.Write(NameKind::kField, field_names);
  writer.Write(NameKind::kTag, tags.names);
  const auto size = static_cast<uint32_t>(module.bytes.size()) - begin;
  if (size == 0) return;
  AddCustom(BeforeSection(SectionId::kData) + 1, {"name", {begin, size}, 0});
  module.names = NamesForMessages(module, {begin, size});
}

}  // namespace tenon::vm
