// Reading of types in the binary format, shared by the decoder and by the readers of instructions.
// Type indices stay the module's own; one of 2^23 or more cannot exist (limits.h) and saturates, so
// that validation reports it as unknown. core: #binary-types
//
// Each function returns false and leaves the failure in the reader.
#pragma once

#include "absl/base/attributes.h"
#include "vm/base/byte_reader.h"
#include "vm/syntax/features.h"
#include "vm/syntax/instruction.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

inline constexpr uint32_t kSaturatedTypeIndex = 1u << 23;

// The proposal that a type needs; kMvp for numbers and funcref.
Feature FeatureOf(HeapType heap);
Feature FeatureOf(ValType type);

bool ReadHeapType(ByteReader& reader, const Features& features, HeapType* out);
bool ReadRefType(ByteReader& reader, const Features& features, ValType* out);
bool ReadValType(ByteReader& reader, const Features& features, ValType* out);
bool ReadBlockType(ByteReader& reader, const Features& features, BlockType* out);

// The length of a vector: more items than bytes left cannot be. core: #binary-vec
bool ReadCount(ByteReader& reader, uint32_t* out);

// The failure of a reader inside a section, in the words for a section that ends too soon.
ABSL_ATTRIBUTE_COLD Error DecodingError(const ByteReader& reader);

}  // namespace tenon::vm
