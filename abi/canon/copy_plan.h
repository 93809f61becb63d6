// Plans: what it takes to bring a value from one component to another, lifting and lowering fused,
// as flat lists of operations.
// A type's plan is relative to a source and a destination, so it is made once and serves wherever
// the type stands: large ones are called, small ones stand in line. A plan is flat (slot to slot)
// or of memory (bytes to bytes: a list's elements, a spilled parameter list), on both sides alike.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "abi/canon/context.h"
#include "abi/canon/layout.h"
#include "abi/types/type_table.h"
#include "absl/container/flat_hash_map.h"
#include "vm/runtime/slot.h"

namespace tenon::abi {

struct CopyOp {
  enum class Kind : uint8_t {
    // Slot to slot. arg: kFlatFlags mask, kFlatZero count.
    kFlat64,
    kFlat32,
    kFlatU8,
    kFlatS8,
    kFlatU16,
    kFlatS16,
    kFlatBool,
    kFlatChar,
    kFlatFlags,
    kFlatZero,
    kFlatString,
    kFlatList,
    kFlatVariant,
    kFlatOwn,
    kFlatBorrow,
    kFlatAsync,
    kFlatCall,
    // Bytes to bytes. arg: kBytes count, kFlags mask (aux: bytes).
    kBytes,
    kBool,
    kChar,
    kFlags,
    kString,
    kList,
    kFixedList,
    kVariant,
    kOwn,
    kBorrow,
    kAsync,
    kCall,
    kJump,        // arg: where
    kElementEnd,  // next element of the innermost list
    kReturn,
  };
  Kind kind = Kind::kReturn;
  uint8_t aux = 0;
  uint32_t src = 0;  // slot or byte offset
  uint32_t dst = 0;
  uint32_t arg = 0;  // *List, *Variant: index into lists, variants; *Own, *Borrow: a ResourceId;
                     // *Async: the type's bits; *Call: where
};

struct CopyList {
  uint32_t src_size = 0;  // of an element
  uint32_t dst_size = 0;
  uint32_t src_align = 1;
  uint32_t dst_align = 1;
  bool bytewise = false;  // the whole list in one copy
  uint32_t length = 0;    // of a fixed-length list
  uint32_t after = 0;     // operation behind the list's body, which follows the list's own
};

struct CopyVariant {
  uint32_t discriminant_bytes = 1;
  std::vector<uint32_t> cases;  // operation each begins at; all end behind the variant
};

class CopyPlan {
 public:
  // Pointer widths of the two memories. `types` outlives the plan.
  CopyPlan(const TypeTable* types, uint32_t src_pointer_bytes, uint32_t dst_pointer_bytes)
      : types_(types), src_(types, src_pointer_bytes), dst_(types, dst_pointer_bytes) {}

  // Where the plan of a function's parameters or result begins; `spilled` says that they stand in
  // memory. Plans are made before any is run, once for each type: a component may lower a function
  // any number of times.
  uint32_t Params(FuncTypeId type, bool spilled);
  uint32_t Value(ValType type, bool spilled);

  LayoutTable& src_layouts() { return src_; }
  LayoutTable& dst_layouts() { return dst_; }

  const TypeTable& types() const { return *types_; }
  const std::vector<CopyOp>& ops() const { return ops_; }
  const CopyList& list(uint32_t index) const { return lists_[index]; }
  const CopyVariant& variant(uint32_t index) const { return variants_[index]; }

 private:
  struct Place {
    uint32_t src = 0;
    uint32_t dst = 0;
  };
  void Emit(CopyOp::Kind kind, Place at, uint32_t arg = 0, uint8_t aux = 0);
  void EmitBytes(Place at, uint32_t count);
  void EmitValue(ValType type, bool flat, Place at);
  void EmitScalar(ValType type, bool flat, Place at);
  void EmitProduct(const std::vector<ValType>& types, bool flat, Place at);
  void EmitList(ValType type, bool flat, Place at);
  void EmitFixedList(ValType type, bool flat, Place at);
  void EmitElements(CopyOp::Kind kind, CopyList list, ValType element, Place at);
  void EmitVariant(ValType type, bool flat, Place at);
  bool IsBytewise(ValType type);
  // Makes the routines that the plan of `type` calls, so that none is begun inside another.
  void MakeRoutines(ValType type, bool flat);
  bool IsLarge(ValType type) const;

  // Begins a plan: what follows is merged into nothing before it.
  uint32_t Start();

  const TypeTable* types_;
  LayoutTable src_;
  LayoutTable dst_;
  std::vector<CopyOp> ops_;
  std::vector<CopyList> lists_;
  std::vector<CopyVariant> variants_;
  absl::flat_hash_map<std::pair<uint32_t, bool>, uint32_t> routines_;  // (type, flat) -> operation
  // Starts by (type, spilled).
  absl::flat_hash_map<std::pair<uint32_t, bool>, uint32_t> params_;
  absl::flat_hash_map<std::pair<uint32_t, bool>, uint32_t> values_;
  uint32_t inline_nodes_ = 0;  // types written out in more nodes have a routine of their own
  uint32_t barrier_ = 0;       // operations before this are not merged into
};

// A place in a running plan: slots or memory, as the plan's form demands.
union CopySource {
  CopySource() : bytes(nullptr) {}
  CopySource(const vm::Slot* at) : slots(at) {}
  CopySource(const uint8_t* at) : bytes(at) {}
  const vm::Slot* slots;
  const uint8_t* bytes;  // checked for the plan's size
};
union CopyTarget {
  CopyTarget() : bytes(nullptr) {}
  CopyTarget(vm::Slot* at) : slots(at) {}
  CopyTarget(uint8_t* at) : bytes(at) {}
  vm::Slot* slots;
  uint8_t* bytes;
};

// Runs the plan that begins at `start`. `resources` are the resource types by ResourceId. Pointers
// into guest memories are kept while it runs: a memory's base never moves and its size never
// shrinks. False after a trap was set.
bool RunCopy(const CopyPlan& plan, uint32_t start, absl::Span<const ResourceType* const> resources,
             CanonContext& from, CanonContext& to, CopySource source, CopyTarget target);

}  // namespace tenon::abi
