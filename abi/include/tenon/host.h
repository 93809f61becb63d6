// Host functions: C++ functions with ordinary types, given to a linker and checked once, when a
// component is linked. Which C++ type is which component type: abi.h. They do not throw: guest code
// stands between them and the caller, so that an exception ends the process.
// abi: "canon lower", with the host as callee.
#pragma once

#include <tenon/abi.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

// As a program writes them:
//   HostInterface& log = linker.Interface("example:app/log");
//   log.Func("write", [](std::string_view text) { std::puts(std::string(text).c_str()); });
//   log.Resource<Channel>("channel");                    // destroyed by its C++ destructor
//   log.Func("[method]channel.send",
//            [](HostContext& cx, Borrow<Channel> self, std::span<const uint8_t> bytes)
//                -> Expected<uint32_t, ChannelError> { ... });
//
// Views (std::string_view, std::span<const number>) among the arguments point into guest memory:
// they are good until the function returns or guest code runs. One C++ class implements one
// resource type. Functions are shared by all stores that are linked with them: what they share must
// be safe for as many threads as have stores.

namespace tenon {

namespace abi {
class HostTable;
}

// The address that tells a type from others.
template <typename T>
inline constexpr char kTypeTag = 0;

// What a host function may ask of its call. A function that has called Trap or Exit, or for which
// Charge has returned false, returns at once; what it returns then is not looked at.
class HostContext {
 public:
  explicit HostContext(canon::Context* call) : call_(call) {}

  // What the store was given (Store::SetState); null when that is not a T.
  template <typename T>
  T* state() const {
    return static_cast<T*>(canon::State(*call_, &kTypeTag<T>));
  }

  // Ends the guest with a trap that says `message`.
  void Trap(std::string_view message) { canon::Trap(*call_, message); }
  // Ends the guest with an exit code.
  void Exit(int code) { canon::Exit(*call_, code); }
  // Before an allocation whose size the guest decides: false (and a trap) when this call would
  // hold more than its share of host memory.
  [[nodiscard]] bool Charge(uint64_t bytes) { return canon::Charge(*call_, bytes); }
  // From that instant on (time_point::max(): never) the guest must end: what takes long or blocks
  // in a way of its own looks at these, and returns.
  std::chrono::steady_clock::time_point deadline() const { return canon::DeadlineTime(*call_); }
  bool must_end() const { return canon::MustEnd(*call_); }

  // For the library's own functions.
  canon::Context& call() const { return *call_; }

 private:
  canon::Context* call_;
};

namespace canon {

// A host function without its types: the slots of the lowered function in, results out. False after
// a trap was set.
using HostCall = bool (*)(const void* callable, Context& cx, vm::Slot* slots);

// F's signature without the HostContext& that it may take first.
template <typename T>
struct SignatureOf : SignatureOf<decltype(&T::operator())> {};
template <typename R, typename... Args>
struct SignatureOf<R (*)(Args...)> {
  using Type = R(Args...);
  static constexpr bool kTakesContext = false;
};
template <typename R, typename... Args>
struct SignatureOf<R (*)(HostContext&, Args...)> {
  using Type = R(Args...);
  static constexpr bool kTakesContext = true;
};
template <typename R, typename... Args>
struct SignatureOf<R (*)(Args...) noexcept> : SignatureOf<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) const> : SignatureOf<R (*)(Args...)> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(Args...) const noexcept> : SignatureOf<R (*)(Args...)> {};

// Lambdas that capture nothing need not be kept: they are made anew for each call.
template <typename F>
inline constexpr bool kHasState = !std::is_empty_v<F> || !std::is_default_constructible_v<F>;

template <typename Signature>
inline constexpr FuncShape kFuncShape = {};
template <typename R, typename... Args>
inline constexpr FuncShape kFuncShape<R(Args...)> = {kShapesOf<std::decay_t<Args>...>,
                                                     sizeof...(Args), ShapeOf<PayloadOf<R>>()};

// The lowered form of a function R(Args...): at most 16 flat parameters, else a pointer to all of
// them; one flat result, else a pointer to it as the last parameter.
template <typename F, typename Signature>
struct Adapter;
template <typename F, typename R, typename... Args>
struct Adapter<F, R(Args...)> {
  using Params = ProductAbi<std::decay_t<Args>...>;
  using Result = Abi<PayloadOf<R>>;
  static constexpr Layout kParams = Params::kPlaces.whole;
  static constexpr bool kFlatParams = kParams.flat <= abi::kMaxFlatParams;
  static constexpr bool kFlatResult = Result::kLayout.flat <= abi::kMaxFlatResults;
  static constexpr uint32_t kResultSlot = kFlatParams ? kParams.flat : 1;

