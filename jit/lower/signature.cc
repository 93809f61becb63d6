#include "jit/lower/signature.h"

#include <algorithm>

#include "llvm/IR/Type.h"

namespace tenon::jit {
namespace {

// What the machine's C convention returns in registers.
constexpr int kMaxIntResults = 3;
constexpr int kMaxFloatResults = 4;

bool IsFloat(const llvm::Type* type) { return type->isFloatingPointTy() || type->isVectorTy(); }

char Letter(const llvm::Type* type) {
  if (type->isPointerTy()) return 'p';
  if (type->isVectorTy()) return 'v';
  if (type->isFloatTy()) return 'f';
  if (type->isDoubleTy()) return 'd';
  return type->isIntegerTy(32) ? 'i' : 'l';
}

bool FitInRegisters(const std::vector<llvm::Type*>& results) {
  const auto floats = std::count_if(results.begin(), results.end(), IsFloat);
  return floats <= kMaxFloatResults &&
         results.size() - static_cast<size_t>(floats) <= static_cast<size_t>(kMaxIntResults);
}

}  // namespace

Types::Types(llvm::LLVMContext& context)
    : empty(llvm::Type::getVoidTy(context)),
      i1(llvm::Type::getInt1Ty(context)),
      i8(llvm::Type::getInt8Ty(context)),
      i16(llvm::Type::getInt16Ty(context)),
      i32(llvm::Type::getInt32Ty(context)),
      i64(llvm::Type::getInt64Ty(context)),
      f32(llvm::Type::getFloatTy(context)),
      f64(llvm::Type::getDoubleTy(context)),
      ptr(llvm::PointerType::getUnqual(context)),
      v128(llvm::FixedVectorType::get(i8, 16)) {}

llvm::Type* Types::Of(vm::ValType type, const vm::TypeStore& store) const {
  switch (type.kind()) {
    case vm::ValType::Kind::kI64: return i64;
    case vm::ValType::Kind::kF32: return f32;
    case vm::ValType::Kind::kF64: return f64;
    case vm::ValType::Kind::kV128: return v128;
    case vm::ValType::Kind::kRef:
      if (IsFuncRef(type, store)) return ptr;
      return i32;
    case vm::ValType::Kind::kBot:
    case vm::ValType::Kind::kI32: break;
  }
  return i32;
}

bool IsFuncRef(vm::ValType type, const vm::TypeStore& store) {
  return type.is_ref() && store.Top(type.heap()) == vm::HeapType(vm::HeapKind::kFunc);
}

Signature::Signature(const vm::FuncType& func_type, const Types& types,
                     const vm::TypeStore& store) {
  for (const vm::ValType param : func_type.params) params.push_back(types.Of(param, store));
  for (const vm::ValType of : func_type.results) results.push_back(types.Of(of, store));
  for (const llvm::Type* param : params) name += Letter(param);
  name += '_';
  for (const llvm::Type* of : results) name += Letter(of);

  results_in_memory = !FitInRegisters(results);
  result = types.empty;
  if (!results_in_memory && results.size() == 1) result = results[0];
  if (!results_in_memory && results.size() > 1) {
    result = llvm::StructType::get(types.ptr->getContext(), results);
  }
  std::vector<llvm::Type*> all = {types.ptr, types.ptr};
  all.insert(all.end(), params.begin(), params.end());
  if (results_in_memory) all.push_back(types.ptr);
  through_object = llvm::FunctionType::get(result, all, /*isVarArg=*/false);
  all.erase(all.begin());
  type = llvm::FunctionType::get(result, all, /*isVarArg=*/false);
  all = {types.ptr, types.ptr, types.ptr};
  if (results_in_memory) all.push_back(types.ptr);
  tail_entry = llvm::FunctionType::get(result, all, /*isVarArg=*/false);
}

uint32_t Signature::slots() const { return std::max(SlotCount(params), SlotCount(results)); }

uint32_t SlotCount(const llvm::Type* type) { return type->isVectorTy() ? 2 : 1; }

uint32_t SlotCount(const std::vector<llvm::Type*>& types) {
  uint32_t count = 0;
  for (const llvm::Type* type : types) count += SlotCount(type);
  return count;
}

}  // namespace tenon::jit
