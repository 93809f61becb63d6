// Completion scripts, made of the same tables as the reading of command lines and the help.
#include <cstdio>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/subcommands.h"

namespace tenon::cli {
namespace {

// What stands for a value or an argument in a table's usage text, and what completes it.
struct Placeholder {
  absl::string_view name;  // what the text begins with
  bool directories_only;
  absl::string_view pattern;  // of files, or some with `|` between; empty: all of them
};
constexpr Placeholder kPlaceholders[] = {
    {"HOST", true, ""},
    {"FILE", false, "*.wasm|*.wat"},
    {"PATH", false, "*.wast"},
};

const Placeholder* FindPlaceholder(absl::string_view usage) {
  for (const Placeholder& placeholder : kPlaceholders) {
    if (absl::StartsWith(usage, placeholder.name)) return &placeholder;
  }
  return nullptr;
}

// A choice, as in "bash|zsh".
std::string Choices(absl::string_view usage) {
  return absl::StrContains(usage, '|') ? absl::StrReplaceAll(usage, {{"|", " "}}) : "";
}

template <typename Keep>
std::string OptionWords(const Syntax& syntax, Keep keep) {
  std::vector<std::string> words;
  for (const argp_option* row = syntax.options; row->name != nullptr; ++row) {
    if (keep(*row)) words.push_back(absl::StrCat("--", row->name));
  }
  return absl::StrJoin(words, " ");
}

std::string AllOptions(const Syntax& syntax) {
  return OptionWords(syntax, [](const argp_option&) { return true; });
}

// --- bash ----------------------------------------------------------------------------------------

// Before it stands _tenon_syntax, which sets what is to know of a subcommand.
constexpr absl::string_view kBash = R"(
_tenon_files() { # PATTERNS WORD
  local patterns pattern
  IFS='|' read -ra patterns <<< "$1"
  compopt -o filenames 2>/dev/null
  mapfile -t COMPREPLY < <({
    for pattern in "${patterns[@]}"; do compgen -f -X "!$pattern" -- "$2"; done
    compgen -d -- "$2"
  } | sort -u)
}

_tenon() {
  local options= valued= directories= pattern= choices= most=0 rest= i
  local word=${COMP_WORDS[COMP_CWORD]} option=${COMP_WORDS[COMP_CWORD-1]} arguments=0
  COMPREPLY=()
  if ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W "$_tenon_first" -- "$word")
    return
  fi
  _tenon_syntax "${COMP_WORDS[1]}" || return
  for ((i = 2; i < COMP_CWORD; ++i)); do
    # An option's value follows it, or, as bash takes words apart, a `=` after it.
    if ((arguments == 0)) && [[ " $valued " == *" ${COMP_WORDS[i]} "* ]]; then
      [[ ${COMP_WORDS[i+1]} == = && i+2 -lt COMP_CWORD ]] && i=$((i + 2)) || i=$((i + 1))
    elif [[ ${COMP_WORDS[i]} != -* ]]; then
      arguments=$((arguments + 1))
    fi
  done
  if ((arguments > 0)) && [[ $rest ]]; then
    _tenon_files '*' "$word"
    return
  fi
  [[ $option == = ]] && option=${COMP_WORDS[COMP_CWORD-2]}
  [[ $word == = ]] && word=
  if [[ " $directories " == *" $option "* ]]; then
    compopt -o filenames 2>/dev/null
    mapfile -t COMPREPLY < <(compgen -d -- "$word")
  elif [[ " $valued " == *" $option "* ]]; then
    return
  elif [[ $word == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$options" -- "$word")
  elif ((arguments < most)); then
    if [[ $choices ]]; then
      mapfile -t COMPREPLY < <(compgen -W "$choices" -- "$word")
    else
      _tenon_files "$pattern" "$word"
    fi
  fi
}

complete -F _tenon tenon
)";

std::string BashSyntax(const Syntax& syntax) {
  const auto takes_directory = [](const argp_option& row) {
    const Placeholder* value = row.arg == nullptr ? nullptr : FindPlaceholder(row.arg);
    return value != nullptr && value->directories_only;
  };
  const auto takes_value = [](const argp_option& row) { return row.arg != nullptr; };
  const Placeholder* argument = FindPlaceholder(syntax.arguments.usage);
  return absl::StrCat("    ", syntax.name, ")\n      options='", AllOptions(syntax), "' valued='",
                      OptionWords(syntax, takes_value), "'\n      directories='",
                      OptionWords(syntax, takes_directory), "' pattern='",
                      argument == nullptr ? "" : argument->pattern, "' choices='",
                      Choices(syntax.arguments.usage), "' most=", syntax.arguments.most,
                      " rest=", syntax.arguments.end_options ? "yes" : "", " ;;\n");
}

std::string BashScript() {
  std::string names, cases;
  for (const Subcommand& subcommand : Subcommands()) {
    absl::StrAppend(&names, subcommand.syntax.name, " ");
    cases += BashSyntax(subcommand.syntax);
  }
  return absl::StrCat(
      "# Completion of tenon's command line for bash; made by tenon.\n_tenon_first='", names,
      AllOptions(TopLevelSyntax()), "'\n\n_tenon_syntax() {\n  case $1 in\n", cases,
      "    *) return 1 ;;\n  esac\n}\n", kBash);
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
  const Placeholder* placeholder = FindPlaceholder(usage);
  if (placeholder == nullptr) return "";
  if (placeholder->directories_only) return "_files -/";
  return absl::StrCat("_files -g \"(", placeholder->pattern, ")\"");
}

std::string ZshOption(const argp_option& row) {
  std::string text = absl::StrCat("'", row.arg == nullptr ? "" : "*", "--", row.name,
                                  row.arg == nullptr ? "" : "=", "[", ZshText(row.doc), "]");
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
  std::string text =
      absl::StrCat("    ", syntax.name, ")\n      _arguments -S", ZshOptions(syntax),
                   " \\\n        '", arguments.most == 1 || arguments.end_options ? "1" : "*", ":",
                   arguments.needed, ":", action, "'");
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
  const std::string script = shell == "bash" ? BashScript() : ZshScript();
  std::fwrite(script.data(), 1, script.size(), stdout);
  return 0;
}

}  // namespace tenon::cli
