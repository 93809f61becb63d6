#include "vm/runtime/code_positions.h"

#include <algorithm>

namespace tenon::vm {
namespace {

// A row's first number: how many bytes it is behind the one before, and what else has changed.
constexpr uint32_t kFrameChanges = 1;
constexpr uint32_t kInlinedChanges = 2;
constexpr int kDeltaShift = 2;

}  // namespace

PositionReader::PositionReader(absl::Span<const uint8_t> bytes) : bytes_(bytes) {
  uint32_t func = 0, count = 0;
  if (!bytes_.ReadVarU32(&size_) || !bytes_.ReadVarU32(&func) ||
      (func != 0 && !bytes_.ReadVarU32(&module_)) || !bytes_.ReadVarU32(&gap_) ||
      !bytes_.ReadVarU32(&saved_context_) || !bytes_.ReadVarU32(&count)) {
    return;
  }
  if (func != 0) func_ = FuncIdx(func - 1);
  inlined_.reserve(bytes_.Reservable(count, 3));
  for (uint32_t i = 0; i < count; ++i) {
    Inlined inlined;
    uint32_t of = 0;
    if (!bytes_.ReadVarU32(&of) || !bytes_.ReadVarU32(&inlined.call) ||
        !bytes_.ReadVarU32(&inlined.outside)) {
      return;
    }
    inlined.func = FuncIdx(of);
    if (inlined.outside > i) {  // those outside come first
      bytes_.Fail("an inlined call is not in order");
      return;
    }
    inlined_.push_back(inlined);
  }
  bytes_.ReadVarU32(&rows_left_);
}

bool PositionReader::Next(Row* row) {
  if (!bytes_.ok() || rows_left_ == 0) return false;
  uint32_t first = 0;
  int64_t offset = 0;
  if (!bytes_.ReadVarU32(&first)) return false;
  if ((first & kFrameChanges) != 0 && !bytes_.ReadVarU32(&row_.frame)) return false;
  if ((first & kInlinedChanges) != 0 && !bytes_.ReadVarU32(&row_.inlined)) return false;
  if (!bytes_.ReadVarS64(&offset)) return false;
  if (row_.inlined > inlined_.size()) return bytes_.Fail("no such inlined call");
  row_.code += first >> kDeltaShift;
  row_.offset += static_cast<uint32_t>(offset);
  --rows_left_;
  *row = row_;
  return true;
}

PositionReader CodePositions::Read(const FuncPositions& func) const {
  return PositionReader(rows_.subspan(std::min<size_t>(func.rows, rows_.size())));
}

std::optional<CodePositions::Place> CodePositions::Find(const char* pc) const {
  const auto offset = static_cast<uint32_t>(pc - reinterpret_cast<const char*>(image_));
  const auto behind =
      std::upper_bound(funcs_.begin(), funcs_.end(), offset,
                       [](uint32_t at, const FuncPositions& func) { return at < func.code; });
  if (behind == funcs_.begin()) return std::nullopt;
  const FuncPositions& func = behind[-1];
  PositionReader reader = Read(func);
  if (!reader.ok() || offset - func.code >= reader.size()) return std::nullopt;

  PositionReader::Row found, row;
  while (reader.Next(&row) && row.code <= offset - func.code) found = row;
  Place place;
  place.frame = found.frame;
  place.gap = reader.gap();
  place.saved_context = reader.saved_context();
  place.module = reader.module();
  if (!reader.func()) return place;
  uint32_t at = found.offset;
  for (uint32_t i = found.inlined; i != 0; i = reader.inlined()[i - 1].outside) {
    place.levels.push_back({reader.inlined()[i - 1].func, at});
    at = reader.inlined()[i - 1].call;
  }
  place.levels.push_back({*reader.func(), at});
  return place;
}

}  // namespace tenon::vm
