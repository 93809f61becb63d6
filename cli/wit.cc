#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/json.h"
#include "cli/output_file.h"
#include "cli/wit_files.h"
#include "wit/resolve/print.h"
#include "wit/resolve/resolve.h"

namespace tenon::cli {
namespace {

absl::Span<const uint8_t> BytesOf(const std::string& text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

void WriteItems(JsonWriter& json, absl::string_view key,
                const std::vector<wit::PrintedItem>& items) {
  json.BeginArray(key);
  for (const wit::PrintedItem& item : items) {
    json.BeginObject();
    json.Member("kind", absl::string_view(item.kind));
    json.Member("name", item.name);
    json.Member("wit", item.wit);
    json.EndObject();
  }
  json.EndArray();
}

void WriteAbout(JsonWriter& json, const wit::About& about) {
  if (!about.docs.empty()) json.Member("docs", about.docs);
  if (!about.since.empty()) json.Member("since", about.since);
  if (!about.feature.empty()) json.Member("feature", about.feature);
  if (!about.deprecated.empty()) json.Member("deprecated", about.deprecated);
}

void WritePackage(JsonWriter& json, const wit::Packages& packages, const wit::Package& package) {
  json.BeginObject();
  json.Member("name", wit::NameOf(package));
  json.Member("root", package.is_root);
  if (!package.docs.empty()) json.Member("docs", package.docs);
  json.BeginArray("interfaces");
  for (const wit::InterfaceIdx interface : package.interfaces) {
    json.BeginObject();
    json.Member("name", packages[interface].name);
    WriteAbout(json, packages[interface].about);
    WriteItems(json, "items", wit::PrintItems(packages, interface));
    json.EndObject();
  }
  json.EndArray();
  json.BeginArray("worlds");
  for (const wit::WorldIdx world : package.worlds) {
    json.BeginObject();
    json.Member("name", packages[world].name);
    WriteAbout(json, packages[world].about);
    WriteItems(json, "imports", wit::PrintImports(packages, world));
    WriteItems(json, "exports", wit::PrintExports(packages, world));
    json.EndObject();
  }
  json.EndArray();
  json.EndObject();
}

void PrintJson(const wit::Packages& packages) {
  JsonWriter json;
  json.BeginObject();
  json.BeginArray("packages");
  for (const wit::Package& package : packages.packages) WritePackage(json, packages, package);
  json.EndArray();
  json.EndObject();
  json.Print();
}

}  // namespace

int Wit(const WitOptions& options) {
  if (options.action == WitOptions::Action::kFormat) return FormatWitFiles(options);
  const auto groups = ReadWit(options.path, options.deps);
  if (!groups) return ComplainOfFile(groups.error().path, {}, groups.error().error);
  const auto packages = wit::Resolve(*groups, options.features);
  if (!packages) {
    const wit::Failure& failure = packages.error();
    return ComplainOfFile(failure.file->path, BytesOf(failure.file->text), failure.error);
  }
  if (options.action == WitOptions::Action::kCheck) return 0;
  if (options.json) {
    PrintJson(*packages);
  } else {
    PutText(wit::PrintPackages(*packages, options.all));
  }
  return 0;
}

}  // namespace tenon::cli
