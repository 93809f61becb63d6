// What the processor at hand can do beyond what we are compiled for. Asked once; whoever has two
// ways of doing something picks by it.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/sys/x86_64/cpu_attributes.h"

namespace tenon::vm::sys {

// Fused multiply-add, as functions marked TENON_WITH_FMA use it.
bool HasFma();

// Extensions of the processor that compiled code may need, by LLVM's names; at most 64.
absl::Span<const absl::string_view> CpuFeatureNames();
// Those it has and the system lets programs use: bit i is the i-th of the names.
uint64_t CpuFeatures();

}  // namespace tenon::vm::sys
