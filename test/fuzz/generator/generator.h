// Makes valid modules from bytes that decide everything: a fuzzer's, or a seed's. They use every
// instruction of vm/syntax/opcodes_*.def that the features have. The design: test/fuzz/README.md.
//
// Exports: functions f0, f1, ... whose parameters and results a host without vectors and references
// can give and take; globals g0 (the fuel: set it before a call), g1, ...; memories m0, ...; tables
// t0, ...; tags e0, ....
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "test/fuzz/generator/module_scope.h"

namespace tenon::vm {

// The module's binary. Any bytes will do.
std::vector<uint8_t> GenerateModule(absl::Span<const uint8_t> choices,
                                    const GeneratorOptions& options = {});
// From as many bytes as a module takes in the most cases.
std::vector<uint8_t> GenerateModule(uint64_t seed, const GeneratorOptions& options = {});

}  // namespace tenon::vm
