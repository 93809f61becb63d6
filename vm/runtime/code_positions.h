// Where machine code comes from: for each function of an image its ranges of code, the instruction
// of the guest that each was made of, the calls that were inlined on the way, and how frames are
// left for their callers'. Read when a backtrace is made or code is shown, else never touched.
// The format: vm/artifact/FORMAT.md, "Positions"; jit/image/positions.h writes it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/types/span.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// One function of the image, a guest's or one of the compiler's own.
struct FuncPositions {
  uint32_t code;  // its first byte, from the image's begin
  uint32_t rows;  // its rows, from the first function's, behind what PositionReader reads first
};

// How to find what called a function, of a place in it.
enum FrameState : uint32_t {
  kFrame = 0,      // the frame pointer points to the caller's, near the return address
  kNoContextYet,   // likewise, but the context that the function saves is still in its register
  kReturnAddress,  // the return address is on top of the stack; kReturnAddress + n: below n words
};

// Reads one function's rows, as far as they are sound.
class PositionReader {
 public:
  // `bytes` go from the rows' begin to no nearer than their end.
  explicit PositionReader(absl::Span<const uint8_t> bytes);

  struct Inlined {
    FuncIdx func;          // whose body stands here
    uint32_t call = 0;     // offset of the call instruction in the guest's module,
    uint32_t outside = 0;  // which is the function itself's (0) or the body's before (1, 2, ...)
  };
  struct Row {
    uint32_t code = 0;                // first byte of it, from the function's begin
    uint32_t offset = 0;              // of the instruction in the guest's module; 0: of none
    uint32_t inlined = 0;             // 0: of the function itself; 1, 2, ...: of an inlined body
    uint32_t frame = kReturnAddress;  // FrameState
  };

  bool ok() const { return bytes_.ok(); }
  uint32_t size() const { return size_; }  // of the code
  // None: a function of the compiler's own.
  std::optional<FuncIdx> func() const { return func_; }
  uint32_t module() const { return module_; }  // number of the function's, in the image
  // Words between the frame pointer that it saves and its return address.
  uint32_t gap() const { return gap_; }
  // Where it saves its caller's context, in words below the return address's end; 0: nowhere.
  uint32_t saved_context() const { return saved_context_; }
  const std::vector<Inlined>& inlined() const { return inlined_; }

  // Rows in order of their code. Code before the first is of no instruction, in the state
  // kReturnAddress.
  bool Next(Row* row);

 private:
  ByteReader bytes_;
  uint32_t size_ = 0;
  std::optional<FuncIdx> func_;
  uint32_t module_ = 0;
  uint32_t gap_ = 0;
  uint32_t saved_context_ = 0;
  std::vector<Inlined> inlined_;
  uint32_t rows_left_ = 0;
  Row row_;
};

class CodePositions {
 public:
  CodePositions() = default;
  // Borrows an image of `size` bytes, and what tells of it; `funcs` by their code.
  CodePositions(const uint8_t* image, size_t size, absl::Span<const uint8_t> rows,
                absl::Span<const FuncPositions> funcs)
      : image_(image), size_(size), rows_(rows), funcs_(funcs) {}

  bool Holds(const char* pc) const {
    return reinterpret_cast<uintptr_t>(pc) - reinterpret_cast<uintptr_t>(image_) < size_;
  }
  absl::Span<const FuncPositions> funcs() const { return funcs_; }
  PositionReader Read(const FuncPositions& func) const;

  // A place in the guest's code.
  struct Level {
    FuncIdx func;
    uint32_t offset = 0;  // 0: not known
  };
  struct Place {
    std::vector<Level> levels;  // innermost first: bodies that were inlined, then the function
    uint32_t module = 0;        // of the function, by its number in the image
    uint32_t frame = kFrame;
    uint32_t gap = 0;
    uint32_t saved_context = 0;
  };
  // Of the instruction at `pc`, which the image holds. None: in no function that it tells of.
  std::optional<Place> Find(const char* pc) const;

 private:
  const uint8_t* image_ = nullptr;
  size_t size_ = 0;
  absl::Span<const uint8_t> rows_;
  absl::Span<const FuncPositions> funcs_;
};

}  // namespace tenon::vm
