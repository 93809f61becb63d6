#include "vm/interp/translate/code_buffer.h"

#include <algorithm>

namespace tenon::vm::interp {
namespace {

// Compilers' output stays below two words a byte.
constexpr uint32_t kMaxWordsPerByte = 16;
constexpr uint32_t kWordsOfAny = 4096;

}  // namespace

void CodeBuffer::Begin(CodeArena* arena, uint32_t body_bytes) {
  max_words_ = kWordsOfAny + kMaxWordsPerByte * body_bytes;
  overflowed_ = false;
  size_ = 0;
  instructions_ = 0;
  fixups_.clear();
  arena_ = arena;
  SetCapacity(body_bytes + 64);
  words_ = arena_->Tail(capacity_);
}

const Body& CodeBuffer::Commit(Body body) {
  body.size = size_;
  return arena_->Commit(body);
}

void CodeBuffer::SetCapacity(uint32_t capacity) {
  capacity_ = capacity;
  // No instruction is shorter than two words.
  if (start_capacity_ >= capacity / 2) return;
  start_capacity_ = capacity;
  auto grown = std::make_unique_for_overwrite<Start[]>(start_capacity_);
  std::copy_n(starts_.get(), instructions_, grown.get());
  starts_ = std::move(grown);
}

void CodeBuffer::Grow() {
  if (size_ > max_words_) {
    overflowed_ = true;
    size_ = 0;
    instructions_ = 0;
    return;
  }
  SetCapacity(capacity_ * 2);
  words_ = arena_->GrowTail(size_, capacity_);
}

uint32_t CodeBuffer::OffsetOf(uint32_t word) const {
  const Start* begin = starts_.get();
  const Start* after = std::upper_bound(
      begin, begin + instructions_, word, [](uint32_t at, const Start& start) { return at < start.word; });
  return after == begin ? 0 : after[-1].offset;
}

void CodeBuffer::Fuse() {
  if (!kFusesRuns || instructions_ == 0) return;
  const Fusions& fusions = Fusions::All();
  Word* head = &words_[starts_[0].word];
  for (uint32_t i = 1; i < instructions_; ++i) {
    Word* next = &words_[starts_[i].word];
    if (const Handler run = fusions.Find(head->handler, next->handler)) {
      head->handler = run;
    } else {
      head = next;
    }
  }
}

}  // namespace tenon::vm::interp
