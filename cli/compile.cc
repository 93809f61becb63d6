// `tenon compile`: the file is read and checked here, as `tenon validate` does, so that what is
// wrong with it reads the same; tenon-compile, which has LLVM, does the rest.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "vm/syntax/type_store.h"

namespace tenon::cli {
namespace {

// Beside the runner, wherever that is; empty when the system does not say.
std::string CompilerPath() {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0 || size == sizeof path) return "";
  const absl::string_view runner(path, static_cast<size_t>(size));
  return absl::StrCat(runner.substr(0, runner.rfind('/') + 1), "tenon-compile");
}

std::string DefaultOutput(absl::string_view file) {
  for (const absl::string_view ending : {".wasm", ".wat"}) {
    if (absl::EndsWith(file, ending)) file.remove_suffix(ending.size());
  }
  return absl::StrCat(file, ".tenon");
}

// What follows the name of a program, until it ends: its exit code, or errno, negative.
int RunProgram(const std::string& program, std::vector<std::string> words) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  pid_t child = 0;
  if (const int error =
          posix_spawn(&child, program.c_str(), nullptr, nullptr, argv.data(), environ);
      error != 0) {
    return -error;
  }
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -errno;
  }
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

Status Check(std::vector<uint8_t>& bytes, const vm::Features& features) {
  vm::TypeStore types;
  if (IsComponentFile(bytes)) {
    TENON_RETURN_IF_ERROR(CheckComponentFile(bytes, features, &types));
  } else {
    TENON_RETURN_IF_ERROR(CheckModule(bytes, features, &types));
  }
  return {};
}

}  // namespace

int Compile(const CompileOptions& options) {
  if (options.file == "-") {
    return Complain("compile: expected a file's name, not standard input", kExitUsage);
  }
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ReportError(options.json, options.file, {}, bytes.error());
  if (const Status checked = Check(*bytes, options.features); !checked) {
    return ReportError(options.json, options.file, *bytes, checked.error());
  }
  const std::string output = options.output.empty() ? DefaultOutput(options.file) : options.output;
  if (!absl::EndsWith(output, ".tenon")) {
    return Complain(absl::StrCat("compile: the output's name must end in .tenon, as 'tenon run' "
                                 "takes compiled files by it: ",
                                 output),
                    kExitUsage);
  }
  // A name that begins with a dash is none of the compiler's options.
  const absl::string_view folder = options.file[0] == '-' ? "./" : "";
  std::vector<std::string> words = options.passed_on;
  words.insert(words.end(), {"-o", output, absl::StrCat(folder, options.file)});
  const std::string compiler = CompilerPath();
  const int exit_code = RunProgram(compiler, std::move(words));
  if (exit_code == -ENOENT) {
    return Complain(absl::StrCat("compile: the compiler is not installed: no ", compiler),
                    kExitBadInput);
  }
  if (exit_code < 0) {
    return Complain(absl::StrCat("compile: ", compiler, ": ", std::strerror(-exit_code)),
                    kExitBadInput);
  }
  return exit_code;
}

}  // namespace tenon::cli
