#include "cli/subcommands.h"

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/algorithm/container.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "cli/commands.h"
#include "cli/quantity.h"
#include "cli/wast/command.h"

namespace tenon::cli {
namespace {

Status TakeFile(absl::string_view value, std::string& file) {
  if (value.empty()) return Fail(ErrorKind::kUsage, "expected a file's name, got an empty one");
  file = std::string(value);
  return {};
}

enum RunKey : int {
  kDir = kFirstLongKey,
  kEnv,
  kArgv0,
  kDirReadOnly,
  kMaxMemory,
  kMaxStack,
  kTimeout,
  kUnknownImports,
  kValidateAll,
  kInvoke,
  kVerify,
  kTier,
  kNoCache,
  kProfile,
};

// Rows that several subcommands have.
enum SharedKey : int { kBounds = kFirstLongKey + 64, kFeatures, kErrorJson };

constexpr argp_option kBoundsOption = {
    "bounds", kBounds, "guard|explicit", 0,
    "Keep accesses within memories by guard regions (the default) or by a check each"};
constexpr argp_option kFeaturesOption = {
    "features", kFeatures, "LIST", 0,
    "Switch proposals, 'threads,-gc' one on and one off; default: all of core 3.0"};

constexpr argp_option kErrorJsonOption = {
    "json", kErrorJson, nullptr, 0, "Print what is wrong as one JSON object on standard error"};

template <typename Bounds>
Status TakeBounds(absl::string_view value, Bounds& bounds) {
  if (value != "guard" && value != "explicit") {
    return Fail(ErrorKind::kUsage, absl::StrCat("expected guard or explicit, got '", value, "'"));
  }
  bounds = value == "guard" ? Bounds::kGuard : Bounds::kExplicit;
  return {};
}

constexpr argp_option kRunOptions[] = {
    {"dir", kDir, "HOST[::GUEST]", 0,
     "Grant a directory, under its own name or as GUEST; may be repeated"},
    {"env", kEnv, "NAME[=VALUE]", 0,
     "Set an environment variable, or hand on the host's; may be repeated"},
    {"argv0", kArgv0, "NAME", 0, "The guest's argv[0]; default: FILE"},
    {"dir-ro", kDirReadOnly, "HOST[::GUEST]", 0,
     "Grant a directory for reading only; may be repeated"},
    {"max-memory", kMaxMemory, "SIZE", 0,
     "What the guest's memories may hold together, in bytes or with K, M, G: up to 1024G; default: "
     "4G"},
    {"max-stack", kMaxStack, "SIZE", 0, "What its calls may nest to: 16K to 1G; default: 512K"},
    {"timeout", kTimeout, "TIME", 0, "End the guest after a time: 500ms, 2s, 1m"},
    {"unknown-imports", kUnknownImports, "trap", 0,
     "Let imports that are not there trap when they are called"},
    {"validate-all", kValidateAll, nullptr, 0,
     "Check all functions first, not each when it is first called"},
    {"tier", kTier, "auto|interp|aot", 0,
     "Interpret the guest, compile it first, or (auto, the default) interpret it until it has been "
     "compiled in the background; what is compiled is kept in a cache"},
    {"no-cache", kNoCache, nullptr, 0, "Do without the cache of compiled files"},
    {"profile", kProfile, "perfmap|jitdump", 0,
     "Write the names of compiled functions for profilers: perf-PID.map where perf looks for it, "
     "or jit-PID.dump for 'perf inject --jit'"},
    {"debug", 'g', nullptr, 0, "Tell gdb the names and lines of compiled code"},
    {"verify", kVerify, nullptr, 0,
     "Read all of a compiled file first, and refuse it if any byte has changed"},
    {"invoke", kInvoke, "CALL", 0,
     "Call an exported function, 'name(arguments)' in WAVE, and print its result"},
    kErrorJsonOption,
    kBoundsOption,
    kFeaturesOption,
    kHelpOption,
    {}};

constexpr uint64_t kLeastStackBytes = uint64_t{16} << 10;
constexpr uint64_t kMostStackBytes = uint64_t{1} << 30;
constexpr uint64_t kMostMemoryBytes = uint64_t{1} << 40;

// What bounds and checks the guest.
Status TakeRunLimit(int key, absl::string_view value, RunOptions& options) {
  switch (key) {
    case kMaxMemory: {
      TENON_ASSIGN_OR_RETURN(options.max_memory, ParseSize(value, 0, kMostMemoryBytes));
      break;
    }
    case kMaxStack: {
      TENON_ASSIGN_OR_RETURN(options.max_stack,
                             ParseSize(value, kLeastStackBytes, kMostStackBytes));
      break;
    }
    case kTimeout: {
      TENON_ASSIGN_OR_RETURN(options.timeout, ParseDuration(value));
      options.timeout_text = std::string(value);
      break;
    }
    case kUnknownImports:
      if (value != "trap") {
        return Fail(ErrorKind::kUsage, absl::StrCat("expected 'trap', got '", value, "'"));
      }
      options.unknown_imports_trap = true;
      break;
    case kValidateAll: options.validate_all = true; break;
    case kBounds: return TakeBounds(value, options.engine.bounds);
    case kFeatures: {
      TENON_ASSIGN_OR_RETURN(options.engine.features,
                             Features::FromList({value.data(), value.size()}));
      options.features_text = std::string(value);
      break;
    }
  }
  return {};
}

Status TakeTier(absl::string_view value, Tier& tier) {
  constexpr absl::string_view kNames[] = {"auto", "interp", "aot"};
  const auto* const found = absl::c_find(kNames, value);
  if (found == std::end(kNames)) {
    return Fail(ErrorKind::kUsage, absl::StrCat("expected auto, interp or aot, got '", value, "'"));
  }
  tier = static_cast<Tier>(found - kNames);
  return {};
}

Status TakeProfile(absl::string_view value, Profile& profile) {
  if (value != "perfmap" && value != "jitdump") {
    return Fail(ErrorKind::kUsage, absl::StrCat("expected perfmap or jitdump, got '", value, "'"));
  }
  profile = value == "perfmap" ? Profile::kPerfMap : Profile::kJitDump;
  return {};
}

Status TakeRun(int key, const char* value, RunOptions& options) {
  switch (key) {
    case kDir: options.directories.emplace_back(value); break;
    case kEnv: options.environment.emplace_back(value); break;
    case kArgv0:
      if (*value == '\0') return Fail(ErrorKind::kUsage, "expected a name, got an empty one");
      options.argv0 = value;
      break;
    case kDirReadOnly: options.read_only_directories.emplace_back(value); break;
    case kMaxMemory:
    case kMaxStack:
    case kTimeout:
    case kUnknownImports:
    case kValidateAll:
    case kBounds:
    case kFeatures: return TakeRunLimit(key, value == nullptr ? "" : value, options);
    case kInvoke:
      if (*value == '\0') return Fail(ErrorKind::kUsage, "expected a call, 'name(arguments)'");
      options.invoke = value;
      break;
    case kVerify: options.verify = true; break;
    case kTier: return TakeTier(value, options.tier);
    case kNoCache: options.no_cache = true; break;
    case kProfile: return TakeProfile(value, options.profile);
    case 'g': options.debug = true; break;
    case kErrorJson: options.json = true; break;
    case kArgumentKey:
      if (options.file.empty()) return TakeFile(value, options.file);
      options.arguments.emplace_back(value);
      break;
  }
  return {};
}

std::string RunEpilogue() {
  return "FILE is a component that exports wasi:cli/run; with --invoke, any component,\n"
         "or a core module that imports nothing, in binary or text; or what 'tenon\n"
         "compile' made of one, by its name, FILE.tenon. It may be - for standard input.\n"
         "Options after it are the guest's.\n"
         "Exit code: the guest's; 1 bad input, 2 wrong usage, 124 timeout, 134 trap.\n\n"
         "Examples:\n"
         "  tenon run --dir notes::/data --env LANG app.wasm list /data\n"
         "  tenon run --timeout 2s --invoke 'add(1, 2)' library.wasm";
}

enum CompileKey : int {
  kTargetCpu = kFirstLongKey,
  kTrapPolicy,
  kBudget,
  kMemoryBudget,
  kThreads,
  kTime,
  kReport,
};

constexpr argp_option kCompileOptions[] = {
    {"output", 'o', "OUTPUT", 0,
     "Write to this file, all or nothing; default: the input's name with .tenon"},
    {"optimize", 'O', "0|1|2|3|s", 0, "How much; s is for size; default: 2"},
    {"debug", 'g', nullptr, 0,
     "Tell 'tenon objdump', profilers and gdb where all code comes from, not only what may trap or "
     "call"},
    {"target-cpu", kTargetCpu, "native|x86-64|x86-64-v2|x86-64-v3|x86-64-v4", 0,
     "The processor that the file is to run on; default: native, this one"},
    {"trap-policy", kTrapPolicy, "component|precise", 0,
     "Whether memory is to be exactly as it was when a guest traps, which costs speed; default: "
     "component, where nobody sees it"},
    {"budget", kBudget, "TIME", 0,
     "End when a function takes more processor time than this, or all of FILE this and as much "
     "again for each MiB of it, or 'none' for any: 500ms, 2s, 1m; default: 2m"},
    {"memory-budget", kMemoryBudget, "SIZE", 0,
     "End when the compiler takes more memory than this, in bytes or with K, M, G, or 'none' for "
     "any; default: 8G"},
    {"threads", kThreads, "COUNT", 0,
     "That compile; default: one a processor; the result is the same"},
    {"time", kTime, nullptr, 0, "Tell how fast it was, on standard error"},
    {"report", kReport, nullptr, 0,
     "Tell which functions were left to the interpreter, and why, on standard output"},
    kErrorJsonOption,
    kBoundsOption,
    kFeaturesOption,
    kHelpOption,
    {}};

// What may bound the compiler, in its words: seconds, MiB and a number. No bound is 0 to it.
Result<std::string> TakeCompilerLimit(int key, absl::string_view value) {
  constexpr double kNanosecondsPerSecond = 1e9;
  constexpr uint64_t kMebibyte = uint64_t{1} << 20;
  constexpr uint64_t kMostThreads = 1024;
  if (key == kThreads) {
    uint64_t threads = 0;
    if (absl::SimpleAtoi(value, &threads) && threads != 0 && threads <= kMostThreads) {
      return absl::StrCat("--threads=", threads);
    }
    return Fail(ErrorKind::kUsage,
                absl::StrCat("expected a number from 1 to ", kMostThreads, ", got '", value, "'"));
  }
  if (key == kMemoryBudget) {
    if (value == "none") return "--memory-budget=0";
    TENON_ASSIGN_OR_RETURN(const uint64_t bytes, ParseSize(value, kMebibyte, kMostMemoryBytes));
    return absl::StrCat("--memory-budget=", bytes / kMebibyte);
  }
  if (value == "none") return "--budget=0";
  TENON_ASSIGN_OR_RETURN(const uint64_t nanoseconds, ParseDuration(value));
  return absl::StrCat("--budget=", static_cast<double>(nanoseconds) / kNanosecondsPerSecond);
}

Status TakeCompile(int key, const char* value, CompileOptions& options) {
  const auto pass_on = [&](absl::string_view name,
                           std::initializer_list<absl::string_view> choices) -> Status {
    if (absl::c_linear_search(choices, value)) {
      options.passed_on.push_back(absl::StrCat(name, value));
      return {};
    }
    return Fail(ErrorKind::kUsage, absl::StrCat("expected one of ", absl::StrJoin(choices, ", "),
                                                ", got '", value, "'"));
  };
  switch (key) {
    case 'o': return TakeFile(value, options.output);
    case 'O': return pass_on("-O", {"0", "1", "2", "3", "s"});
    case kTargetCpu:
      return pass_on("--target-cpu=", {"native", "x86-64", "x86-64-v2", "x86-64-v3", "x86-64-v4"});
    case 'g': options.passed_on.emplace_back("-g"); break;
    case kTrapPolicy: return pass_on("--trap-policy=", {"component", "precise"});
    case kBudget:
    case kMemoryBudget:
    case kThreads: {
      TENON_ASSIGN_OR_RETURN(std::string word, TakeCompilerLimit(key, value));
      options.passed_on.push_back(std::move(word));
      break;
    }
    case kTime: options.passed_on.emplace_back("--time"); break;
    case kReport: options.passed_on.emplace_back("--report"); break;
    case kErrorJson: options.json = true; break;
    case kBounds: return pass_on("--bounds=", {"guard", "explicit"});
    case kFeatures:
      options.passed_on.push_back(absl::StrCat("--features=", value));
      return options.features.Apply(value);
    case kArgumentKey: return TakeFile(value, options.file);
  }
  return {};
}

std::string CompileEpilogue() {
  return "FILE is a component or a core module, in binary or text. What is made of it is\n"
         "machine code for 'tenon run', which trusts it: run none of a stranger's.\n\n"
         "Example:\n"
         "  tenon compile app.wasm && tenon run app.tenon";
}

enum ObjdumpKey : int { kFunc = kFirstLongKey };

constexpr argp_option kObjdumpOptions[] = {
    {"func", kFunc, "NAME|INDEX", 0,
     "Show the functions that have this in their name, or of this index, alone"},
    kHelpOption,
    {}};

Status TakeObjdump(int key, const char* value, ObjdumpOptions& options) {
  switch (key) {
    case kFunc: options.func = value; break;
    case kArgumentKey: return TakeFile(value, options.file);
  }
  return {};
}

std::string ObjdumpEpilogue() {
  return "FILE is a compiled file, FILE.tenon. Instructions of the guest stand before\n"
         "what they became, with their offset in the module, and file:line:column if it\n"
         "has DWARF: all of them if it was compiled with -g, else those that may trap or\n"
         "call.\n\n"
         "Example:\n"
         "  tenon objdump app.tenon --func main";
}

std::string ValidateEpilogue() {
  return "FILE may be - for standard input.\n\n"
         "Example:\n"
         "  tenon validate app.wasm && tenon run app.wasm";
}

constexpr argp_option kValidateOptions[] = {kErrorJsonOption, kFeaturesOption, kHelpOption, {}};

Status TakeValidate(int key, const char* value, ValidateOptions& options) {
  if (key == kFeatures) return options.features.Apply(value);
  if (key == kErrorJson) options.json = true;
  return key == kArgumentKey ? TakeFile(value, options.file) : Status();
}

constexpr argp_option kOutputOption = {
    "output", 'o', "OUTPUT", 0, "Write to this file, all or nothing; default: standard output"};

enum ComposeKey : int { kPlug = kFirstLongKey, kComposeJson };

constexpr argp_option kComposeOptions[] = {
    {"plug", kPlug, "PLUG", 0,
     "A component whose exports fill imports of the others; may be repeated"},
    kOutputOption,
    {"json", kComposeJson, nullptr, 0,
     "Print what was done, or what does not fit, as one JSON object on standard error"},
    kFeaturesOption,
    kHelpOption,
    {}};

Status TakeCompose(int key, const char* value, ComposeOptions& options) {
  if (key == kFeatures) return options.features.Apply(value);
  if (key == 'o') return TakeFile(value, options.output);
  if (key == kPlug) return TakeFile(value, options.plugs.emplace_back());
  if (key == kComposeJson) options.json = true;
  if (key == kArgumentKey) return TakeFile(value, options.file);
  return {};
}

std::string ComposeEpilogue() {
  return "An import is filled by the plug that exports it, in the same version or\n"
         "a compatible one; plugs fill each other's imports too. What is left open\n"
         "is imported by the result, and told.\n\n"
         "Example:\n"
         "  tenon compose app.wasm --plug codec.wasm -o all.wasm && tenon run all.wasm";
}

enum WastKey : int {
  kJson = kFirstLongKey,
  kIgnoreErrorMessages,
  kDeterministic,
  kCollectAlways,
  kWastTier,
};

constexpr argp_option kWastOptions[] = {
    {"json", kJson, nullptr, 0, "Print results as JSON"},
    {"ignore-error-messages", kIgnoreErrorMessages, nullptr, 0, "Do not compare error texts"},
    kFeaturesOption,
    {"deterministic", kDeterministic, nullptr, 0,
     "Relaxed SIMD with equal results on every machine"},
    {"collect-always", kCollectAlways, nullptr, 0,
     "Collect garbage at every allocation, to find references that nothing keeps"},
    {"tier", kWastTier, "interp|aot", 0,
     "Interpret modules (the default), or compile each as it is loaded, and each component as a "
     "whole"},
    kBoundsOption,
    kHelpOption,
    {}};

std::string WastEpilogue() {
  return "Examples:\n"
         "  tenon wast --json spec/test/core\n"
         "  tenon wast --tier aot spec/test/core";
}

Status TakeWastTier(absl::string_view value, Tier& tier) {
  if (value != "interp" && value != "aot") {
    return Fail(ErrorKind::kUsage, absl::StrCat("expected interp or aot, got '", value, "'"));
  }
  tier = value == "aot" ? Tier::kAot : Tier::kInterp;
  return {};
}

Status TakeWast(int key, const char* value, WastCommandOptions& options) {
  ScriptOptions& script = options.wast.script;
  const auto pass_on = [&](absl::string_view name, absl::string_view with = "") {
    options.passed_on.push_back(absl::StrCat(name, with));
  };
  switch (key) {
    case kJson:
      pass_on("--json");
      options.wast.json = true;
      break;
    case kIgnoreErrorMessages:
      pass_on("--ignore-error-messages");
      script.ignore_error_messages = true;
      break;
    case kFeatures: pass_on("--features=", value); return script.engine.features.Apply(value);
    case kDeterministic:
      pass_on("--deterministic");
      script.engine.deterministic_simd = true;
      break;
    case kCollectAlways:
      pass_on("--collect-always");
      script.collect_always = true;
      break;
    case kBounds: pass_on("--bounds=", value); return TakeBounds(value, script.engine.bounds);
    case kWastTier: return TakeWastTier(value, options.tier);
    case kArgumentKey: options.wast.paths.emplace_back(value); break;
  }
  return {};
}

enum InspectKey : int { kInspectJson = kFirstLongKey };

constexpr argp_option kInspectOptions[] = {
    {"json", kInspectJson, nullptr, 0, "Print one JSON document"},
    kFeaturesOption,
    kHelpOption,
    {}};

std::string InspectEpilogue() {
  return "FILE may be - for standard input. Of a compiled file, FILE.tenon, it shows what\n"
         "was compiled and how.\n\n"
         "Examples:\n"
         "  tenon inspect app.wasm\n"
         "  tenon inspect --json app.wasm | jq .capabilities";
}

Status TakeInspect(int key, const char* value, InspectOptions& options) {
  if (key == kFeatures) return options.features.Apply(value);
  if (key == kInspectJson) options.json = true;
  if (key == kArgumentKey) return TakeFile(value, options.file);
  return {};
}

constexpr argp_option kParseOptions[] = {kOutputOption, kFeaturesOption, kHelpOption, {}};

Status TakeParse(int key, const char* value, ParseOptions& options) {
  if (key == kFeatures) return options.features.Apply(value);
  if (key == 'o') return TakeFile(value, options.output);
  if (key == kArgumentKey) return TakeFile(value, options.file);
  return {};
}

enum PrintKey : int { kFold = kFirstLongKey };

constexpr argp_option kPrintOptions[] = {
    {"fold", kFold, nullptr, 0, "Write instructions around their operands"},
    kOutputOption,
    kFeaturesOption,
    kHelpOption,
    {}};

Status TakePrint(int key, const char* value, PrintCommandOptions& options) {
  if (key == kFeatures) return options.features.Apply(value);
  if (key == kFold) options.fold = true;
  if (key == 'o') return TakeFile(value, options.output);
  if (key == kArgumentKey) return TakeFile(value, options.file);
  return {};
}

enum WitKey : int {
  kWitJson = kFirstLongKey,
  kWitDeps,
  kWitAll,
  kWitCheck,
  kWitAbi,
  kWitWasm,
  kWitMangling,
  kWitEncoding,
};

// Rows of what takes WIT.
enum WitSharedKey : int { kWorld = kFirstLongKey + 96 };
constexpr argp_option kWorldOption = {
    "world", kWorld, "NAME", 0,
    "The world, by its own name or with its package; default: the only one"};

constexpr argp_option kWitOptions[] = {
    {"json", kWitJson, nullptr, 0, "Print one JSON document"},
    {"deps", kWitDeps, "DIR", 0, "Take the packages in this folder too, each a file or folder"},
    {"all", kWitAll, nullptr, 0, "Print dependencies as well"},
    {"features", kFeatures, "LIST", 0,
     "Take items that are unstable and need one of these, as in 'a,b', or 'all'"},
    {"check", kWitCheck, nullptr, 0, "For fmt: name files that it would change, write none"},
    {"abi", kWitAbi, nullptr, 0, "Show what a core module imports and exports for a world"},
    kWorldOption,
    {"mangling", kWitMangling, "legacy|standard32", 0,
     "For --abi: which names; default: legacy, as toolchains use them"},
    {"wasm", kWitWasm, nullptr, 0, "Write the package as a component binary"},
    {"string-encoding", kWitEncoding, "utf8|utf16", 0,
     "For bindgen: of the guest's strings; default: utf8"},
    {"output", 'o', "OUTPUT", 0,
     "Write to this file, all or nothing; default: standard output. For bindgen the folder to "
     "write to, which is made; default: this one"},
    kHelpOption,
    {}};

Status TakeMangling(absl::string_view value, wit::Mangling& mangling) {
  if (value != "legacy" && value != "standard32") {
    return Fail(ErrorKind::kUsage,
                absl::StrCat("expected legacy or standard32, got '", value, "'"));
  }
  mangling = value == "legacy" ? wit::Mangling::kLegacy : wit::Mangling::kStandard32;
  return {};
}

struct WitAction {
  absl::string_view word;
  WitOptions::Action action;
};
constexpr WitAction kWitActions[] = {{"check", WitOptions::Action::kCheck},
                                     {"fmt", WitOptions::Action::kFormat},
                                     {"bindgen", WitOptions::Action::kBindgen}};

// An action is a word only where a path follows; ./check is a path. Of bindgen a language follows,
// of which there is one.
Status TakeWitArgument(absl::string_view value, WitOptions& options) {
  using Action = WitOptions::Action;
  const bool is_second = options.action == Action::kNone && !options.path.empty();
  for (const WitAction& row : kWitActions) {
    if (is_second && options.path == row.word) options.action = row.action;
  }
  if (is_second && options.action == Action::kBindgen) {
    options.path.clear();
    if (value == "c") return {};
    return Fail(ErrorKind::kUsage, absl::StrCat("expected c behind bindgen, got '", value, "'"));
  }
  if (is_second ? options.action == Action::kNone
                : options.action != Action::kNone && options.action != Action::kBindgen) {
    return Fail(ErrorKind::kUsage, absl::StrCat("expected check, fmt or bindgen c before it, got '",
                                                options.path, "'"));
  }
  return TakeFile(value, options.path);
}

Status TakeEncoding(absl::string_view value, bool& is_utf16) {
  is_utf16 = value == "utf16";
  if (is_utf16 || value == "utf8") return {};
  return Fail(ErrorKind::kUsage, absl::StrCat("expected utf8 or utf16, got '", value, "'"));
}

Status TakeWit(int key, const char* value, WitOptions& options) {
  switch (key) {
    case kWitJson: options.json = true; break;
    case kWitDeps: return TakeFile(value, options.deps.emplace_back());
    case kWitAll: options.all = true; break;
    case kWitCheck: options.only_check = true; break;
    case kWitAbi: options.abi = true; break;
    case kWitWasm: options.wasm = true; break;
    case kWitMangling: return TakeMangling(value, options.mangling);
    case kWitEncoding: return TakeEncoding(value, options.is_utf16);
    case kWorld: options.world = value; break;
    case 'o': return TakeFile(value, options.output);
    case kFeatures:
      options.features.all = absl::string_view(value) == "all";
      options.features.features = absl::StrSplit(value, ',');
      break;
    case kArgumentKey: return TakeWitArgument(value, options);
  }
  return {};
}

std::string WitEpilogue() {
  return "A FILE is a package, with those nested in it. The .wit files of a DIR are one,\n"
         "those below its folder deps are others; if it has none, each folder in it is a\n"
         "package. A FILE may also be a package as a binary, a component, or a core\n"
         "module that says what world it is for. 'check' is silent if all is well; 'fmt'\n"
         "lays files out anew and keeps their comments; 'bindgen c' writes WORLD.h and\n"
         "WORLD.c for components in C.\n\n"
         "Examples:\n"
         "  tenon wit --json wit\n"
         "  tenon wit app.wasm\n"
         "  tenon wit --abi --world command wit\n"
         "  tenon wit check --deps ../wasi wit\n"
         "  tenon wit fmt --check wit\n"
         "  tenon wit bindgen c --world plugin wit -o src";
}

enum ComponentKey : int { kAdapt = kFirstLongKey, kStringEncoding, kComponentDeps };

constexpr argp_option kComponentOptions[] = {
    kWorldOption,
    {"deps", kComponentDeps, "DIR", 0,
     "Take the packages in this folder too, each a file or folder"},
    {"string-encoding", kStringEncoding, "utf8|utf16|latin1+utf16", 0,
     "For embed: how the core module encodes strings; default: utf8"},
    {"adapt", kAdapt, "FILE", 0,
     "For new: link an adapter, [NAME=]FILE, for what is imported from NAME; may be repeated"},
    kOutputOption,
    kErrorJsonOption,
    kHelpOption,
    {}};

Status TakeEncoding(absl::string_view value, wit::StringEncoding& encoding) {
  constexpr absl::string_view kNames[] = {"utf8", "utf16", "latin1+utf16"};
  for (size_t i = 0; i < std::size(kNames); ++i) {
    if (value != kNames[i]) continue;
    encoding = static_cast<wit::StringEncoding>(i);
    return {};
  }
  return Fail(ErrorKind::kUsage,
              absl::StrCat("expected utf8, utf16 or latin1+utf16, got '", value, "'"));
}

// First what to do, then the paths it needs.
Status TakeComponentArgument(absl::string_view value, ComponentOptions& options) {
  using Action = ComponentOptions::Action;
  if (options.action == Action::kNone) {
    options.action = value == "embed"     ? Action::kEmbed
                     : value == "new"     ? Action::kNew
                     : value == "targets" ? Action::kTargets
                                          : Action::kNone;
    if (options.action != Action::kNone) return {};
    return Fail(ErrorKind::kUsage, "expected embed, new or targets");
  }
  if (options.action != Action::kNew && options.wit.empty()) return TakeFile(value, options.wit);
  if (options.file.empty()) return TakeFile(value, options.file);
  return Fail(ErrorKind::kUsage, "one path too many");
}

Status TakeComponent(int key, const char* value, ComponentOptions& options) {
  switch (key) {
    case kWorld: options.world = value; break;
    case kComponentDeps: return TakeFile(value, options.deps.emplace_back());
    case kStringEncoding: return TakeEncoding(value, options.encoding);
    case kAdapt: options.adapters.emplace_back(value); break;
    case 'o': return TakeFile(value, options.output);
    case kErrorJson: options.json = true; break;
    case kArgumentKey: return TakeComponentArgument(value, options);
  }
  return {};
}

std::string ComponentEpilogue() {
  return "  embed WIT CORE     adds to a core module which world it is for\n"
         "  new CORE           makes a component of such a module\n"
         "  targets WIT FILE   is silent if a component fits a world\n\n"
         "WIT is a file or folder, as for 'tenon wit'; CORE a core module, binary or\n"
         "text.\n\n"
         "Examples:\n"
         "  tenon component embed --world app wit app.core.wasm -o app.embedded.wasm\n"
         "  tenon component new app.embedded.wasm -o app.wasm\n"
         "  tenon component new --adapt wasi_snapshot_preview1.wasm cli.wasm -o a.wasm";
}

constexpr argp_option kCacheOptions[] = {kHelpOption, {}};

Status TakeCache(int, const char* value, CacheOptions& options) {
  const absl::string_view action = value;
  if (action != "ls" && action != "clear") return Fail(ErrorKind::kUsage, "expected ls or clear");
  options.clear = action == "clear";
  return {};
}

std::string CacheEpilogue() {
  return "The cache is $XDG_CACHE_HOME/tenon, or ~/.cache/tenon; it is yours alone, and\n"
         "holds up to 1 GB of what 'tenon run' compiled. 'ls' shows when each file was\n"
         "last used, in UTC, and its size in bytes.";
}

constexpr argp_option kCompletionOptions[] = {kHelpOption, {}};

Status TakeCompletion(int, const char* value, std::string& shell) {
  shell = value;
  if (shell != "bash" && shell != "zsh") return Fail(ErrorKind::kUsage, "expected bash or zsh");
  return {};
}

constexpr argp_option kHelpOptions[] = {kHelpOption, {}};

Status TakeHelp(int, const char* value, std::string& subcommand) {
  subcommand = value;
  return {};
}

std::string ParseEpilogue() {
  return "FILE may be - for standard input. What needs a proposal that is off is\n"
         "refused; otherwise the module is not validated.\n\n"
         "Example:\n"
         "  tenon parse add.wat -o add.wasm && tenon validate add.wasm";
}

std::string PrintEpilogue() {
  return "FILE may be - for standard input. What is printed parses to the same module\n"
         "or component.\n\n"
         "Example:\n"
         "  tenon print --fold library.wasm | less";
}

std::string CompletionEpilogue() {
  return "In ~/.bashrc: source <(tenon completion bash)\n"
         "In ~/.zshrc, after compinit: source <(tenon completion zsh)";
}

template <typename Options, Status (*kTake)(int key, const char* value, Options& options),
          int (*kAct)(const Options& options)>
int Execute(const Syntax& syntax, int argc, char** argv) {
  Options options;
  const std::optional<int> exit_code = ReadCommandLine<Options, kTake>(syntax, argc, argv, options);
  return exit_code ? *exit_code : kAct(options);
}

constexpr Subcommand kSubcommands[] = {
    {.syntax = {.name = "run",
                .summary = "Run a component, or call a function of one or of a core module.",
                .arguments = {"FILE [ARGS...]", "FILE", kAnyNumber, true},
                .options = kRunOptions,
                .epilogue = RunEpilogue},
     .execute = Execute<RunOptions, TakeRun, Run>},
    {.syntax = {.name = "compile",
                .summary = "Compile a component or module to machine code.",
                .arguments = {"FILE", "FILE", 1, false},
                .options = kCompileOptions,
                .epilogue = CompileEpilogue},
     .execute = Execute<CompileOptions, TakeCompile, Compile>},
    {.syntax = {.name = "objdump",
                .summary = "Show a compiled file's machine code, and what it was made of.",
                .arguments = {"FILE", "FILE", 1, false},
                .options = kObjdumpOptions,
                .epilogue = ObjdumpEpilogue},
     .execute = Execute<ObjdumpOptions, TakeObjdump, Objdump>},
    {.syntax = {.name = "validate",
                .summary = "Check a component or module; silent when it is valid.",
                .arguments = {"FILE", "FILE", 1, false},
                .options = kValidateOptions,
                .epilogue = ValidateEpilogue},
     .execute = Execute<ValidateOptions, TakeValidate, Validate>},
    {.syntax = {.name = "compose",
                .summary = "Join components: exports of some fill imports of others.",
                .arguments = {"FILE", "FILE", 1, false,
                              "a component that fills its imports is given with --plug"},
                .options = kComposeOptions,
                .epilogue = ComposeEpilogue},
     .execute = Execute<ComposeOptions, TakeCompose, Compose>},
    {.syntax = {.name = "wast",
                .summary = "Run scripts of the official test suites' format.",
                .arguments = {"PATH...", "PATH", kAnyNumber, false},
                .options = kWastOptions,
                .epilogue = WastEpilogue},
     .execute = Execute<WastCommandOptions, TakeWast, Wast>},
    {.syntax = {.name = "inspect",
                .summary = "Show what a component or module imports, exports and asks for.",
                .arguments = {"FILE", "FILE", 1, false},
                .options = kInspectOptions,
                .epilogue = InspectEpilogue},
     .execute = Execute<InspectOptions, TakeInspect, Inspect>},
    {.syntax = {.name = "parse",
                .summary = "Make the binary of a module's or component's text.",
                .arguments = {"FILE", "FILE", 1, false},
                .options = kParseOptions,
                .epilogue = ParseEpilogue},
     .execute = Execute<ParseOptions, TakeParse, Parse>},
    {.syntax = {.name = "print",
                .summary = "Print a module or component as text.",
                .arguments = {"FILE", "FILE", 1, false},
                .options = kPrintOptions,
                .epilogue = PrintEpilogue},
     .execute = Execute<PrintCommandOptions, TakePrint, Print>},
    {.syntax = {.name = "wit",
                .summary = "Show, check or format packages of WIT; write C for a world.",
                .arguments = {"[check|fmt|bindgen c] FILE|DIR", "FILE|DIR", 3, false},
                .options = kWitOptions,
                .epilogue = WitEpilogue},
     .execute = Execute<WitOptions, TakeWit, Wit>},
    {.syntax = {.name = "component",
                .summary = "Make a component of a core module.",
                .arguments = {"embed|new|targets FILE|DIR...", "embed, new or targets", 3, false},
                .options = kComponentOptions,
                .epilogue = ComponentEpilogue},
     .execute = Execute<ComponentOptions, TakeComponent, ComponentCommand>},
    {.syntax = {.name = "cache",
                .summary = "List or remove what was compiled in the background.",
                .arguments = {"ls|clear", "ls or clear", 1, false},
                .options = kCacheOptions,
                .epilogue = CacheEpilogue},
     .execute = Execute<CacheOptions, TakeCache, CacheCommand>},
    {.syntax = {.name = "completion",
                .summary = "Print the script that completes command lines in a shell.",
                .arguments = {"bash|zsh", "shell", 1, false},
                .options = kCompletionOptions,
                .epilogue = CompletionEpilogue},
     .execute = Execute<std::string, TakeCompletion, Completion>},
    {.syntax = {.name = "help",
                .summary = "Show what a subcommand takes.",
                .arguments = {"[SUBCOMMAND]", nullptr, 1, false},
                .options = kHelpOptions},
     .execute = Execute<std::string, TakeHelp, Help>},
};

}  // namespace

absl::Span<const Subcommand> Subcommands() { return kSubcommands; }

}  // namespace tenon::cli
