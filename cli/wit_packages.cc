#include "cli/wit_packages.h"

#include <utility>

#include "abi/binary/decode.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/wit_files.h"
#include "vm/binary/decoder.h"
#include "wit/resolve/find_world.h"

namespace tenon::cli {
namespace {

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

bool IsBinary(const std::string& bytes) {
  return KindOf(BytesOf(bytes)) == InputKind::kComponent ||
         KindOf(BytesOf(bytes)) == InputKind::kCoreModule;
}

Result<wit::DecodedWit> Decode(const std::string& file) {
  const auto bytes = BytesOf(file);
  if (KindOf(bytes) == InputKind::kCoreModule) {
    TENON_ASSIGN_OR_RETURN(const vm::Module module,
                           vm::DecodeModule({bytes.begin(), bytes.end()}, vm::Features::All()));
    const vm::Module* const pointer = &module;
    TENON_ASSIGN_OR_RETURN(wit::ModulesWorld made, wit::DecodeModulesWorld({&pointer, 1}));
    return wit::DecodedWit{std::move(made.packages), made.world, made.encodings[0]};
  }
  TENON_ASSIGN_OR_RETURN(const auto component, abi::DecodeComponent({bytes.begin(), bytes.end()}));
  return wit::DecodeWit(*component);
}

}  // namespace

OrExitCode<wit::DecodedWit> LoadWit(const std::string& path, const std::vector<std::string>& deps,
                                    const wit::FeatureChoice& features, bool errors_as_json) {
  const auto groups = ReadWit(path, deps);
  if (!groups) {
    return std::unexpected(
        ReportError(errors_as_json, groups.error().path, {}, groups.error().error));
  }
  if (const std::string& first = groups->front().files.front().text; IsBinary(first)) {
    Result<wit::DecodedWit> decoded = Decode(first);
    if (decoded) return std::move(*decoded);
    return std::unexpected(ReportError(errors_as_json, path, {}, decoded.error()));
  }
  auto packages = wit::Resolve(*groups, features);
  if (packages) return wit::DecodedWit{std::move(*packages)};
  const wit::Failure& failure = packages.error();
  return std::unexpected(
      ReportError(errors_as_json, failure.file->path, BytesOf(failure.file->text), failure.error));
}

OrExitCode<wit::WorldIdx> ChooseWorld(const wit::DecodedWit& wit, const std::string& path,
                                      const std::string& name, bool errors_as_json) {
  const auto world = wit::FindWorld(wit.packages, name);
  if (world) return *world;
  return std::unexpected(ReportError(errors_as_json, path, {}, world.error()));
}

}  // namespace tenon::cli
