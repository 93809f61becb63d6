#include "vm/interp/handlers/fuse.h"

#include <cstdint>
#include <iterator>
#include <utility>

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
#define TENON_NAMED(name)                     \
  template <>                                 \
  [[maybe_unused]] constexpr Handler HandlerOf<name##Step>() { \
    return &handlers::name;                   \
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
#define L(op, form) LoadStep<LoadAccess<Opcode::op>::Type, Form::k##form>
#define S(op, form) StoreStep<StoreAccess<Opcode::op>::Type, Form::k##form>
#define IF(op, form) CompareBranch<&sem::op, Form::k##form, true>
#define IFNOT(op, form) CompareBranch<&sem::op, Form::k##form, false>
#define M(name) name##Step

using Key = std::pair<Handler, Handler>;

struct Fusion {
  Key key;
  Handler handler;
};

// A chain is reached from the handler of its first operations and that of its last one.
template <typename A, typename B>
constexpr Fusion MakeFusion() {
  return {{HandlerOf<A>(), HandlerOf<B>()}, &Chain<A, B>};
}
template <typename A, typename B, typename C>
constexpr Fusion MakeFusion() {
  return {{&Chain<A, B>, HandlerOf<C>()}, &Chain<A, B, C>};
}
template <typename A, typename B, typename C, typename D>
constexpr Fusion MakeFusion() {
  return {{&Chain<A, B, C>, HandlerOf<D>()}, &Chain<A, B, C, D>};
}

constexpr Fusion kFusions[] = {
#define FUSE(...) MakeFusion<__VA_ARGS__>(),
#include "vm/interp/handlers/fuse.def"
};

// The fusions by key, open addressing, at most half full. Translation asks once an instruction.
class FusionTable {
 public:
  FusionTable() {
    for (const Fusion& fusion : kFusions) {
      size_t index = IndexOf(fusion.key);
      while (entries_[index] != nullptr) index = (index + 1) % kSize;
      entries_[index] = &fusion;
    }
  }

  Handler Find(const Key& key) const {
    for (size_t index = IndexOf(key); entries_[index] != nullptr; index = (index + 1) % kSize) {
      if (entries_[index]->key == key) return entries_[index]->handler;
    }
    return nullptr;
  }

 private:
  static constexpr size_t kSize = 1024;
  static_assert(std::size(kFusions) * 2 <= kSize);

  // Handlers are aligned to sixteen bytes.
  static size_t IndexOf(const Key& key) {
    const auto first = reinterpret_cast<uintptr_t>(key.first) >> 4;
    const auto second = reinterpret_cast<uintptr_t>(key.second) >> 4;
    return (first * 0x9e3779b97f4a7c15u ^ second * 0xc2b2ae3d27d4eb4fu) >> 40 & (kSize - 1);
  }

  const Fusion* entries_[kSize] = {};
};

}  // namespace

Handler FusedHandler(Handler first, Handler second) {
  static const FusionTable table;
  return table.Find(Key(first, second));
}

}  // namespace tenon::vm::interp
