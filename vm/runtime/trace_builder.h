// Adds frames to a trap's backtrace, for all tiers. Names are looked for at the end: they are found
// by reading all that a module has, and those of instances parts of the component.
#pragma once

#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/trap.h"

namespace tenon::vm {

class TraceBuilder {
 public:
  explicit TraceBuilder(Trap* trap) : trap_(*trap), first_(trap->backtrace.size()) {}

  // False when there are as many frames as a backtrace may have. `offset` 0: the function's begin.
  bool Add(const Instance& instance, FuncIdx func, uint32_t offset);
  // Once, when all are there.
  void Name();

 private:
  const std::string& NameOf(const Instance& instance);
  void NameAllOf(const LoadedModule& module);

  Trap& trap_;
  absl::flat_hash_map<const Instance*, std::string> instance_names_;
  const size_t first_;                        // frame that is ours
  std::vector<const LoadedModule*> modules_;  // of our frames; null once named
};

// The bytes of a function's body in its module; none where a compiled file is damaged.
ByteRange CodeOf(const LoadedModule& module, FuncIdx func);

}  // namespace tenon::vm
