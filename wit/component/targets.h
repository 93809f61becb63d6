// Whether a component fits a world: has all its exports, and gets by with its imports.
// abi: "Subtyping"
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

struct TargetsQuestion {
  // A component that is valid if and only if the one asked about, which is, fits the world: it
  // exports that one as a component of the world's type. An interface of another version on the
  // same track will do, as it does when the component is linked.
  std::vector<uint8_t> component;
  std::vector<std::string> lacking;  // names of interfaces it imports that the world does not have
};

TargetsQuestion MakeTargetsQuestion(const Packages& packages, WorldIdx world,
                                    absl::Span<const uint8_t> component);

// Of the error of that question: what of the component does not fit the world.
Error MisfitOf(Error error, absl::string_view world, const TargetsQuestion& question);

}  // namespace tenon::wit
