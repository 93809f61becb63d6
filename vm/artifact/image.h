// A compiled file as it is run: mapped into the code space, never written to. FORMAT.md.
// Reading a file needs no LLVM, and nothing is parsed, hashed or relocated that grows with the
// code: only the tables of functions are walked.
#pragma once

#include <bit>
#include <memory>
#include <vector>

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
  // one for another processor; kIo, kLimit: the host cannot read or map it.
  static Result<std::shared_ptr<const Image>> Map(sys::File file);
  // The same to look at it: any processor's.
  static Result<std::shared_ptr<const Image>> MapForAny(sys::File file);

  const Header& header() const { return header_; }
  // That the source was validated with.
  Features features() const { return std::bit_cast<Features>(header_.features); }
  const sys::File& file() const { return file_; }
  // The tables of functions of the core modules.
  absl::Span<const absl::Span<const Func>> modules() const { return modules_; }
  bool is_component() const { return (header_.settings & kIsComponent) != 0; }

  // Reads the whole file and compares its digest: kMalformed where it differs.
  Status Verify() const;
  // The component or module that was compiled, in the binary format.
  Result<std::vector<uint8_t>> ReadSource() const;

  // Makes the functions of a module that was just loaded run the image's code; the module keeps the
  // image. `index` is the module's place in its component. kUsage: it was compiled from another
  // module, or for other settings.
  static Status Attach(std::shared_ptr<const Image> image, uint32_t index, LoadedModule& module);

 private:
  explicit Image(sys::File file) : file_(std::move(file)) {}

  sys::File file_;
  sys::CodeMapping mapping_;
  Header header_;
  std::vector<absl::Span<const Func>> modules_;  // their functions
};

// Whether a file that begins with these bytes may be a compiled one.
bool LooksCompiled(absl::Span<const uint8_t> bytes);

}  // namespace tenon::vm::artifact
