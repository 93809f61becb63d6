// The types of what modules import and export in the words of the text format, for people:
// "(func (param i32))". core: #text-externtype
#pragma once

#include <string>

#include "vm/syntax/types.h"

namespace tenon::vm {

std::string ExternText(const FuncType& type);
std::string ExternText(const TableType& type);
std::string ExternText(const MemoryType& type);
std::string ExternText(const GlobalType& type);
// Of a tag whose exception has the type.
std::string TagText(const FuncType& type);

}  // namespace tenon::vm
