// The command line: options in, one of the subcommands out. See commands.h for exit codes.
#include <csignal>
#include <cstdio>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "CLI/CLI.hpp"
#include "cli/commands.h"
#include "cli/version.h"
#include "cli/wast/command.h"

namespace tenon::cli {
namespace {

int RunCommand(const CLI::App& command, RunOptions options) {
  const std::vector<std::string> rest = command.remaining();
  if (rest.empty()) return Complain("run: no FILE given (see tenon run --help)", kExitUsage);
  if (rest[0].size() > 1 && rest[0][0] == '-') {
    return Complain("run: unknown option " + rest[0] + " (see tenon run --help)", kExitUsage);
  }
  options.file = rest[0];
  options.arguments.assign(rest.begin() + 1, rest.end());
  return Run(options);
}

// What a subcommand does once the command line has been read.
using Action = std::function<int()>;

// Options after the file's name are the guest's: parsing stops at the first plain argument.
void AddRun(CLI::App& app, Action* action) {
  auto options = std::make_shared<RunOptions>();
  CLI::App* run = app.add_subcommand(
      "run", "Run a component that exports wasi:cli/run: tenon run [options] FILE [ARGS...]");
  run->prefix_command();
  run->add_option("--dir", options->directories,
                  "Grant a directory, under the same name or as GUEST")
      ->type_name("HOST[::GUEST]")
      ->allow_extra_args(false);
  run->add_option("--env", options->environment,
                  "Set an environment variable, or hand on the host's")
      ->type_name("NAME[=VALUE]")
      ->allow_extra_args(false);
  run->add_option("--argv0", options->argv0, "The guest's argv[0]; default: the file's name")
      ->type_name("NAME")
      ->expected(1);
  run->callback([=] { *action = [=] { return RunCommand(*run, *options); }; });
}

void AddValidate(CLI::App& app, Action* action) {
  auto file = std::make_shared<std::string>();
  CLI::App* validate =
      app.add_subcommand("validate", "Check a component or module; silent when it is valid");
  validate->add_option("FILE", *file, "The file to check")->required();
  validate->callback([=] { *action = [=] { return Validate(*file); }; });
}

void AddWast(CLI::App& app, Action* action) {
  auto options = std::make_shared<WastOptions>();
  CLI::App* wast =
      app.add_subcommand("wast", "Run scripts of the official test suites' format");
  wast->add_flag("--json", options->json, "Print results as JSON");
  wast->add_flag("--ignore-error-messages", options->ignore_error_messages,
                 "Do not compare error texts");
  wast->add_option("PATH", options->paths, "Scripts, or directories of *.wast")->required();
  wast->callback([=] { *action = [=] { return RunWastCommand(*options); }; });
}

struct Subcommand {
  std::string_view name;
  void (*add)(CLI::App& app, Action* action);
};
constexpr Subcommand kSubcommands[] = {
    {"run", AddRun}, {"validate", AddValidate}, {"wast", AddWast}};

// Describing all subcommands takes longer than reading the command line, so one that is named is
// described alone.
void AddSubcommands(CLI::App& app, std::string_view first_argument, Action* action) {
  for (const Subcommand& subcommand : kSubcommands) {
    if (subcommand.name == first_argument) return subcommand.add(app, action);
  }
  for (const Subcommand& subcommand : kSubcommands) subcommand.add(app, action);
}

int Main(int argc, char** argv) {
  // A reader that left appears to the guest as a closed stream, a file that may not grow as
  // file-too-large. Only this process decides what signals do; the libraries leave them alone.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  CLI::App app("Tenon runs WebAssembly components.", "tenon");
  app.set_version_flag("--version", kVersionText);
  app.require_subcommand(1);
  Action action;
  AddSubcommands(app, argc > 1 ? argv[1] : "", &action);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  return action();
}

}  // namespace

int Complain(const std::string& text, int exit_code) {
  std::fprintf(stderr, "tenon: %s\n", text.c_str());
  return exit_code;
}

}  // namespace tenon::cli

int main(int argc, char** argv) { return tenon::cli::Main(argc, argv); }
