// `tenon run --tier`: which code a component runs by. With kAuto it is what the cache has of it
// (cache.h), and without that the interpreter, at once; once the guest has run for a while it is
// compiled in the background, and its functions move to compiled code at their next entry. Core
// modules and texts are never compiled in the background.
#pragma once

#include <sys/stat.h>

#include <memory>
#include <optional>

#include "abi/link/component.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/commands.h"
#include "vm/artifact/image.h"
#include "vm/base/status.h"
#include "vm/sys/sha256.h"

namespace tenon::cli {

// A file to run.
struct InputFile {
  std::vector<uint8_t> bytes;                        // of a component or module, or
  std::shared_ptr<const vm::artifact::Image> image;  // what was compiled of one
  bool is_cached = false;                            // the image
  std::optional<vm::sys::Sha256Digest> digest;       // of the bytes, where it was needed
  std::optional<struct stat> status;  // of the file with those bytes, where there is a cache
  // What a compiled file, by its name, was compiled for, even if it is interpreted.
  std::optional<EngineOptions> compiled_for;
};

// Whether a file of that name is to be a compiled one.
bool IsCompiledFile(absl::string_view name);
// Reads it, or finds what the cache or `tenon compile` made of it; with kAot compiles it. Only a
// name says that a file may be trusted as machine code: one that ends in .tenon.
Result<InputFile> ReadInput(const RunOptions& options);
// Reads what was not read because there was an image, which turned out to be of no use.
Result<InputFile> ReadWithoutImage(const RunOptions& options);

// Tells those who are to know (--profile, -g) of an image that is about to run, whose modules these
// are. Without one it tells the user that they see nothing, or nothing before the guest has moved
// to compiled code. kIo, kLimit: they can't be told; kMalformed: the image is damaged.
Status TellTools(const RunOptions& options, const vm::artifact::Image* image,
                 absl::Span<const std::shared_ptr<vm::LoadedModule>> modules, bool may_tier_up);

// Whether the options want a component that is interpreted to be compiled in the background.
bool MayTierUp(const RunOptions& options);
// From now on the guest runs, in the interpreter: compiles the component that the file's bytes are
// and moves its functions. Fails silently.
void StartTierUp(const RunOptions& options, const std::optional<struct stat>& status,
                 std::shared_ptr<const abi::CompiledComponent> component);

}  // namespace tenon::cli
