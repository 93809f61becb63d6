#include "vm/interp/translate/code_buffer.h"

#include <algorithm>
#include <new>
#include <utility>

namespace tenon::vm::interp {
namespace {

// Compilers' output stays below two words a byte.
constexpr uint32_t kMaxWordsPerByte = 16;
constexpr uint32_t kWordsOfAny = 4096;

}  // namespace

bool CodeBuffer::Begin(CodeArena* arena, uint32_t body_bytes, size_t most_words) {
  max_words_ = static_cast<uint32_t>(
      std::min<size_t>(most_words, kWordsOfAny + kMaxWordsPerByte * body_bytes));
  overflowed_ = false;
  size_ = 0;
  instructions_ = 0;
  fixups_.clear();
  arena_ = arena;
  capacity_ = body_bytes + 64;
  words_ = arena_->Tail(capacity_);
  return words_ != nullptr && MakeRoomForStarts(capacity_);
}

const Body& CodeBuffer::Commit(Body body, CatchTable catches) {
  body.size = size_;
  return arena_->Commit(body, std::move(catches));
}

// No instruction is shorter than two words.
bool CodeBuffer::MakeRoomForStarts(uint32_t words) {
  const uint32_t most = words / 2;
  if (start_capacity_ >= most) return true;
  std::unique_ptr<Start[]> grown(new (std::nothrow) Start[most]);
  if (grown == nullptr) return false;
  std::copy_n(starts_.get(), instructions_, grown.get());
  starts_ = std::move(grown);
  start_capacity_ = most;
  return true;
}

bool CodeBuffer::MakeRoom(uint32_t capacity) {
  if (!MakeRoomForStarts(capacity)) return false;
  Word* grown = arena_->GrowTail(size_, capacity);
  if (grown == nullptr) return false;
  words_ = grown;
  capacity_ = capacity;
  return true;
}

// Once there is no more room to be had, the room there is takes what is dropped: words that were
// handed out before stay within it.
void CodeBuffer::Grow() {
  if (size_ <= max_words_ && MakeRoom(std::min(capacity_ * 2, max_words_ + kWordsOfAny))) return;
  overflowed_ = true;
  size_ = 0;
  instructions_ = 0;
}

uint32_t CodeBuffer::OffsetOf(uint32_t word) const {
  const Start* begin = starts_.get();
  const Start* after =
      std::upper_bound(begin, begin + instructions_, word,
                       [](uint32_t at, const Start& start) { return at < start.word; });
  return after == begin ? 0 : after[-1].offset;
}

void CodeBuffer::Fuse(const Fusions& fusions) {
  if (!kFusesRuns || instructions_ == 0) return;
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
