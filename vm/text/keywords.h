// The words the text format gives a meaning, for telling a misplaced keyword from an unknown one.
// A word that is not among them is malformed as a token already. core: #text-keyword
#pragma once

#include "absl/strings/string_view.h"

namespace tenon::vm {

// Instructions, the keywords of modules and types, and those of scripts.
bool IsKnownKeyword(absl::string_view word);

// Annotations that mean something to the parser; others are skipped. core: #text-annot
inline constexpr absl::string_view kCustomAnnotation = "custom";
inline constexpr absl::string_view kNameAnnotation = "name";
inline constexpr absl::string_view kBranchHintAnnotation = "metadata.code.branch_hint";
inline bool IsKnownAnnotation(absl::string_view name) {
  return name == kCustomAnnotation || name == kNameAnnotation || name == kBranchHintAnnotation;
}

}  // namespace tenon::vm
