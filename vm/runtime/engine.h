// The engine: what all modules and stores share. Immutable once built but for the types and the
// layouts of their objects, which are safe for concurrent use.
#pragma once

#include "absl/types/span.h"
#include "vm/runtime/bounds.h"
#include "vm/runtime/exception.h"
#include "vm/runtime/func.h"
#include "vm/runtime/gc/layout.h"
#include "vm/syntax/features.h"
#include "vm/syntax/type_store.h"

namespace tenon::vm {

struct Trap;

// How functions run: given by the tier that is linked in (the interpreter). The runtime stands left
// of the tiers and reaches them only through this.
struct Tier {
  // What FuncCode::entry is of a function that has not been translated yet.
  const Word* (*lazy_entry)();
  // What FuncCode::entry is of a function that has machine code.
  const Word* (*native_entry)();
  // Calls `func` with raw slots (room for the larger of parameters and results). False: trapped or
  // threw, which the store then knows.
  bool (*invoke)(Store& store, const Func& func, Slot* slots);
  // The same for compiled code, which goes on itself where the function ends with a tail call of a
  // compiled one: RunBlock::tail_entry then says with what, and there are no results yet.
  bool (*invoke_from_native)(Store& store, const Func& func, Slot* slots);
  // Appends the frames that an exception has left to a trap's backtrace.
  void (*append_trace)(absl::Span<const CodeAddress> trace, Trap* trap);
};

// What all stores and modules of an engine have in common.
struct EngineSettings {
  Features features;
  Bounds bounds = Bounds::kGuard;
  // Relaxed SIMD as core: #profile-deterministic has it, the same on every machine; else as the
  // processor does it.
  bool deterministic_simd = false;
  // Asked of every module as it is loaded, from any thread: gives functions of it machine code
  // (LoadedModule::SetNative). Null where nobody does.
  void (*compile)(LoadedModule& module) = nullptr;
};

class Engine {
 public:
  explicit Engine(const Tier& tier, EngineSettings settings = {})
      : tier_(tier), settings_(settings) {}
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;

  TypeStore& types() { return types_; }
  LayoutTable& layouts() { return layouts_; }
  const EngineSettings& settings() const { return settings_; }
  const Features& features() const { return settings_.features; }
  const Tier& tier() const { return tier_; }

 private:
  TypeStore types_;
  LayoutTable layouts_{types_};
  const Tier& tier_;
  EngineSettings settings_;
};

}  // namespace tenon::vm
