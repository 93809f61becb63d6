// What `tenon objdump` shows of the guest that a compiled file was made of: the text of its
// instructions, and where they were written, if its modules have DWARF. Modules are decoded when
// first asked for.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "vm/artifact/image.h"
#include "vm/syntax/source_lines.h"
#include "vm/syntax/types.h"

namespace tenon::jit {

class GuestText {
 public:
  // Borrows the image.
  explicit GuestText(const vm::artifact::Image& image);
  GuestText(const GuestText&) = delete;
  GuestText& operator=(const GuestText&) = delete;
  ~GuestText();

  // The instruction at that offset in the module's bytes; "?" if there is none.
  std::string InstructionAt(uint32_t module, uint32_t offset);
  // `$name` or the index.
  std::string NameOf(uint32_t module, vm::FuncIdx func);
  // Offsets of all instructions of a function that the module defines, in order; those before the
  // damage if the file is damaged.
  std::vector<uint32_t> InstructionsOf(uint32_t module, vm::FuncIdx func);

  // "file:line:column" of an instruction; empty: not known, or not asked for. All that will be
  // asked for is named before, since tables of lines can be read from their begin alone.
  void WantLine(uint32_t module, uint32_t offset);
  std::string LineAt(uint32_t module, uint32_t offset);

 private:
  struct GuestModule;

  // Null where the file is damaged.
  GuestModule* ModuleAt(uint32_t index);

  const vm::artifact::Image& image_;
  std::vector<std::unique_ptr<GuestModule>> modules_;
  std::vector<bool> is_decoded_;                        // or could not be
  std::vector<std::vector<uint32_t>> wanted_;           // by module; sorted when lines are known
  std::vector<std::optional<vm::SourcePlaces>> lines_;  // of what is wanted
};

}  // namespace tenon::jit
