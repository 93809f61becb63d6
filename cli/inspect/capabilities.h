// What a component's imports let it do, in plain words, and which of them this host lacks. The
// words are a table; what the host has is asked of the linker that `run` uses.
#pragma once

#include <string>
#include <vector>

#include "abi/types/type_table.h"
#include "abi/valid/plan.h"

namespace tenon::cli {

// "files", "network", ...: in the table's order, each once. An interface without functions,
// imported for its types, asks for nothing.
std::vector<std::string> Capabilities(const abi::TypeTable& types, const abi::Plan& plan);

// Interfaces ("acme:widgets/gears@1.2.3"), functions of interfaces that are known otherwise
// ("wasi:cli/exit@0.2.12#leave") and plain functions ("f") that `tenon run` does not offer.
std::vector<std::string> UnknownImports(const abi::TypeTable& types, const abi::Plan& plan);

}  // namespace tenon::cli
