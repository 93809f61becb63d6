// The garbage-collected heap of one store: structs, arrays, exceptions, host values. Objects never
// move. Allocating is the only thing that collects: whatever the host keeps across it must be in a
// Root (root.h); interpreter frames up to RunBlock::stack_top, globals, tables and element segments
// are roots by themselves. How it is laid out, marked and swept: vm/README.md. core: #syntax-store
#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <vector>

#include "vm/runtime/gc/layout.h"
#include "vm/runtime/gc/object.h"
#include "vm/runtime/gc/size_classes.h"
#include "vm/runtime/store_limits.h"
#include "vm/sys/memory_map.h"

namespace tenon::vm {

class Marker;

// What the heap asks of its store.
class HeapOwner {
 public:
  virtual void MarkRoots(Marker& marker) = 0;
  // The store's guests are to stop (a deadline): a collection gives up, and the heap with it.
  virtual bool MustStop() const = 0;

 protected:
  ~HeapOwner() = default;
};

class Heap {
 public:
  // Null when the host has no address space left. What is committed is taken from `bytes_left`.
  static std::unique_ptr<Heap> Create(HeapOwner* owner, LayoutTable* layouts, Allowance* bytes_left,
                                      bool collect_always);
  ~Heap();
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  // New objects, null when there is no room for one even after a collection. Fields and elements
  // hold anything: they must be written before the next allocation.
  Ref Allocate(const Layout& layout) { return Allocate(layout.type_word, layout.bytes); }
  Ref AllocateArray(const Layout& layout, uint32_t length);
  Ref AllocateHostExtern(uint64_t host_value);

  uint8_t* base() { return space_.base(); }
  uint8_t* At(Ref object) { return space_.base() + object; }
  ObjectHeader& HeaderOf(Ref object) { return *reinterpret_cast<ObjectHeader*>(At(object)); }
  uint32_t TypeWordOf(Ref object) { return HeaderOf(object).type; }
  uint32_t LengthOf(Ref array) { return ReadField<uint32_t>(At(array) + kArrayLength); }
  uint64_t HostValueOf(Ref host_extern) {
    return ReadField<uint64_t>(At(host_extern) + kHostValue);
  }

  // True when an object begins at that offset: for words that may or may not be references.
  bool IsObjectAt(uint64_t offset) const;
  // The object that the offset lies in, at its beginning or behind it; null if there is none.
  Ref ObjectAround(uint64_t offset) const;

  void Collect();

  // Called with each host value that a collection finds out of reach, or that is left when the heap
  // goes. It may not use the heap.
  using DropHostValue = void (*)(void* context, uint64_t host_value);
  // Before the first host value.
  void OnHostValueDropped(DropHostValue drop, void* context) {
    drop_host_value_ = drop;
    drop_context_ = context;
  }

  // Room for references that the host holds; see root.h.
  uint32_t AddHandle(Ref ref);
  void DropHandle(uint32_t handle);

  // Figures, in bytes: committed, and in reach at the last collection.
  uint64_t committed_bytes() const { return uint64_t{committed_ - 1} * kHeapBlockBytes; }
  uint64_t live_bytes() const { return live_bytes_; }
  uint64_t collections() const { return collections_; }

 private:
  friend class Marker;

  // Before so much was allocated there is no point in collecting; it fits the processor's cache.
  static constexpr uint64_t kLeastBudget = uint64_t{1} << 20;
  // Of ObjectHeader::mark.
  static constexpr uint32_t kColourMask = 3;
  static constexpr uint32_t kLinkMask = ~7u;

  enum class BlockState : uint8_t { kFree, kCells, kLarge, kLargeTail };
  struct Block {
    BlockState state;
    uint8_t size_class;
    bool swept;
    uint32_t
        count;  // kCells: objects marked; kLarge: blocks of the run; kLargeTail: those before it
  };
  struct FreeBlocks {
    void operator()(Block* blocks) const;
  };

  Heap() = default;

