// The compiler's front door: validated modules become the bytes of an artifact
// (vm/artifact/format.h), machine code of one processor under the settings that its header names.
// The same modules and options give the same bytes, whatever else the process does.
#pragma once

#include <tenon/bounds.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "jit/wiring.h"
#include "vm/artifact/seal.h"
#include "vm/base/status.h"
#include "vm/valid/resolved_module.h"

namespace tenon::jit {

class Budget;

enum class OptLevel : uint8_t { k0, k1, k2, k3, kSize };

// How exactly the state is kept that can be seen after a trap; see README.md.
enum class TrapPolicy : uint8_t { kPrecise, kComponent };

struct CompileOptions {
  OptLevel level = OptLevel::k2;
  std::string cpu = "native";  // or x86-64, x86-64-v2, -v3, -v4
  Bounds bounds = Bounds::kGuard;
  bool deterministic_simd = false;
  TrapPolicy trap_policy = TrapPolicy::kPrecise;
  // Whether an imported memory that is declared with fewer than all pages may be taken for one that
  // never has the last of them (vm/runtime/memory_region.h). Compile says no where the program
  // itself defines a memory with all pages.
  bool relies_on_margins = true;
  // Tell where all code comes from, not only what may trap or call: for tools that show code.
  bool all_positions = false;
  std::function<bool(vm::FuncIdx)> filter;  // which functions to compile; none: all
  unsigned threads = 0;                     // that compile; 0: one a core. The result is the same
  // Called as work gets done, by one thread at a time: bytes of bodies.
  std::function<void(uint64_t done, uint64_t total)> progress;
  // What a part of a module, most often one function, may take of processor time, what all may, and
  // memory of the whole process; 0: any. LLVM can't be stopped, so when more is taken a thread of
  // its own calls `over_budget` with an error (kLimit) that names the function, which must end the
  // process. Compile watches that; its caller may have begun to (budget.h).
  double budget_seconds = 0;
  double total_seconds = 0;
  uint64_t budget_bytes = 0;
  std::function<void(const Error&)> over_budget;
  // What object files may take together, about the size of the image; 0: any. Compile fails.
  uint64_t output_bytes = 0;
};

// What became of each defined function, in the order of their indices.
struct CompileReport {
  struct Func {
    vm::FuncIdx index;
    std::string reason;  // why it has no machine code; empty when it has
    bool is_compiled() const { return reason.empty(); }
  };
  std::vector<Func> funcs;
};

// What there is to compile: the core modules of a component in its order, or one module; all were
// validated with BodyValidation::kEager and the same features.
struct Program {
  absl::Span<const vm::ResolvedModule* const> modules;
  vm::artifact::Source source;  // what the artifact says of where it is from
  // What holds of the modules wherever the artifact is loaded as; null: nothing.
  const Wiring* wiring = nullptr;
};

// `reports`, one a module, may be null; so may `budget`, one that was started with these options.
// kUsage: no such processor; kLimit: more than `output_bytes`, or it can't be linked. One call at a
// time, since the linker has state of the process.
Result<std::vector<uint8_t>> Compile(const Program& program, const CompileOptions& options,
                                     std::vector<CompileReport>* reports, Budget* budget = nullptr);
// One core module that says nothing of its source.
Result<std::vector<uint8_t>> CompileModule(const vm::ResolvedModule& module,
                                           const CompileOptions& options, CompileReport* report);

}  // namespace tenon::jit
