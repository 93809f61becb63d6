// Constants of scripts: what functions are given, and what their results are compared with. Each
// parses from the opening parenthesis to the closing one.
#pragma once

#include "cli/wast/matching.h"
#include "vm/base/status.h"
#include "vm/text/lexer.h"

namespace tenon::cli {

Result<ScriptValue> ParseScriptValue(vm::Lexer& lexer);
Result<ResultPattern> ParseResultPattern(vm::Lexer& lexer);

// Consumes a parenthesis, or says what stands in its place.
Status ExpectLeftParen(vm::Lexer& lexer);
Status ExpectRightParen(vm::Lexer& lexer);

}  // namespace tenon::cli
