#include "vm/sys/cpu.h"

namespace tenon::vm::sys {

bool HasFma() { return __builtin_cpu_supports("fma"); }

}  // namespace tenon::vm::sys
