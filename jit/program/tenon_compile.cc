// tenon-compile: a component's or module's file to an artifact's. The runner starts it, so that it
// links no LLVM itself.
#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <ctime>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "jit/budget.h"
#include "jit/compile.h"
#include "jit/program/input.h"
#include "jit/program/objdump.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/raw_ostream.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/limits.h"
#include "vm/sys/file.h"
#include "vm/sys/input_file.h"

namespace tenon::jit {
namespace {

constexpr char kUsage[] =
    "usage: tenon-compile [options] FILE -o OUT     - is a standard stream\n"
    "  -O0 -O1 -O2 -O3 -Os       how much to optimise (-O2)\n"
    "  --target-cpu=CPU          native, x86-64, x86-64-v2, -v3, -v4 (native)\n"
    "  --bounds=HOW              guard or explicit (guard)\n"
    "  --trap-policy=POLICY      component or precise (component)\n"
    "  -g                        tell where all code comes from, not only what may trap or call\n"
    "  --deterministic-simd      relaxed SIMD that is the same everywhere\n"
    "  --features=LIST           as of `tenon run`\n"
    "  --threads=N               that compile (one a core); the result is the same\n"
    "  --sample=SEED             compile about half of the functions; the others are interpreted\n"
    "  --budget=SECONDS          of processor time that a function may take (120; 0: any); all\n"
    "                            may take that and as much again for each MiB of the input\n"
    "  --memory-budget=MIB       that the compiler may take (8192; 0: any)\n"
    "  --time                    tell how fast it was, on standard error\n"
    "  --report                  tell which functions have no machine code, and why\n";

constexpr double kBudgetSeconds = 120;
constexpr uint64_t kMebibyte = uint64_t{1} << 20;

struct Arguments {
  CompileOptions compile{.trap_policy = TrapPolicy::kComponent,
                         .budget_seconds = kBudgetSeconds,
                         .budget_bytes = 8192 * kMebibyte};
  vm::Features features;
  std::string in, out;
  bool report = false;
  bool time = false;
};

Status BadUsage(absl::string_view what) {
  return Fail(ErrorKind::kUsage, absl::StrCat(what, "\n", kUsage));
}

std::optional<OptLevel> ParseLevel(absl::string_view text) {
  constexpr std::pair<absl::string_view, OptLevel> kLevels[] = {{"-O0", OptLevel::k0},
                                                                {"-O1", OptLevel::k1},
                                                                {"-O2", OptLevel::k2},
                                                                {"-O3", OptLevel::k3},
                                                                {"-Os", OptLevel::kSize}};
  for (const auto& [name, level] : kLevels) {
    if (text == name) return level;
  }
  return std::nullopt;
}

// About every second function; which, depends on the seed.
std::function<bool(vm::FuncIdx)> Sample(uint64_t seed) {
  return [seed](vm::FuncIdx func) {
    uint64_t mixed = (seed + func.value()) * 0x9e3779b97f4a7c15;
    mixed ^= mixed >> 29;
    return ((mixed * 0xbf58476d1ce4e5b9) >> 63) != 0;
  };
}

// `text` has two meanings; which is it?
Status Choose(absl::string_view text, absl::string_view no, absl::string_view yes, bool* chosen) {
  if (text != no && text != yes) {
    return BadUsage(absl::StrCat("expected ", no, " or ", yes, ", got ", text));
  }
  *chosen = text == yes;
  return {};
}

// An option with a value. False: it is no such option.
Result<bool> ParseValue(absl::string_view name, absl::string_view value, Arguments* arguments) {
  bool chosen = false;
  if (name == "--target-cpu") {
    arguments->compile.cpu = std::string(value);
  } else if (name == "--bounds") {
    TENON_RETURN_IF_ERROR(Choose(value, "guard", "explicit", &chosen));
    arguments->compile.bounds = chosen ? Bounds::kExplicit : Bounds::kGuard;
  } else if (name == "--trap-policy") {
    TENON_RETURN_IF_ERROR(Choose(value, "precise", "component", &chosen));
    arguments->compile.trap_policy = chosen ? TrapPolicy::kComponent : TrapPolicy::kPrecise;
  } else if (name == "--features") {
    TENON_RETURN_IF_ERROR(arguments->features.Apply(value));
  } else if (name == "--threads") {
    if (!absl::SimpleAtoi(value, &arguments->compile.threads) || arguments->compile.threads == 0) {
      return std::unexpected(BadUsage("--threads takes a number above 0").error());
    }
  } else if (name == "--budget") {
    double& seconds = arguments->compile.budget_seconds;
    if (!absl::SimpleAtod(value, &seconds) || !(seconds >= 0)) {
      return std::unexpected(BadUsage("--budget takes a number of seconds").error());
    }
  } else if (name == "--memory-budget") {
    uint32_t mebibytes = 0;
    if (!absl::SimpleAtoi(value, &mebibytes)) {
      return std::unexpected(BadUsage("--memory-budget takes a number of MiB").error());
    }
    arguments->compile.budget_bytes = uint64_t{mebibytes} << 20;
  } else if (name == "--sample") {
    uint64_t seed = 0;
    if (!absl::SimpleAtoi(value, &seed)) {
      return std::unexpected(BadUsage("--sample takes a number").error());
    }
    arguments->compile.filter = Sample(seed);
  } else {
    return false;
  }
  return true;
}

Result<Arguments> Parse(const std::vector<absl::string_view>& words) {
  Arguments arguments;
  const auto bad = [](absl::string_view what, absl::string_view word) {
    return std::unexpected(BadUsage(absl::StrCat(what, word)).error());
  };
  for (size_t i = 0; i < words.size(); ++i) {
    absl::string_view word = words[i];
    if (word.empty() || word[0] != '-' || word == "-") {
      if (!arguments.in.empty()) return bad("one input too many: ", word);
      arguments.in = std::string(word);
    } else if (const auto level = ParseLevel(word)) {
      arguments.compile.level = *level;
    } else if (word == "--report") {
      arguments.report = true;
    } else if (word == "-g") {
      arguments.compile.all_positions = true;
    } else if (word == "--time") {
      arguments.time = true;
    } else if (word == "--deterministic-simd") {
      arguments.compile.deterministic_simd = true;
    } else if (const size_t equals = word.find('='); equals != absl::string_view::npos) {
      TENON_ASSIGN_OR_RETURN(const bool known, ParseValue(word.substr(0, equals),
                                                          word.substr(equals + 1), &arguments));
      if (!known) return bad("no such option: ", word);
    } else if (i + 1 == words.size()) {
      return bad("an option without its value, or none: ", word);
    } else if (word == "-o") {
      arguments.out = std::string(words[++i]);
    } else {
      TENON_ASSIGN_OR_RETURN(const bool known, ParseValue(word, words[++i], &arguments));
      if (!known) return bad("no such option: ", word);
    }
  }
  if (arguments.in.empty() || arguments.out.empty()) return bad("an input and -o are needed", "");
  return arguments;
}

// All of it, or an error.
std::error_code WriteBytes(int fd, const std::vector<uint8_t>& bytes) {
  llvm::raw_fd_ostream stream(fd, /*shouldClose=*/false);
  stream.write(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  stream.flush();
  const std::error_code error = stream.error();
  stream.clear_error();
  return error;
}

// The file is there whole or not at all; "-" is standard output.
Status WriteWhole(const std::string& path, const std::vector<uint8_t>& bytes) {
  const auto failure = [&](llvm::Error error) {
    return Fail(ErrorKind::kIo, absl::StrCat(path, ": ", llvm::toString(std::move(error))));
  };
  if (path == "-") {
    const std::error_code error = WriteBytes(1, bytes);
    return error ? failure(llvm::errorCodeToError(error)) : Status();
  }
  llvm::Expected<llvm::sys::fs::TempFile> file =
      llvm::sys::fs::TempFile::create(path + ".%%%%%%%%.tmp");
  if (!file) return failure(file.takeError());
  if (const std::error_code error = WriteBytes(file->FD, bytes)) {
    llvm::consumeError(file->discard());
    return failure(llvm::errorCodeToError(error));
  }
  // A name that outlives what it names, in a crash of the machine, would be run.
  if (Status status = vm::sys::WriteThrough(file->FD); !status) {
    llvm::consumeError(file->discard());
    return std::unexpected(std::move(status).error().WithContext(path));
  }
  if (llvm::Error error = file->keep(path)) return failure(std::move(error));
  return {};
}

void PrintReport(const std::vector<CompileReport>& reports) {
  size_t all = 0, compiled = 0;
  for (size_t module = 0; module < reports.size(); ++module) {
    for (const CompileReport::Func& func : reports[module].funcs) {
      ++all;
      if (func.is_compiled()) ++compiled;
      if (func.is_compiled()) continue;
      if (reports.size() > 1) llvm::outs() << "module " << module << ", ";
      llvm::outs() << "function " << func.index.value() << ": " << func.reason << "\n";
    }
  }
  llvm::outs() << compiled << " of " << all << " functions compiled\n";
}

// Takes a line on a terminal away.
constexpr char kClearLine[] = "\r\x1b[K";

// A line on a terminal that is written over, and away when it is full.
void ShowProgress(uint64_t done, uint64_t total) {
  constexpr uint64_t kWidth = 40;
  if (done >= total) {
    llvm::errs() << kClearLine;
    return;
  }
  const uint64_t filled = kWidth * done / total;
  llvm::errs() << "\r[" << std::string(filled, '#') << std::string(kWidth - filled, ' ') << "] "
               << 100 * done / total << " %";
}

void PrintTime(uint64_t bytes) {
  const double seconds = static_cast<double>(std::clock()) / CLOCKS_PER_SEC;
  const double kilobytes = static_cast<double>(bytes) / 1000;
  llvm::errs() << llvm::format("%.0f KB in %.2f s of processor time: %.0f KB/s\n", kilobytes,
                               seconds, kilobytes / seconds);
}

// In one piece, since another thread may show its progress.
int Complain(const Error& error, absl::string_view begin = "") {
  llvm::errs() << absl::StrCat(begin, "tenon-compile: ", error.ToString(), "\n");
  return error.kind() == ErrorKind::kUsage ? 2 : error.kind() == ErrorKind::kIo ? 3 : 1;
}

// What all of an input may take. Guests take a second for 100 KB and become four times as large;
// small ones that do nothing but vector operations, without optimising, fifty times.
void LimitWhole(uint64_t input_bytes, CompileOptions* options) {
  constexpr double kBytesABudget = double{kMebibyte};
  constexpr double kFirstBytes = 16.0 * kMebibyte, kBytesAByte = 128;
  const double size = static_cast<double>(input_bytes);
  options->total_seconds = std::ceil(options->budget_seconds * (1 + size / kBytesABudget));
  const double raised = std::max(1.0, options->budget_seconds / kBudgetSeconds);
  const double bytes = raised * (kFirstBytes + kBytesAByte * size);
  const bool is_bounded = options->budget_seconds != 0 && bytes < double{uint64_t{1} << 62};
  options->output_bytes = is_bounded ? static_cast<uint64_t>(bytes) : 0;
}

// Decoding and validating is under the budget's watch as compiling is; writing is not: by then
// there is something that would be left behind.
Result<std::vector<uint8_t>> ReadAndCompile(std::vector<uint8_t> bytes, const Arguments& arguments,
                                            std::vector<CompileReport>* reports) {
  Budget budget(arguments.compile);
  TENON_RETURN_IF_ERROR(budget.Start());
  TENON_ASSIGN_OR_RETURN(const std::unique_ptr<const Input> input,
                         Input::Read(std::move(bytes), arguments.features));
  return Compile(input->program(), arguments.compile, reports, &budget);
}

Status Run(Arguments arguments) {
  const bool shows_progress = llvm::sys::Process::StandardErrIsDisplayed();
  if (shows_progress) arguments.compile.progress = ShowProgress;
  arguments.compile.over_budget = [shows_progress](const Error& error) {
    std::_Exit(Complain(error, shows_progress ? kClearLine : ""));
  };
  TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes,
                         arguments.in == "-"
                             ? vm::sys::ReadInput(0, vm::kMaxModuleBytes)
                             : vm::sys::ReadInputFile(arguments.in, vm::kMaxModuleBytes));
  const size_t size = bytes.size();
  LimitWhole(size, &arguments.compile);
  std::vector<CompileReport> reports;
  TENON_ASSIGN_OR_RETURN(const std::vector<uint8_t> artifact,
                         ReadAndCompile(std::move(bytes), arguments, &reports));
  if (arguments.report) PrintReport(reports);
  if (arguments.time) PrintTime(size);
  return WriteWhole(arguments.out, artifact);
}

int Main(const std::vector<absl::string_view>& words) {
  if (!words.empty() && words[0] == "objdump") {
    if (words.size() != 3) return Complain(BadUsage("objdump FILE FUNCTION").error());
    const Result<bool> shown = PrintCode(std::string(words[1]), std::string(words[2]));
    if (!shown) return Complain(shown.error());
    return *shown ? 0 : 1;
  }
  auto arguments = Parse(words);
  const Status status = arguments ? Run(std::move(*arguments))
                                  : Status(std::unexpected(std::move(arguments).error()));
  if (status) return 0;
  return Complain(status.error());
}

}  // namespace
}  // namespace tenon::jit

int main(int argc, char** argv) { return tenon::jit::Main({argv + 1, argv + argc}); }
