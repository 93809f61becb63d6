// A compiled file as it is run: mapped, the code into the code space, and never written to.
// FORMAT.md. Reading a file needs no LLVM, and nothing is parsed, hashed or relocated that grows
// with the code.
#pragma once

#include <atomic>
#include <bit>
#include <memory>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "vm/artifact/format.h"
#include "vm/base/status.h"
#include "vm/runtime/module.h"
#include "vm/sys/code_space.h"
#include "vm/sys/file.h"
#include "vm/sys/memory_map.h"

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
  // Where the code comes from; good as long as the image.
  const CodePositions& positions() const { return positions_; }
  bool is_component() const { return (header_.settings & kIsComponent) != 0; }
  bool relies_on_margins() const { return (header_.settings & kReliesOnMargins) != 0; }
  const sys::File& file() const { return file_; }

  // Where offsets in the image are, and which of them are code.
  const uint8_t* base() const { return mapping_.base(); }
  bool IsCode(uint64_t offset, uint64_t size) const {
    return offset >= code_begin_ && offset <= code_end_ && size <= code_end_ - offset;
  }
  absl::Span<const uint8_t> code() const {
    return {base() + code_begin_, static_cast<size_t>(code_end_ - code_begin_)};
  }
  // Makes memory of its own of the code, which no tool then takes for the file's. Before any of it
  // runs. kLimit: the host refuses, and the image is of no use any more.
  Status CopyCode() const;

  // Reads the whole file and compares its digest: kMalformed where it differs.
  Status Verify() const;
  // The component or module that was compiled, in the binary format. No digest was compared.
  absl::Span<const uint8_t> source() const { return PartAt(header_.source); }
  absl::Span<const uint8_t> plan() const { return PartAt(header_.plan); }

  size_t module_count() const { return modules_.size(); }
  size_t func_count(size_t module) const { return modules_[module].funcs.size(); }
  const Outlined& outlined(size_t module) const { return *modules_[module].outlined; }
  // The bytes of a module's data segments, in the source.
  absl::Span<const Part> datas(size_t module) const { return modules_[module].datas; }
  // A function that a module defines. Nothing: the file is damaged there.
  std::optional<Func> FuncAt(size_t module, size_t func) const;
  // Its machine code; of a damaged one as of one without.
  NativeFunc NativeAt(size_t module, size_t func) const;

  // The code of a component's adapter, of that trampoline of its plan; null: there is none.
  const void* AdapterAt(size_t trampoline) const;

  // kUsage: it was compiled for other settings than the engine's.
  Status CheckSettings(const Engine& engine) const;
  // Makes the functions of a module that was loaded otherwise run the image's code; the module
  // keeps the image. From any thread, also while they run. kUsage: it was compiled from another
  // module, or for other settings; kLimit: an instance has a memory that the code does not allow
  // for.
  static Status Attach(std::shared_ptr<const Image> image, size_t index, LoadedModule& module);

 private:
  // The rows of one core module.
  struct Rows {
    absl::Span<const Func> funcs;
    const Outlined* outlined = nullptr;
    absl::Span<const uint64_t> digests;
    absl::Span<const Part> datas;
    std::unique_ptr<std::atomic<uint8_t>[]> blocks;  // kUnknown, or what was found
  };

  explicit Image(sys::File file) : file_(std::move(file)) {}
  Status MapTrailer(uint64_t file_size);
  Status ReadRows(uint64_t image_bytes);
  absl::Span<const uint8_t> PartAt(const Part& part) const {
    return {trailer_.base() + part.offset, part.size};
  }

  sys::File file_;
  sys::CodeMapping mapping_;
  sys::Mapping trailer_;
  Header header_;
  uint64_t code_begin_ = 0, code_end_ = 0;
  std::vector<Rows> modules_;
  CodePositions positions_;
  absl::Span<const uint32_t> adapters_;  // by trampoline
};

// Whether a file that begins with these bytes may be a compiled one.
bool LooksCompiled(absl::Span<const uint8_t> bytes);

}  // namespace tenon::vm::artifact
