// A WIT file in the one layout: two spaces, an item a line, 100 columns, comments kept. Formatting
// what is formatted changes nothing, and the text parses to the same items with the same
// documentation.
#pragma once

#include <string>

#include "absl/strings/string_view.h"
#include "wit/syntax/ast.h"

namespace tenon::wit {

std::string FormatWit(const ast::Document& document);

// A name as it is written: behind a % where it is a keyword.
std::string Spell(absl::string_view name);
std::string Spell(const ast::PackageName& package);  // "wasi:io@0.2.0"
std::string Spell(const ast::Path& path);
std::string Spell(const ast::Type& type);

}  // namespace tenon::wit
