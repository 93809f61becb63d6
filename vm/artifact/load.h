// Modules of a compiled file, ready to be instantiated: from its outline, which has no function's
// body. What needs one, an interpreted function or a backtrace, decodes the source then.
#pragma once

#include <memory>

#include "vm/artifact/image.h"
#include "vm/base/status.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/module.h"

namespace tenon::vm::artifact {

// What the image has of its `index`-th core module. The engine outlives it.
std::shared_ptr<const CompiledModule> ModuleOf(std::shared_ptr<const Image> image, size_t index,
                                               Engine* engine);

// The module that ModuleOf gave, decoded from `outline` and validated but for its bodies.
Result<std::shared_ptr<const ResolvedModule>> Resolve(
    const std::shared_ptr<const Image>& image, size_t index, SharedBytes outline, Engine* engine,
    std::shared_ptr<const CompiledModule> compiled);

// The module of a file that is no component's. kUsage: it is, or was compiled for other settings
// than the engine's.
Result<std::shared_ptr<LoadedModule>> LoadModule(Engine* engine,
                                                 const std::shared_ptr<const Image>& image);

}  // namespace tenon::vm::artifact
