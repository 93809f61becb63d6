#include "vm/runtime/native_trace.h"

#include <optional>
#include <utility>

#include "absl/container/node_hash_map.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/store.h"
#include "vm/runtime/trace_builder.h"
#include "vm/sys/code_space.h"

namespace tenon::vm {
namespace {

constexpr size_t kWord = sizeof(void*);
// What begins a function that no table tells of (jit/image/support.c) and tenon_sys_try: all make a
// frame at once.
constexpr char kPushFramePointer = 0x55;

// Walks from callees to callers. A place is between the instruction that it is about and the next.
class NativeWalk {
 public:
  NativeWalk(const Store& store, const sys::NativePlace& left)
      : store_(store),
        stack_begin_(reinterpret_cast<const char*>(store.native_stack().data())),
        stack_end_(stack_begin_ + store.native_stack().size()),
        pc_(left.pc),
        fp_(left.fp),
        sp_(left.sp),
        is_at_fault_(left.sp != nullptr),
        context_(static_cast<const Context*>(left.context)) {
    FindPlace();
  }

  bool at_end() const {
    return !IsInTry() && !sys::IsInCodeSpace(reinterpret_cast<uintptr_t>(pc_ - 1));
  }
  // Of the frame: where it stands, and in which instance. Null: it is none of a guest's.
  const CodePositions::Place* place() const { return instance_ != nullptr ? place_ : nullptr; }
  const Instance* instance() const { return instance_; }

  // False when the stack makes no sense.
  bool Next() {
    const uint32_t frame = place_ != nullptr ? place_->frame : FrameOfUnknown();
    const bool has_frame = frame < kReturnAddress;
    if (!has_frame && sp_ == nullptr) return false;
    const uint64_t gap = place_ != nullptr ? place_->gap : 0;
    const char* const end =
        has_frame ? fp_ + (2 + gap) * kWord : sp_ + (uint64_t{frame - kReturnAddress} + 1) * kWord;
    if (has_frame && !IsOnStack(fp_)) return false;
    if (!IsOnStack(end - kWord) || (sp_ != nullptr && end <= sp_)) return false;
    if (place_ != nullptr && frame == kFrame && place_->saved_context != 0) {
      const char* const saved = end - uint64_t{place_->saved_context} * kWord;
      if (!IsOnStack(saved)) return false;
      context_ = reinterpret_cast<const Context*>(Load(saved));
    }
    if (has_frame) fp_ = Load(fp_);
    pc_ = Load(end - kWord);
    sp_ = end;
    is_at_fault_ = false;
    FindPlace();
    return true;
  }

 private:
  static const char* Load(const char* at) { return *reinterpret_cast<const char* const*>(at); }
  // A word.
  bool IsOnStack(const char* at) const { return at >= stack_begin_ && at <= stack_end_ - kWord; }

  bool IsInTry() const { return pc_ > sys::tenon_sys_try && pc_ <= sys::tenon_sys_native_end; }

  uint32_t FrameOfUnknown() const {
    return is_at_fault_ && pc_[-1] == kPushFramePointer ? kReturnAddress : kFrame;
  }

  // The code's place, by any instance whose image has it, and then the instance that the context
  // says, or failing that one of the same module: a context that a function has not saved may be
  // lost.
  void FindPlace() {
    place_ = nullptr;
    instance_ = nullptr;
    if (IsInTry() && !is_at_fault_) place_ = &try_place_;
    if (at_end() || IsInTry()) return;
    for (const auto& instance : store_.instances()) {
      const LoadedModule& module = instance->module();
      const CodePositions* const positions = module.positions();
      if (positions == nullptr || !positions->Holds(pc_ - 1)) continue;
      const auto [place, is_new] = places_.try_emplace(pc_);
      if (is_new) place->second = positions->Find(pc_ - 1);
      if (!place->second) return;
      place_ = &*place->second;
      if (module.image_module() != place_->module) continue;
      if (instance_ == nullptr || instance->context() == context_) instance_ = instance.get();
      if (instance->context() == context_) return;
    }
  }

  const Store& store_;
  const char* const stack_begin_;
  const char* const stack_end_;
  const char* pc_;
  const char* fp_;
  const char* sp_;  // null: not known
  bool is_at_fault_;
  const Context* context_;  // where the frame began, unless it has saved it
  const CodePositions::Place* place_ = nullptr;
  const CodePositions::Place try_place_ = {.saved_context = sys::kTrySavesContext};
  const Instance* instance_ = nullptr;
  absl::node_hash_map<const char*, std::optional<CodePositions::Place>> places_;
};

}  // namespace

void AppendNativeTrace(Store& store, Trap* trap) {
  uint32_t offset = store.TakeNativeOffset();
  const TrapKind kind = store.pending_trap_kind();
  if (kind == TrapKind::kExit || kind == TrapKind::kTimeout) return;
  TraceBuilder trace(trap);
  const auto add = [&](const NativeWalk& walk) {
    for (const CodePositions::Level& level : walk.place()->levels) {
      // What said that it traps knows where, whatever became of its code.
      const uint32_t at = offset != 0 ? std::exchange(offset, 0) : level.offset;
      if (!trace.Add(*walk.instance(), level.func, at)) return false;
    }
    return true;
  };
  for (NativeWalk walk(store, store.run().native.left); !walk.at_end();) {
    if (walk.place() != nullptr && !add(walk)) break;
    if (!walk.Next()) break;
  }
  trace.Name();
}

}  // namespace tenon::vm
