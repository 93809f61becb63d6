// How compiled code calls a function of some type: jit/README.md, "The contract with the runtime".
// Function types whose values are alike in machine code share a Signature, and so the gate and the
// entry that are made of it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "llvm/IR/DerivedTypes.h"
#include "vm/syntax/type_store.h"
#include "vm/syntax/types.h"

namespace tenon::jit {

// The machine's types, one a kind of value.
struct Types {
  explicit Types(llvm::LLVMContext& context);

  llvm::Type* empty;  // void
  llvm::IntegerType *i1, *i8, *i16, *i32, *i64;
  llvm::Type *f32, *f64;
  llvm::PointerType* ptr;
  llvm::FixedVectorType* v128;  // sixteen bytes

  // A function reference is a pointer; another reference is 32 bits (vm/runtime/gc/reference.h).
  llvm::Type* Of(vm::ValType type, const vm::TypeStore& store) const;
};

bool IsFuncRef(vm::ValType type, const vm::TypeStore& store);

// core: #syntax-functype
struct Signature {
  Signature(const vm::FuncType& type, const Types& types, const vm::TypeStore& store);

  std::vector<llvm::Type*> params;
  std::vector<llvm::Type*> results;
  bool results_in_memory = false;
  llvm::Type* result = nullptr;        // of the machine's function: empty, one or a structure
  llvm::FunctionType* type = nullptr;  // context, params, address of results if in memory
  llvm::FunctionType* through_object = nullptr;  // function object, then the same
  llvm::FunctionType* tail_entry = nullptr;      // NativeFunc::tail_entry of such results
  std::string name;                              // a letter a value: "il_d"

  // Of an array of slots that holds the arguments, and then the results.
  uint32_t slots() const;
};

// Slots (vm/runtime/slot.h) that a value of the type takes.
uint32_t SlotCount(const llvm::Type* type);
uint32_t SlotCount(const std::vector<llvm::Type*>& types);

}  // namespace tenon::jit
