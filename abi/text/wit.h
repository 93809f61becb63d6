// Types in WIT form, for messages: "result<list<u8>, stream-error>" spelt out, cut at a length.
// For a person to read, not to be parsed again.
#pragma once

#include <string>

#include "abi/types/type_table.h"

namespace tenon::abi {

std::string ToString(const TypeTable& types, ValType type);
std::string ToString(const TypeTable& types, FuncTypeId type);  // "func(a: u32) -> string"
std::string ToString(const TypeTable& types, const AnyType& type);
std::string ToString(const TypeTable& types, const ExternType& type);

}  // namespace tenon::abi
