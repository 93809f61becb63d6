// Completion scripts, made of the same tables as the reading of command lines and the help.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "cli/subcommands.h"

namespace tenon::cli {
namespace {

// What stands for a value or an argument in a table's usage text, and what completes it. A usage
// text of one word with `|` in it is a choice; one that stands first, `a|b FILE` or `[a|b] FILE`,
// is offered beside what the rest stands for.
struct Placeholder {
  absl::string_view name;  // what the text begins with
  bool directories_only;
  absl::string_view pattern;  // of files, or some with `|` between
};
constexpr Placeholder kPlaceholders[] = {
    {"HOST", true, ""},
    {"FILE|DIR", false, "*.wit|*.wasm"},
    {"FILE", false, "*.wasm|*.wat|*.tenon"},
    {"PATH", false, "*.wast"},
    {"OUTPUT", false, "*"},
    {"DIR", true, ""},
    {"PLUG", false, "*.wasm"},
};

// `a|b FILE`, `[a|b] FILE`: its words, and the text behind them.
struct FirstWords {
  std::string words;
  absl::string_view rest;
};
FirstWords TakeWords(absl::string_view usage) {
  const size_t bracket = usage[0] == '[' ? 1 : 0;
  const size_t end = bracket != 0 ? usage.find(']') : usage.find(' ');
  if (end == usage.npos || end + bracket >= usage.size()) return {"", usage};
  const absl::string_view words = usage.substr(bracket, end - bracket);
  if (!absl::StrContains(words, '|') || !absl::ascii_islower(words[0])) return {"", usage};
  return {absl::StrReplaceAll(words, {{"|", " "}}), usage.substr(end + bracket + 1)};
}

const Placeholder* FindPlaceholder(absl::string_view usage) {
  for (const Placeholder& placeholder : kPlaceholders) {
    if (absl::StartsWith(usage, placeholder.name)) return &placeholder;
  }
  return nullptr;
}

std::string SubcommandNames() {
  std::vector<absl::string_view> names;
  for (const Subcommand& subcommand : Subcommands()) names.push_back(subcommand.syntax.name);
  return absl::StrJoin(names, " ");
}

// The words of a choice, or the one word that a value can be.
std::string Choices(absl::string_view usage) {
  if (usage == "[SUBCOMMAND]") return SubcommandNames();
  const bool is_choice = absl::StrContains(usage, '|') && !absl::StrContains(usage, ' ');
  const bool is_word = absl::ascii_islower(usage[0]) && !absl::StrContains(usage, ' ');
  const bool is_words = is_choice || is_word;
  return is_words ? absl::StrReplaceAll(usage, {{"|", " "}}) : "";
}

// The ways to write an option.
std::vector<std::string> Spellings(const argp_option& row) {
  std::vector<std::string> spellings = {absl::StrCat("--", row.name)};
  if (row.key < kFirstLongKey) spellings.push_back({'-', static_cast<char>(row.key)});
  return spellings;
}

template <typename Keep>
std::string OptionWords(const Syntax& syntax, Keep keep) {
  std::vector<std::string> words;
  for (const argp_option* row = syntax.options; row->name != nullptr; ++row) {
    if (!keep(*row)) continue;
    for (std::string& spelling : Spellings(*row)) words.push_back(std::move(spelling));
  }
  return absl::StrJoin(words, " ");
}

std::string AllOptions(const Syntax& syntax) {
  return OptionWords(syntax, [](const argp_option&) { return true; });
}

// --- bash ----------------------------------------------------------------------------------------

// Before it stand _tenon_syntax, which sets what is to know of a subcommand, and _tenon_value,
// which completes the value of an option or, under its usage text, an argument.
constexpr absl::string_view kBash = R"(
_tenon_words() { # WORDS WORD
  mapfile -t COMPREPLY < <(compgen -W "$1" -- "$2")
}

_tenon_directories() { # WORD
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <(compgen -d -- "$1")
}

_tenon_files() { # PATTERNS WORD [WORDS]
  local patterns pattern
  IFS='|' read -ra patterns <<< "$1"
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <({
    for pattern in "${patterns[@]}"; do compgen -f -X "!$pattern" -- "$2"; done
    compgen -d -- "$2"
    compgen -W "${3:-}" -- "$2"
  } | sort -u)
}

_tenon() {
  local options= valued= argument= most=0 rest=0 i subcommand=${COMP_WORDS[1]}
  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} arguments=0
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    _tenon_words "$_tenon_first" "$word"
    return
  fi
  _tenon_syntax "$subcommand" || return
  for ((i = 2; i < COMP_CWORD; ++i)); do
    # An option's value follows it, or, as bash takes words apart, a `=` after it.
    if ((arguments == 0 || rest == 0)) && [[ " $valued " == *" ${COMP_WORDS[i]} "* ]]; then
      [[ ${COMP_WORDS[i+1]} == = && i+2 -lt COMP_CWORD ]] && i=$((i + 2)) || i=$((i + 1))
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      arguments=$((arguments + 1))
    fi
  done
  if ((arguments > 0 && rest)); then
    _tenon_files '*' "$word"
    return
  fi
  [[ $option == = ]] && option=${COMP_WORDS[COMP_CWORD-2]}
  [[ $word == = ]] && word=
  if [[ " $valued " == *" $option "* ]]; then
    _tenon_value "$subcommand $option" "$word"
  elif [[ $word == -* ]]; then
    _tenon_words "$options" "$word"
  elif ((arguments < most)); then
    _tenon_value "$subcommand $argument" "$word"
  fi
}

complete -F _tenon tenon
)";

