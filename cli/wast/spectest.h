// The host module "spectest" that the official suite imports from. What it prints is dropped.
// Its contents are those of the reference interpreter's script runner.
#pragma once

#include <string>

#include "absl/container/flat_hash_map.h"
#include "vm/runtime/store.h"

namespace tenon::cli {

using HostModule = absl::flat_hash_map<std::string, vm::Extern>;

// The store owns what the module holds.
Result<HostModule> MakeSpectest(vm::Store& store);

}  // namespace tenon::cli
