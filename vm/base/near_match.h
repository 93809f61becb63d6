// What a mistyped name was probably meant to be: the nearest of those that exist, by the number of
// letters that differ, or none.
#pragma once

#include <cstddef>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon {

// How many letters must be inserted, removed or replaced to turn one word into the other.
size_t EditDistance(absl::string_view from, absl::string_view to);

// The name `word` was probably meant to be: one that it begins, else the one fewest edits away, if
// those are at most two or a third of the word's letters, and not all of them. Empty if there is
// none; very long words are not looked at. There may be any number of names: comparing them takes
// some milliseconds at most, and those that are left then are only asked whether the word begins
// them.
absl::string_view NearMatch(absl::string_view word, absl::Span<const absl::string_view> names);

}  // namespace tenon
