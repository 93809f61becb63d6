#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/output_file.h"
#include "cli/wit_abi.h"
#include "cli/wit_json.h"
#include "cli/wit_packages.h"
#include "wit/binary/encode.h"

namespace tenon::cli {
namespace {

void WriteAbout(JsonWriter& json, const wit::About& about) {
  if (!about.docs.empty()) json.Member("docs", about.docs);
  if (!about.since.empty()) json.Member("since", about.since);
  if (!about.feature.empty()) json.Member("feature", about.feature);
  if (!about.deprecated.empty()) json.Member("deprecated", about.deprecated);
}

// An interface or a world, up to what is in it.
void BeginNamed(JsonWriter& json, const std::string& name, const wit::About& about) {
  json.BeginObject();
  json.Member("name", name);
  WriteAbout(json, about);
}

void WritePackage(JsonWriter& json, const wit::Packages& packages, const wit::Package& package) {
  json.BeginObject();
  json.Member("name", wit::NameOf(package));
  json.Member("root", package.is_root);
  if (!package.docs.empty()) json.Member("docs", package.docs);
  json.BeginArray("interfaces");
  for (const wit::InterfaceIdx interface : package.interfaces) {
    BeginNamed(json, packages[interface].name, packages[interface].about);
    WriteItems(json, "items", wit::PrintItems(packages, interface));
    json.EndObject();
  }
  json.EndArray();
  json.BeginArray("worlds");
  for (const wit::WorldIdx world : package.worlds) {
    BeginNamed(json, packages[world].name, packages[world].about);
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
  const auto wit = LoadWit(options.path, options.deps, options.features);
  if (!wit) return wit.error();
  if (options.action == WitOptions::Action::kCheck) return 0;
  const bool is_bindgen = options.action == WitOptions::Action::kBindgen;
  if (options.abi || is_bindgen) {
    const auto world = ChooseWorld(*wit, options.path, options.world);
    if (!world) return world.error();
    if (is_bindgen) return BindWorld(options, wit->packages, *world);
    PrintCoreAbi(wit->packages, *world, options.mangling, options.json);
    return 0;
  }
  if (options.wasm) {
    const int refused = RefuseTerminal(options.output, "wit");
    if (refused != 0) return refused;
    const auto binary = wit::EncodePackage(wit->packages);
    if (!binary) return ComplainOfFile(options.path, {}, binary.error());
    return WriteOutput(options.output, *binary);
  }
  if (options.json) {
    PrintJson(wit->packages);
    return 0;
  }
  return WriteOutput(options.output, wit::PrintPackages(wit->packages, options.all));
}

}  // namespace tenon::cli
