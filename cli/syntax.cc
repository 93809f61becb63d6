#include "cli/syntax.h"

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/commands.h"
#include "vm/base/near_match.h"

namespace tenon::cli {
namespace {

std::string ProgramName(const Syntax& syntax) {
  return syntax.name[0] == '\0' ? "tenon" : absl::StrCat("tenon ", syntax.name);
}

int ComplainOfUsage(const Syntax& syntax, absl::string_view text) {
  const absl::string_view separator = syntax.name[0] == '\0' ? "" : ": ";
  return Complain(absl::StrCat(syntax.name, separator, text), kExitUsage);
}

// The name of the option that an argument spells: "--dir=x" is "--dir", "-hx" is "-h".
absl::string_view OptionName(absl::string_view argument) {
  return absl::StartsWith(argument, "--") ? argument.substr(0, argument.find('='))
                                          : argument.substr(0, 2);
}

bool Names(absl::string_view name, const argp_option& row) {
  if (absl::ConsumePrefix(&name, "--")) return name == row.name;
  return name.size() == 2 && name[1] == row.key;
}

// Null if there is none of that very name: argp takes abbreviations, which a later option would
// make ambiguous.
const argp_option* FindOption(const Syntax& syntax, absl::string_view name) {
  for (const argp_option* row = syntax.options; row->name != nullptr; ++row) {
    if (Names(name, *row)) return row;
  }
  return nullptr;
}

std::string UnknownOption(const Syntax& syntax, absl::string_view name) {
  std::vector<absl::string_view> names;
  for (const argp_option* row = syntax.options; row->name != nullptr; ++row) {
    names.push_back(row->name);
  }
  absl::string_view word = name;
  while (absl::ConsumePrefix(&word, "-")) {
  }
  std::string suggestion = Suggestion(word, "--", names);
  if (suggestion.empty()) suggestion = absl::StrCat("see '", ProgramName(syntax), " --help'");
  return absl::StrCat("unknown option '", name, "'; ", suggestion);
}

// What is wrong with an argument that argp did not take for an option.
std::string Diagnose(const Syntax& syntax, absl::string_view argument) {
  const absl::string_view name = OptionName(argument);
  const argp_option* option = FindOption(syntax, name);
  if (option == nullptr) return UnknownOption(syntax, argument.substr(0, argument.find('=')));
  if (option->arg != nullptr) {
    return absl::StrCat("no value for option '", name, "'; expected ", name, " ", option->arg);
  }
  return absl::StrCat("'", argument, "': option '", name, "' takes no value");
}

std::string UsageLine(const Syntax& syntax) {
  return absl::StrCat("usage: ", ProgramName(syntax), " [OPTION...] ", syntax.arguments.usage);
}

struct Reading {
  const Syntax& syntax;
  Take take;
  void* options;
  int next = 1;  // the first of argv that was not taken yet
  int arguments = 0;
  std::optional<int> exit_code;
};

error_t End(Reading& reading, int exit_code) {
  reading.exit_code = exit_code;
  return EINVAL;
}

error_t TakeOption(Reading& reading, int key, const char* value, absl::string_view argument) {
  const absl::string_view name = OptionName(argument);
  // Left to ReadCommandLine to report, like all that is not an option.
  if (FindOption(reading.syntax, name) == nullptr) return EINVAL;
  if (key == kHelpOption.key) {
    PrintHelp(reading.syntax);
    return End(reading, 0);
  }
  // A value stands after a `=` also where it follows a short option: "-o=x".
  const bool is_attached = value != nullptr && name.size() == 2 && argument.size() > 2;
  if (is_attached && *value == '=') ++value;
  const Status status = reading.take(key, value, reading.options);
  if (status) return 0;
  return End(reading,
             ComplainOfUsage(reading.syntax,
                             absl::StrCat("option '", name, "': ", status.error().ToString())));
}

error_t TakeArgument(Reading& reading, const char* value) {
  const Syntax& syntax = reading.syntax;
  if (++reading.arguments > syntax.arguments.most) {
    const char* const advice = syntax.arguments.advice;
    return End(reading, ComplainOfUsage(
                            syntax, absl::StrCat("unexpected argument '", value, "'; ",
                                                 advice != nullptr ? advice : UsageLine(syntax))));
  }
  const Status status = reading.take(kArgumentKey, value, reading.options);
  if (status) return 0;
  return End(reading, ComplainOfUsage(syntax, absl::StrCat("argument '", value,
                                                           "': ", status.error().ToString())));
}

error_t TakeArguments(Reading& reading, const char* value, argp_state* state) {
  error_t error = TakeArgument(reading, value);
  if (!reading.syntax.arguments.end_options) return error;
  while (error == 0 && state->next < state->argc) {
    error = TakeArgument(reading, state->argv[state->next++]);
  }
  return error;
}

// Called by argp for each option and plain argument, and with keys of its own (from ARGP_KEY_END).
error_t OnKey(int key, char* value, argp_state* state) {
  Reading& reading = *static_cast<Reading*>(state->input);
  if (key == ARGP_KEY_NO_ARGS) {
    const Syntax& syntax = reading.syntax;
    if (syntax.arguments.needed == nullptr) return 0;
    return End(reading, ComplainOfUsage(syntax, absl::StrCat("no ", syntax.arguments.needed,
                                                             " given; ", UsageLine(syntax))));
  }
  if (key >= ARGP_KEY_END) return ARGP_ERR_UNKNOWN;
  const error_t error = key == kArgumentKey
                            ? TakeArguments(reading, value, state)
                            : TakeOption(reading, key, value, state->argv[reading.next]);
  if (error == 0) reading.next = state->next;
  return error;
}

}  // namespace

void PrintHelp(const Syntax& syntax) {
  std::string doc = syntax.summary;
  // argp prints what follows a vertical tab after the options.
  if (syntax.epilogue != nullptr) absl::StrAppend(&doc, "\v", syntax.epilogue());
  const argp help = {.options = syntax.options,
                     .parser = nullptr,
                     .args_doc = syntax.arguments.usage,
                     .doc = doc.c_str(),
                     .children = nullptr,
                     .help_filter = nullptr,
                     .argp_domain = nullptr};
  // Without what argp adds about short options.
  setenv("ARGP_HELP_FMT", "no-dup-args-note", /*overwrite=*/0);
  std::string name = ProgramName(syntax);
  argp_help(&help, stdout, ARGP_HELP_SHORT_USAGE | ARGP_HELP_LONG | ARGP_HELP_DOC, name.data());
}

std::optional<int> ReadCommandLine(const Syntax& syntax, int argc, char** argv, Take take,
                                   void* options) {
  const argp reader = {.options = syntax.options,
                       .parser = OnKey,
                       .args_doc = nullptr,
                       .doc = nullptr,
                       .children = nullptr,
                       .help_filter = nullptr,
                       .argp_domain = nullptr};
  Reading reading = {.syntax = syntax, .take = take, .options = options};
  constexpr unsigned kFlags = ARGP_IN_ORDER | ARGP_NO_HELP | ARGP_NO_ERRS | ARGP_NO_EXIT;
  const error_t error = argp_parse(&reader, argc, argv, kFlags, nullptr, &reading);
  if (error == 0 || reading.exit_code) return reading.exit_code;
  return ComplainOfUsage(syntax, Diagnose(syntax, argv[reading.next]));
}

std::string Suggestion(absl::string_view word, absl::string_view dashes,
                       absl::Span<const absl::string_view> names) {
  const absl::string_view name = NearMatch(word, names);
  return name.empty() ? "" : absl::StrCat("did you mean '", dashes, name, "'?");
}

}  // namespace tenon::cli
