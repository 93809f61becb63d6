// The structures of a compiled file that its writers (jit/image, seal.h) and its reader (image.h)
// share. FORMAT.md says what the file is around them.
#pragma once

#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace tenon::vm::artifact {

inline constexpr char kMagic[8] = {'\0', 't', 'e', 'n', 'o', 'n', '\r', '\n'};
inline constexpr uint32_t kVersion = 7;

// What the code relies on, and how much is told of it, as bits of Header::settings.
enum Setting : uint32_t {
  kGuardedMemories = 1,    // memories that may be guarded (runtime/bounds.h) are
  kDeterministicSimd = 2,  // EngineSettings::deterministic_simd
  kPreciseTraps = 4,       // see jit/README.md
  kIsComponent = 8,        // else a core module
  kReliesOnMargins = 16,   // of imported memories: runtime/memory_region.h
  kAllPositions = 32,      // of all instructions, not only of those that may trap or call
};

// Bytes of something, by their offset in what the field says.
struct Part {
  uint64_t offset;
  uint64_t size;
};

// Offsets are from the image's first byte, those of Parts from the trailer's but for its own, which
// is the file's. SealImage fills in what stands from `trailer` on, adds kIsComponent to `settings`,
// and makes the offset of `position_funcs`, the file's until then, the trailer's.
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
  uint32_t adapters;       // adapter_count of uint32_t, one a trampoline of the component's plan:
  uint32_t adapter_count;  // where its code begins; zero: it has none. Among the checked bytes
  uint32_t zero;
  Part position_funcs;        // FuncPositions (vm/runtime/code_positions.h), by their code
  Part trailer;               // in the file, in no segment: all parts
  Part rows;                  // Outlined, one a module, and what they name
  Part plan;                  // an archive (vm/valid/archive.h); behind the rows
  Part source;                // the component or module, in the binary format
  Part position_rows;         // what position_funcs point to
  uint8_t build[32];          // BuildId() of the Tenon that wrote it
  uint8_t source_digest[32];  // SHA-256 of the file that was compiled
  uint8_t rest_digest[32];    // SHA-256 of the file behind checked_bytes
  uint8_t digest[32];         // SHA-256 of the checked bytes without these, rows and plan
};
static_assert(sizeof(Header) == 328);

// The code of one core module.
struct Module {
  uint32_t func_count;  // functions that the module defines
  uint32_t funcs;       // func_count of Func, in the order of their indices
};

// A function. `call` and `entry` are as NativeFunc has them; zeros: it is not compiled.
struct Func {
  uint32_t call;
  uint32_t entry;
  uint32_t tail;  // zeros: it makes no tail calls
  uint32_t tail_entry;
  uint32_t type;  // TypeIdx
};

// Functions are many and a run asks for few: their rows have a digest a block, compared when the
// first of it is asked for.
inline constexpr size_t kFuncsPerBlock = 256;

// What is to be known of a core module beside the plan. Offsets of rows are from their part's.
struct Outlined {
  Part source;                // of the module in `source`
  uint8_t source_digest[32];  // SHA-256 of those bytes
  uint32_t digests;           // uint64_t a block of functions: the first bytes of its SHA-256
  uint32_t digest_count;
  uint32_t datas;  // data_count of Part: the bytes of data segments, in `source`
  uint32_t data_count;
};
static_assert(sizeof(Outlined) == 64);

// A hash of the structures and functions of the runtime that compiled code relies on (vmctx.def,
// builtins.def).
uint64_t LayoutHash();
// The Tenon that this is: SHA-256 of the sources of all that has a part in a compiled file.
absl::string_view BuildId();

}  // namespace tenon::vm::artifact
