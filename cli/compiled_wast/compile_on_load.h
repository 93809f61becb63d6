// Modules compiled in this process as they are loaded: for scripts and tests that hold compiled
// code to what is said of it. The runner has no compiler, so this is a hook of the engine.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "abi/link/component.h"
#include "jit/compile.h"
#include "vm/runtime/engine.h"

namespace tenon {

struct CompiledFunctions {
  size_t compiled = 0;
  size_t interpreted = 0;
};

// Engines made of `engine` from now on compile what they load; what validates must compile, so a
// failure ends the process. One set of options at a time: it holds for all such engines.
void CompileOnLoad(const jit::CompileOptions& options, vm::EngineSettings* engine);

// Loads a component as a file that was compiled of it as a whole: under the last such options.
Result<std::shared_ptr<const abi::CompiledComponent>> LoadCompiled(vm::Engine* engine,
                                                                   std::vector<uint8_t> bytes);

// From now on as one that was loaded otherwise and whose functions move to compiled code.
void AttachCompiled();

// Half of the functions, chosen by a number.
void CompileHalf(uint64_t seed, jit::CompileOptions* options);

// Since the start.
CompiledFunctions FunctionsSoFar();

}  // namespace tenon
