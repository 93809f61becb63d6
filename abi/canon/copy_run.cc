#include <cstring>

#include "abi/canon/async_value.h"
#include "abi/canon/copy_plan.h"
#include "abi/canon/string.h"
#include "absl/container/inlined_vector.h"

namespace tenon::abi {
namespace {

using Kind = CopyOp::Kind;

// Where a running plan stands. A list's elements and a routine have a frame of their own, so that
// guest-made nesting uses no native stack.
struct Frame {
  uint32_t next = 0;  // operation
  CopySource source;
  CopyTarget target;
  uint32_t body = 0;       // of a list: where an element begins
  uint64_t remaining = 0;  // elements of the list after this one
  uint32_t src_step = 0;
  uint32_t dst_step = 0;
};

class Runner {
 public:
  Runner(const CopyPlan& plan, absl::Span<const ResourceType* const> resources, CanonContext& from,
         CanonContext& to)
      : plan_(plan), resources_(resources), from_(from), to_(to) {}

  bool Run(uint32_t start, CopySource source, CopyTarget target) {
    frame_.next = start;
    frame_.source = source;
    frame_.target = target;
    const CopyOp* ops = plan_.ops().data();
    while (true) {
      const CopyOp& op = ops[frame_.next++];
      if (op.kind == Kind::kReturn) {
        if (callers_.empty()) return true;
        Pop();
      } else if (op.kind <= Kind::kFlatCall ? !FlatStep(op) : !MemoryStep(op)) {
        return FailAt(op);
      }
    }
  }

 private:
  void Push(const Frame& callee) {
    callers_.push_back(frame_);
    frame_ = callee;
  }
  void Pop() {
    frame_ = callers_.back();
    callers_.pop_back();
  }
  // In the value that the outermost frame is at: what it called, a routine or a list's elements,
  // stands behind the operation that did.
  ABSL_ATTRIBUTE_COLD bool FailAt(const CopyOp& op) {
    to_.failed_at = op.src;
    if (!callers_.empty()) {
      const Frame& callee = callers_.size() > 1 ? callers_[1] : frame_;
      // A list's body begins behind its operation; a routine is returned from to behind its call.
      const uint32_t behind = callee.body != 0 ? callee.body : callers_[0].next;
      to_.failed_at = plan_.ops()[behind - 1].src;
    }
    return false;
  }

  bool FlatStep(const CopyOp& op);
  bool MemoryStep(const CopyOp& op);
  bool Case(const CopyOp& op, uint32_t index);
  bool FlatString(const vm::Slot* src, vm::Slot* dst);
  bool FlatList(const CopyOp& op, const vm::Slot* src, vm::Slot* dst);
  bool Handle(bool own, uint32_t resource, uint32_t index, uint32_t* lowered);
  bool String(uint64_t address, uint64_t units, uint64_t* new_address, uint64_t* new_units);
  bool List(const CopyOp& op, uint64_t address, uint64_t length, uint64_t* new_address);
  void FixedList(const CopyList& list, const uint8_t* src, uint8_t* dst);
  bool NextElement();

  uint64_t ReadPointer(const uint8_t* at) const {
    return from_.options->memory64 ? LoadScalar<uint64_t>(at) : LoadScalar<uint32_t>(at);
  }
  uint64_t ReadPointer(const vm::Slot* at) const {
    return from_.options->memory64 ? vm::ReadSlot<uint64_t>(at) : vm::ReadSlot<uint32_t>(at);
  }
  void WritePointer(uint8_t* at, uint64_t value) const {
    if (to_.options->memory64) {
      StoreScalar(at, value);
    } else {
      StoreScalar(at, static_cast<uint32_t>(value));
    }
  }
  void WritePointer(vm::Slot* at, uint64_t value) const {
    vm::WriteSlot(at, to_.options->memory64 ? value : static_cast<uint32_t>(value));
  }

