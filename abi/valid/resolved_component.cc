#include "abi/valid/resolved_component.h"

#include <utility>

#include "abi/binary/decode.h"

namespace tenon::abi {
namespace {

// The definition that begins there, of those nested in `component` and itself; null: none does.
const syntax::Component* Find(const syntax::Component& component, uint64_t offset) {
  if (component.range.offset == offset) return &component;
  for (const syntax::Definition& definition : component.definitions) {
    const auto* const nested = std::get_if<const syntax::Component*>(&definition.def);
    if (nested == nullptr || offset < (*nested)->range.offset ||
        offset - (*nested)->range.offset >= (*nested)->range.size) {
      continue;
    }
    return Find(**nested, offset);
  }
  return nullptr;
}

}  // namespace

const syntax::RootComponent* ResolvedComponent::Syntax() const {
  if (syntax != nullptr) return syntax.get();
  std::call_once(once_, [this] {
    auto root = DecodeComponent({source.bytes.begin(), source.bytes.end()});
    if (root) decoded_ = *std::move(root);
  });
  return decoded_.get();
}

const syntax::Component* ResolvedComponent::DefinitionOf(
    const PlanComponentInstance& instance) const {
  const syntax::RootComponent* const root = Syntax();
  return root == nullptr ? nullptr : Find(*root, instance.definition);
}

}  // namespace tenon::abi
