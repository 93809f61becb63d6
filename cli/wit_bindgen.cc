#include <filesystem>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/output_file.h"
#include "wit/binary/encode.h"
#include "wit/bindgen/c.h"

namespace tenon::cli {
namespace {

struct File {
  std::string path;
  absl::string_view text;
};

// A file of somebody's own is not written over.
bool IsSomebodys(const std::string& path) {
  const auto bytes = ReadInputFile(path);
  if (!bytes || bytes->empty()) return false;
  const absl::string_view text(reinterpret_cast<const char*>(bytes->data()), bytes->size());
  return !absl::StrContains(text.substr(0, text.find('\n')), "made by `tenon wit bindgen c`");
}

// Both or none, as far as the file system lets us. The exit code.
int WriteTogether(const File (&files)[2]) {
  std::vector<OutputFile> written;
  for (const File& file : files) {
    if (IsSomebodys(file.path)) {
      return Complain(absl::StrCat(file.path,
                                   ": is there, and not made by 'tenon wit bindgen c'; "
                                   "remove it, or name another folder with -o"),
                      kExitBadInput);
    }
    auto output = OutputFile::Open(file.path);
    if (!output) return ComplainOfFile(file.path, {}, output.error());
    if (const Status status = output->Write(file.text); !status) {
      return ComplainOfFile(file.path, {}, status.error());
    }
    written.push_back(std::move(*output));
  }
  for (size_t i = 0; i < written.size(); ++i) {
    if (const Status status = written[i].Commit(); !status) {
      return ComplainOfFile(files[i].path, {}, status.error());
    }
  }
  return 0;
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
  if (!folder.empty()) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) return ComplainOfFile(options.output, {}, Error(ErrorKind::kIo, error.message()));
  }
  const std::string path = (folder / bindings->name).string();
  return WriteTogether({{path + ".h", bindings->header}, {path + ".c", bindings->source}});
}

}  // namespace tenon::cli
