// The subcommands. Each returns the process's exit code: 0 to 255 the guest's, 1 bad input or the
// guest's error result, 2 wrong usage, 124 timeout, 134 trap.
#pragma once

#include <tenon/engine.h>
#include <tenon/error.h>
#include <tenon/store.h>

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "cli/wast/command.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "wit/abi/core_names.h"
#include "wit/binary/encode.h"
#include "wit/resolve/resolve.h"

namespace tenon::cli {

inline constexpr int kExitBadInput = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitTimeout = 124;
inline constexpr int kExitTrap = 134;

// What a guest runs by.
enum class Tier : uint8_t { kAuto, kInterp, kAot };

// Who is told the names of compiled code.
enum class Profile : uint8_t { kNone, kPerfMap, kJitDump };

struct RunOptions {
  std::string file;
  std::vector<std::string> arguments;              // the guest's, without argv[0]
  std::vector<std::string> directories;            // HOST[::GUEST]
  std::vector<std::string> environment;            // NAME[=VALUE]
  std::string argv0;                               // empty: the file's name
  std::vector<std::string> read_only_directories;  // HOST[::GUEST]
  uint64_t max_memory = StoreOptions().memory_bytes;
  uint64_t max_stack = 0;    // bytes; 0: the default
  uint64_t timeout = 0;      // nanoseconds; 0: none
  std::string timeout_text;  // as it was given
  bool unknown_imports_trap = false;
  bool validate_all = false;
  bool verify = false;  // all of a compiled file
  Tier tier = Tier::kAuto;
  bool no_cache = false;
  Profile profile = Profile::kNone;
  bool debug = false;         // gdb is told the names of compiled code
  std::string features_text;  // as they were given
  EngineOptions engine;
  std::string invoke;  // "name(arguments)" in WAVE; empty: run it
  bool json = false;   // errors as JSON
};
int Run(const RunOptions& options);

struct CompileOptions {
  std::string file;
  std::string output;  // empty: beside the input
  vm::Features features;
  std::vector<std::string> passed_on;  // to the compiler, as it takes them
  bool json = false;                   // errors as JSON
};
int Compile(const CompileOptions& options);

struct ObjdumpOptions {
  std::string file;
  std::string func;  // empty: all
};
int Objdump(const ObjdumpOptions& options);

struct CacheOptions {
  bool clear = false;  // else list
};
int CacheCommand(const CacheOptions& options);

struct WastCommandOptions {
  WastOptions wast;
  Tier tier = Tier::kInterp;           // or kAot
  std::vector<std::string> passed_on;  // to tenon-wast: the options as it takes them
};
int Wast(const WastCommandOptions& options);

struct ValidateOptions {
  std::string file;
  vm::Features features;
  bool json = false;
};
int Validate(const ValidateOptions& options);

struct ComposeOptions {
  std::string file;
  std::vector<std::string> plugs;
  std::string output = "-";  // "-": standard output
  vm::Features features;
  bool json = false;
};
int Compose(const ComposeOptions& options);

struct InspectOptions {
  std::string file;
  vm::Features features;
  bool json = false;
};
int Inspect(const InspectOptions& options);

struct ParseOptions {
  std::string file;  // "-": standard input
  vm::Features features;
  std::string output = "-";  // "-": standard output
};
int Parse(const ParseOptions& options);

struct PrintCommandOptions {
  std::string file;
  vm::Features features;
  std::string output = "-";
  bool fold = false;
};
int Print(const PrintCommandOptions& options);

struct WitOptions {
  enum class Action : uint8_t { kNone, kCheck, kFormat, kBindgen };
  Action action = Action::kNone;  // kNone: show
  std::string path;               // a file or folder
  std::vector<std::string> deps;  // folders with more packages
  wit::FeatureChoice features;
  bool json = false;
  bool all = false;         // dependencies too
  bool only_check = false;  // of kFormat: name files, write none
  std::string output = "-";
  bool wasm = false;  // the package as a binary
  bool abi = false;   // core names and types of a world
  std::string world;  // empty: the only one
  wit::Mangling mangling = wit::Mangling::kLegacy;
  bool is_utf16 = false;  // of kBindgen: the guest's strings
};
int Wit(const WitOptions& options);
int FormatWitFiles(const WitOptions& options);
int BindWorld(const WitOptions& options, const wit::Packages& packages, wit::WorldIdx world);

struct ComponentOptions {
  enum class Action : uint8_t { kNone, kEmbed, kNew, kTargets };
  Action action = Action::kNone;
  std::string wit;                // of kEmbed and kTargets: a file or folder
  std::string file;               // a core module, of kTargets a component
  std::vector<std::string> deps;  // folders with more packages
  std::string world;
  wit::StringEncoding encoding = wit::StringEncoding::kUtf8;
  std::vector<std::string> adapters;  // [NAME=]FILE
  std::string output = "-";
  bool json = false;  // errors as JSON
};
int ComponentCommand(const ComponentOptions& options);

// Prints the completion script of "bash" or "zsh".
int Completion(const std::string& shell);

// Prints the help of a subcommand, or of tenon itself for an empty name.
int Help(const std::string& subcommand);

// Writes "tenon: <text>" and a newline to standard error and returns `exit_code`. Control
// characters are escaped: parts of the text are often a guest's.
int Complain(const std::string& text, int exit_code);
// The same for an error in a file: with what its diagnosis tells and its place in a text, the line
// there and a caret. `bytes` are the file's, as far as they are still there. Returns kExitBadInput.
int ComplainOfFile(const std::string& file, absl::Span<const uint8_t> bytes, const Error& error);
// The error as one JSON object in a line; README.md tells its members.
std::string ErrorAsJson(const std::string& file, const Error& error);
// In the one way or the other, on standard error. Returns kExitBadInput.
int ReportError(bool as_json, const std::string& file, absl::Span<const uint8_t> bytes,
                const Error& error);
// Writes a result to a file, or standard output, and returns the exit code.
int WriteOutput(const std::string& output, absl::string_view text);
int WriteOutput(const std::string& output, absl::Span<const uint8_t> binary);
// What failed on an output.
int ComplainOfOutput(const std::string& output, const Error& error);
// A binary is not for a terminal. The exit code, 0 if the output is none.
int RefuseTerminal(const std::string& output, absl::string_view subcommand);
// Reports how a guest ended, unless it exited of its own accord, and returns the exit code.
int ReportTrap(const RunOptions& options, const Trap& trap);

}  // namespace tenon::cli
