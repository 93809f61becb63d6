// Sleeping on a word of memory until another thread wakes who sleeps there (futex(2)). Words are of
// one process.
#pragma once

#include <atomic>
#include <cstdint>

namespace tenon::vm::sys {

// Sleeps while `word` is `expected`, until woken, until the instant (CLOCK_MONOTONIC, in
// nanoseconds; kNever: none) or until a signal is handled. May return for no reason, too: look
// at the word again.
void FutexWait(const std::atomic<uint32_t>& word, uint32_t expected, uint64_t until);

// Wakes whoever sleeps on the word.
void FutexWake(const std::atomic<uint32_t>& word);

}  // namespace tenon::vm::sys
