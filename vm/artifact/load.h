// Modules of a compiled file, ready to be instantiated: from its plan, which has no function's
// body. What needs one, an interpreted function or a backtrace, decodes the source then.
#pragma once

#include <memory>
#include <vector>

#include "vm/artifact/image.h"
#include "vm/base/status.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/module.h"
#include "vm/valid/archive.h"

namespace tenon::vm::artifact {

// What the image has of its `index`-th core module. The engine outlives it.
std::shared_ptr<const CompiledModule> ModuleOf(std::shared_ptr<const Image> image, size_t index,
                                               Engine* engine);

// The next module of an archive, the image's plan, as which ModuleOf gave `compiled`.
Result<std::shared_ptr<const ResolvedModule>> ReadModule(
    ArchiveReader& archive, const std::shared_ptr<const Image>& image, size_t index,
    std::shared_ptr<const CompiledModule> compiled);

// The plan of a core module on its own (Source::plan). Nothing is added to its type store
// meanwhile.
std::vector<uint8_t> PlanOf(const ResolvedModule& module);

// The module of a file that is no component's. kUsage: it is, or was compiled for other settings
// than the engine's.
Result<std::shared_ptr<LoadedModule>> LoadModule(Engine* engine,
                                                 const std::shared_ptr<const Image>& image);

}  // namespace tenon::vm::artifact