  Ref Allocate(uint32_t type_word, uint64_t bytes) {
    if (bytes <= kMaxSmallBytes) [[likely]] {
      const uint32_t size_class = SizeClassOf(static_cast<uint32_t>(bytes));
      if (free_[size_class] != kNullRef) [[likely]]
        return TakeCell(type_word, size_class);
    }
    return AllocateSlow(type_word, bytes);
  }
  Ref TakeCell(uint32_t type_word, uint32_t size_class) {
    const Ref cell = free_[size_class];
    ObjectHeader& header = HeaderOf(cell);
    free_[size_class] = header.mark;
    header = {type_word, colour_};
    return cell;
  }

  Ref AllocateSlow(uint32_t type_word, uint64_t bytes);
  bool IsCollectionDue(uint64_t bytes);
  Ref TryAllocate(uint32_t type_word, uint64_t bytes);
  Ref TryAllocateLarge(uint32_t type_word, uint64_t bytes);
  bool MayCollectForRoom();

  bool SweepNext(uint32_t size_class);
  void Sweep(uint32_t block, bool is_new);
  void FinishSweeping();
  void ReleaseUnmarkedBlocks();
  void DropUnmarkedHostValues();

  // A run of blocks without a state, the first one's index; 0 when there is none to be had.
  uint32_t TakeRun(uint32_t count);
  uint32_t FindRun(uint32_t count);
  bool Commit(uint32_t blocks);

  HeapOwner* owner_ = nullptr;
  LayoutTable* layouts_ = nullptr;
  Allowance* bytes_left_ = nullptr;
  bool collect_always_ = false;
  bool broken_ = false;  // a collection was given up: nothing is allocated any more

  sys::Mapping space_;
  std::unique_ptr<Block[], FreeBlocks> blocks_;
  uint32_t max_blocks_ = 0;
  uint32_t committed_ = 1;  // blocks; but the first is never touched, since offset 0 is null
  uint32_t used_ = 1;       // blocks taken so far, from the front
  uint32_t run_cursor_ = 1;
  uint32_t no_run_of_ = ~0u;  // there is no free run of so many blocks below used_

  std::array<Ref, kSizeClasses> free_ = {};
  std::array<uint32_t, kSizeClasses> sweep_cursor_ = {};
  uint32_t colour_ = 1;  // 1 or 2: of objects that the last collection reached, or made since

  uint64_t allocated_ = 0;          // bytes of cells and runs handed out since the last collection
  uint64_t budget_ = kLeastBudget;  // allocated_ at which to collect
  uint64_t live_bytes_ = 0;
  uint64_t collections_ = 0;
  uint32_t futile_ = 0;  // collections for room in a row after which little was allocated

  std::vector<Ref> handles_;  // kNullRef where free
  std::vector<uint32_t> free_handles_;

  DropHostValue drop_host_value_ = nullptr;  // null: nobody wants to know
  void* drop_context_ = nullptr;
  std::vector<Ref> host_externs_;  // all there are, if somebody does
};

// Hands references to the collector while it marks.
class Marker {
 public:
  explicit Marker(Heap& heap) : heap_(heap) {}

  void Mark(Ref ref);
  // Slots of a table, or of any array, that hold references.
  void MarkSlots(const Slot* begin, const Slot* end);
  // Slots that may hold anything.
  void MarkConservatively(const Slot* begin, const Slot* end);
  // A stack of compiled code: at every fourth byte there may be a reference, or an address in an
  // object or an offset of one. Both are multiples of eight.
  void MarkStack(const char* begin, const char* end);

 private:
  friend class Heap;

  // Follows everything marked. False: given up.
  bool Trace();
  void TraceFields(Ref object, const Layout& layout);
  bool TraceElements(Ref array, const Layout& layout);
  bool MayGoOn(uint64_t work);

  Heap& heap_;
  Ref list_ = kNullRef;      // objects marked but not yet traced
  uint64_t root_bytes_ = 0;  // looked at
  uint64_t live_bytes_ = 0;
  uint64_t work_ = 0;  // since the owner was asked last
};

}  // namespace tenon::vm
