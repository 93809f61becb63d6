// The validator's shared state and its parts, one file a chapter: types.cc, externs.cc (imports,
// exports, names), aliases.cc, canon.cc, builtins.cc, instances.cc. Internal to abi/valid.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/syntax/component.h"
#include "abi/syntax/names.h"
#include "abi/types/flat.h"
#include "abi/types/substitute.h"
#include "abi/types/type_table.h"
#include "abi/valid/body.h"
#include "abi/valid/scope.h"
#include "abi/valid/subtype.h"
#include "abi/valid/validate.h"
#include "absl/base/attributes.h"
#include "vm/base/status.h"

namespace tenon::abi {

class Validator {
 public:
  Validator(const syntax::RootComponent& root, TypeTable& types, vm::TypeStore* core_types,
            const CoreModuleLoader& load, vm::Features features)
      : root_(root),
        core_types_(*core_types),
        features_(features),
        load_(load),
        types_(types),
        matcher_(types, *core_types) {}

  // validate.cc. Returns the body of a component definition and its type.
  struct Validated {
    uint32_t body = 0;
    ComponentTypeId type;
  };
  Result<Validated> ValidateComponent(const syntax::Component& component, Scope* parent);

  std::vector<Body>& bodies() { return bodies_; }
  std::vector<std::shared_ptr<const vm::ResolvedModule>>& modules() { return modules_; }

 private:
  // types.cc
  Result<AnyType> DefineType(Scope& scope, const syntax::TypeDef& def);
  Result<ValType> DefineValType(Scope& scope, const syntax::TypeDef& def);
  Result<ValType> DefineChannel(const Scope& scope, TypeKind kind,
                                const std::optional<syntax::ValType>& element);
  Result<ValType> DefineMap(const Scope& scope, const syntax::MapType& map);
  Result<FuncTypeId> DefineFuncType(Scope& scope, const syntax::FuncType& type);
  Result<AnyType> DefineResource(Scope& scope, const syntax::ResourceType& type);
  Result<AnyType> DefineComponentType(Scope& scope, const syntax::ComponentType& type);
  Result<ValType> ResolveValType(const Scope& scope, const syntax::ValType& type);
  Result<ValType> ResolveOptional(const Scope& scope, const std::optional<syntax::ValType>& type);
  Result<ResourceId> ResolveResource(const Scope& scope, TypeIdx index);
  Result<AnyType> TypeAt(const Scope& scope, uint32_t index);
  Status Declare(Scope& scope, const syntax::Declarator& decl);

  // core_types.cc
  Status DefineCoreType(Scope& scope, const syntax::CoreTypeDef& def);
  Result<ModuleTypeId> DefineModuleType(Scope& scope, const syntax::CoreModuleType& type);
  struct ModuleTypeScope;  // what is known of one that is being read
  Status DeclareInModule(Scope& scope, const syntax::CoreModuleDecl& decl, ModuleTypeScope* inner);
  // A function or recursive type, behind those that its indices count.
  Status AppendCoreType(const syntax::CoreTypeDef& def, std::vector<CoreTypeDefId>* types);
  Status AppendRecType(std::vector<vm::SubType> group, std::vector<CoreTypeDefId>* types);
  Result<ModuleTypeId> TypeOfModule(const vm::ResolvedModule& module);

  // externs.cc
  Result<ExternType> ResolveExternType(Scope& scope, const syntax::ExternType& type,
                                       absl::string_view name, std::vector<ResourcePath>* fresh);
  Status Import(Scope& scope, const syntax::Name& name, const syntax::ExternType& type);
  Status ExportDecl(Scope& scope, const syntax::Name& name, const syntax::ExternType& type);
  Status Export(Scope& scope, const syntax::Export& item);
  Status CheckNameFeatures(const syntax::Name& name, const ExternName& parsed) const;
  Status CheckName(Scope& scope, const syntax::Name& name, const ExternType& type, bool is_import);
  static absl::string_view PreviousName(const std::vector<NamedItem>& items,
                                        absl::string_view unique_form);
  Status CheckMember(const NameMap<ResourceId>& labels, const ExternName& name,
                     absl::string_view text, const ExternType& type);
  Result<ValType> SelfOf(const FuncType& func) const;
  Result<ValType> ConstructedBy(const FuncType& func) const;
  static void NameResource(absl::string_view name, const ExternType& type,
                           NameMap<ResourceId>* labels);
  Result<uint32_t> Append(Scope& scope, const ExternType& type);  // returns the new index
  Result<ExternType> ItemType(Scope& scope, SortIndex item);
  Result<InstanceTypeId> OpenInstance(InstanceTypeId id, absl::string_view name,
                                      std::vector<ResourcePath>* fresh);

  // visibility.cc
  void MakeVisible(const ExternType& type, Visible* visible);
  Status CheckVisible(const Scope& scope, const ExternType& type, bool is_import);
  void MarkPrivate(Scope& scope, const syntax::TypeDef& def, uint32_t index);
  Status CheckNotPrivate(const Scope& scope, const syntax::ExternType& type, bool is_import);
  bool MentionsPrivate(const Scope& scope, const syntax::ExternType& type);
  // The scope's last type is another index of one of `target`.
  void MarkAlias(Scope& scope, const Scope& target, uint32_t outer_index);
  Status CheckNotPrivate(const Scope& scope, SortIndex item);

