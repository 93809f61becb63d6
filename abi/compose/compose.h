// Joins components into one: what the first imports, the others ("plugs") export, of each other
// too. The result nests them as they are, instantiates each once, imports what is left open (one
// interface on one track of versions once), and exports all that the first exports and what of the
// plugs nobody imports. abi: "Instance Definitions". Three stages: Wiring (which export fills which
// import, by names and versions alone, and an order), a common TypeTable (resources become one
// where they are one), the bytes, which are validated.
#pragma once

#include <string>
#include <vector>

#include "abi/binary/write.h"
#include "abi/text/diagnose.h"
#include "abi/valid/resolved_component.h"
#include "absl/types/span.h"

namespace tenon::abi {

struct ComposePart {
  std::string name;  // of its file, for messages
  const ResolvedComponent* component = nullptr;
};

// An import of the result and the parts that ask for it; or one that is filled.
struct OpenImport {
  std::string name;
  std::vector<std::string> parts;
};
struct FilledImport {
  std::string import;
  std::string part;
  std::string exported;
  std::string plug;
};

struct Composition {
  Bytes bytes;
  std::vector<OpenImport> open;
  std::vector<FilledImport> filled;
  std::vector<std::string> exports;
};

// kUnlinkable, with a diagnosis, when a plug fills nothing, types do not fit, parts need each other
// in a circle or ask for one import in two ways.
Result<Composition> Compose(const ComposePart& socket, absl::Span<const ComposePart> plugs);

}  // namespace tenon::abi
