// Bytes to Module: structure only. Types are decoded whole; function bodies and constant
// expressions stay ranges of the bytes, and only their extent is checked. core: #binary-module
//
// Errors are kMalformed or kLimit, with the absolute offset and the section as context. Texts and
// order are the reference interpreter's. Malformed function bodies are found when bodies are
// walked (vm/valid).
#pragma once

#include <cstdint>
#include <vector>

#include "vm/base/byte_reader.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

// Takes over the bytes; the module keeps them.
Result<Module> DecodeModule(std::vector<uint8_t> bytes, const Features& features);
// The module keeps the owner of the bytes.
Result<Module> DecodeModule(SharedBytes bytes, const Features& features);

// One recursive type where the reader stands, as in a type section. False leaves the failure in
// the reader.
bool DecodeRecType(ByteReader& reader, const Features& features, std::vector<SubType>* out);
// The same of one type of a group.
bool DecodeSubType(ByteReader& reader, const Features& features, SubType* out);

}  // namespace tenon::vm
