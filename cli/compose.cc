#include "abi/compose/compose.h"

#include <cstdio>
#include <map>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/json.h"
#include "cli/version.h"
#include "vm/base/utf8.h"
#include "vm/binary/producers.h"

namespace tenon::cli {
namespace {

using Strings = std::vector<std::string>;

void PrintLine(const std::string& line) {
  std::fprintf(stderr, "%s\n", EscapeControls(line).c_str());
}

// `bytes`: the file's, if it is a text and the error is about a place in it.
int Report(const ComposeOptions& options, const std::string& file, const Error& error,
           absl::Span<const uint8_t> bytes = {}) {
  return ReportError(options.json, file, bytes, error);
}

// The last part of a path, without the suffix of its kind.
std::string StemOf(const std::string& path) {
  const std::string name = path.substr(path.rfind('/') + 1);
  const size_t dot = name.rfind('.');
  return dot == std::string::npos || dot == 0 ? name : name.substr(0, dot);
}

// Takes a binary's bytes over and leaves a text.
Result<std::unique_ptr<const abi::ResolvedComponent>> Load(std::vector<uint8_t>& bytes,
                                                           const vm::Features& features,
                                                           vm::TypeStore* types) {
  if (!IsComponentFile(bytes)) {
    const InputKind kind = KindOf(bytes);
    const bool is_module = kind == InputKind::kCoreModule || kind == InputKind::kText;
    return Fail(ErrorKind::kMalformed, is_module ? "not a component" : WhyUnreadable(bytes));
  }
  return CheckComponentFile(bytes, features, types);
}

// What was joined and what is left.
void PrintReport(const abi::Composition& composition) {
  for (const abi::FilledImport& filled : composition.filled) {
    PrintLine(absl::StrCat("filled: import ", filled.import, " of ", filled.part, " with ",
                           filled.exported, " of ", filled.plug));
  }
  for (const abi::HiddenExport& hidden : composition.hidden) {
    PrintLine(absl::StrCat("left out: export ", hidden.name, " of ", hidden.part, ", since ",
                           hidden.behind, " has one of that name"));
  }
  for (const abi::OpenImport& open : composition.open) {
    PrintLine(
        absl::StrCat("left open: import ", open.name, " of ", absl::StrJoin(open.parts, ", ")));
  }
}

void PrintJsonReport(const abi::Composition& composition) {
  JsonWriter json;
  json.BeginObject();
  json.BeginArray("filled");
  for (const abi::FilledImport& filled : composition.filled) {
    json.BeginObject();
    json.Member("import", filled.import);
    json.Member("of", filled.part);
    json.Member("export", filled.exported);
    json.Member("plug", filled.plug);
    json.EndObject();
  }
  json.EndArray();
  json.BeginArray("open");
  for (const abi::OpenImport& open : composition.open) {
    json.BeginObject();
    json.Member("import", open.name);
    WriteStrings(json, "of", open.parts);
    json.EndObject();
  }
  json.EndArray();
  WriteStrings(json, "exports", composition.exports);
  json.BeginArray("hidden");
  for (const abi::HiddenExport& hidden : composition.hidden) {
    json.BeginObject();
    json.Member("export", hidden.name);
    json.Member("of", hidden.part);
    json.Member("behind", hidden.behind);
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
  PrintLine(std::string(json.text()));
}

}  // namespace

int Compose(const ComposeOptions& options) {
  if (const int code = RefuseTerminal(options.output, "compose")) return code;
  vm::TypeStore types;
  Strings files = {options.file};
  files.insert(files.end(), options.plugs.begin(), options.plugs.end());
  std::vector<std::unique_ptr<const abi::ResolvedComponent>> components;
  std::vector<abi::ComposePart> parts;
  std::map<std::string, int> stems;  // parts of one name are told by a number
  for (const std::string& file : files) {
    auto bytes = ReadInputFile(file);
    if (!bytes) return Report(options, file, std::move(bytes).error());
    auto component = Load(*bytes, options.features, &types);
    if (!component) return Report(options, file, std::move(component).error(), *bytes);
    components.push_back(*std::move(component));
    const int same = stems[StemOf(file)]++;
    parts.push_back({same == 0 ? StemOf(file) : absl::StrCat(StemOf(file), "#", same + 1),
                     components.back().get()});
  }
  auto composition = abi::Compose(parts[0], absl::MakeConstSpan(parts).subspan(1), types);
  if (!composition) return Report(options, options.file, composition.error());
  vm::AddProducer({"processed-by", "tenon", kVersion}, &composition->bytes);
  if (auto checked = CheckComponent(composition->bytes, options.features, &types); !checked) {
    return Report(options, options.file,
                  std::move(checked).error().WithContext("what it would be composed to"));
  }
  const int code = WriteOutput(options.output, absl::MakeConstSpan(composition->bytes));
  if (code != 0) return code;
  options.json ? PrintJsonReport(*composition) : PrintReport(*composition);
  return 0;
}

}  // namespace tenon::cli
