#include "cli/wit_abi.h"

#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "cli/json.h"
#include "cli/output_file.h"

namespace tenon::cli {
namespace {

using wit::CoreItem;
using wit::CoreRole;

struct RoleRow {
  CoreRole role;
  const char* name;
  const char* remark;  // in the text
};
constexpr RoleRow kRoles[] = {
    {CoreRole::kFunction, "function", ""},
    {CoreRole::kPostReturn, "post-return", " ;; may be left out"},
    {CoreRole::kResourceDrop, "resource-drop", ""},
    {CoreRole::kResourceNew, "resource-new", ""},
    {CoreRole::kResourceRep, "resource-rep", ""},
    {CoreRole::kDestructor, "destructor", " ;; may be left out"},
    {CoreRole::kMemory, "memory", " ;; where strings, lists or long signatures are"},
    {CoreRole::kRealloc, "realloc", " ;; where the module is given strings or lists"},
    {CoreRole::kInitialize, "initialize", " ;; may be left out"},
    {CoreRole::kCallback, "callback", ""},
    {CoreRole::kBuiltin, "builtin", ""},
};

const RoleRow& RowOf(CoreRole role) { return kRoles[static_cast<int>(role)]; }

// Of the forms that an async function's export may have one is enough.
const char* RemarkOf(const CoreItem& item) {
  const bool is_async = item.role == CoreRole::kCallback || wit::IsAsync(item.side);
  return is_async ? " ;; or so" : RowOf(item.role).remark;
}

const char* NameOf(vm::ValType type) {
  return type == vm::ValType::kI32   ? "i32"
         : type == vm::ValType::kI64 ? "i64"
         : type == vm::ValType::kF32 ? "f32"
                                     : "f64";
}

std::string Listed(const char* word, const std::vector<vm::ValType>& types) {
  if (types.empty()) return "";
  std::string text = absl::StrCat(" (", word);
  for (const vm::ValType type : types) absl::StrAppend(&text, " ", NameOf(type));
  return text + ")";
}

std::string TypeText(const CoreItem& item) {
  if (item.role == CoreRole::kMemory) return "(memory 0)";
  return absl::StrCat("(func", Listed("param", item.type.params),
                      Listed("result", item.type.results), ")");
}

// Names hold no quotes: they are made of labels and versions.
std::string FieldText(const CoreItem& item) {
  const bool is_export = item.module.empty();
  return absl::StrCat("(", is_export ? "export" : "import",
                      is_export ? "" : absl::StrCat(" \"", item.module, "\""), " \"", item.name,
                      "\" ", TypeText(item), ")", is_export ? RemarkOf(item) : "", "\n");
}

void WriteTypes(JsonWriter& json, absl::string_view key, const std::vector<vm::ValType>& types) {
  json.BeginArray(key);
  for (const vm::ValType type : types) json.String(NameOf(type));
  json.EndArray();
}

void WriteItems(JsonWriter& json, absl::string_view key, const std::vector<CoreItem>& items) {
  json.BeginArray(key);
  for (const CoreItem& item : items) {
    json.BeginObject();
    json.Member("role", absl::string_view(RowOf(item.role).name));
    if (!item.module.empty()) json.Member("module", item.module);
    json.Member("name", item.name);
    if (item.role != CoreRole::kMemory) {
      WriteTypes(json, "params", item.type.params);
      WriteTypes(json, "results", item.type.results);
    }
    json.EndObject();
  }
  json.EndArray();
}

}  // namespace

void PrintCoreAbi(const wit::Packages& packages, wit::WorldIdx world, wit::Mangling mangling,
                  bool json) {
  const wit::Shapes shapes(packages);
  const auto imports = wit::CoreImports(packages, shapes, world, mangling);
  const auto exports = wit::CoreExports(packages, shapes, world, mangling);
  if (!json) {
    for (const CoreItem& item : imports) PutText(FieldText(item));
    for (const CoreItem& item : exports) PutText(FieldText(item));
    return;
  }
  JsonWriter writer;
  writer.BeginObject();
  WriteItems(writer, "imports", imports);
  WriteItems(writer, "exports", exports);
  writer.EndObject();
  writer.Print();
}

}  // namespace tenon::cli
