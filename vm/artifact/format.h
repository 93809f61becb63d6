// The structures of a compiled file that its writer (jit/image) and its reader (image.h) share.
// FORMAT.md says what the file is around them.
#pragma once

#include <cstdint>

namespace tenon::vm::artifact {

inline constexpr char kMagic[8] = {'\0', 't', 'e', 'n', 'o', 'n', '\r', '\n'};
inline constexpr uint32_t kVersion = 1;

// What the code relies on, as bits of Header::settings.
enum Setting : uint32_t {
  kGuardedMemories = 1,    // memories that may be guarded (runtime/bounds.h) are
  kDeterministicSimd = 2,  // EngineSettings::deterministic_simd
  kPreciseTraps = 4,       // see jit/README.md
};

// Offsets are from the image's first byte.
struct Header {
  char magic[8];
  uint32_t version;
  uint32_t settings;
  uint64_t layout;      // LayoutHash() of the Tenon that wrote it
  uint64_t features;    // that the module was validated with, as Features::bits()
  uint32_t func_count;  // functions that the module defines
  uint32_t funcs;       // func_count of Func, in the order of their indices
};
static_assert(sizeof(Header) == 40);

// Machine code of a function, both as NativeFunc has them; zeros: it is not compiled.
struct Func {
  uint32_t call;
  uint32_t entry;
};

// A hash of the structures and functions of the runtime that compiled code relies on (vmctx.def,
// builtins.def).
uint64_t LayoutHash();

}  // namespace tenon::vm::artifact
