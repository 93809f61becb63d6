// Implementation limits on modules: the core specification leaves them to us.
// Beyond one, decoding or validation fails with ErrorKind::kLimit and a text that names it.
#pragma once

#include <cstdint>

namespace tenon::vm {

inline constexpr uint64_t kMaxModuleBytes = uint64_t{1} << 30;
inline constexpr uint32_t kMaxTypes = 1'000'000;
inline constexpr uint32_t kMaxFunctions = 1'000'000;
inline constexpr uint32_t kMaxImports = 1'000'000;
inline constexpr uint32_t kMaxExports = 1'000'000;
inline constexpr uint32_t kMaxGlobals = 1'000'000;
inline constexpr uint32_t kMaxSegments = 100'000;        // element and data segments, each
inline constexpr uint32_t kMaxFunctionBody = 7'654'321;  // bytes
inline constexpr uint32_t kMaxLocals = 50'000;           // parameters included
// Of all functions of a module: a few bytes can declare as many as a function may have.
inline constexpr uint64_t kMaxTotalLocals = 50'000'000;
inline constexpr uint32_t kMaxParams = 1'000;
inline constexpr uint32_t kMaxResults = 1'000;
inline constexpr uint32_t kMaxTables = 100;
inline constexpr uint32_t kMaxMemories = 100;
inline constexpr uint64_t kMaxTableEntries = 10'000'000;
inline constexpr uint32_t kMaxControlDepth = 50'000;
inline constexpr uint32_t kMaxOperands = 1'000'000;  // on a function's operand stack
inline constexpr uint32_t kMaxSubtypeDepth = 63;
inline constexpr uint32_t kMaxFields = 10'000;  // of a structure

// Default size of the interpreter's frame stack, in bytes.
inline constexpr uint64_t kDefaultStackBytes = 512 * 1024;

}  // namespace tenon::vm
