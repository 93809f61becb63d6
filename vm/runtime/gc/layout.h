// Where the fields of a type's objects stand. One layout a type and engine, made when it is first
// asked for: code holds pointers to layouts, the collector finds them by an object's type.
// core: #aux-unpackfield, #syntax-storagetype
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <vector>

#include "vm/runtime/gc/object.h"
#include "vm/runtime/slot.h"
#include "vm/syntax/type_store.h"

namespace tenon::vm {

struct FieldLayout {
  uint32_t offset = 0;
  uint8_t bytes = 0;    // 1, 2, 4, 8 or 16
  bool is_ref = false;  // the collector follows it

  uint32_t slots() const { return bytes == 16 ? 2 : 1; }
  // Between a field and a slot. What is narrower than a slot is zero-extended there.
  void Load(const uint8_t* object, Slot* to) const;
  void Store(uint8_t* object, const Slot* from) const;
};

struct Layout {
  uint32_t type_word = 0;
  uint32_t bytes = 0;                 // of the object; of an array without elements
  uint32_t slots = 0;                 // of a struct's fields, or an exception's, in a frame
  std::vector<FieldLayout> fields;    // an array's only one is its first element
  std::vector<uint32_t> ref_offsets;  // of the fields that are followed

  ObjectKind kind() const { return KindOf(type_word); }
  const FieldLayout& element() const { return fields.front(); }
  FieldLayout ElementAt(uint64_t index) const;
  uint64_t BytesOfArray(uint64_t length) const { return bytes + length * element().bytes; }
};

class LayoutTable {
 public:
  explicit LayoutTable(const TypeStore& types) : types_(types) {}
  LayoutTable(const LayoutTable&) = delete;
  LayoutTable& operator=(const LayoutTable&) = delete;
  ~LayoutTable();

  // Of a struct, an array, or a function type, which gives the layout of exceptions with it. Safe
  // from any thread; the layout stays where it is.
  const Layout& Of(TypeId type) {
    const Layout* found = Find(type);
    return found != nullptr ? *found : Make(type);
  }
  // Of a type that some object has.
  const Layout* Find(TypeId type) const;

 private:
  static constexpr uint32_t kChunkTypes = 2048;
  struct Chunk {
    std::atomic<const Layout*> layouts[kChunkTypes] = {};
  };
  static constexpr uint32_t kChunks = TypeStore::kMaxIds / kChunkTypes;

  const Layout& Make(TypeId type);

  const TypeStore& types_;
  std::mutex mutex_;
  // The chunks by type; made with the first layout.
  std::atomic<std::atomic<Chunk*>*> chunks_ = nullptr;
  std::vector<std::unique_ptr<const Layout>> owned_;
};

inline const Layout* LayoutTable::Find(TypeId type) const {
  const std::atomic<Chunk*>* chunks = chunks_.load(std::memory_order_acquire);
  if (chunks == nullptr) return nullptr;
  const Chunk* chunk = chunks[type.value() / kChunkTypes].load(std::memory_order_acquire);
  if (chunk == nullptr) return nullptr;
  return chunk->layouts[type.value() % kChunkTypes].load(std::memory_order_acquire);
}

inline FieldLayout Layout::ElementAt(uint64_t index) const {
  FieldLayout field = element();
  field.offset += static_cast<uint32_t>(index * field.bytes);
  return field;
}

template <typename T>
inline T ReadField(const uint8_t* at) {
  T value;
  std::memcpy(&value, at, sizeof value);
  return value;
}

template <typename T>
inline void WriteField(uint8_t* at, T value) {
  std::memcpy(at, &value, sizeof value);
}

inline void FieldLayout::Load(const uint8_t* object, Slot* to) const {
  const uint8_t* at = object + offset;
  switch (bytes) {
    case 1: return WriteSlot<uint32_t>(to, *at);
    case 2: return WriteSlot<uint32_t>(to, ReadField<uint16_t>(at));
    case 4: return WriteSlot(to, ReadField<uint32_t>(at));
    case 8: return WriteSlot(to, ReadField<uint64_t>(at));
    default: return WriteSlot(to, ReadField<V128>(at));
  }
}

inline void FieldLayout::Store(uint8_t* object, const Slot* from) const {
  uint8_t* at = object + offset;
  switch (bytes) {
    case 1: return WriteField(at, ReadSlot<uint8_t>(from));
    case 2: return WriteField(at, ReadSlot<uint16_t>(from));
    case 4: return WriteField(at, ReadSlot<uint32_t>(from));
    case 8: return WriteField(at, ReadSlot<uint64_t>(from));
    default: return WriteField(at, ReadSlot<V128>(from));
  }
}

}  // namespace tenon::vm
