#include <algorithm>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/inspect/compiled_file.h"
#include "cli/inspect/core_externs.h"
#include "cli/inspect/inspection.h"
#include "cli/output_file.h"
#include "cli/wit_json.h"
#include "vm/artifact/image.h"
#include "vm/base/utf8.h"
#include "vm/sys/file.h"

namespace tenon::cli {
namespace {

std::string Count(uint64_t count, absl::string_view thing) {
  return absl::StrCat(count, " ", thing, count == 1 ? "" : "s");
}

std::string OrNothing(const std::vector<std::string>& words) {
  return words.empty() ? "nothing" : absl::StrJoin(words, ", ");
}

// A text's functions are counted as the binary has them.
std::string Sizes(const Inspection& found) {
  const std::string size = Count(found.size, "byte");
  return found.is_text ? absl::StrCat(size, " of text; ", Count(found.code_size, "byte"),
                                      " of code as a binary")
                       : absl::StrCat(size, ", ", found.code_size, " of them code");
}

std::string CoreLine(const CoreExtern& item, bool is_import) {
  return is_import ? absl::StrCat("(import ", Quoted(item.module), " ", Quoted(item.name), " ",
                                  item.type, ")\n")
                   : absl::StrCat("(export ", Quoted(item.name), " ", item.type, ")\n");
}

// A line for each item that WIT has no word for.
std::string LineOf(const wit::WordlessItem& item) {
  return absl::StrCat("// ", item.is_export ? "export " : "import ", item.name, ": ", item.why);
}

std::string WitOf(const wit::DecodedWorld& world) {
  std::string text = wit::PrintPackages(world.packages, true);
  for (const wit::WordlessItem& item : world.others) absl::StrAppend(&text, LineOf(item), "\n");
  return text;
}

// "language Rust; processed-by rustc 1.80.0, tenon 0.1.0": by field.
std::string ProducersOf(const std::vector<vm::Producer>& producers) {
  std::vector<std::pair<absl::string_view, std::string>> fields;
  for (const vm::Producer& each : producers) {
    auto field = std::find_if(fields.begin(), fields.end(),
                              [&](const auto& known) { return known.first == each.field; });
    if (field == fields.end()) {
      fields.push_back({each.field, absl::StrCat(each.field, " ")});
      field = fields.end() - 1;
    } else {
      field->second += ", ";
    }
    absl::StrAppend(&field->second, each.name, each.version.empty() ? "" : " ", each.version);
  }
  return EscapeControls(absl::StrJoin(
      fields, "; ", [](std::string* out, const auto& field) { *out += field.second; }));
}

std::string LinesOf(const CompiledFile& compiled) {
  std::string sizes;
  for (const auto& [name, size] : compiled.sections) absl::StrAppend(&sizes, ", ", name, " ", size);
  return absl::StrCat("compiled: for ", compiled.cpu, ", -O", compiled.level, ", trap policy ",
                      compiled.trap_policy, ", bounds ", compiled.bounds,
                      compiled.features.empty() ? "" : ", features ", compiled.features,
                      compiled.all_positions ? ", with -g" : "",
                      "\nneeds: ", OrNothing(compiled.needs), "\nfunctions: ", compiled.compiled,
                      " of ", compiled.functions, " compiled\nbytes: ", compiled.size, sizes,
                      "\nsource: SHA-256 ", compiled.source_digest, "\n\n");
}

void PrintText(const Inspection& found, const std::optional<CompiledFile>& compiled) {
  std::string text = compiled ? LinesOf(*compiled) : "";
  absl::StrAppend(&text, "kind: ", found.is_component ? "component" : "core module",
                  "\nsize: ", Sizes(found), "\n");
  if (!found.producers.empty()) {
    absl::StrAppend(&text, "made with: ", ProducersOf(found.producers), "\n");
  }
  if (found.is_component) {
    absl::StrAppend(&text, "contains: ", Count(found.modules, "core module"), ", ",
                    Count(found.components, "component"),
                    "\nasks for: ", OrNothing(found.capabilities), "\n");
    if (!found.unknown.empty()) {
      absl::StrAppend(&text, "unknown to this host: ", absl::StrJoin(found.unknown, ", "), "\n");
    }
    absl::StrAppend(&text, "\n", WitOf(found.world));
  } else {
    if (!found.imports.empty() || !found.exports.empty()) text += '\n';
    for (const CoreExtern& item : found.imports) text += CoreLine(item, true);
    for (const CoreExtern& item : found.exports) text += CoreLine(item, false);
  }
  PutText(text);
}

void WriteStrings(absl::string_view key, const std::vector<std::string>& strings,
                  JsonWriter& json) {
  json.BeginArray(key);
  for (const std::string& text : strings) json.String(text);
  json.EndArray();
}

bool IsType(const wit::PrintedItem& item) {
  const absl::string_view kind = item.kind;
  return kind == "use" || kind == "type" || kind == "resource";
}

// What one side of the world has, but for types.
void WriteSide(absl::string_view key, std::vector<wit::PrintedItem> items,
               const wit::DecodedWorld& world, bool is_export, JsonWriter& json) {
  std::erase_if(items, IsType);
  for (const wit::WordlessItem& item : world.others) {
    if (item.is_export == is_export) items.push_back({"other", item.name, LineOf(item)});
  }
  WriteItems(json, key, items);
}

void WriteWorld(const wit::DecodedWorld& world, JsonWriter& json) {
  const wit::Packages& packages = world.packages;
  const auto imports = wit::PrintImports(packages, world.world);
  auto types = imports;
  std::erase_if(types, [](const wit::PrintedItem& item) { return !IsType(item); });
  WriteItems(json, "types", types);
  WriteSide("imports", imports, world, false, json);
  WriteSide("exports", wit::PrintExports(packages, world.world), world, true, json);
  json.BeginArray("interfaces");
  for (const wit::Package& package : packages.packages) {
    for (const wit::InterfaceIdx interface : package.interfaces) {
      json.BeginObject();
      json.Member("name", wit::NameOf(packages, interface));
      WriteItems(json, "items", wit::PrintItems(packages, interface));
      json.EndObject();
    }
  }
  json.EndArray();
  json.Member("wit", WitOf(world));
}

void WriteCoreExterns(absl::string_view key, const std::vector<CoreExtern>& items, bool is_import,
                      JsonWriter& json) {
  json.BeginArray(key);
  for (const CoreExtern& item : items) {
    json.BeginObject();
    if (is_import) json.Member("module", item.module);
    json.Member("name", item.name);
    json.Member("kind", item.kind);
    json.Member("type", item.type);
    json.EndObject();
  }
  json.EndArray();
}

void WriteCompiled(const CompiledFile& compiled, JsonWriter& json) {
  json.Key("compiled");
  json.BeginObject();
  json.Member("cpu", compiled.cpu);
  WriteStrings("needs", compiled.needs, json);
  json.Member("level", compiled.level);
  json.Member("trap_policy", compiled.trap_policy);
  json.Member("bounds", compiled.bounds);
  json.Member("features", compiled.features);
  json.Member("all_positions", compiled.all_positions);
  json.Member("functions", compiled.functions);
  json.Member("compiled_functions", compiled.compiled);
  json.Member("size", compiled.size);
  json.Key("sections");
  json.BeginObject();
  for (const auto& [name, size] : compiled.sections) json.Member(EscapeControls(name), size);
  json.EndObject();
  json.Member("source_sha256", compiled.source_digest);
  json.EndObject();
}

void PrintJson(const Inspection& found, const std::optional<CompiledFile>& compiled) {
  JsonWriter json;
  json.BeginObject();
  json.Member("kind", found.is_component ? "component" : "core module");
  json.Member("size", found.size);
  json.Member("code_size", found.code_size);
  json.BeginArray("producers");
  for (const vm::Producer& each : found.producers) {
    json.BeginObject();
    json.Member("field", each.field);
    json.Member("name", each.name);
    json.Member("version", each.version);
    json.EndObject();
  }
  json.EndArray();
  if (found.is_component) {
    json.Member("modules", found.modules);
    json.Member("components", found.components);
    WriteStrings("capabilities", found.capabilities, json);
    WriteStrings("unknown", found.unknown, json);
    WriteWorld(found.world, json);
  } else {
    WriteCoreExterns("imports", found.imports, true, json);
    WriteCoreExterns("exports", found.exports, false, json);
  }
  if (compiled) WriteCompiled(*compiled, json);
  json.EndObject();
  json.Print();
}

struct File {
  std::vector<uint8_t> bytes;  // of a compiled file what was compiled
  vm::Features features;
  std::optional<CompiledFile> compiled;
};

Result<File> ReadFile(const InspectOptions& options) {
  File file{{}, options.features, std::nullopt};
  if (!absl::EndsWith(options.file, ".tenon")) {
    TENON_ASSIGN_OR_RETURN(file.bytes, ReadInputFile(options.file));
    return file;
  }
  TENON_ASSIGN_OR_RETURN(vm::sys::File artifact, vm::sys::File::Open(options.file));
  TENON_ASSIGN_OR_RETURN(const auto image, vm::artifact::Image::MapForAny(std::move(artifact)));
  TENON_RETURN_IF_ERROR(image->Verify());
  TENON_ASSIGN_OR_RETURN(file.compiled, Describe(*image));
  file.bytes.assign(image->source().begin(), image->source().end());
  file.features = image->features();
  return file;
}

}  // namespace

int Inspect(const InspectOptions& options) {
  auto file = ReadFile(options);
  if (!file) return ComplainOfFile(options.file, {}, file.error());
  const Result<Inspection> found = InspectBytes(file->bytes, file->features);
  if (!found) return ComplainOfFile(options.file, file->bytes, found.error());
  options.json ? PrintJson(*found, file->compiled) : PrintText(*found, file->compiled);
  return 0;
}

}  // namespace tenon::cli
