// What WASI's interfaces got after the first release of their track, from the `@since` gates of
// their WIT: facts for messages alone, which decide nothing. test/wit holds them against the WIT.
#pragma once

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon::abi {

struct LaterItem {
  absl::string_view interface;  // "wasi:cli/exit"
  absl::string_view item;       // a function or type
  absl::string_view since;      // "0.2.12", in which track this is told
};
absl::Span<const LaterItem> LaterItems();

// The version that brought an item of `interface`, a name with a version on the track that is
// meant; empty where it was there from the beginning, or nothing is known.
absl::string_view SinceOf(absl::string_view interface, absl::string_view item);

}  // namespace tenon::abi
