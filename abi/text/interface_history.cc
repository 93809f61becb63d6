#include "abi/text/interface_history.h"

#include "abi/syntax/semver.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr LaterItem kLaterItems[] = {
    {"wasi:cli/exit", "exit-with-code", "0.2.12"},
    {"wasi:http/types", "field-name", "0.2.1"},
};

}  // namespace

absl::Span<const LaterItem> LaterItems() { return kLaterItems; }

absl::string_view SinceOf(absl::string_view interface, absl::string_view item) {
  for (const LaterItem& later : kLaterItems) {
    if (later.item != item || interface.substr(0, interface.find('@')) != later.interface) continue;
    const std::string in_track = absl::StrCat(later.interface, "@", later.since);
    if (AlternateKey(interface) == AlternateKey(in_track)) return later.since;
  }
  return "";
}

}  // namespace tenon::abi
