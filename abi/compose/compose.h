// Joins components into one: what the first imports, the others ("plugs") export, of each other
// too. The result nests and instantiates each once, imports what is left open (an interface of one
// track once), and exports all that the first exports and what of the plugs nobody imports; of one
// name the first. abi: "Instance Definitions". Three stages: Wiring (which export fills which
// import, by names and versions, and an order), a common TypeTable (resources become one where they
// are one), bytes, which are validated.
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

// An export that is left out: another part's has its name.
struct HiddenExport {
  std::string name;
  std::string part;
  std::string behind;
};

struct Composition {
  Bytes bytes;
  std::vector<OpenImport> open;
  std::vector<FilledImport> filled;
  std::vector<std::string> exports;
  std::vector<HiddenExport> hidden;
};

// kUnlinkable, with a diagnosis, when a plug fills nothing, types do not fit, parts need each other
// in a circle or ask for one import in two ways. `core_types` are those the parts were made with.
Result<Composition> Compose(const ComposePart& socket, absl::Span<const ComposePart> plugs,
                            const vm::TypeStore& core_types);

}  // namespace tenon::abi
