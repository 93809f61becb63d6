// A compiled file as it is run: mapped into the code space, never written to. FORMAT.md.
// Reading a file needs no LLVM, and nothing is parsed, hashed or relocated that grows with the
// code: only the table of functions is walked.
#pragma once

#include <memory>

#include "absl/types/span.h"
#include "vm/artifact/format.h"
#include "vm/base/status.h"
#include "vm/runtime/module.h"
#include "vm/sys/code_space.h"
#include "vm/sys/file.h"

namespace tenon::vm::artifact {

class Image {
 public:
  // Maps a file. kMalformed: it is no compiled file, or a damaged one; kUsage: another Tenon's, or
  // another processor's; kIo, kLimit: the host cannot read or map it.
  static Result<std::shared_ptr<const Image>> Map(const sys::File& file);

  const Header& header() const { return *header_; }

  // Makes the functions of a module that was just loaded run the image's code; the module keeps the
  // image. kUsage: it was compiled from another module, or for other settings.
  static Status Attach(std::shared_ptr<const Image> image, LoadedModule& module);

 private:
  Image() = default;

  sys::CodeMapping mapping_;
  const Header* header_ = nullptr;
  absl::Span<const Func> funcs_;
};

}  // namespace tenon::vm::artifact