// The call that completes what the usage text stands for; empty if nothing does.
std::string BashAction(absl::string_view usage) {
  if (const std::string words = Choices(usage); !words.empty()) {
    return absl::StrCat("_tenon_words '", words, "' \"$2\"");
  }
  const FirstWords words = TakeWords(usage);
  const Placeholder* placeholder = FindPlaceholder(words.rest);
  if (placeholder == nullptr) return "";
  if (placeholder->directories_only) return "_tenon_directories \"$2\"";
  return absl::StrCat("_tenon_files '", placeholder->pattern, "' \"$2\" '", words.words, "'");
}

std::string BashSyntax(const Syntax& syntax) {
  const auto takes_value = [](const argp_option& row) { return row.arg != nullptr; };
  return absl::StrCat("    ", syntax.name, ")\n      options='", AllOptions(syntax),
                      "'\n      valued='", OptionWords(syntax, takes_value), "'\n      argument='",
                      syntax.arguments.usage, "' most=", syntax.arguments.most,
                      " rest=", syntax.arguments.end_options ? 1 : 0, " ;;\n");
}

std::string BashValue(const Syntax& syntax, absl::string_view what, absl::string_view usage) {
  const std::string action = BashAction(usage);
  if (action.empty()) return "";
  return absl::StrCat("    '", syntax.name, " ", what, "') ", action, " ;;\n");
}

std::string BashValues(const Syntax& syntax) {
  std::string cases = BashValue(syntax, syntax.arguments.usage, syntax.arguments.usage);
  for (const argp_option* row = syntax.options; row->name != nullptr; ++row) {
    if (row->arg == nullptr) continue;
    for (const std::string& spelling : Spellings(*row)) {
      cases += BashValue(syntax, spelling, row->arg);
    }
  }
  return cases;
}

std::string BashScript() {
  std::string cases, values;
  for (const Subcommand& subcommand : Subcommands()) {
    cases += BashSyntax(subcommand.syntax);
    values += BashValues(subcommand.syntax);
  }
  return absl::StrCat(
      "# Completion of tenon's command line for bash; made by tenon.\n_tenon_first='",
      SubcommandNames(), " ", AllOptions(TopLevelSyntax()),
      "'\n\n_tenon_syntax() { # SUBCOMMAND\n  case $1 in\n", cases,
      "    *) return 1 ;;\n  esac\n}\n\n_tenon_value() { # SUBCOMMAND-AND-OPTION WORD\n  case $1 "
      "in\n",
      values, "  esac\n}\n", kBash);
}

