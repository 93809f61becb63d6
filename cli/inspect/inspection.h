// What `tenon inspect` finds in a component or core module, as data to be printed as text or JSON.
// The whole file is checked first, bodies too.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "vm/base/status.h"
#include "vm/binary/producers.h"
#include "vm/syntax/features.h"
#include "wit/binary/decode.h"

namespace tenon::cli {

// An import or export of a core module.
struct CoreExtern {
  std::string module;  // imports only
  std::string name;
  std::string kind;  // "func", "table", "memory", "global", "tag"
  std::string type;  // in the words of the text format: "(func (param i32) (result i32))"
};

struct Inspection {
  bool is_component = false;
  bool is_text = false;
  uint64_t size = 0;       // of the file, in bytes
  uint64_t code_size = 0;  // of the bodies of functions, nested modules included

  // What tools say of themselves, in it and in what is nested; each once, and so many at most.
  std::vector<vm::Producer> producers;

  // Core modules.
  std::vector<CoreExtern> imports;
  std::vector<CoreExtern> exports;

  // Components. What is nested at any depth is counted, in use or not.
  uint64_t modules = 0;
  uint64_t components = 0;
  wit::DecodedWorld world;
  std::vector<std::string> capabilities;  // in plain words
  std::vector<std::string> unknown;       // imports that this host does not have
};

// Validates the whole file first: an error is what `tenon validate` says of it.
// Leaves a text's bytes.
Result<Inspection> InspectBytes(std::vector<uint8_t>& bytes, const vm::Features& features);

}  // namespace tenon::cli
