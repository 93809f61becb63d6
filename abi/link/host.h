// Host functions: C++ functions with ordinary types, given to a linker and checked once, when a
// component is linked. abi: "canon lower", with the host as callee.
//
//   HostLinker linker;
//   HostInterface& streams = linker.Interface("wasi:io/streams@0.2.12");
//   streams.Resource<InputStream>("input-stream");       // destroyed by its C++ destructor
//   streams.Func("[method]input-stream.read",
//                [](HostContext& cx, Borrow<InputStream> self, uint64_t len)
//                    -> std::expected<std::vector<uint8_t>, StreamError> { ... });
//
// Which C++ type is which component type: abi/canon/typed.h. Views (absl::string_view,
// absl::Span<const number>) among the arguments point into guest memory. One C++ class implements
// one resource type. The linker must outlive the instances linked with it; the names of functions
// and resource types are kept as views and must outlive the linker.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "abi/canon/typed.h"
#include "abi/syntax/name_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::abi {

// What a host function may ask of its call. A function that has called Trap or Exit, or for which
// Wait has returned false, returns at once; what it returns then is not looked at.
class HostContext {
 public:
  explicit HostContext(CanonContext* call) : call_(call) {}

  // What the store was made with.
  template <typename T>
  T& state() const {
    return *static_cast<T*>(call_->store->host_state());
  }

  // Ends the guest with a trap that says `message`.
  void Trap(absl::string_view message) { call_->Trap(vm::TrapKind::kHost, message); }
  // Ends the guest with an exit code.
  void Exit(int code) { call_->store->core().SetExit(code); }
  // Suspends the guest until the waiter has been waited for; false: return at once.
  [[nodiscard]] bool Wait(Waiter& waiter) { return call_->store->Wait(waiter); }
  // From that instant of CLOCK_MONOTONIC, in nanoseconds (UINT64_MAX: never), the guest must end:
  // what takes long or blocks in a way of its own looks at these, and returns.
  uint64_t deadline() const { return call_->store->core().deadline(); }
  bool must_end() const { return call_->store->core().must_end(); }
  // Before an allocation whose size the guest decides: false (and a trap) when this call would
  // hold more than its share of host memory.
  [[nodiscard]] bool Charge(uint64_t bytes) { return call_->Charge(bytes); }

 private:
  CanonContext* call_;
};

// A host function without its types: the slots of the lowered function in, results out. False after
// a trap was set.
using RawHostCall = bool (*)(const void* callable, CanonContext& cx, vm::Slot* slots);

struct HostFunc {
  absl::string_view name;
  RawHostCall call = nullptr;
  const void* callable = nullptr;  // kept by the linker; none when it has no state
  bool (*matches)(const TypeChecker& checker, const FuncType& type) = nullptr;
  std::string (*describe)(const ResourceNames& names) = nullptr;
};

namespace host_internal {

template <typename T>
struct SignatureOf : SignatureOf<decltype(&T::operator())> {};
template <typename C, typename R, typename... Args>
struct SignatureOf<R (C::*)(HostContext&, Args...) const> {
  using Type = R(Args...);
};
template <typename R, typename... Args>
struct SignatureOf<R (*)(HostContext&, Args...)> {
  using Type = R(Args...);
};

// Lambdas that capture nothing need not be kept: they are made anew for each call.
template <typename F>
inline constexpr bool kHasState = !std::is_empty_v<F> || !std::is_default_constructible_v<F>;

// The lowered form of a function R(Args...): at most 16 flat parameters, else a pointer to all of
// them; one flat result, else a pointer to it as the last parameter.
template <typename F, typename Signature>
struct Adapter;
template <typename F, typename R, typename... Args>
struct Adapter<F, R(Args...)> {
  using Params = ProductAbi<std::decay_t<Args>...>;
  using ResultAbi = Abi<PayloadOf<R>>;
  static constexpr Layout kParams = Params::kPlaces.whole;
  static constexpr bool kFlatParams = kParams.flat <= kMaxFlatParams;
  static constexpr bool kFlatResult = ResultAbi::kLayout.flat <= kMaxFlatResults;
  static constexpr uint32_t kResultSlot = kFlatParams ? kParams.flat : 1;

  static bool Call(const void* callable, CanonContext& cx, vm::Slot* slots) {
    std::tuple<std::decay_t<Args>...> args;
    if (!LiftArgs(cx, slots, args)) return false;
    HostContext host(&cx);
    auto invoke = [&](auto&... arg) {
      if constexpr (kHasState<F>) {
        return (*static_cast<const F*>(callable))(host, std::forward<Args>(arg)...);
      } else {
        return F()(host, std::forward<Args>(arg)...);
      }
    };
    if constexpr (std::is_void_v<R>) {
      std::apply(invoke, args);
      return !cx.store->core().trapped();
    } else {
      R result = std::apply(invoke, args);
      if (cx.store->core().trapped()) return false;
      return LowerResult(cx, slots, result);
    }
  }

  static bool Matches(const TypeChecker& checker, const FuncType& type) {
    return Params::MatchesParams(checker, type) && ResultAbi::Matches(checker, type.result);
  }

