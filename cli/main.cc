// The command line: tenon's own options, then one of the subcommands. See commands.h for exit
// codes.
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <vector>

#include <fcntl.h>
#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/feature_advice.h"
#include "cli/output_file.h"
#include "cli/subcommands.h"
#include "cli/version.h"
#include "vm/base/caret.h"
#include "vm/base/utf8.h"

namespace tenon::cli {
namespace {

constexpr argp_option kOptions[] = {
    {"version", 'V', nullptr, 0, "Print the version", -1}, kHelpOption, {}};

struct TopLevel {
  bool version = false;
  int arguments = 0;  // the subcommand and all after it
};

Status TakeTopLevel(int key, const char*, TopLevel& options) {
  if (key == 'V') options.version = true;
  if (key == kArgumentKey) ++options.arguments;
  return {};
}

std::string ListSubcommands() {
  std::string text = "Subcommands ('tenon help SUBCOMMAND' tells more):\n";
  for (const Subcommand& subcommand : Subcommands()) {
    absl::StrAppendFormat(&text, "  %-12s%s\n", subcommand.syntax.name, subcommand.syntax.summary);
  }
  return text;
}

constexpr Syntax kSyntax = {.name = "",
                            .summary = "Tenon runs WebAssembly components.",
                            .arguments = {"SUBCOMMAND [ARGS...]", nullptr, kAnyNumber, true},
                            .options = kOptions,
                            .epilogue = ListSubcommands};

std::string Expected(absl::Span<const absl::string_view> names) {
  return absl::StrCat("expected one of ", absl::StrJoin(names, ", "), "; see 'tenon --help'");
}

// `name` is null if none was given.
int ComplainOfSubcommand(const char* name) {
  std::vector<absl::string_view> names;
  for (const Subcommand& subcommand : Subcommands()) names.push_back(subcommand.syntax.name);
  if (name == nullptr) return Complain("no subcommand given; " + Expected(names), kExitUsage);
  std::string advice = Suggestion(name, "", names);
  if (advice.empty() && access(name, F_OK) == 0) {
    advice = absl::StrCat("did you mean 'tenon run ", name, "'?");
  }
  if (advice.empty() && name[0] != '-') advice = Suggestion(name, "--", {"help", "version"});
  if (advice.empty()) advice = Expected(names);
  return Complain(absl::StrCat("unknown subcommand '", name, "'; ", advice), kExitUsage);
}

const Subcommand* FindSubcommand(absl::string_view name) {
  for (const Subcommand& subcommand : Subcommands()) {
    if (subcommand.syntax.name == name) return &subcommand;
  }
  return nullptr;
}

// `tenon --help SUBCOMMAND` is `tenon help SUBCOMMAND`.
bool AsksForHelpWith(int argc, char** argv) {
  const absl::string_view first = argc == 3 ? argv[1] : "";
  return (first == "--help" || first == "-h") && argv[2][0] != '-';
}

// A file that is opened later must not take the place of a stream that is closed, and get what is
// written to that. Reading and writing fail as before.
void OccupyStandardStreams() {
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    if (fcntl(stream, F_GETFD) >= 0) continue;
    (void)open("/dev/null", stream == STDIN_FILENO ? O_WRONLY : O_RDONLY);  // the lowest is free
  }
}

int Main(int argc, char** argv) {
  OccupyStandardStreams();
  // A reader that left appears to the guest as a closed stream, a file that may not grow as
  // file-too-large. Only this process decides what signals do; the libraries leave them alone.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  if (AsksForHelpWith(argc, argv)) return Help(argv[2]);
  TopLevel options;
  const std::optional<int> exit_code =
      ReadCommandLine<TopLevel, TakeTopLevel>(TopLevelSyntax(), argc, argv, options);
  if (exit_code) return *exit_code;
  if (options.version) {
    std::puts(kVersionText);
    return 0;
  }
  if (options.arguments == 0) return ComplainOfSubcommand(nullptr);
  char** rest = argv + (argc - options.arguments);
  const Subcommand* subcommand = FindSubcommand(rest[0]);
  if (subcommand == nullptr) return ComplainOfSubcommand(rest[0]);
  return subcommand->execute(subcommand->syntax, options.arguments, rest);
}

}  // namespace

const Syntax& TopLevelSyntax() { return kSyntax; }

int Help(const std::string& name) {
  const Subcommand* subcommand = name.empty() ? nullptr : FindSubcommand(name);
  if (subcommand == nullptr && !name.empty()) return ComplainOfSubcommand(name.c_str());
  PrintHelp(name.empty() ? TopLevelSyntax() : subcommand->syntax);
  return 0;
}

int Complain(const std::string& text, int exit_code) {
  std::fprintf(stderr, "tenon: %s\n", EscapeControls(text).c_str());
  return exit_code;
}

int ComplainOfFile(const std::string& file, absl::Span<const uint8_t> bytes, const Error& error) {
  const bool has_line = error.where() && error.where()->is_text();
  Complain(
      absl::StrCat(file, has_line ? ":" : ": ", error.Headline(), FeatureAdvice(error.message())),
      kExitBadInput);
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (has_line) std::fprintf(stderr, "%s\n", CaretLines(text, error).c_str());
  if (error.diagnosis() == nullptr) return kExitBadInput;
  for (const std::string& line : error.diagnosis()->Lines()) {
    std::fprintf(stderr, "  %s\n", EscapeControls(line).c_str());
  }
  return kExitBadInput;
}

int ReportError(bool as_json, const std::string& file, absl::Span<const uint8_t> bytes,
                const Error& error) {
  if (!as_json) return ComplainOfFile(file, bytes, error);
  std::fprintf(stderr, "%s\n", ErrorAsJson(file, error).c_str());
  return kExitBadInput;
}

}  // namespace tenon::cli

int main(int argc, char** argv) {
  const int exit_code = tenon::cli::Main(argc, argv);
  // A result that was lost is no success; a reader that has seen enough needs no telling.
  const int error = tenon::cli::FlushOutput();
  if (error == 0) return exit_code;
  if (error != EPIPE) {
    tenon::cli::Complain(absl::StrCat("standard output: ", std::strerror(error)), exit_code);
  }
  return exit_code == 0 ? 1 : exit_code;
}
