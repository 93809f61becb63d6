// What a hostile WIT text may cost. Texts longer or deeper than this are refused (kLimit).
// Nothing recurses deeper than these limits, and nothing is sized by what a text declares.
#pragma once

#include <cstddef>
#include <cstdint>

namespace tenon::wit {

inline constexpr size_t kMaxWitBytes = size_t{16} << 20;          // of one file, or binary made
inline constexpr size_t kMaxWitBytesTogether = size_t{64} << 20;  // of those read at once
inline constexpr size_t kMaxNameBytes = 4096;     // names are repeated in what is made
inline constexpr uint32_t kMaxTypeNesting = 100;  // list<list<...>>, as it is written
inline constexpr uint32_t kMaxTypeDepth = 100;    // the same through names
// Steps that includes, uses and unions of worlds may take together.
inline constexpr uint64_t kMaxWork = 4'000'000;
}  // namespace tenon::wit
