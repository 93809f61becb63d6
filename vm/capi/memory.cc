// core: #memory-instances
#include <algorithm>
#include <limits>

#include "vm/capi/refs.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

namespace {

// core: #valid-memtype
bool IsValid(const vm::MemoryType& type) {
  const uint64_t most = type.limits.has_max ? type.limits.max : type.limits.min;
  return type.limits.min <= most && most <= vm::MaxPages(type);
}

}  // namespace

wasm_memory_t* wasm_memory_new(wasm_store_t* store, const wasm_memorytype_t* type) {
  if (store == nullptr || type == nullptr || !IsValid(type->type)) return nullptr;
  const auto memory = store->vm->NewMemory(type->type);
  return memory ? static_cast<wasm_memory_t*>(store->RefTo(vm::Extern(*memory))) : nullptr;
}

wasm_memorytype_t* wasm_memory_type(const wasm_memory_t* memory) {
  return Live(memory) != nullptr ? NewMemoryType(memory->memory().current_type()) : nullptr;
}
byte_t* wasm_memory_data(wasm_memory_t* memory) {
  return Live(memory) != nullptr ? reinterpret_cast<byte_t*>(memory->memory().base()) : nullptr;
}
size_t wasm_memory_data_size(const wasm_memory_t* memory) {
  return Live(memory) != nullptr ? memory->memory().size_bytes() : 0;
}
wasm_memory_pages_t wasm_memory_size(const wasm_memory_t* memory) {
  if (Live(memory) == nullptr) return 0;
  constexpr uint64_t kMost = std::numeric_limits<wasm_memory_pages_t>::max();
  return static_cast<wasm_memory_pages_t>(std::min(memory->memory().size_pages(), kMost));
}
bool wasm_memory_grow(wasm_memory_t* memory, wasm_memory_pages_t delta) {
  return Live(memory) != nullptr && memory->memory().Grow(delta);
}
