// Text of WIT to a Document. The grammar is WIT.md's, with commas allowed behind the last of any
// list. An error has its place, what stands there and what was expected. wit: "Lexical structure"
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wit/syntax/ast.h"

namespace tenon::wit {

// The text must live as long as the document. Errors are kMalformed, or kLimit (limits.h).
Result<ast::Document> ParseWit(absl::string_view text);

// The documentation before an item: its lines without marks, joined by newlines.
std::string DocsOf(const ast::Document& document, const ast::Head& head);

}  // namespace tenon::wit
