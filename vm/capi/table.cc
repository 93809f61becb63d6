// core: #table-instances
#include "vm/capi/value.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

wasm_table_t* wasm_table_new(wasm_store_t* store, const wasm_tabletype_t* type, wasm_ref_t* init) {
  if (store == nullptr || type == nullptr) return nullptr;
  const vm::Limits& limits = type->type.limits;
  vm::ValType element;
  if (!ToValType(*store->engine, type->element, &element) || !element.is_ref() ||
      (limits.has_max && limits.max < limits.min)) {
    return nullptr;
  }
  SlotWriter writer(*store);
  vm::Slot slot;
  if (!writer.Write(init, element, &slot)) return nullptr;
  const auto table = store->vm->NewTable(type->type, slot);
  return table ? static_cast<wasm_table_t*>(store->RefTo(vm::Extern(*table))) : nullptr;
}

wasm_tabletype_t* wasm_table_type(const wasm_table_t* table) {
  if (Live(table) == nullptr) return nullptr;
  return NewTableType(*table->store->engine, table->table().current_type());
}

wasm_ref_t* wasm_table_get(const wasm_table_t* table, wasm_table_size_t index) {
  if (index >= wasm_table_size(table)) return nullptr;
  vm::TableInstance& instance = table->table();
  return ReadRef(*table->store, instance.type().element, instance.data() + index);
}

bool wasm_table_set(wasm_table_t* table, wasm_table_size_t index, wasm_ref_t* ref) {
  if (index >= wasm_table_size(table)) return false;
  vm::Slot slot;
  const vm::ValType element = table->table().type().element;
  if (!SlotWriter(*table->store).Write(ref, element, &slot)) return false;
  table->table().data()[index] = slot;
  return true;
}

wasm_table_size_t wasm_table_size(const wasm_table_t* table) {
  return Live(table) != nullptr ? static_cast<wasm_table_size_t>(table->table().size()) : 0;
}

bool wasm_table_grow(wasm_table_t* table, wasm_table_size_t delta, wasm_ref_t* init) {
  if (Live(table) == nullptr) return false;
  vm::Slot slot;
  SlotWriter writer(*table->store);
  return writer.Write(init, table->table().type().element, &slot) &&
         table->table().Grow(delta, slot);
}
