// Allocation and sweeping; marking is collect.cc.
#include "vm/runtime/gc/heap.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace tenon::vm {
namespace {

// References have 32 bits.
constexpr uint64_t kMaxHeapBytes = uint64_t{4} << 30;
constexpr uint32_t kLeastCommit = 8;  // blocks
constexpr uint32_t kMostCommit = 512;
constexpr uint32_t kMaxFutileCollections = 16;
// A collection for room is futile when less than this part of the heap is allocated after it.
constexpr uint64_t kFutilePart = 32;
constexpr int kRubbish = 0x5a;

}  // namespace

void Heap::FreeBlocks::operator()(Block* blocks) const { std::free(blocks); }

std::unique_ptr<Heap> Heap::Create(HeapOwner* owner, LayoutTable* layouts, Allowance* bytes_left,
                                   bool collect_always) {
  std::unique_ptr<Heap> heap(new Heap());
  heap->owner_ = owner;
  heap->layouts_ = layouts;
  heap->bytes_left_ = bytes_left;
  heap->collect_always_ = collect_always;
  const uint64_t bytes = std::min(kMaxHeapBytes, bytes_left->left() + kHeapBlockBytes);
  heap->max_blocks_ = static_cast<uint32_t>(bytes / kHeapBlockBytes);
  heap->space_ = sys::Mapping::Reserve(uint64_t{heap->max_blocks_} * kHeapBlockBytes);
  heap->blocks_.reset(static_cast<Block*>(std::calloc(heap->max_blocks_, sizeof(Block))));
  if (!heap->space_ || heap->blocks_ == nullptr) return nullptr;
  return heap;
}

Heap::~Heap() {
  for (const Ref ref : host_externs_) drop_host_value_(drop_context_, HostValueOf(ref));
}

Ref Heap::AllocateArray(const Layout& layout, uint32_t length) {
  const Ref array = Allocate(layout.type_word, layout.BytesOfArray(length));
  if (array != kNullRef) WriteField(At(array) + kArrayLength, length);
  return array;
}

Ref Heap::AllocateHostExtern(uint64_t host_value) {
  const Ref object = Allocate(kHostExternWord, kHostExternBytes);
  if (object == kNullRef) return kNullRef;
  WriteField(At(object) + kHostValue, host_value);
  if (drop_host_value_ != nullptr) host_externs_.push_back(object);
  return object;
}

bool Heap::IsObjectAt(uint64_t offset) const {
  if (offset >= uint64_t{used_} * kHeapBlockBytes || offset % 8 != 0) return false;
  const Block& block = blocks_[offset / kHeapBlockBytes];
  const uint32_t within = offset % kHeapBlockBytes;
  if (block.state == BlockState::kLarge) return within == 0;
  if (block.state != BlockState::kCells) return false;
  const uint32_t bytes = kClassBytes[block.size_class];
  if (within % bytes != 0 || within + bytes > kHeapBlockBytes) return false;
  return reinterpret_cast<const ObjectHeader*>(space_.base() + offset)->type != 0;
}

Ref Heap::ObjectAround(uint64_t offset) const {
  if (offset >= uint64_t{used_} * kHeapBlockBytes) return kNullRef;
  const auto index = static_cast<uint32_t>(offset / kHeapBlockBytes);
  const Block& block = blocks_[index];
  uint64_t object = uint64_t{index} * kHeapBlockBytes;
  if (block.state == BlockState::kLargeTail) {
    object -= uint64_t{block.count} * kHeapBlockBytes;
  } else if (block.state == BlockState::kCells) {
    const uint64_t within = offset % kHeapBlockBytes;
    object += within - within % kClassBytes[block.size_class];
  }
  return IsObjectAt(object) ? static_cast<Ref>(object) : kNullRef;
}

Ref Heap::AllocateSlow(uint32_t type_word, uint64_t bytes) {
  if (broken_) return kNullRef;
  if (collect_always_ || IsCollectionDue(bytes)) Collect();
  Ref object = TryAllocate(type_word, bytes);
  if (object == kNullRef && MayCollectForRoom()) {
    Collect();
    object = TryAllocate(type_word, bytes);
  }
  if (collect_always_) free_ = {};  // so that the next one comes here as well
  return object;
}

bool Heap::IsCollectionDue(uint64_t bytes) {
  if (bytes > kMaxSmallBytes) return allocated_ + bytes > budget_;
  return !SweepNext(SizeClassOf(static_cast<uint32_t>(bytes))) && allocated_ >= budget_;
}

// Without collecting.
Ref Heap::TryAllocate(uint32_t type_word, uint64_t bytes) {
  if (broken_) return kNullRef;
  if (bytes > kMaxSmallBytes) return TryAllocateLarge(type_word, bytes);
  const uint32_t size_class = SizeClassOf(static_cast<uint32_t>(bytes));
  if (!SweepNext(size_class)) {
    const uint32_t block = TakeRun(1);
    if (block == 0) return kNullRef;
    blocks_[block] = {BlockState::kCells, static_cast<uint8_t>(size_class), true, 0};
    Sweep(block, /*is_new=*/true);
  }
  return TakeCell(type_word, size_class);
}

