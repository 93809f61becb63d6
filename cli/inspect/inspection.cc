#include "cli/inspect/inspection.h"

#include <utility>

#include "cli/check.h"
#include "cli/input_file.h"
#include "cli/inspect/capabilities.h"
#include "cli/inspect/core_externs.h"
#include "vm/valid/resolved_module.h"

namespace tenon::cli {
namespace {

uint64_t CodeSize(const vm::ResolvedModule& module) {
  uint64_t size = 0;
  for (const vm::FunctionBody& body : module.module->bodies) size += body.code.size;
  return size;
}

// Nesting is bounded by the decoder.
void CountNested(const abi::syntax::Component& component, Inspection& found) {
  for (const abi::syntax::Definition& definition : component.definitions) {
    if (std::holds_alternative<abi::syntax::CoreModule>(definition.def)) ++found.modules;
    if (const auto* nested = std::get_if<const abi::syntax::Component*>(&definition.def)) {
      ++found.components;
      CountNested(**nested, found);
    }
  }
}

Status InspectModule(std::vector<uint8_t>& bytes, const vm::Features& features, Inspection& found) {
  vm::TypeStore types;
  TENON_ASSIGN_OR_RETURN(const auto module, CheckModule(bytes, features, &types));
  found.code_size = CodeSize(*module);
  found.imports = CoreImports(*module);
  found.exports = CoreExports(*module);
  return {};
}

Status InspectComponent(std::vector<uint8_t>& bytes, const vm::Features& features,
                        Inspection& found) {
  vm::TypeStore types;
  TENON_ASSIGN_OR_RETURN(const auto component, CheckComponentFile(bytes, features, &types));
  for (const auto& module : component->modules) found.code_size += CodeSize(*module);
  CountNested(*component->syntax, found);
  TENON_ASSIGN_OR_RETURN(found.world, wit::DecodeWorld(*component->syntax));
  found.capabilities = Capabilities(*component->types, component->plan);
  found.unknown = UnknownImports(*component->types, component->plan);
  return {};
}

}  // namespace

Result<Inspection> InspectBytes(std::vector<uint8_t>& bytes, const vm::Features& features) {
  Inspection found;
  found.is_component = IsComponentFile(bytes);
  found.is_text = KindOf(bytes) == InputKind::kText;
  found.size = bytes.size();
  TENON_RETURN_IF_ERROR(found.is_component ? InspectComponent(bytes, features, found)
                                           : InspectModule(bytes, features, found));
  return found;
}

}  // namespace tenon::cli
