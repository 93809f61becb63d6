#include <unistd.h>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output_file.h"

namespace tenon::cli {
int ComplainOfOutput(const std::string& output, const Error& error) {
  if (output == "-") return kExitBadInput;  // main tells of standard output
  return Complain(absl::StrCat(output, ": ", error.ToString()), kExitBadInput);
}

int WriteOutput(const std::string& output, absl::string_view text) {
  const Status written = WriteFile(output, text);
  return written ? 0 : ComplainOfOutput(output, written.error());
}

int WriteOutput(const std::string& output, absl::Span<const uint8_t> binary) {
  return WriteOutput(output, {reinterpret_cast<const char*>(binary.data()), binary.size()});
}

int RefuseTerminal(const std::string& output, absl::string_view subcommand) {
  if (output != "-" || !isatty(STDOUT_FILENO)) return 0;
  return Complain(
      absl::StrCat(subcommand, ": a binary is not for a terminal; give a file with '--output'"),
      kExitUsage);
}

}  // namespace tenon::cli
