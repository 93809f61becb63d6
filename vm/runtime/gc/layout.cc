#include "vm/runtime/gc/layout.h"

#include <algorithm>

#include "vm/base/status.h"

namespace tenon::vm {
namespace {

uint8_t BytesOf(const StorageType& storage, bool is_ref) {
  if (storage.packed == StorageType::Packed::kI8) return 1;
  if (storage.packed == StorageType::Packed::kI16) return 2;
  switch (storage.type.kind()) {
    case ValType::Kind::kV128: return 16;
    case ValType::Kind::kI64:
    case ValType::Kind::kF64: return 8;
    case ValType::Kind::kRef: return is_ref ? sizeof(Ref) : sizeof(void*);
    default: return 4;
  }
}

// The next field; vectors need no more than the cells' alignment of eight bytes.
FieldLayout Place(uint32_t end, const StorageType& storage, bool is_ref) {
  FieldLayout field;
  field.bytes = BytesOf(storage, is_ref);
  field.is_ref = is_ref;
  const uint32_t alignment = std::min<uint32_t>(field.bytes, 8);
  field.offset = (end + alignment - 1) / alignment * alignment;
  return field;
}

}  // namespace

LayoutTable::~LayoutTable() {
  std::atomic<Chunk*>* chunks = chunks_.load();
  if (chunks == nullptr) return;
  for (uint32_t i = 0; i < kChunks; ++i) delete chunks[i].load();
  delete[] chunks;
}

const Layout& LayoutTable::Make(TypeId type) {
  std::lock_guard lock(mutex_);
  if (const Layout* found = Find(type)) return *found;
  const SubType& definition = types_.Get(type);
  auto layout = std::make_unique<Layout>();
  const auto add = [&](const StorageType& storage) {
    const bool is_ref = IsCollected(types_, storage.type);
    const FieldLayout& field = layout->fields.emplace_back(Place(layout->bytes, storage, is_ref));
    if (is_ref) layout->ref_offsets.push_back(field.offset);
    layout->bytes = field.offset + field.bytes;
    layout->slots += field.slots();
  };
  switch (definition.kind) {
    case SubType::Kind::kStruct:
      layout->type_word = TypeWord(ObjectKind::kStruct, type);
      layout->bytes = kStructFields;
      for (const FieldType& field : definition.fields) add(field.storage);
      break;
    case SubType::Kind::kArray:
      layout->type_word = TypeWord(ObjectKind::kArray, type);
      layout->bytes = kArrayLength + sizeof(uint32_t);
      add(definition.fields.front().storage);
      layout->bytes = layout->element().offset;
      break;
    case SubType::Kind::kFunc:
      layout->type_word = TypeWord(ObjectKind::kException, type);
      layout->bytes = kExceptionFields;
      for (const ValType param : definition.func.params) add(StorageType{param});
      break;
  }
  if (chunks_.load() == nullptr) chunks_.store(new std::atomic<Chunk*>[kChunks]());
  std::atomic<Chunk*>& chunk = chunks_.load()[type.value() / kChunkTypes];
  if (chunk.load() == nullptr) chunk.store(new Chunk());
  chunk.load()->layouts[type.value() % kChunkTypes].store(layout.get());
  return *owned_.emplace_back(std::move(layout));
}

}  // namespace tenon::vm