  // aliases.cc
  Status Alias(Scope& scope, const syntax::Alias& alias);
  Status AliasExport(Scope& scope, const syntax::Alias& alias);
  // More than a few are indexed on first use, so that many aliases of one instance stay linear.
  const NamedItem* FindExport(InstanceTypeId instance, absl::string_view name);
  Status AliasCoreExport(Scope& scope, const syntax::Alias& alias);
  bool MentionsFreeResources(const AnyType& type);
  Status AliasOuter(Scope& scope, const syntax::Alias& alias);

  // canon.cc
  Status Canon(Scope& scope, const syntax::Canon& canon);
  Status Lift(Scope& scope, const syntax::CanonLift& lift);
  Status Lower(Scope& scope, const syntax::CanonLower& lower);
  Status ResourceFunc(Scope& scope, const syntax::CanonResource& canon);
  Result<BodyOptions> Options(const Scope& scope, syntax::CanonOptions options);
  Status CheckNeeds(FuncTypeId type, CallContext context, const FlatFunc& flat,
                    const BodyOptions& options);
  Status CheckCoreFunc(const Scope& scope, CoreFuncIdx func, const vm::FuncType& wanted,
                       absl::string_view what);
  Status CheckLifted(const Scope& scope, CoreFuncIdx func, const vm::FuncType& flat);
  Status CheckLiftOptions(const Scope& scope, const FuncType& type, const FlatFunc& flat,
                          const BodyOptions& options);
  // `where` as in "lowerings".
  Status RefuseLiftOptions(const BodyOptions& options, absl::string_view where);
  template <typename T>
  void AppendCoreFunc(Scope& scope, vm::TypeId type, const T& step);

  // builtins.cc
  Status Builtin(Scope& scope, const syntax::CanonBuiltin& builtin);
  Result<ValType> BuiltinType(const Scope& scope, const syntax::CanonBuiltin& builtin);
  Status CheckBuiltinOptions(const syntax::CanonBuiltin& builtin, ValType type,
                             const BodyOptions& options);
  Status CheckContextSlot(const syntax::CanonBuiltin& builtin);
  Status CheckThreadStart(const Scope& scope, const syntax::CanonBuiltin& builtin);

  // instances.cc
  Status CoreInstance(Scope& scope, const syntax::CoreInstance& instance);
  Status CoreInstantiate(Scope& scope, const syntax::CoreInstantiate& instantiate);
  ABSL_ATTRIBUTE_COLD Error Mismatch(const ModuleType::ImportItem& import, bool has_argument,
                                     const vm::ResolvedImportType* found) const;
  Status CoreBag(Scope& scope, absl::Span<const syntax::CoreInlineExport> exports);
  Status Instance(Scope& scope, const syntax::Instance& instance);
  Status Instantiate(Scope& scope, const syntax::Instantiate& instantiate);
  Status Bag(Scope& scope, absl::Span<const syntax::InlineExport> exports);
  Result<vm::ResolvedImportType> CoreItemType(const Scope& scope, SortIndex item);

  // validate.cc
  Status Define(Scope& scope, const syntax::Definition& definition);
  Status DefineModule(Scope& scope, const syntax::CoreModule& module);
  Result<ComponentTypeId> Finish(Scope& scope);
  template <typename T>
  void AddStep(Scope& scope, size_t result, T&& step);
  template <typename T>
  Result<const T*> At(const std::vector<T>& space, uint32_t index, const char* what);
  Status Needs(vm::Feature feature, absl::string_view what) const;
  Status CheckUnique(absl::Span<const absl::string_view> labels, const char* what);

  const syntax::RootComponent& root_;
  vm::TypeStore& core_types_;
  const vm::Features features_;
  const CoreModuleLoader& load_;
  TypeTable& types_;
  Matcher matcher_;
  uint64_t work_ = 0;  // of visibility checks
  absl::flat_hash_map<uint32_t, bool>
      open_instances_;  // by id: mentions resources it does not bind
  absl::flat_hash_map<uint32_t, bool> open_components_;
  std::vector<Body> bodies_;
  std::vector<std::shared_ptr<const vm::ResolvedModule>> modules_;
  absl::flat_hash_map<InstanceTypeId, NameMap<const NamedItem*>> exports_by_name_;
  absl::flat_hash_map<ModuleTypeId, CoreInstanceType> core_exports_;
};

// The failure of a rule: kInvalid unless a limit or a gated feature says otherwise.
ABSL_ATTRIBUTE_COLD std::unexpected<Error> Invalid(absl::string_view message);
std::unexpected<Error> NotSupported(absl::string_view feature);
std::unexpected<Error> UnknownIndex(const char* what, uint32_t index);

template <typename T>
void Validator::AddStep(Scope& scope, size_t result, T&& step) {
  if (scope.kind != Scope::Kind::kComponent) return;
  scope.body.steps.emplace_back(static_cast<uint32_t>(result), std::forward<T>(step));
}

template <typename T>
void Validator::AppendCoreFunc(Scope& scope, vm::TypeId type, const T& step) {
  scope.core_funcs.push_back(type);
  AddStep(scope, scope.core_funcs.size() - 1, step);
}

template <typename T>
Result<const T*> Validator::At(const std::vector<T>& space, uint32_t index, const char* what) {
  if (index >= space.size()) return UnknownIndex(what, index);
  return &space[index];
}

}  // namespace tenon::abi
