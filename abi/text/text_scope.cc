#include "abi/text/text_scope.h"

namespace tenon::abi {

TextScope::TextScope(Kind kind, std::string id, TextScope* parent)
    : id_(std::move(id)), parent_(parent), writer_(kind) {
  for (int i = 0; i < kSortCount; ++i) spaces_[i].noun = SortName(static_cast<Sort>(i));
}

Bytes TextScope::Finish() {
  ScopeNames names;
  for (int i = 0; i < kSortCount; ++i) names[i] = spaces_[i].names;
  return writer_.Finish(id_, names);
}

}  // namespace tenon::abi
