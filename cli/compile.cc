// `tenon compile`: the file is read and checked here, as `tenon validate` does, so that what is
// wrong with it reads the same; tenon-compile, which has LLVM, does the rest. `tenon objdump` is
// all the compiler's.
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/compiler.h"
#include "cli/input_file.h"
#include "vm/sys/file.h"

namespace tenon::cli {
namespace {

std::string DefaultOutput(absl::string_view file) {
  for (const absl::string_view ending : {".wasm", ".wat"}) {
    if (absl::EndsWith(file, ending)) file.remove_suffix(ending.size());
  }
  return absl::StrCat(file, ".tenon");
}

}  // namespace

int Compile(const CompileOptions& options) {
  if (options.file == "-" && options.output.empty()) {
    return Complain("compile: what comes from standard input needs '-o'", kExitUsage);
  }
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ReportError(options.json, options.file, {}, bytes.error());
  // The compiler is given what was read, whatever becomes of the file.
  const Result<vm::sys::File> source = vm::sys::File::OfBytes(*bytes);
  if (!source) return ReportError(options.json, options.file, {}, source.error());
  if (const Status checked = CheckFile(*bytes, options.features); !checked) {
    return ReportError(options.json, options.file, *bytes, checked.error());
  }
  const std::string output = options.output.empty() ? DefaultOutput(options.file) : options.output;
  if (!absl::EndsWith(output, ".tenon")) {
    return Complain(absl::StrCat("compile: the output's name must end in .tenon, as 'tenon run' "
                                 "takes compiled files by it: ",
                                 output),
                    kExitUsage);
  }
  std::vector<std::string> words = options.passed_on;
  words.insert(words.end(), {"-o", output, "-"});
  std::string errors;
  const Result<int> exit_code =
      RunCompiler(std::move(words),
                  {.input = source->descriptor(), .errors = options.json ? &errors : nullptr});
  if (!exit_code) {
    if (options.json) return ReportError(true, options.file, {}, exit_code.error());
    return Complain(absl::StrCat("compile: ", exit_code.error().message()), kExitBadInput);
  }
  const bool is_output = *exit_code == kCompilerIo;
  if (*exit_code == 0 || !options.json) {
    std::fputs(errors.c_str(), stderr);
    return is_output ? kExitBadInput : *exit_code;
  }
  // Of the compiler's own one line; what the file is to blame for was told above.
  absl::string_view text = absl::StripAsciiWhitespace(errors);
  absl::ConsumePrefix(&text, "tenon-compile: ");
  if (!is_output) {
    return ReportError(true, options.file, {}, Error(ErrorKind::kLimit, std::string(text)));
  }
  absl::ConsumePrefix(&text, absl::StrCat(output, ": "));
  return ReportError(true, output, {}, Error(ErrorKind::kIo, std::string(text)));
}

int Objdump(const ObjdumpOptions& options) {
  const Result<int> exit_code = RunCompiler({"objdump", options.file, options.func});
  if (exit_code) return *exit_code == kCompilerIo ? kExitBadInput : *exit_code;
  return Complain(absl::StrCat("objdump: ", exit_code.error().message()), kExitBadInput);
}

}  // namespace tenon::cli
