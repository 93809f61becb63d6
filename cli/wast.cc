// `tenon wast`: the runner interprets scripts itself (wast/); tenon-wast, which has LLVM, compiles
// what they load.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/compiler.h"
#include "cli/wast/command.h"

namespace tenon::cli {

int Wast(const WastCommandOptions& options) {
  if (options.tier != Tier::kAot) return RunWastCommand(options.wast);
  std::vector<std::string> words = options.passed_on;
  for (const std::string& path : options.wast.paths) {
    // A name that begins with a dash is no option.
    words.push_back(absl::StrCat(path[0] == '-' ? "./" : "", path));
  }
  const Result<int> exit_code = RunCompiler(std::move(words), {.program = "tenon-wast"});
  if (exit_code) return *exit_code;
  return Complain(absl::StrCat("wast: ", exit_code.error().message()), kExitBadInput);
}

}  // namespace tenon::cli
