#include "cli/wast/command.h"

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <system_error>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "cli/input_file.h"
#include "cli/json.h"
#include "cli/output_file.h"
#include "vm/base/utf8.h"
#include "vm/syntax/limits.h"

namespace tenon::cli {
namespace {

namespace fs = std::filesystem;

// The scripts that the paths stand for, in the order given. A path that is no folder stays as it
// is, so that one that does not exist is reported where it is read.
std::vector<std::string> FindScripts(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    std::error_code error;
    if (!fs::is_directory(path, error)) {
      files.push_back(path);
      continue;
    }
    const auto first = static_cast<std::ptrdiff_t>(files.size());
    fs::recursive_directory_iterator entries(path, error);
    for (; !error && entries != fs::recursive_directory_iterator(); entries.increment(error)) {
      if (entries->path().extension() == ".wast" && entries->is_regular_file(error)) {
        files.push_back(entries->path().string());
      }
    }
    std::sort(files.begin() + first, files.end());
  }
  return files;
}

void PrintText(const std::string& path, const ScriptReport& report) {
  std::string line = absl::StrCat(path, ": ", report.executed - report.failed, " passed");
  if (report.failed > 0) absl::StrAppend(&line, ", ", report.failed, " failed");
  if (report.failures.size() > report.failed) line += ", not read to its end";
  PutText(line + "\n");
  FlushOutput();
  for (const ScriptFailure& failure : report.failures) {
    std::string where = path;
    if (failure.line != 0) absl::StrAppend(&where, ":", failure.line);
    if (failure.column != 0) absl::StrAppend(&where, ":", failure.column);
    std::fprintf(stderr, "%s: %s\n", where.c_str(), EscapeControls(failure.message).c_str());
    if (!failure.caret.empty()) std::fprintf(stderr, "%s\n", failure.caret.c_str());
  }
}

void PrintJson(const std::string& path, const ScriptReport& report) {
  JsonWriter json;
  json.BeginObject();
  json.Member("file", EscapeControls(path));
  json.Member("directives", report.executed);
  json.Member("passed", report.executed - report.failed);
  json.Member("failed", report.failed);
  json.Member("ok", report.passed());
  json.BeginArray("failures");
  for (const ScriptFailure& failure : report.failures) {
    json.BeginObject();
    json.Member("line", failure.line);
    json.Member("column", failure.column);
    json.Member("message", EscapeControls(failure.message));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  json.Print();
}

struct Total {
  size_t files = 0;
  size_t failed_files = 0;
  size_t directives = 0;
  size_t failed = 0;
};

void PrintTotal(const Total& total, bool json) {
  if (json) {
    JsonWriter document;
    document.BeginObject();
    document.Member("files", total.files);
    document.Member("failed_files", total.failed_files);
    document.Member("directives", total.directives);
    document.Member("failed", total.failed);
    document.EndObject();
    document.Print();
  } else {
    std::printf("%zu file%s (%zu failed), %zu directives executed, %zu failed\n", total.files,
                total.files == 1 ? "" : "s", total.failed_files, total.directives, total.failed);
  }
}

// Empty for what may be a script; one of comments alone is.
std::string WhyNoScript(absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return "the file is empty";
  const InputKind kind = KindOf(bytes);
  if (kind == InputKind::kText || kind == InputKind::kEmpty) return "";
  return "not a script: it does not begin with \"(\"";
}

ScriptReport RunFile(const std::string& path, const ScriptOptions& options) {
  const Result<std::vector<uint8_t>> text = ReadInputFile(path);
  const std::string problem =
      text ? WhyNoScript(*text) : absl::StrCat("cannot read the file: ", text.error().ToString());
  if (problem.empty()) {
    return RunScript({reinterpret_cast<const char*>(text->data()), text->size()}, options);
  }
  ScriptReport report;
  report.failures.push_back({0, 0, problem});
  return report;
}

}  // namespace

int RunWastCommand(const WastOptions& options) {
  Total total;
  for (const std::string& path : FindScripts(options.paths)) {
    const ScriptReport report = RunFile(path, options.script);
    ++total.files;
    if (!report.passed()) ++total.failed_files;
    total.directives += report.executed;
    total.failed += report.failed;
    if (options.json) {
      PrintJson(path, report);
    } else {
      PrintText(path, report);
    }
  }
  if (total.files == 0) std::fputs("no scripts found\n", stderr);
  PrintTotal(total, options.json);
  return total.failed_files == 0 && total.files != 0 ? 0 : 1;
}

}  // namespace tenon::cli
