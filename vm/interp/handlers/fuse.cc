#include "vm/interp/handlers/fuse.h"

#include <cstdint>

#include "vm/interp/handlers/branch_steps.h"
#include "vm/interp/handlers/handlers.h"
#include "vm/interp/handlers/memory_steps.h"
#include "vm/interp/handlers/move_steps.h"
#include "vm/interp/handlers/numeric_steps.h"

namespace tenon::vm::interp {
namespace {

// The handler that the translator emits for a step or branch on its own.
template <typename Op>
[[maybe_unused]] constexpr Handler HandlerOf() {
  return &Chain<Op>;
}
#define TENON_NAMED(name)                                      \
  template <>                                                  \
  [[maybe_unused]] constexpr Handler HandlerOf<name##Step>() { \
    return &handlers::name;                                    \
  }
TENON_NAMED(CopyInt)
TENON_NAMED(CopyFloat)
TENON_NAMED(CopyIntAcc)
TENON_NAMED(CopyFloatAcc)
TENON_NAMED(ConstI32)
TENON_NAMED(GlobalGetInt)
TENON_NAMED(GlobalSetIntAcc)
TENON_NAMED(BrIf)
TENON_NAMED(BrIfAcc)
TENON_NAMED(BrIfNot)
TENON_NAMED(BrIfNotAcc)
TENON_NAMED(Br)
TENON_NAMED(BrTable)
TENON_NAMED(SelectInt)
TENON_NAMED(GlobalSet)
#undef TENON_NAMED

#define U(op, form) UnaryStep<&sem::op, Form::k##form>
#define B(op, form) BinaryStep<&sem::op, Form::k##form>
#define L(op, form) LoadOf<LoadAccess<Opcode::op>::Type, Form::k##form, kMode>
#define S(op, form) StoreOf<StoreAccess<Opcode::op>::Type, Form::k##form, kMode>
#define IF(op, form) CompareBranch<&sem::op, Form::k##form, true>
#define IFNOT(op, form) CompareBranch<&sem::op, Form::k##form, false>
#define M(name) name##Step

// A chain is reached from the handler of its first operations and that of its last one.
template <typename A, typename B>
constexpr Fusion MakeFusion() {
  return {HandlerOf<A>(), HandlerOf<B>(), &Chain<A, B>};
}
template <typename A, typename B, typename C>
constexpr Fusion MakeFusion() {
  return {&Chain<A, B>, HandlerOf<C>(), &Chain<A, B, C>};
}
template <typename A, typename B, typename C, typename D>
constexpr Fusion MakeFusion() {
  return {&Chain<A, B, C>, HandlerOf<D>(), &Chain<A, B, C, D>};
}

template <AccessMode kMode>
constexpr Fusion kFusions[] = {
#define FUSE(...) MakeFusion<__VA_ARGS__>(),
#include "vm/interp/handlers/fuse.def"
};

}  // namespace

// Compilers' output for 64-bit memories has other runs: of the rows that apply to it, none accesses
// memory. They stand in the heap, whose pages a start has mapped (cli/start_heap.cc).
const Fusions& Fusions::Of(AccessMode mode) {
  if (mode != AccessMode::kChecked32) {
    static const Fusions& guarded = *new Fusions(kFusions<AccessMode::kGuarded>);
    return guarded;
  }
  static const Fusions& checked = *new Fusions(kFusions<AccessMode::kChecked32>);
  return checked;
}

Fusions::Fusions(absl::Span<const Fusion> fusions) : fusions_(fusions.data()) {
  TENON_CHECK(fusions.size() * 2 <= kSize);
  for (size_t i = 0; i < fusions.size(); ++i) {
    size_t index = IndexOf(fusions[i].first, fusions[i].second);
    while (entries_[index] != 0) index = (index + 1) % kSize;
    entries_[index] = static_cast<uint16_t>(i + 1);
  }
}

}  // namespace tenon::vm::interp
