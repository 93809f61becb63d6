#include "abi/syntax/name_map.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"

namespace tenon::abi {

bool UniqueNames::Insert(absl::string_view name) {
  if (many_.empty()) {
    for (absl::string_view other : few_) {
      if (other.size() == name.size() && absl::EqualsIgnoreCase(other, name)) return false;
    }
    if (few_.size() < kFew) {
      few_.push_back(name);
      return true;
    }
    for (absl::string_view other : few_) many_.insert(absl::AsciiStrToLower(other));
  }
  return many_.insert(absl::AsciiStrToLower(name)).second;
}

}  // namespace tenon::abi
