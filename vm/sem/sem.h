// All operations of core WebAssembly that compute a value from values: one function an opcode,
// named as the opcode in CamelCase. i32, i64, f32, f64, v128 are uint32_t, uint64_t, float, double,
// V128; truth values are uint32_t 0 or 1; what can trap returns OrTrap; lane immediates come last.
// Plain functions, so that decltype(&sem::I32Add) gives the types of operands and result.
#pragma once

#include "vm/sem/convert.h"       // IWYU pragma: export
#include "vm/sem/float.h"         // IWYU pragma: export
#include "vm/sem/int.h"           // IWYU pragma: export
#include "vm/sem/simd_bits.h"     // IWYU pragma: export
#include "vm/sem/simd_convert.h"  // IWYU pragma: export
#include "vm/sem/simd_float.h"    // IWYU pragma: export
#include "vm/sem/simd_int.h"      // IWYU pragma: export
#include "vm/sem/simd_lane.h"     // IWYU pragma: export
#include "vm/sem/simd_relaxed.h"  // IWYU pragma: export
#include "vm/sem/simd_widen.h"    // IWYU pragma: export
#include "vm/sem/wide.h"          // IWYU pragma: export