  static bool Call(const void* callable, Context& cx, vm::Slot* slots) noexcept {
    std::tuple<std::decay_t<Args>...> args;
    if (!LiftArgs(cx, slots, args)) return false;
    auto invoke = [&](auto&... arg) { return Invoke(callable, cx, std::forward<Args>(arg)...); };
    if constexpr (std::is_void_v<R>) {
      std::apply(invoke, args);
      return !IsTrapped(cx);
    } else {
      R result = std::apply(invoke, args);
      return !IsTrapped(cx) && LowerResult(cx, slots, result);
    }
  }

 private:
  template <typename... As>
  static R Invoke(const void* callable, Context& cx, As&&... args) {
    if constexpr (!kHasState<F>) {
      const F function;
      return Invoke(function, cx, std::forward<As>(args)...);
    } else {
      return Invoke(*static_cast<const F*>(callable), cx, std::forward<As>(args)...);
    }
  }
  template <typename... As>
  static R Invoke(const F& function, Context& cx, As&&... args) {
    if constexpr (SignatureOf<F>::kTakesContext) {
      HostContext host(&cx);
      return function(host, std::forward<As>(args)...);
    } else {
      return function(std::forward<As>(args)...);
    }
  }

  template <typename Tuple>
  static bool LiftArgs(Context& cx, const vm::Slot* slots, Tuple& args) {
    return std::apply(
        [&](auto&... arg) {
          if constexpr (kFlatParams) {
            return Params::Lift(cx, slots, &arg...);
          } else {
            const uint64_t address = vm::ReadSlot<uint32_t>(slots);
            return CheckRange(cx, address, kParams.size, kParams.align,
                              "parameters out of bounds of memory") &&
                   Params::Load(cx, At(cx, address), &arg...);
          }
        },
        args);
  }

  static bool LowerResult(Context& cx, vm::Slot* slots, PayloadOf<R>& result) {
    if constexpr (kFlatResult) {
      return Result::Lower(cx, result, slots);
    } else {
      const uint64_t address = vm::ReadSlot<uint32_t>(slots + kResultSlot);
      return CheckRange(cx, address, Result::kLayout.size, Result::kLayout.align,
                        "result pointer out of bounds of memory") &&
             Result::Store(cx, result, address);
    }
  }
};

}  // namespace canon

// The functions and resource types of one interface, or those that a world imports by plain names.
class HostInterface {
 public:
  explicit HostInterface(std::string_view name);
  ~HostInterface();
  HostInterface(const HostInterface&) = delete;
  HostInterface& operator=(const HostInterface&) = delete;

  const std::string& name() const { return name_; }

  // The C++ class T implements resource type `name`.
  template <typename T>
  void Resource(std::string_view name) {
    AddResource(name, &abi::kHostResource<T>);
  }

  // A lambda, a function pointer or another object that can be called while const. It takes the
  // function's parameters, and may take a HostContext& before them. A second function of the same
  // name replaces the first for what is linked from then on.
  template <typename F>
  void Func(std::string_view name, F function) {
    using Signature = typename canon::SignatureOf<F>::Type;
    std::shared_ptr<const void> callable;
    if constexpr (canon::kHasState<F>) callable = std::make_shared<const F>(std::move(function));
    AddFunc(name, &canon::Adapter<F, Signature>::Call, std::move(callable),
            &canon::kFuncShape<Signature>);
  }

  // For the library itself.
  const abi::HostTable& table() const { return *table_; }
  abi::HostTable& table() { return *table_; }

 private:
  void AddFunc(std::string_view name, canon::HostCall call, std::shared_ptr<const void> callable,
               const canon::FuncShape* shape);
  void AddResource(std::string_view name, const abi::ResourceType* type);

  std::string name_;
  std::unique_ptr<abi::HostTable> table_;
};

}  // namespace tenon
