#include "cli/wast/spectest.h"

#include <utility>
#include <vector>

namespace tenon::cli {
namespace {

using vm::ValType;

bool IgnoreCall(vm::HostCall&) { return true; }

template <typename T>
vm::V128 Bits(T value) {
  vm::V128 bits;
  bits.SetLane<T>(0, value);
  return bits;
}

vm::GlobalType Constant(ValType type) { return {.type = type, .is_mutable = false}; }

}  // namespace

Result<HostModule> MakeSpectest(vm::Store& store) {
  HostModule module;
  module.emplace("global_i32", store.NewGlobal(Constant(ValType::kI32), Bits(int32_t{666})));
  module.emplace("global_i64", store.NewGlobal(Constant(ValType::kI64), Bits(int64_t{666})));
  module.emplace("global_f32", store.NewGlobal(Constant(ValType::kF32), Bits(666.6f)));
  module.emplace("global_f64", store.NewGlobal(Constant(ValType::kF64), Bits(666.6)));

  const vm::TableType table_type = {.limits = {.min = 10, .max = 20, .has_max = true}};
  TENON_ASSIGN_OR_RETURN(vm::TableInstance * table, store.NewTable(table_type, vm::Slot{0}));
  module.emplace("table", table);
  const vm::TableType wide_type = {.limits = table_type.limits, .address = vm::AddressType::kI64};
  TENON_ASSIGN_OR_RETURN(vm::TableInstance * wide_table, store.NewTable(wide_type, vm::Slot{0}));
  module.emplace("table64", wide_table);
  const vm::MemoryType memory_type = {.limits = {.min = 1, .max = 2, .has_max = true}};
  TENON_ASSIGN_OR_RETURN(vm::Memory * memory, store.NewMemory(memory_type));
  module.emplace("memory", memory);
  vm::MemoryType shared_type = memory_type;
  shared_type.shared = true;
  TENON_ASSIGN_OR_RETURN(vm::Memory * shared_memory, store.NewMemory(shared_type));
  module.emplace("shared_memory", shared_memory);

  const std::pair<const char*, std::vector<ValType>> kFunctions[] = {
      {"print", {}},
      {"print_i32", {ValType::kI32}},
      {"print_i64", {ValType::kI64}},
      {"print_f32", {ValType::kF32}},
      {"print_f64", {ValType::kF64}},
      {"print_i32_f32", {ValType::kI32, ValType::kF32}},
      {"print_f64_f64", {ValType::kF64, ValType::kF64}},
  };
  for (const auto& [name, params] : kFunctions) {
    const vm::FuncType type = {.params = params, .results = {}};
    TENON_ASSIGN_OR_RETURN(const vm::Func* func,
                           store.NewHostFunc(type, &IgnoreCall, nullptr, name));
    module.emplace(name, func);
  }
  return module;
}

}  // namespace tenon::cli