Ref Heap::TryAllocateLarge(uint32_t type_word, uint64_t bytes) {
  if (bytes > kMaxHeapBytes) return kNullRef;
  const auto count = static_cast<uint32_t>((bytes + kHeapBlockBytes - 1) / kHeapBlockBytes);
  const uint32_t first = TakeRun(count);
  if (first == 0) return kNullRef;
  blocks_[first] = {BlockState::kLarge, 0, true, count};
  for (uint32_t i = 1; i < count; ++i) {
    blocks_[first + i].state = BlockState::kLargeTail;
    blocks_[first + i].count = i;
  }
  allocated_ += uint64_t{count} * kHeapBlockBytes;
  const Ref object = first * kHeapBlockBytes;
  HeaderOf(object) = {type_word, colour_};
  return object;
}

// A guest whose heap is all but full must not spend its time in collections that give it nothing.
bool Heap::MayCollectForRoom() {
  if (allocated_ >= committed_bytes() / kFutilePart) futile_ = 0;
  return futile_++ < kMaxFutileCollections;
}

// Fills the class's free list from the next block that has free cells, unless it has some.
bool Heap::SweepNext(uint32_t size_class) {
  if (free_[size_class] != kNullRef) return true;
  for (uint32_t& block = sweep_cursor_[size_class]; block < used_; ++block) {
    const Block& info = blocks_[block];
    if (info.state != BlockState::kCells || info.size_class != size_class || info.swept) continue;
    Sweep(block, /*is_new=*/false);
    if (free_[size_class] != kNullRef) return true;
  }
  return false;
}

// Links the cells that hold no object that is alive; a new block has none. The colour tells, since
// a free cell's link has the bits of none.
void Heap::Sweep(uint32_t block, bool is_new) {
  Block& info = blocks_[block];
  info.swept = true;
  const uint32_t bytes = kClassBytes[info.size_class];
  const Ref first = block * kHeapBlockBytes;
  Ref list = kNullRef;
  for (uint32_t index = kHeapBlockBytes / bytes; index-- > 0;) {
    const Ref cell = first + index * bytes;
    ObjectHeader& header = HeaderOf(cell);
    if (!is_new && (header.mark & kColourMask) == colour_) continue;
    if (collect_always_) std::memset(At(cell), kRubbish, bytes);  // for who still refers to it
    header = {0, list};
    list = cell;
    allocated_ += bytes;
  }
  free_[info.size_class] = list;
}

void Heap::FinishSweeping() {
  for (uint32_t block = 1; block < used_; ++block) {
    Block& info = blocks_[block];
    if (info.state != BlockState::kCells) continue;
    if (!info.swept) Sweep(block, /*is_new=*/false);
    info.count = 0;
  }
}

// After marking. What has cells to spare is left for later.
void Heap::ReleaseUnmarkedBlocks() {
  for (uint32_t block = 1; block < used_; ++block) {
    Block& info = blocks_[block];
    if (info.state == BlockState::kCells) {
      info.swept = info.count == kHeapBlockBytes / kClassBytes[info.size_class];
      if (info.count == 0) info.state = BlockState::kFree;
    } else if (info.state == BlockState::kLarge &&
               (HeaderOf(block * kHeapBlockBytes).mark & kColourMask) != colour_) {
      const uint32_t count = info.count;
      for (uint32_t i = 0; i < count; ++i) blocks_[block + i].state = BlockState::kFree;
    }
  }
  free_ = {};
  sweep_cursor_.fill(1);
  run_cursor_ = 1;
  no_run_of_ = ~0u;
}

uint32_t Heap::TakeRun(uint32_t count) {
  if (const uint32_t first = FindRun(count); first != 0) return first;
  if (count > max_blocks_ - used_ || !Commit(used_ + count)) return 0;
  const uint32_t first = used_;
  used_ += count;
  return first;
}

// Next fit: goes once around, from behind the run taken last.
uint32_t Heap::FindRun(uint32_t count) {
  if (count >= no_run_of_ || count >= used_) return 0;
  uint32_t length = 0;
  for (uint32_t left = used_ - 1 + count; left > 0; --left) {
    if (run_cursor_ >= used_) {
      run_cursor_ = 1;
      length = 0;
    }
    length = blocks_[run_cursor_].state == BlockState::kFree ? length + 1 : 0;
    ++run_cursor_;
    if (length == count) return run_cursor_ - count;
  }
  no_run_of_ = count;
  return 0;
}

// Makes the first `blocks` blocks usable, and some more if they are to be had.
bool Heap::Commit(uint32_t blocks) {
  if (blocks <= committed_) return true;
  const uint32_t step = std::clamp(committed_ / 4, kLeastCommit, kMostCommit);
  for (const uint32_t wanted :
       {std::max(blocks, std::min(committed_ + step, max_blocks_)), blocks}) {
    const uint64_t bytes = uint64_t{wanted - committed_} * kHeapBlockBytes;
    if (!bytes_left_->Take(bytes)) continue;
    if (space_.Commit(uint64_t{committed_} * kHeapBlockBytes, bytes)) {
      committed_ = wanted;
      return true;
    }
    bytes_left_->Return(bytes);
  }
  return false;
}

uint32_t Heap::AddHandle(Ref ref) {
  if (free_handles_.empty()) {
    handles_.push_back(ref);
    return static_cast<uint32_t>(handles_.size() - 1);
  }
  const uint32_t handle = free_handles_.back();
  free_handles_.pop_back();
  handles_[handle] = ref;
  return handle;
}

void Heap::DropHandle(uint32_t handle) {
  handles_[handle] = kNullRef;
  free_handles_.push_back(handle);
}

}  // namespace tenon::vm
