#include <string>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "cli/wit_files.h"
#include "wit/syntax/format.h"
#include "wit/syntax/parser.h"

namespace tenon::cli {
namespace {

// The exit code. Nothing is written where the text is laid out already, or is none.
int FormatFile(const std::string& path, bool only_check) {
  auto bytes = ReadWitFile(path);
  if (!bytes) return ComplainOfFile(path, {}, bytes.error());
  const absl::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  const auto document = wit::ParseWit(text);
  if (!document) return ComplainOfFile(path, *bytes, document.error());
  const std::string formatted = wit::FormatWit(*document);
  if (formatted == text) return 0;
  if (only_check) {
    PutText(absl::StrCat(path, "\n"));
    return kExitBadInput;
  }
  const Status written = WriteFile(path, formatted);
  return written ? 0 : ComplainOfFile(path, {}, written.error());
}

}  // namespace

int FormatWitFiles(const WitOptions& options) {
  const auto files = FindWitFiles(options.path);
  if (!files) return ComplainOfFile(files.error().path, {}, files.error().error);
  if (files->empty()) {
    return Complain(absl::StrCat(options.path, ": there are no .wit files in it"), kExitBadInput);
  }
  int exit_code = 0;
  for (const std::string& file : *files) {
    const int each = FormatFile(file, options.only_check);
    if (each != 0) exit_code = each;
  }
  return exit_code;
}

}  // namespace tenon::cli
