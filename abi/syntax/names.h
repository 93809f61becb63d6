// Labels and extern names: "read-via-stream", "[method]descriptor.sync", "wasi:io/poll@0.2.3".
// abi: "Import and Export Definitions" (Explainer.md), "Name Uniqueness".
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"

namespace tenon::abi {

// True for kebab-case labels: fragments of one case, each beginning as the grammar demands.
bool IsLabel(absl::string_view text);

// True for words that WIT takes for names only behind a %. wit: "Keywords"
bool IsWitKeyword(absl::string_view word);

// An extern name taken apart. Views borrow from the text that was parsed.
struct ExternName {
  enum class Kind : uint8_t { kPlain, kConstructor, kMethod, kStatic, kInterface };
  Kind kind = Kind::kPlain;
  absl::string_view label;      // kPlain, and the function of kMethod and kStatic
  absl::string_view resource;   // kConstructor, kMethod, kStatic
  absl::string_view interface;  // kInterface: "wasi:io/poll" without version
  absl::string_view version;    // kInterface: "0.2.3", or empty

  bool names_resource_func() const {
    return kind == Kind::kConstructor || kind == Kind::kMethod || kind == Kind::kStatic;
  }
};

// Nothing when `text` is no extern name.
std::optional<ExternName> ParseExternName(absl::string_view text);
// What is wrong with such a text: "`aBc` is not in kebab case".
std::string WhyNoExternName(absl::string_view text);
// True for "ns:pkg/iface" with an optional version.
bool IsInterfaceName(absl::string_view text);

// The part of a valid extern name by which names must differ within one scope, whatever their case
// ("strongly-unique"). `parsed` is `text` taken apart.
absl::string_view UniqueForm(const ExternName& parsed, absl::string_view text);

}  // namespace tenon::abi
