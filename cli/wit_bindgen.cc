#include <filesystem>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "wit/binary/encode.h"
#include "wit/bindgen/c.h"

namespace tenon::cli {
namespace {

// The exit code.
int Write(const std::string& path, absl::string_view text) {
  const Status written = WriteFile(path, text);
  return written ? 0 : ComplainOfFile(path, {}, written.error());
}

}  // namespace

int BindWorld(const WitOptions& options, const wit::Packages& packages, wit::WorldIdx world) {
  using wit::StringEncoding;
  const auto encoding = options.is_utf16 ? StringEncoding::kUtf16 : StringEncoding::kUtf8;
  const std::vector<uint8_t> component_type = wit::EncodeWorld(packages, world, encoding);
  const auto bindings =
      wit::BindC(packages, world, {.is_utf16 = options.is_utf16, .component_type = component_type});
  if (!bindings) return ComplainOfFile(options.path, {}, bindings.error());
  const std::filesystem::path folder(options.output == "-" ? "" : options.output);
  const std::string path = (folder / bindings->name).string();
  const int header = Write(path + ".h", bindings->header);
  return header != 0 ? header : Write(path + ".c", bindings->source);
}

}  // namespace tenon::cli
