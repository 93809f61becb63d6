#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/inspect/core_externs.h"
#include "cli/inspect/inspection.h"
#include "cli/json.h"
#include "cli/output_file.h"

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

void PrintText(const Inspection& found) {
  std::string text = absl::StrCat("kind: ", found.is_component ? "component" : "core module",
                                  "\nsize: ", Sizes(found), "\n");
  if (found.is_component) {
    absl::StrAppend(&text, "contains: ", Count(found.modules, "core module"), ", ",
                    Count(found.components, "component"),
                    "\nasks for: ", OrNothing(found.capabilities), "\n");
    if (!found.unknown.empty()) {
      absl::StrAppend(&text, "unknown to this host: ", absl::StrJoin(found.unknown, ", "), "\n");
    }
    absl::StrAppend(&text, "\n", abi::ToString(found.world));
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

void WriteItems(absl::string_view key, const std::vector<abi::WitItem>& items, JsonWriter& json) {
  constexpr absl::string_view kKinds[] = {"use",      "type",      "resource",
                                          "function", "interface", "other"};
  json.BeginArray(key);
  for (const abi::WitItem& item : items) {
    json.BeginObject();
    json.Member("kind", kKinds[static_cast<int>(item.kind)]);
    json.Member("name", item.name);
    json.Member("wit", item.text);
    json.EndObject();
  }
  json.EndArray();
}

void WriteWorld(const abi::WitWorld& world, JsonWriter& json) {
  WriteItems("types", world.types, json);
  WriteItems("imports", world.imports, json);
  WriteItems("exports", world.exports, json);
  json.BeginArray("interfaces");
  for (const abi::WitInterface& interface : world.interfaces) {
    json.BeginObject();
    json.Member("name", interface.name);
    WriteItems("items", interface.items, json);
    json.EndObject();
  }
  json.EndArray();
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

void PrintJson(const Inspection& found) {
  JsonWriter json;
  json.BeginObject();
  json.Member("kind", found.is_component ? "component" : "core module");
  json.Member("size", found.size);
  json.Member("code_size", found.code_size);
  if (found.is_component) {
    json.Member("modules", found.modules);
    json.Member("components", found.components);
    WriteStrings("capabilities", found.capabilities, json);
    WriteStrings("unknown", found.unknown, json);
    WriteWorld(found.world, json);
    json.Member("wit", abi::ToString(found.world));
  } else {
    WriteCoreExterns("imports", found.imports, true, json);
    WriteCoreExterns("exports", found.exports, false, json);
  }
  json.EndObject();
  json.Print();
}

}  // namespace

int Inspect(const InspectOptions& options) {
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ComplainOfFile(options.file, {}, bytes.error());
  const Result<Inspection> found = InspectBytes(*bytes, options.features);
  if (!found) return ComplainOfFile(options.file, *bytes, found.error());
  options.json ? PrintJson(*found) : PrintText(*found);
  return 0;
}

}  // namespace tenon::cli
