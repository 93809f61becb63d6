#include "abi/link/value_func.h"

#include "abi/canon/value_codec.h"
#include "abi/link/instance.h"

namespace tenon::abi {

bool ValueFunc::Accepts(absl::Span<const Value> arguments) const {
  const auto& params = type().params;
  if (arguments.size() != params.size()) return false;
  for (size_t i = 0; i < params.size(); ++i) {
    if (!Fits(types(), params[i].second, arguments[i])) return false;
  }
  return true;
}

std::expected<Value, vm::Trap> ValueFunc::Call(absl::Span<const Value> arguments) const {
  if (!Accepts(arguments)) {
    vm::Trap trap;
    trap.kind = vm::TrapKind::kHost;
    trap.detail = "the arguments do not fit the function's type";
    return std::unexpected(std::move(trap));
  }
  Value result;
  const auto done = CallFromHost(
      *func_,
      [&](CanonContext& cx, vm::Slot* slots) {
        return ValueCodec(&cx, &types(), func_->resources).LowerParams(type(), arguments, slots);
      },
      [&](CanonContext& cx, vm::Slot* slots) {
        return ValueCodec(&cx, &types(), func_->resources)
            .LiftResult(type(), slots, &result, func_->is_async ? kMaxFlatParams : kMaxFlatResults);
      });
  if (!done) return std::unexpected(done.error());
  return result;
}

}  // namespace tenon::abi
