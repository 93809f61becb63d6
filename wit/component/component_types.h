// The types of a component that is made of a world: at its root, and in the nested components that
// give the functions of an exported interface their names and types.
// abi: "Import and Export Definitions"
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/component_writer.h"
#include "absl/container/flat_hash_map.h"
#include "wit/binary/type_encoder.h"
#include "wit/component/live_types.h"

namespace tenon::wit {

// Types at the root. Those of an interface are aliases of its instance, but while it is being
// exported they are definitions without names: the instance comes last.
class RootTypes : public TypeEncoder {
 public:
  RootTypes(const Packages& packages, const World& world, abi::ComponentWriter& writer);

  void SetInstance(InterfaceIdx interface, uint32_t instance);
  // An interface may be exported several times, under plain names too. Others use the types of the
  // instance that stands at the end, if there is one.
  void BeginExport(InterfaceIdx interface,
                   const absl::flat_hash_map<TypeIdx, abi::TypeIdx>& resources);
  void EndExport(std::optional<uint32_t> instance);
  uint32_t instance(InterfaceIdx interface) const { return instances_.at(interface); }

 protected:
  abi::TypeIdx Name(TypeIdx type, const abi::syntax::ExternType& what) override;
  std::optional<abi::TypeIdx> Foreign(TypeIdx type) override;

 private:
  void ForgetOwn(InterfaceIdx interface);

  absl::flat_hash_map<TypeIdx, const WorldItem*> names_;  // of the world's own types
  absl::flat_hash_map<InterfaceIdx, uint32_t> instances_;
  std::optional<InterfaceIdx> exporting_;
};

// Types at the root that built-ins are about: definitions without names, but for the resources in
// them, which whoever makes one finds.
class PayloadTypes : public TypeEncoder {
 public:
  using FindResource = std::function<abi::TypeIdx(TypeIdx)>;
  PayloadTypes(const Packages& packages, abi::ComponentWriter& writer, FindResource find)
      : TypeEncoder(packages, writer), find_(std::move(find)) {}

 protected:
  abi::TypeIdx Name(TypeIdx type, const abi::syntax::ExternType& what) override {
    const bool is_resource = what.bound == abi::syntax::ExternType::Bound::kSubResource;
    return is_resource ? find_(type) : abi::TypeIdx(what.index);
  }
  std::optional<abi::TypeIdx> Foreign(TypeIdx) override { return std::nullopt; }

 private:
  const FindResource find_;
};

// Writes a component that imports functions and types, as the root has them, and exports them as
// the interface says, and instantiates it. `functions` are the root's indices, in the interface's
// order. Returns the instance's index.
abi::InstanceIdx InstantiateInterface(const Packages& packages, InterfaceIdx interface,
                                      const std::vector<abi::FuncIdx>& functions, RootTypes& root,
                                      abi::ComponentWriter& writer);

}  // namespace tenon::wit
