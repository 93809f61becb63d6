// Module to bytes, the decoder's counterpart: the sections that the module needs, each in the
// shortest form, with the custom ones at their places. Function bodies and constant expressions are
// copied as they are. core: #binary-module
#pragma once

#include <cstdint>
#include <vector>

#include "vm/syntax/module.h"

namespace tenon::vm {

std::vector<uint8_t> EncodeModule(const Module& module);

// Appends the type of an import or export, its kind first. core: #binary-externtype
void EncodeExternType(const ImportType& type, std::vector<uint8_t>* out);
// Appends one type of a recursive type, as short as can be. core: #binary-subtype
void EncodeSubType(const SubType& type, std::vector<uint8_t>* out);

}  // namespace tenon::vm
