#include "abi/text/text_scope.h"

namespace tenon::abi {

TextScope::TextScope(Kind kind, const vm::Binding& binding, TextScope* parent)
    : id_(binding.id ? vm::IdName(*binding.id) : ""),
      name_(binding.has_name() ? vm::TextParser::NameOf(binding) : ""),
      parent_(parent),
      writer_(kind) {
  for (int i = 0; i < kSortCount; ++i) spaces_[i].noun = SortName(static_cast<Sort>(i));
}

std::vector<TextMark> TextScope::WithNested(const TextMark& mark, size_t size) {
  std::vector<TextMark> marks = {mark};
  for (TextMark nested : std::exchange(nested_marks_, {})) {
    nested.offset += static_cast<uint32_t>(size - nested_size_);
    marks.push_back(nested);
  }
  return marks;
}

Bytes TextScope::Finish() {
  ScopeNames names;
  for (int i = 0; i < kSortCount; ++i) names[i] = spaces_[i].names;
  return writer_.Finish(name_, names);
}

}  // namespace tenon::abi
