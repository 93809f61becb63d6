#include "vm/runtime/constant.h"

#include <cstring>

#include "vm/runtime/store.h"
#include "vm/sem/int.h"

namespace tenon::vm {
namespace {

V128 FromBits(uint64_t bits) {
  V128 value;
  value.SetLane<uint64_t>(0, bits);
  return value;
}

const Slot* SlotsOf(const V128& value) { return reinterpret_cast<const Slot*>(&value); }

}  // namespace

// Operands are the store's, since the collector must know them.
class ConstantEvaluator {
 public:
  explicit ConstantEvaluator(Instance& instance)
      : instance_(instance), store_(instance.store()), stack_(store_.constants_) {
    stack_.clear();
  }

  std::optional<V128> Run(const ConstProgram& program) {
    for (const ConstInstruction& instruction : program) {
      if (!Step(instruction)) return std::nullopt;
    }
    return stack_.back();
  }

 private:
  bool Step(const ConstInstruction& instruction) {
    switch (instruction.op) {
      case Opcode::GlobalGet: ReadGlobal(GlobalIdx(instruction.index)); return true;
      case Opcode::RefFunc: {
        const Func* func = instance_.FuncRef(FuncIdx(instruction.index));
        stack_.push_back(FromBits(reinterpret_cast<uintptr_t>(func)));
        return true;
      }
      case Opcode::I32Add: return Fold<uint32_t>(sem::I32Add);
      case Opcode::I32Sub: return Fold<uint32_t>(sem::I32Sub);
      case Opcode::I32Mul: return Fold<uint32_t>(sem::I32Mul);
      case Opcode::I64Add: return Fold<uint64_t>(sem::I64Add);
      case Opcode::I64Sub: return Fold<uint64_t>(sem::I64Sub);
      case Opcode::I64Mul: return Fold<uint64_t>(sem::I64Mul);
      case Opcode::RefI31: {
        V128& value = stack_.back();
        value = FromBits(MakeI31(value.Lane<uint32_t>(0)));
        return true;
      }
      case Opcode::AnyConvertExtern:
      case Opcode::ExternConvertAny: return true;  // the same bits
      case Opcode::StructNew: return NewStruct(instruction, /*has_operands=*/true);
      case Opcode::StructNewDefault: return NewStruct(instruction, /*has_operands=*/false);
      case Opcode::ArrayNew: return NewArray(instruction, /*has_value=*/true);
      case Opcode::ArrayNewDefault: return NewArray(instruction, /*has_value=*/false);
      case Opcode::ArrayNewFixed: return NewFixedArray(instruction);
      default: stack_.push_back(instruction.bits); return true;  // constants and ref.null
    }
  }

  void ReadGlobal(GlobalIdx index) {
    const GlobalRef global = instance_.Global(index);
    V128 value;
    std::memcpy(&value, global.cell, SlotCount(global.type.type) * sizeof(Slot));
    stack_.push_back(value);
  }

  template <typename T, typename Operation>
  bool Fold(Operation operation) {
    const T b = stack_.back().Lane<T>(0);
    stack_.pop_back();
    const T a = stack_.back().Lane<T>(0);
    stack_.back() = FromBits(operation(a, b));
    return true;
  }

  const Layout& LayoutOf(const ConstInstruction& instruction) {
    return store_.engine().layouts().Of(TypeId(instruction.index));
  }

  // Replaces `operands` operands by the object; they are the collector's roots until then.
  bool Finish(Ref object, size_t operands) {
    stack_.resize(stack_.size() - operands);
    stack_.push_back(FromBits(object));
    return true;
  }

  bool RefuseRoom() {
    store_.SetTrap(TrapKind::kOutOfMemory, "no room for an object in the garbage-collected heap");
    return false;
  }

  // core: #exec-struct-new
  bool NewStruct(const ConstInstruction& instruction, bool has_operands) {
    const Layout& layout = LayoutOf(instruction);
    Heap* heap = store_.heap();
    const Ref object = heap != nullptr ? heap->Allocate(layout) : kNullRef;
    if (object == kNullRef) return RefuseRoom();
    uint8_t* at = heap->At(object);
    if (!has_operands) {
      std::memset(at + kStructFields, 0, layout.bytes - kStructFields);
      return Finish(object, 0);
    }
    const size_t count = layout.fields.size();
    const V128* operands = stack_.data() + stack_.size() - count;
    for (size_t i = 0; i < count; ++i) layout.fields[i].Store(at, SlotsOf(operands[i]));
    return Finish(object, count);
  }

  // core: #exec-array-new
  bool NewArray(const ConstInstruction& instruction, bool has_value) {
    const Layout& layout = LayoutOf(instruction);
    const auto length = stack_.back().Lane<uint32_t>(0);
    const Ref array = AllocateArray(layout, length);
    if (array == kNullRef) return RefuseRoom();
    const V128 value = has_value ? stack_[stack_.size() - 2] : V128();
    FieldLayout element = layout.element();
    for (uint64_t i = 0; i < length; ++i, element.offset += element.bytes) {
      element.Store(store_.heap()->At(array), SlotsOf(value));
    }
    return Finish(array, has_value ? 2 : 1);
  }

  // core: #exec-array-new-fixed
  bool NewFixedArray(const ConstInstruction& instruction) {
    const Layout& layout = LayoutOf(instruction);
    const auto length = instruction.bits.Lane<uint32_t>(0);
    const Ref array = AllocateArray(layout, length);
    if (array == kNullRef) return RefuseRoom();
    const V128* operands = stack_.data() + stack_.size() - length;
    for (uint32_t i = 0; i < length; ++i) {
      layout.ElementAt(i).Store(store_.heap()->At(array), SlotsOf(operands[i]));
    }
    return Finish(array, length);
  }

  Ref AllocateArray(const Layout& layout, uint32_t length) {
    Heap* heap = store_.heap();
    return heap != nullptr ? heap->AllocateArray(layout, length) : kNullRef;
  }

  Instance& instance_;
  Store& store_;
  std::vector<V128>& stack_;
};

std::optional<V128> EvaluateConstant(Instance& instance, const ConstProgram& program) {
  return ConstantEvaluator(instance).Run(program);
}

}  // namespace tenon::vm