// --- zsh -----------------------------------------------------------------------------------------

// In quotes, with the characters marked that _arguments and _describe give a meaning.
std::string ZshText(absl::string_view text) {
  return absl::StrReplaceAll(text, {{"'", "'\\''"}, {":", "\\:"}, {"[", "\\["}, {"]", "\\]"}});
}

std::string ZshAction(absl::string_view usage) {
  if (const std::string choices = Choices(usage); !choices.empty()) {
    return absl::StrCat("(", choices, ")");
  }
  const FirstWords words = TakeWords(usage);
  const Placeholder* placeholder = FindPlaceholder(words.rest);
  if (placeholder == nullptr) return "";
  if (placeholder->directories_only) return "_files -/";
  const std::string files = absl::StrCat("_files -g \"(", placeholder->pattern, ")\"");
  if (words.words.empty()) return files;
  return absl::StrCat("{_alternative \"words:word:(", words.words,
                      ")\" \"files:file:", absl::StrReplaceAll(files, {{"\"", "\\\""}}), "\"}");
}

// A short option and the long one exclude each other.
std::string ZshOption(const argp_option& row) {
  const absl::string_view repeats = row.arg == nullptr ? "" : "*";
  std::string text = absl::StrCat("'", repeats, "--", row.name, row.arg == nullptr ? "" : "=");
  if (row.key < kFirstLongKey) {
    const std::string letter(1, static_cast<char>(row.key));
    text =
        absl::StrCat("'(-", letter, " --", row.name, ")'{-", letter, row.arg == nullptr ? "" : "+",
                     ",--", row.name, row.arg == nullptr ? "" : "=", "}'");
  }
  absl::StrAppend(&text, "[", ZshText(row.doc), "]");
  if (row.arg != nullptr) absl::StrAppend(&text, ":", ZshText(row.arg), ":", ZshAction(row.arg));
  return text + "'";
}

std::string ZshOptions(const Syntax& syntax) {
  std::string text;
  for (const argp_option* row = syntax.options; row->name != nullptr; ++row) {
    absl::StrAppend(&text, " \\\n        ", ZshOption(*row));
  }
  return text;
}

std::string ZshSyntax(const Syntax& syntax) {
  const Arguments& arguments = syntax.arguments;
  const std::string action = ZshAction(arguments.usage);
  std::string text = absl::StrCat(
      "    ", syntax.name, ")\n      _arguments -S", ZshOptions(syntax), " \\\n        '",
      arguments.most == 1 || arguments.end_options ? "1" : "*", ":",
      ZshText(arguments.needed == nullptr ? arguments.usage : arguments.needed), ":", action, "'");
  if (arguments.end_options) text += " \\\n        '*:::the guest:_files'";
  return text + " ;;\n";
}

std::string ZshScript() {
  std::string names, cases;
  for (const Subcommand& subcommand : Subcommands()) {
    const Syntax& syntax = subcommand.syntax;
    absl::StrAppend(&names, "      '", syntax.name, ":", ZshText(syntax.summary), "'\n");
    cases += ZshSyntax(syntax);
  }
  return absl::StrCat(
      "#compdef tenon\n# Completion of tenon's command line for zsh; made by tenon.\n\n"
      "_tenon() {\n  local -a subcommands\n  if (( CURRENT == 2 )); then\n"
      "    subcommands=(\n",
      names, "    )\n    _describe subcommand subcommands\n    _arguments",
      ZshOptions(TopLevelSyntax()),
      "\n    return\n  fi\n  shift words\n  (( CURRENT -= 1 ))\n"
      "  case $words[1] in\n",
      cases,
      "  esac\n}\n\n"
      "if [[ $funcstack[1] == _tenon ]]; then\n  _tenon \"$@\"\nelse\n"
      "  compdef _tenon tenon\nfi\n");
}

}  // namespace

int Completion(const std::string& shell) {
  PutText(shell == "bash" ? BashScript() : ZshScript());
  return 0;
}

}  // namespace tenon::cli