  static std::string Describe(const ResourceNames& names) {
    std::string text = "func(";
    [[maybe_unused]] const char* separator = "";
    ((absl::StrAppend(&text, separator, Abi<std::decay_t<Args>>::Describe(names)),
      separator = ", "),
     ...);
    text += ")";
    if constexpr (!std::is_void_v<R>) absl::StrAppend(&text, " -> ", ResultAbi::Describe(names));
    return text;
  }

 private:
  template <typename Tuple>
  static bool LiftArgs(CanonContext& cx, const vm::Slot* slots, Tuple& args) {
    return std::apply(
        [&](auto&... arg) {
          if constexpr (kFlatParams) {
            return Params::Lift(cx, slots, &arg...);
          } else {
            const uint64_t address = vm::ReadSlot<uint32_t>(slots);
            return cx.CheckRange(address, kParams.size, kParams.align,
                                 "parameters out of bounds of memory") &&
                   Params::Load(cx, cx.At(address), &arg...);
          }
        },
        args);
  }

  static bool LowerResult(CanonContext& cx, vm::Slot* slots, PayloadOf<R>& result) {
    if constexpr (kFlatResult) {
      return ResultAbi::Lower(cx, result, slots);
    } else {
      const uint64_t address = vm::ReadSlot<uint32_t>(slots + kResultSlot);
      return cx.CheckRange(address, ResultAbi::kLayout.size, ResultAbi::kLayout.align,
                           "result pointer out of bounds of memory") &&
             ResultAbi::Store(cx, result, address);
    }
  }
};

}  // namespace host_internal

// The functions and resource types of one interface, or those that a world imports by plain names.
class HostInterface {
 public:
  explicit HostInterface(std::string name) : name_(std::move(name)) {}
  HostInterface(const HostInterface&) = delete;
  HostInterface& operator=(const HostInterface&) = delete;

  const std::string& name() const { return name_; }

  // The C++ class T implements resource type `name`.
  template <typename T>
  void Resource(absl::string_view name) {
    AddResource(name, &kHostResource<T>);
  }

  // `function` takes HostContext& first; a lambda or a function pointer. A second function of the
  // same name replaces the first.
  template <typename F>
  void Func(absl::string_view name, F function) {
    using Adapter = host_internal::Adapter<F, typename host_internal::SignatureOf<F>::Type>;
    HostFunc func{name, &Adapter::Call, nullptr, &Adapter::Matches, &Adapter::Describe};
    if constexpr (host_internal::kHasState<F>) {
      callables_.push_back(std::make_shared<const F>(std::move(function)));
      func.callable = callables_.back().get();
    }
    AddFunc(func);
  }

  // Good until a function is added.
  const HostFunc* FindFunc(absl::string_view name) const { return funcs_.Find(name); }
  const ResourceType* FindResource(absl::string_view name) const;
  std::vector<absl::string_view> FuncNames() const;
  const NameMap<const ResourceType*>& resources() const { return resources_; }

 private:
  void AddFunc(const HostFunc& func);
  void AddResource(absl::string_view name, const ResourceType* type);

  std::string name_;
  NameMap<HostFunc> funcs_;
  NameMap<const ResourceType*> resources_;
  std::vector<std::shared_ptr<const void>> callables_;
};

// An interface that a linker makes when something asks for it first: `add` gives it its functions
// and resource types.
struct HostOffer {
  absl::string_view name;
  void (*add)(HostInterface& interface);
};

// What the host offers to components. An import is looked up by its exact name, then among the
// versions it is compatible with, where the highest registered wins (abi/syntax/semver.h).
// What becomes of an import that the host does not have. kTrap: a function that traps when it is
// called and says which it is; a resource type that has no values.
enum class UnknownImports : uint8_t { kRefuse, kTrap };

class HostLinker {
 public:
  HostLinker();
  ~HostLinker();
  HostLinker(const HostLinker&) = delete;
  HostLinker& operator=(const HostLinker&) = delete;

  // The interface of that name ("wasi:io/streams@0.2.12"), made when first asked for.
  HostInterface& Interface(absl::string_view name);
  // Registers interfaces that are made when asked for. A table of constants: it outlives the
  // linker.
  void Offer(absl::Span<const HostOffer> offers) { offers_.push_back(offers); }
  // Functions and resource types imported by plain names.
  HostInterface& Root() { return root_; }

  // What is there with another type than the import's is refused in any case.
  void SetUnknownImports(UnknownImports choice) { unknown_imports_ = choice; }
  UnknownImports unknown_imports() const { return unknown_imports_; }

  // Null when nothing compatible is registered. From any thread.
  const HostInterface* Find(absl::string_view import_name) const;
  const HostInterface& root() const { return root_; }
  std::vector<absl::string_view> InterfaceNames() const;
  ResourceNames Names() const;

 private:
  // The following are called with the mutex held.
  HostInterface* FindMade(absl::string_view name) const;
  const HostOffer* FindOffer(absl::string_view name) const;
  HostInterface& Make(absl::string_view name, void (*add)(HostInterface&)) const;
  void MakeAll() const;

  HostInterface root_;
  UnknownImports unknown_imports_ = UnknownImports::kRefuse;
  std::vector<absl::Span<const HostOffer>> offers_;
  mutable std::mutex mutex_;  // making what was offered is no change to those who look
  mutable NameMap<std::unique_ptr<HostInterface>> interfaces_;
};

}  // namespace tenon::abi
