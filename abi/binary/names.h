// Names of a component's instances, from its name section, which is read again for each name: they
// are for messages alone. abi: "Name Section". What is malformed or long ends the reading; a name
// that was not read is empty.
#pragma once

#include <string>

#include "abi/syntax/component.h"

namespace tenon::abi {

// The name of the component itself; a view of the root's bytes, as every name.
absl::string_view ComponentName(const syntax::RootComponent& root,
                                const syntax::Component& component);

// The name of one of its definitions, with "#" and the index where others of the sort have it too.
std::string NameOf(const syntax::RootComponent& root, const syntax::Component& component,
                   SortIndex item);

}  // namespace tenon::abi
