// Moving and filling many bytes, with a look meanwhile whether the store must end, since a signal
// can't make these leave; and what the instructions on memories and tables that do so mean, for all
// tiers. core: #exec-instr-memory, #exec-instr-table
#pragma once

#include <algorithm>
#include <cstdint>
#include <cstring>

#include "absl/types/span.h"
#include "vm/runtime/context.h"
#include "vm/runtime/memory.h"
#include "vm/runtime/shared_bytes.h"
#include "vm/runtime/table.h"

namespace tenon::vm {

inline bool InBounds(uint64_t start, uint64_t count, uint64_t size) {
  return start <= size && count <= size - start;
}

// Pages that nobody has touched yet make this a millisecond's work.
inline constexpr size_t kChunkBytes = size_t{1} << 20;

// Here and in Move, `shared` bytes are those that other threads may access meanwhile.
inline void Fill(const RunBlock& run, absl::Span<uint8_t> target, uint8_t value,
                 bool shared = false) {
  for (size_t done = 0; done < target.size() && !MustEnd(run); done += kChunkBytes) {
    const auto chunk = target.subspan(done, kChunkBytes);
    if (shared) {
      SharedFill(chunk.data(), value, chunk.size());
    } else {
      std::memset(chunk.data(), value, chunk.size());
    }
  }
}

// The ranges have one size and may overlap: what is read last must not be written first.
inline void Move(const RunBlock& run, absl::Span<uint8_t> target, absl::Span<const uint8_t> source,
                 bool shared = false) {
  const bool forwards = target.data() <= source.data();
  for (size_t done = 0; done < target.size() && !MustEnd(run);) {
    const size_t size = std::min(target.size() - done, kChunkBytes);
    const size_t at = forwards ? done : target.size() - done - size;
    if (shared) {
      SharedMove(target.data() + at, source.data() + at, size);
    } else {
      std::memmove(target.data() + at, source.data() + at, size);
    }
    done += size;
  }
}

// Each is false, and has done nothing, when a range is out of bounds.

inline bool FillMemory(const RunBlock& run, Memory& memory, uint64_t address, uint8_t value,
                       uint64_t count) {
  const auto target = memory.Slice(address, count);
  if (!target) return false;
  Fill(run, *target, value, memory.type().shared);
  return true;
}

inline bool CopyMemory(const RunBlock& run, Memory& to, uint64_t to_address, Memory& from,
                       uint64_t from_address, uint64_t count) {
  const auto target = to.Slice(to_address, count);
  const auto source = from.Slice(from_address, count);
  if (!target || !source) return false;
  Move(run, *target, *source, to.type().shared || from.type().shared);
  return true;
}

inline bool InitMemory(const RunBlock& run, Memory& memory, uint64_t address,
                       absl::Span<const uint8_t> segment, uint64_t offset, uint64_t count) {
  const auto target = memory.Slice(address, count);
  if (!target || !InBounds(offset, count, segment.size())) return false;
  Move(run, *target, segment.subspan(offset, count), memory.type().shared);
  return true;
}

inline bool FillTable(TableInstance& table, uint64_t start, Slot value, uint64_t count) {
  if (!InBounds(start, count, table.size())) return false;
  std::fill_n(table.data() + start, count, value);
  return true;
}

inline bool CopyTable(TableInstance& to, uint64_t target, TableInstance& from, uint64_t source,
                      uint64_t count) {
  if (!InBounds(target, count, to.size()) || !InBounds(source, count, from.size())) return false;
  if (count != 0) {
    std::memmove(to.data() + target, from.data() + source, count * sizeof(Slot));
  }
  return true;
}

inline bool InitTable(TableInstance& table, uint64_t target, absl::Span<const Slot> segment,
                      uint64_t source, uint64_t count) {
  if (!InBounds(target, count, table.size()) || !InBounds(source, count, segment.size())) {
    return false;
  }
  std::copy_n(segment.data() + source, count, table.data() + target);
  return true;
}

}  // namespace tenon::vm