  const CopyPlan& plan_;
  absl::Span<const ResourceType* const> resources_;
  CanonContext& from_;
  CanonContext& to_;
  Frame frame_;
  absl::InlinedVector<Frame, 2> callers_;
};

bool Runner::FlatString(const vm::Slot* src, vm::Slot* dst) {
  uint64_t address, units;
  if (!String(ReadPointer(src), ReadPointer(src + 1), &address, &units)) return false;
  WritePointer(dst, address);
  WritePointer(dst + 1, units);
  return true;
}

bool Runner::FlatList(const CopyOp& op, const vm::Slot* src, vm::Slot* dst) {
  const uint64_t length = ReadPointer(src + 1);
  uint64_t address;
  if (!List(op, ReadPointer(src), length, &address)) return false;
  WritePointer(dst, address);
  WritePointer(dst + 1, length);
  return true;
}

bool Runner::FlatStep(const CopyOp& op) {
  const vm::Slot* src = frame_.source.slots + op.src;
  vm::Slot* dst = frame_.target.slots + op.dst;
  uint32_t index;
  switch (op.kind) {
    case Kind::kFlat64: *dst = *src; return true;
    case Kind::kFlat32: vm::WriteSlot(dst, vm::ReadSlot<uint32_t>(src)); return true;
    case Kind::kFlatU8: vm::WriteSlot<uint32_t>(dst, vm::ReadSlot<uint8_t>(src)); return true;
    case Kind::kFlatS8: vm::WriteSlot<int32_t>(dst, vm::ReadSlot<int8_t>(src)); return true;
    case Kind::kFlatU16: vm::WriteSlot<uint32_t>(dst, vm::ReadSlot<uint16_t>(src)); return true;
    case Kind::kFlatS16: vm::WriteSlot<int32_t>(dst, vm::ReadSlot<int16_t>(src)); return true;
    case Kind::kFlatBool:
      vm::WriteSlot<uint32_t>(dst, vm::ReadSlot<uint32_t>(src) != 0 ? 1 : 0);
      return true;
    case Kind::kFlatChar:
      vm::WriteSlot(dst, vm::ReadSlot<uint32_t>(src));
      return CheckChar(from_, vm::ReadSlot<uint32_t>(src));
    case Kind::kFlatFlags: vm::WriteSlot(dst, vm::ReadSlot<uint32_t>(src) & op.arg); return true;
    case Kind::kFlatZero: std::memset(dst, 0, op.arg * sizeof(vm::Slot)); return true;
    case Kind::kFlatString: return FlatString(src, dst);
    case Kind::kFlatList: return FlatList(op, src, dst);
    case Kind::kFlatVariant:
      index = vm::ReadSlot<uint32_t>(src);
      vm::WriteSlot(dst, index);
      return Case(op, index);
    case Kind::kFlatOwn:
    case Kind::kFlatBorrow:
      if (!Handle(op.kind == Kind::kFlatOwn, op.arg, vm::ReadSlot<uint32_t>(src), &index)) {
        return false;
      }
      vm::WriteSlot(dst, index);
      return true;
    case Kind::kFlatAsync:
      if (!PassAsync(from_, to_, plan_.types(), op.arg, vm::ReadSlot<uint32_t>(src), &index)) {
        return false;
      }
      vm::WriteSlot(dst, index);
      return true;
    case Kind::kFlatCall: Push({op.arg, src, dst}); return true;
    default: TENON_CHECK(false);
  }
}

bool Runner::MemoryStep(const CopyOp& op) {
  const uint8_t* src = frame_.source.bytes + op.src;
  uint8_t* dst = frame_.target.bytes + op.dst;
  const uint32_t from_width = from_.options->pointer_bytes();
  const uint32_t to_width = to_.options->pointer_bytes();
  uint64_t address, length;
  uint32_t index;
  switch (op.kind) {
    case Kind::kBytes: std::memmove(dst, src, op.arg); return true;
    case Kind::kBool: *dst = *src != 0 ? 1 : 0; return true;
    case Kind::kChar:
      index = LoadScalar<uint32_t>(src);
      StoreScalar(dst, index);
      return CheckChar(from_, index);
    case Kind::kFlags:
      StoreDiscriminant(dst, op.aux, LoadDiscriminant(src, op.aux) & op.arg);
      return true;
    case Kind::kString:
      if (!String(ReadPointer(src), ReadPointer(src + from_width), &address, &length)) return false;
      WritePointer(dst, address);
      WritePointer(dst + to_width, length);
      return true;
    case Kind::kList:
      length = ReadPointer(src + from_width);
      if (!List(op, ReadPointer(src), length, &address)) return false;
      WritePointer(dst, address);
      WritePointer(dst + to_width, length);
      return true;
    case Kind::kFixedList: FixedList(plan_.list(op.arg), src, dst); return true;
    case Kind::kVariant:
      index = LoadDiscriminant(src, plan_.variant(op.arg).discriminant_bytes);
      StoreDiscriminant(dst, plan_.variant(op.arg).discriminant_bytes, index);
      return Case(op, index);
    case Kind::kOwn:
    case Kind::kBorrow:
      if (!Handle(op.kind == Kind::kOwn, op.arg, LoadScalar<uint32_t>(src), &index)) return false;
      StoreScalar(dst, index);
      return true;
    case Kind::kAsync:
      if (!PassAsync(from_, to_, plan_.types(), op.arg, LoadScalar<uint32_t>(src), &index)) {
        return false;
      }
      StoreScalar(dst, index);
      return true;
    case Kind::kCall: Push({op.arg, src, dst}); return true;
    case Kind::kJump: frame_.next = op.arg; return true;
    case Kind::kElementEnd: return NextElement();
    default: TENON_CHECK(false);
  }
}

bool Runner::NextElement() {
  constexpr uint64_t kElementsBetweenLooks = 1 << 16;
  if (frame_.remaining == 0) {
    Pop();
    return true;
  }
  --frame_.remaining;
  frame_.next = frame_.body;
  frame_.source.bytes += frame_.src_step;
  frame_.target.bytes += frame_.dst_step;
  return frame_.remaining % kElementsBetweenLooks != 0 || to_.MayGoOn();
}

bool Runner::Case(const CopyOp& op, uint32_t index) {
  const CopyVariant& variant = plan_.variant(op.arg);
  if (index >= variant.cases.size()) return BadDiscriminant(from_);
  frame_.next = variant.cases[index];
  return true;
}

bool Runner::Handle(bool own, uint32_t resource, uint32_t index, uint32_t* lowered) {
  const ResourceType* type = resources_[resource];
  uint32_t rep;
  if (own) return LiftOwn(from_, index, type, &rep) && LowerOwn(to_, rep, type, lowered);
  return LiftBorrow(from_, index, type, &rep) && LowerBorrow(to_, rep, type, lowered);
}

bool Runner::String(uint64_t address, uint64_t units, uint64_t* new_address, uint64_t* new_units) {
  LiftedString text;
  return LocateString(from_, address, units, &text) && to_.ChargeCopy(text.byte_length()) &&
         CheckEncoding(from_, text) && StoreString(to_, text, new_address, new_units);
}

// Allocates, and copies at once or goes on with the first element.
bool Runner::List(const CopyOp& op, uint64_t address, uint64_t length, uint64_t* new_address) {
  const CopyList& list = plan_.list(op.arg);
  if (!CheckList(from_, address, length, list.src_size, list.src_align)) return false;
  // Elements with pointers are at most twice as large in a 64-bit memory: no overflow.
  const uint64_t new_size = length * list.dst_size;
  if (!to_.ChargeCopy(new_size)) return false;
  if (!to_.Realloc(0, 0, list.dst_align, new_size, kListOutOfBounds, new_address)) return false;
  const uint8_t* src = from_.At(address);
  uint8_t* dst = to_.At(*new_address);
  const uint32_t body = frame_.next;
  frame_.next = list.after;
  if (length == 0) return true;
  if (list.bytewise) {
    std::memmove(dst, src, new_size);
  } else {
    Push({body, src, dst, body, length - 1, list.src_size, list.dst_size});
  }
  return true;
}

// Its elements stand where the list does.
void Runner::FixedList(const CopyList& list, const uint8_t* src, uint8_t* dst) {
  const uint32_t body = frame_.next;
  frame_.next = list.after;
  Push({body, src, dst, body, list.length - 1, list.src_size, list.dst_size});
}

}  // namespace

bool RunCopy(const CopyPlan& plan, uint32_t start, absl::Span<const ResourceType* const> resources,
             CanonContext& from, CanonContext& to, CopySource source, CopyTarget target) {
  return Runner(plan, resources, from, to).Run(start, source, target);
}

}  // namespace tenon::abi
