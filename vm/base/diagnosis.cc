#include <tenon/diagnosis.h>

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon {
namespace {

constexpr size_t kMostItems = 20;  // of a list, for people

}  // namespace

std::vector<std::string> Diagnosis::Lines() const {
  std::vector<std::string> lines;
  const auto add = [&](const char* title, const std::string& text) {
    if (!text.empty()) lines.push_back(absl::StrCat(title, text));
  };
  add("at:         ", absl::StrJoin(path, " > "));
  add("- expected: ", expected);
  add("+ found:    ", found);
  add("package:    ", package);
  add("since:      ", since);
  for (const List& list : lists) {
    lines.push_back(list.title + (list.items.empty() ? ": none" : ":"));
    const size_t shown = std::min(list.items.size(), kMostItems);
    for (size_t i = 0; i < shown; ++i) lines.push_back("  " + list.items[i]);
    if (shown < list.items.size()) lines.push_back("  ...");
  }
  add("nearest:    ", nearest);
  add("hint:       ", hint);
  return lines;
}

}  // namespace tenon
