// The table of subcommands: what each one's command line may hold, and what it does. Help,
// completion and the reading of a command line all come from it.
#pragma once

#include "absl/types/span.h"
#include "cli/syntax.h"

namespace tenon::cli {

struct Subcommand {
  Syntax syntax;
  // Reads the command line, whose argv[0] is the subcommand, and acts on it: the exit code.
  int (*execute)(const Syntax& syntax, int argc, char** argv);
};

absl::Span<const Subcommand> Subcommands();
// What may stand before a subcommand.
const Syntax& TopLevelSyntax();

}  // namespace tenon::cli
