// What a command line may hold, as constant tables, and the reading of one by them with glibc's
// argp. Help and error texts come from the same tables. No table is built at a start: it costs
// what argp does with a few rows.
#pragma once

#include <argp.h>

#include <limits>
#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::cli {

inline constexpr int kAnyNumber = std::numeric_limits<int>::max();

// The plain arguments.
struct Arguments {
  const char* usage;   // as help shows them: "FILE [ARGS...]"
  const char* needed;  // what is missing where there is none: "FILE"; null: there may be none
  int most;
  bool end_options;              // all after the first one is plain, whatever it looks like
  const char* advice = nullptr;  // where there is one too many; null: the usage
};

struct Syntax {
  const char* name;     // the subcommand's; empty for tenon itself
  const char* summary;  // one line
  Arguments arguments;
  const argp_option* options;           // closed by an empty row; one is kHelpOption
  std::string (*epilogue)() = nullptr;  // closes the help
};

// A row's key is its short form's character; the keys of options without one count from
// kFirstLongKey.
inline constexpr int kFirstLongKey = 256;
inline constexpr argp_option kHelpOption = {"help", 'h', nullptr, 0, "Print this help", -1};

// Takes an option by its key, with its value (null if it has none), or under kArgumentKey a plain
// argument. An error says what was expected of the value.
using Take = Status (*)(int key, const char* value, void* options);
inline constexpr int kArgumentKey = ARGP_KEY_ARG;

void PrintHelp(const Syntax& syntax);

// Hands to `take` in order what follows argv[0]. A result is the exit code to end with at once: 0
// when help was asked for and is printed, kExitUsage when a line on standard error says what is
// wrong.
std::optional<int> ReadCommandLine(const Syntax& syntax, int argc, char** argv, Take take,
                                   void* options);

// The same with the options' type.
template <typename Options, Status (*kTake)(int key, const char* value, Options& options)>
std::optional<int> ReadCommandLine(const Syntax& syntax, int argc, char** argv, Options& options) {
  const Take take = [](int key, const char* value, void* into) {
    return kTake(key, value, *static_cast<Options*>(into));
  };
  return ReadCommandLine(syntax, argc, argv, take, &options);
}

// "did you mean '--dir'?", with these dashes; empty where no name is near.
std::string Suggestion(absl::string_view word, absl::string_view dashes,
                       absl::Span<const absl::string_view> names);

}  // namespace tenon::cli
