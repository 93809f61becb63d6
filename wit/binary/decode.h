// Component binaries to WIT: what encode.h writes, and the world of any component. Names are taken
// as they stand there; documentation and gates are those that a package's custom section has.
// wit: "Package Format"
#pragma once

#include <optional>
#include <vector>

#include "abi/syntax/component.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/module.h"
#include "wit/binary/encode.h"
#include "wit/binary/packages_builder.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

struct DecodedWit {
  Packages packages;
  // Of a component-type section, and of a component, whose world is root:component/root.
  std::optional<WorldIdx> world;
  StringEncoding encoding = StringEncoding::kUtf8;
};

// Fails (kInvalid) where the component is not valid, or WIT has no word for what it has: what is
// decoded prints to text that resolves. With kLimit where it is too much.
Result<DecodedWit> DecodeWit(const abi::syntax::RootComponent& component);

// The world of a valid component, be it a package or not, without what WIT has no word for.
struct DecodedWorld {
  Packages packages;
  WorldIdx world;
  std::vector<WordlessItem> others;
};
Result<DecodedWorld> DecodeWorld(const abi::syntax::RootComponent& component);

// The world that core modules were made for, by their sections `component-type...`: what all say,
// taken together. It has the name that the first one has. Without any it is an empty one.
struct ModulesWorld {
  Packages packages;
  WorldIdx world;
  std::vector<StringEncoding> encodings;  // by module
};
Result<ModulesWorld> DecodeModulesWorld(absl::Span<const vm::Module* const> modules);

}  // namespace tenon::wit
