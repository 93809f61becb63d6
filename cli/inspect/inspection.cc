#include "cli/inspect/inspection.h"

#include <tuple>
#include <utility>

#include "absl/container/flat_hash_set.h"
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

// What all sections "producers" say, each thing once.
class ProducerList {
 public:
  explicit ProducerList(Inspection& found) : producers_(found.producers) {}

  void Add(absl::string_view section, absl::Span<const uint8_t> content) {
    if (section != vm::kProducersSection || producers_.size() == vm::kMaxProducers) return;
    for (vm::Producer& each : vm::ReadProducers(content).value_or(std::vector<vm::Producer>())) {
      if (producers_.size() == vm::kMaxProducers) return;
      if (seen_.emplace(each.field, each.name, each.version).second) producers_.push_back(each);
    }
  }
  void Add(const vm::Module& module) {
    for (const vm::CustomSection& custom : module.customs) {
      Add(custom.name, module.Bytes(custom.content));
    }
  }

 private:
  std::vector<vm::Producer>& producers_;
  absl::flat_hash_set<std::tuple<std::string, std::string, std::string>> seen_;
};

// Nesting is bounded by the decoder.
void CountNested(const abi::syntax::Component& component, absl::Span<const uint8_t> bytes,
                 ProducerList& producers, Inspection& found) {
  for (const abi::syntax::Definition& definition : component.definitions) {
    const auto* custom = std::get_if<abi::syntax::Custom>(&definition.def);
    if (custom != nullptr) {
      producers.Add(custom->name, bytes.subspan(custom->bytes.offset, custom->bytes.size));
    }
    if (std::holds_alternative<abi::syntax::CoreModule>(definition.def)) ++found.modules;
    if (const auto* nested = std::get_if<const abi::syntax::Component*>(&definition.def)) {
      ++found.components;
      CountNested(**nested, bytes, producers, found);
    }
  }
}

Status InspectModule(std::vector<uint8_t>& bytes, const vm::Features& features, Inspection& found) {
  vm::TypeStore types;
  TENON_ASSIGN_OR_RETURN(const auto module, CheckModule(bytes, features, &types));
  found.code_size = CodeSize(*module);
  ProducerList(found).Add(*module->module);
  found.imports = CoreImports(*module);
  found.exports = CoreExports(*module);
  return {};
}

Status InspectComponent(std::vector<uint8_t>& bytes, const vm::Features& features,
                        Inspection& found) {
  vm::TypeStore types;
  TENON_ASSIGN_OR_RETURN(const auto component, CheckComponentFile(bytes, features, &types));
  ProducerList producers(found);
  CountNested(*component->syntax, *component->syntax->bytes, producers, found);
  for (const auto& module : component->modules) {
    found.code_size += CodeSize(*module);
    producers.Add(*module->module);
  }
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
