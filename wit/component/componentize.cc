#include "wit/component/componentize.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "vm/binary/encoder.h"
#include "wit/binary/decode.h"
#include "wit/component/assembler.h"
#include "wit/component/core_module.h"
#include "wit/component/links.h"
#include "wit/component/trim_adapter.h"

namespace tenon::wit {
namespace {

Result<vm::Module> Decode(CoreInput input) {
  auto module = DecodeCoreModule(std::move(input.bytes));
  if (module || input.name.empty()) return module;
  return std::unexpected(
      std::move(module).error().WithContext(absl::StrCat("the adapter '", input.name, "'")));
}

// What the main module's realloc is called for an adapter; empty if it has none.
std::string ReallocForAdapters(const ModuleIndex& main) {
  for (const char* name :
       {"cabi_realloc_adapter", "cabi_realloc", "canonical_abi_realloc", "cm32p2_realloc"}) {
    if (main.FindExport(name) != nullptr) return name;
  }
  return "";
}

bool IsComponentType(const vm::CustomSection& custom) {
  return absl::StartsWith(custom.name, kComponentTypeSection);
}

// A component that exports nothing is what a world may ask for, not what a module that names none
// was built for.
Status CheckPurpose(const vm::Module& main, const World& world) {
  if (!world.exports.empty() ||
      std::any_of(main.customs.begin(), main.customs.end(), IsComponentType)) {
    return {};
  }
  return Fail(ErrorKind::kInvalid,
              "the core module says of no world that it is for it (a section 'component-type'), "
              "and no adapter exports anything: link the source that 'tenon wit bindgen c' "
              "writes, or name a world with 'tenon component embed'; a program with 'main' takes "
              "an adapter for commands");
}

// What was given as an adapter, and hands over nothing.
Status CheckIsAdapter(const vm::Module& main, const LinkedModule& adapter) {
  if (std::any_of(adapter.module->customs.begin(), adapter.module->customs.end(),
                  IsComponentType)) {
    return {};
  }
  std::vector<absl::string_view> names;
  for (const vm::Import& import : main.imports) names.push_back(import.module);
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  names.resize(std::min<size_t>(names.size(), 10));
  return Fail(
      ErrorKind::kInvalid,
      absl::StrCat("'", adapter.name,
                   "' is no adapter: one exports the functions that "
                   "the core module imports from its name, and says what it imports "
                   "itself (a section 'component-type'); the core module imports from ",
                   names.empty() ? "nobody" : absl::StrCat("'", absl::StrJoin(names, "', '"), "'"),
                   "; another name than the file's is given as NAME=FILE"));
}

// Of an adapter what is wanted; nothing if it is of no use.
Result<std::vector<uint8_t>> Trim(const ModuleIndex& main, const LinkedModule& adapter,
                                  const std::vector<CoreItem>& exports) {
  const auto wanted = WantedOf(adapter, main, exports);
  if (wanted.empty()) {
    TENON_RETURN_IF_ERROR(CheckIsAdapter(main.module(), adapter));
    return std::vector<uint8_t>();
  }
  auto trimmed = TrimAdapter(*adapter.module, wanted, ReallocForAdapters(main));
  if (trimmed) return trimmed;
  return std::unexpected(
      std::move(trimmed).error().WithContext(absl::StrCat("the adapter '", adapter.name, "'")));
}

}  // namespace

Result<std::vector<uint8_t>> MakeComponent(CoreInput main, std::vector<CoreInput> adapters) {
  std::vector<LinkedModule> modules = {{}};
  for (const CoreInput& adapter : adapters) modules.push_back({.name = adapter.name});
  std::vector<vm::Module> decoded;
  TENON_ASSIGN_OR_RETURN(decoded.emplace_back(), Decode(std::move(main)));
  for (CoreInput& adapter : adapters) {
    TENON_ASSIGN_OR_RETURN(decoded.emplace_back(), Decode(std::move(adapter)));
  }
  std::vector<const vm::Module*> pointers;
  for (const vm::Module& module : decoded) pointers.push_back(&module);
  TENON_ASSIGN_OR_RETURN(const ModulesWorld world, DecodeModulesWorld(pointers));
  TENON_RETURN_IF_ERROR(CheckPurpose(decoded[0], world.packages[world.world]));

  const Shapes shapes(world.packages);
  std::vector<CoreItem> exports;
  for (const Mangling mangling : {Mangling::kLegacy, Mangling::kStandard32}) {
    for (CoreItem& item : CoreExports(world.packages, shapes, world.world, mangling)) {
      exports.push_back(std::move(item));
    }
  }
  std::erase_if(decoded[0].customs, IsComponentType);
  std::vector<std::vector<uint8_t>> binaries = {vm::EncodeModule(decoded[0])};
  std::vector<vm::Module> trimmed;  // by adapter that is used
  trimmed.reserve(modules.size());
  const ModuleIndex index(decoded[0]);
  std::vector<LinkedModule> linked = {{"", &decoded[0], world.encodings[0]}};
  for (size_t i = 1; i < modules.size(); ++i) {
    modules[i].module = &decoded[i];
    TENON_ASSIGN_OR_RETURN(auto binary, Trim(index, modules[i], exports));
    if (binary.empty()) continue;
    binaries.push_back(binary);
    TENON_ASSIGN_OR_RETURN(trimmed.emplace_back(), DecodeCoreModule(std::move(binary)));
    linked.push_back({modules[i].name, &trimmed.back(), world.encodings[i]});
  }
  TENON_ASSIGN_OR_RETURN(const Links links,
                         Links::Make(world.packages, shapes, world.world, std::move(linked)));
  return Assembler(world.packages, shapes, world.world, links, binaries).Run();
}

Result<std::vector<uint8_t>> EmbedWorld(std::vector<uint8_t> bytes, const Packages& packages,
                                        WorldIdx world, StringEncoding encoding) {
  TENON_RETURN_IF_ERROR(DecodeCoreModule(bytes));
  std::vector<uint8_t> content;
  abi::AppendName(kComponentTypeSection, &content);
  abi::AppendBytes(EncodeWorld(packages, world, encoding), &content);
  abi::AppendSized(abi::kCustomSection, content, &bytes);
  return bytes;
}

}  // namespace tenon::wit
