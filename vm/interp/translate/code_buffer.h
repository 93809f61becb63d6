// Growing interpreter code: appends instructions, patches forward branches, remembers where each
// instruction came from. It writes into the module's code arena.
//
// Branches that carry many values make far more code than they have bytes, so a body has a budget,
// and so have a module's bodies together (code_arena.h). Beyond it, or without memory, the buffer
// goes on taking instructions, but drops them: the code is good for nothing.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "absl/base/optimization.h"
#include "vm/interp/code_arena.h"
#include "vm/interp/handlers/fuse.h"
#include "vm/interp/word.h"

namespace tenon::vm::interp {

// Operand halves of an instruction's first operand word.
struct Halves {
  uint32_t h0 = 0, h1 = 0, h2 = 0, h3 = 0;
};

// A branch target: bound, or the head of a list of distances to patch. A distance field is a 32-bit
// half of a word, named by twice the word's index plus which half.
struct Label {
  static constexpr uint32_t kNone = ~0u;
  uint32_t bound = kNone;  // word index
  uint32_t uses = kNone;   // into the buffer's fixups
  bool targeted() const { return uses != kNone; }
};

class CodeBuffer {
 public:
  // Drops what there was. The body to come has `body_bytes` bytes and goes to `arena`; it may take
  // `most_words`, and no more than suits its length. False when there is no memory for it.
  [[nodiscard]] bool Begin(CodeArena* arena, uint32_t body_bytes, size_t most_words);
  // Makes the code a body of the arena.
  const Body& Commit(Body body, CatchTable catches);

  uint32_t size() const { return size_; }

  // The instructions to come are from `offset` in the module's bytes. What can trap or call must be
  // told from where it is; the others may stand under an older offset.
  void SetOffset(uint32_t offset) { offset_ = offset; }
  // The offset under which `word` was emitted.
  uint32_t OffsetOf(uint32_t word) const;

  // Appends a handler and its first operand word; returns the instruction's word.
  uint32_t Emit(Handler handler, Halves halves) {
    const uint32_t low = (halves.h0 & 0xffff) | (halves.h1 & 0xffff) << 16;
    const uint32_t high = (halves.h2 & 0xffff) | (halves.h3 & 0xffff) << 16;
    return EmitWords(handler, low | uint64_t{high} << 32);
  }
  uint32_t EmitImmediate(Handler handler, uint32_t h0, uint32_t h1, uint32_t immediate) {
    return EmitWords(handler, (h0 & 0xffff) | (h1 & 0xffff) << 16 | uint64_t{immediate} << 32);
  }
  void AppendBits(uint64_t bits) {
    Reserve(1);
    words_[size_++].bits = bits;
  }
  void AppendPair(uint32_t first, uint32_t second) {
    AppendBits(first | static_cast<uint64_t>(second) << 32);
  }
  void AppendPointer(const void* pointer) { AppendBits(reinterpret_cast<uintptr_t>(pointer)); }

  // A branch instruction whose distance stands in word(1) of its first operand word.
  uint32_t EmitBranch(Handler handler, uint32_t h0, uint32_t h1, Label* target) {
    const uint32_t start = EmitImmediate(handler, h0, h1, 0);
    SetDistance((start + 1) * 2 + 1, start, target);
    return start;
  }
  // Makes the 32-bit `field` the distance from instruction `start` to `target`.
  void SetDistance(uint32_t field, uint32_t start, Label* target) {
    if (overflowed_) [[unlikely]]
      return;
    if (target->bound != Label::kNone) {
      words_[field / 2].words[field % 2] = target->bound - start;
    } else {
      fixups_.push_back({field, start, target->uses});
      target->uses = static_cast<uint32_t>(fixups_.size() - 1);
    }
  }
  void Bind(Label* label) {
    label->bound = size();
    if (overflowed_) [[unlikely]]
      return;
    for (uint32_t use = label->uses; use != Label::kNone; use = fixups_[use].next) {
      const Fixup& fixup = fixups_[use];
      words_[fixup.field / 2].words[fixup.field % 2] = label->bound - fixup.start;
    }
  }
  // Drops everything from `word` on: an instruction that a later one absorbs.
  void Rewind(uint32_t word) {
    size_ = word;
    while (instructions_ > 0 && starts_[instructions_ - 1].word >= word) --instructions_;
  }
  Word& at(uint32_t word) { return words_[word]; }

  // Lets one handler run several instructions where fuse.def has the run. The last pass: handlers
  // change, the layout does not.
  void Fuse(const Fusions& fusions);

  bool overflowed() const { return overflowed_ || size_ > max_words_; }

 private:
  // An instruction's first word, and where in the module's bytes it came from.
  struct Start {
    uint32_t word;
    uint32_t offset;
  };
  struct Fixup {
    uint32_t field;
    uint32_t start;  // word of the instruction
    uint32_t next;   // of the same label
  };

  ABSL_ATTRIBUTE_ALWAYS_INLINE uint32_t EmitWords(Handler handler, uint64_t operands) {
    Reserve(2);
    const uint32_t start = size_;
    starts_[instructions_++] = {start, offset_};
    words_[start].handler = handler;
    words_[start + 1].bits = operands;
    size_ = start + 2;
    return start;
  }
  ABSL_ATTRIBUTE_ALWAYS_INLINE void Reserve(uint32_t count) {
    if (capacity_ - size_ < count) [[unlikely]]
      Grow();
  }
  void Grow();
  bool MakeRoom(uint32_t capacity);
  bool MakeRoomForStarts(uint32_t words);

  CodeArena* arena_ = nullptr;
  Word* words_ = nullptr;  // the arena's tail; size_ of capacity_ are code
  uint32_t size_ = 0;
  uint32_t capacity_ = 0;
  uint32_t max_words_ = 0;
  bool overflowed_ = false;
  uint32_t offset_ = 0;
  uint32_t instructions_ = 0;
  std::unique_ptr<Start[]> starts_;  // instructions_ of start_capacity_; kept between bodies
  uint32_t start_capacity_ = 0;
  std::vector<Fixup> fixups_;
};

}  // namespace tenon::vm::interp
