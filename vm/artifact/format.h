// The structures of a compiled file that its writers (jit/image, seal.h) and its reader (image.h)
// share. FORMAT.md says what the file is around them.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"

namespace tenon::vm::artifact {

inline constexpr char kMagic[8] = {'\0', 't', 'e', 'n', 'o', 'n', '\r', '\n'};
inline constexpr uint32_t kVersion = 2;

// What the code relies on, as bits of Header::settings.
enum Setting : uint32_t {
  kGuardedMemories = 1,    // memories that may be guarded (runtime/bounds.h) are
  kDeterministicSimd = 2,  // EngineSettings::deterministic_simd
  kPreciseTraps = 4,       // see jit/README.md
  kIsComponent = 8,        // else a core module
};

// Bytes of the file, by their offset in it; outside of all segments.
struct Part {
  uint64_t offset;
  uint64_t size;
};

// Offsets are from the image's first byte. Rows from `source` on are what SealImage fills in.
struct Header {
  char magic[8];
  uint32_t version;
  uint32_t settings;
  uint64_t layout;        // LayoutHash() of the Tenon that wrote it
  uint64_t features;      // that the source was validated with, as Features::bits()
  uint64_t cpu_features;  // that the code needs, as sys::CpuFeatures()
  char cpu[32];           // the processor it was asked to be for, zeros behind
  uint8_t level;          // how far it was optimised: '0' to '3', 's'
  uint8_t zeros[7];
  uint32_t modules;  // module_count of Module, in the component's order
  uint32_t module_count;
  uint32_t checked_bytes;  // so many from the first on have Header::digest
  uint32_t zero;
  Part source;                // the component or module, in the binary format
  uint8_t build[32];          // BuildId() of the Tenon that wrote it
  uint8_t source_digest[32];  // SHA-256 of the file that was compiled
  uint8_t rest_digest[32];    // SHA-256 of the file behind checked_bytes
  uint8_t digest[32];         // SHA-256 of the checked bytes without these
};
static_assert(sizeof(Header) == 240);

// The code of one core module.
struct Module {
  uint32_t func_count;  // functions that the module defines
  uint32_t funcs;       // func_count of Func, in the order of their indices
};

// Machine code of a function, both as NativeFunc has them; zeros: it is not compiled.
struct Func {
  uint32_t call;
  uint32_t entry;
  uint32_t tail;  // zeros: it makes no tail calls
  uint32_t tail_entry;
};

// A hash of the structures and functions of the runtime that compiled code relies on (vmctx.def,
// builtins.def).
uint64_t LayoutHash();
// The Tenon that this is: SHA-256 of the sources of all that has a part in a compiled file.
absl::string_view BuildId();

}  // namespace tenon::vm::artifact
