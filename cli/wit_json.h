// Items of WIT as JSON: the same members wherever a command prints them, which cli/README.md lists
// for `inspect` and `wit`.
#pragma once

#include <vector>

#include "absl/strings/string_view.h"
#include "cli/json.h"
#include "wit/resolve/print.h"

namespace tenon::cli {

inline void WriteItems(JsonWriter& json, absl::string_view key,
                       const std::vector<wit::PrintedItem>& items) {
  json.BeginArray(key);
  for (const wit::PrintedItem& item : items) {
    json.BeginObject();
    json.Member("kind", absl::string_view(item.kind));
    json.Member("name", item.name);
    json.Member("wit", item.wit);
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace tenon::cli
