// Names of a component's parts, from its name section, which is read again for each name: they are
// for messages alone, and for printing, which reads all at once. abi: "Name Section". What is
// malformed, or for a message long, ends the reading; a name that was not read is empty.
#pragma once

#include <array>
#include <cstdint>
#include <string>

#include "abi/syntax/component.h"
#include "absl/types/span.h"

namespace tenon::abi {

// The name of the component itself; a view of the root's bytes, as every name.
absl::string_view ComponentName(const syntax::RootComponent& root,
                                const syntax::Component& component);

// The name of one of its definitions, with "#" and the index where others of the sort have it too.
std::string NameOf(const syntax::RootComponent& root, const syntax::Component& component,
                   SortIndex item);

// The component's own name, and by sort the bytes of the map from indices to names.
struct ComponentNames {
  absl::string_view own;
  std::array<absl::Span<const uint8_t>, kSortCount> maps;
};
ComponentNames AllNames(const syntax::RootComponent& root, const syntax::Component& component);

}  // namespace tenon::abi
