// Component values as scripts write them: `(list.const (u8.const 1))`. Parsed by the type that is
// expected, so that names of cases and labels need no lookup later. What has another type is
// refused with kUsage, what is not of the format with kMalformed.
#pragma once

#include "abi/types/value.h"
#include "vm/base/status.h"
#include "vm/text/lexer.h"

namespace tenon::cli {

// From the opening parenthesis to the closing one. As deep as the type.
Result<abi::Value> ParseComponentValue(vm::Lexer& lexer, const abi::TypeTable& types,
                                       abi::ValType type);

// Whether a constant that begins with the word is one of a component type and of no core type.
bool IsComponentConstant(const vm::Token& word);

}  // namespace tenon::cli
