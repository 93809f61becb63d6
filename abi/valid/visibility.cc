// Types used by imports and exports must have been introduced by one. abi: "External Visibility of
// Types". Named value types are compared by structure, so a type counts as introduced when an equal
// one was; resources are compared by identity.
#include "abi/text/wit.h"
#include "abi/valid/validator.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

bool IsNamedKind(TypeKind kind) {
  return kind == TypeKind::kRecord || kind == TypeKind::kVariant || kind == TypeKind::kFlags ||
         kind == TypeKind::kEnum;
}

// Checks types against what is visible. Type items inside the checked item introduce types for it.
class VisibilityChecker {
 public:
  VisibilityChecker(const TypeTable& types, uint64_t* work, const Visible* imports,
                    const Visible* exports)
      : types_(types), work_(*work), imports_(imports), exports_(exports) {}

  Visible& introduced() { return introduced_; }

  // The item itself.
  Status CheckItem(const ExternType& type) {
    static constexpr const char* kSorts[] = {"module", "func", "type", "component", "instance"};
    sort_ = kSorts[type.index()];
    return Check(type);
  }

 private:
  Status Check(const ExternType& type) {
    if (const auto* func = std::get_if<FuncTypeId>(&type)) return Func(*func);
    if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
      return Items(types_.Get(*instance).exports);
    }
    if (const auto* component = std::get_if<ComponentTypeId>(&type)) return Component(*component);
    if (const auto* item = std::get_if<TypeItem>(&type)) return Any(item->type);
    return {};
  }

  Status Any(const AnyType& type) {
    if (const auto* value = std::get_if<ValType>(&type)) return Parts(*value);
    if (const auto* func = std::get_if<FuncTypeId>(&type)) return Func(*func);
    if (const auto* resource = std::get_if<ResourceId>(&type)) return Resource(*resource);
    if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
      const InstanceType& instance_type = types_.Get(*instance);
      for (const ResourcePath& bound : instance_type.resources)
        introduced_.resources.Insert(bound.id);
      return Items(instance_type.exports);
    }
    return Component(std::get<ComponentTypeId>(type));
  }

  Status Component(ComponentTypeId id) {
    const ComponentType& component = types_.Get(id);
    for (const auto& bound : component.imported_resources) introduced_.resources.Insert(bound.id);
    for (const auto& bound : component.defined_resources) introduced_.resources.Insert(bound.id);
    TENON_RETURN_IF_ERROR(Items(component.imports));
    return Items(component.exports);
  }

  Status Items(const std::vector<NamedItem>& items) {
    TENON_RETURN_IF_ERROR(Work(items.size()));
    for (const NamedItem& item : items) {
      if (const auto* type = std::get_if<TypeItem>(&item.type)) {
        if (const auto* value = std::get_if<ValType>(&type->type)) introduced_.types.Insert(*value);
      }
      TENON_RETURN_IF_ERROR(Check(item.type));
    }
    return {};
  }

  Status Func(FuncTypeId id) {
    const FuncType& func = types_.Get(id);
    for (const auto& [label, param] : func.params) TENON_RETURN_IF_ERROR(Value(param));
    return func.result.has_value() ? Value(func.result) : Status();
  }

  Status Work(size_t amount) {
    work_ += amount;
    if (work_ <= kMaxMatchingWork) return {};
    return Fail(ErrorKind::kLimit, "the types take too long to check");
  }

  Status Value(ValType type) {
    TENON_RETURN_IF_ERROR(Work(1));
    if (IsPrimitive(type.kind()) || !checked_.Insert(type)) return {};
    if (IsNamedKind(type.kind()) && !Contains(&Visible::types, type)) {
      return NotVisible(ToString(types_, type));
    }
    return Parts(type);
  }

  Status Parts(ValType type) {
    if (IsPrimitive(type.kind())) return {};
    const TypeDef& def = types_.Get(type);
    if (def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow) return Resource(def.resource);
    for (ValType part : def.types) {
      if (part.has_value()) TENON_RETURN_IF_ERROR(Value(part));
    }
    return {};
  }

  Status Resource(ResourceId id) {
    if (Contains(&Visible::resources, id)) return {};
    return NotVisible(ToString(types_, AnyType(id)));
  }

  std::unexpected<Error> NotVisible(absl::string_view type) const {
    return Invalid(absl::StrCat(sort_, " not valid to be used as ",
                                exports_ == nullptr ? "import" : "export",
                                ": this type has no name there: ", type));
  }

  template <typename Set, typename T>
  bool Contains(Set Visible::* set, const T& item) const {
    return (imports_ != nullptr && (imports_->*set).Contains(item)) ||
           (exports_ != nullptr && (exports_->*set).Contains(item)) ||
           (introduced_.*set).Contains(item);
  }

  const TypeTable& types_;
  uint64_t& work_;
  const Visible* imports_;
  const Visible* exports_;  // null for an import
  const char* sort_ = "";   // of the item, for messages
  Visible introduced_;
  SmallSet<ValType> checked_;
};

}  // namespace

void Validator::MakeVisible(const ExternType& type, Visible* visible) {
  if (const auto* item = std::get_if<TypeItem>(&type)) {
    if (const auto* value = std::get_if<ValType>(&item->type)) visible->types.Insert(*value);
    if (const auto* resource = std::get_if<ResourceId>(&item->type))
      visible->resources.Insert(*resource);
  }
  if (const auto* instance = std::get_if<InstanceTypeId>(&type)) {
    const std::vector<NamedItem>& items = types_.Get(*instance).exports;
    work_ += items.size();  // the next check looks at it
    for (const NamedItem& item : items) MakeVisible(item.type, visible);
  }
}

Status Validator::CheckVisible(const Scope& scope, const ExternType& type, bool is_import) {
  VisibilityChecker checker(types_, &work_, &scope.visible_imports,
                            is_import ? nullptr : &scope.visible_exports);
  // A resource type introduces itself, unless a component imports it: then it is fresh or must be
  // visible.
  const bool is_type = std::holds_alternative<TypeItem>(type);
  if (!is_import || (is_type && scope.kind != Scope::Kind::kComponent)) {
    MakeVisible(type, &checker.introduced());
  }
  return checker.CheckItem(type);
}

}  // namespace tenon::abi
