// A module ready to be instantiated: its resolved form and a code slot a defined function. Shared
// by all its instances, in any store of the engine.
#pragma once

#include <atomic>
#include <cstdint>
#include <cstdlib>
#include <memory>
#include <mutex>
#include <string>

#include "vm/base/status.h"
#include "vm/runtime/code_positions.h"
#include "vm/runtime/engine.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm {

// What a compiled file has of a module, beside what `resolved` says of it.
class CompiledModule : public OutlinedFuncs {
 public:
  virtual NativeFunc NativeOf(size_t func) const = 0;  // of the func-th that it defines
  virtual bool relies_on_margins() const = 0;          // see Margins
  virtual const CodePositions& positions() const = 0;  // of all code of the file
  virtual uint32_t index() const = 0;                  // the module's number in it
  // With bodies, which are validated when they are walked, and names; made when first asked for.
  // Null: the file is damaged there.
  virtual const ResolvedModule* Whole() const = 0;
};

// Of memory that calloc gave: pages that nobody touches cost nothing.
struct FreeMemory {
  void operator()(void* memory) const { std::free(memory); }
};

// What machine code takes for granted of memories that instances import: that those declared with
// fewer than all pages have a margin (memory_region.h), which what is given for them may lack.
// Whichever of the two comes first excludes the other. From any thread.
class Margins {
 public:
  bool RelyOnThem() { return Become(State::kReliedOn); }
  bool DoWithoutThem() { return Become(State::kMissing); }

 private:
  enum class State : uint8_t { kNobodyCares, kReliedOn, kMissing };
  bool Become(State state) {
    State before = State::kNobodyCares;
    return state_.compare_exchange_strong(before, state) || before == state;
  }
  std::atomic<State> state_ = State::kNobodyCares;
};

struct LoadedModule {
  // Takes a validated module. `path` names its instances in backtraces, unless they have a name
  // of their own (InstanceLabel); empty: the name section's module name does. `compiled` is what
  // its functions are outlined by, if they are.
  static std::shared_ptr<LoadedModule> Create(
      Engine* engine, std::shared_ptr<const ResolvedModule> resolved, std::string path,
      std::shared_ptr<const CompiledModule> compiled = nullptr);

  Engine* engine = nullptr;
  std::shared_ptr<const ResolvedModule> resolved;
  std::shared_ptr<const CompiledModule> compiled;
  std::string path;
  // By FuncIdx minus the imported functions; zeros until asked for (Code).
  std::unique_ptr<FuncCode[], FreeMemory> codes;
  std::mutex codes_mutex;            // held while a slot is set up
  std::mutex translate_mutex;        // held while a body is translated
  std::shared_ptr<void> tier_state;  // the tier's, code included; guarded by the mutex

  Margins margins;
  std::shared_ptr<const void> image;  // what holds machine code of the functions, if any does

  // Makes the function machine code, which lives as long as `image`, from its next call on. From
  // any thread, once a function.
  void SetNative(FuncIdx func, NativeFunc native);

  FuncCode* Code(FuncIdx func) {
    FuncCode* const code = &codes[func.value() - resolved->imported_funcs];
    if (code->entry.load(std::memory_order_acquire) == nullptr) [[unlikely]]
      SetUp(func, code);
    return code;
  }

  // Where machine code of the functions, and of others that stand beside it, comes from: before
  // they are made to have any. `positions` live as long as the module; `index` is its number there.
  void SetPositions(const CodePositions* positions, uint32_t index) {
    image_module_ = index;
    positions_.store(positions, std::memory_order_release);
  }
  const CodePositions* positions() const { return positions_.load(std::memory_order_acquire); }
  uint32_t image_module() const { return image_module_; }

  // The module with the bodies of its functions; null where a compiled file is damaged.
  const ResolvedModule* Whole() const {
    return compiled != nullptr ? compiled->Whole() : resolved.get();
  }

 private:
  void SetUp(FuncIdx func, FuncCode* code);

  std::atomic<const CodePositions*> positions_ = nullptr;
  uint32_t image_module_ = 0;
};

}  // namespace tenon::vm
