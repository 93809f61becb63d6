// Types used by imports and exports must have been introduced by one. abi: "External Visibility of
// Types". Named value types are compared by structure, so a type counts as introduced when an equal
// one was; resources are compared by identity. What a scope says by its own definitions, though
// they were introduced, is told apart by index (Scope::private_types).
#include "abi/text/diagnose.h"
#include "abi/text/wit.h"
#include "abi/valid/validator.h"
#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

bool IsNamedKind(TypeKind kind) {
  return kind == TypeKind::kRecord || kind == TypeKind::kVariant || kind == TypeKind::kFlags ||
         kind == TypeKind::kEnum;
}

// What has the type at the end of the path may not be imported or exported, and why.
std::unexpected<Error> Unnamed(absl::string_view sort, bool is_import, absl::string_view why,
                               absl::string_view type) {
  Diagnosis diagnosis;
  diagnosis.code = is_import ? "type-not-imported" : "type-not-exported";
  diagnosis.found = std::string(type);
  diagnosis.hint = absl::StrCat(is_import ? "import" : "export",
                                " the type under a name of its own before what uses it, and use it "
                                "by the index that this defines");
  const char* const verb = is_import ? "import" : "export";
  return std::unexpected(Error(ErrorKind::kInvalid, absl::StrCat(sort, " not valid to be used as ",
                                                                 verb, ": ", why, ": ", type))
                             .WithDiagnosis(std::move(diagnosis)));
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
      if (Status status = Check(item.type); !status) {
        return Within(StepOf(item.name, item.type), std::move(status));
      }
    }
    return {};
  }

  static Status Within(std::string step, Status status) {
    return std::unexpected(std::move(status).error().Within(std::move(step)));
  }

  Status Func(FuncTypeId id) {
    const FuncType& func = types_.Get(id);
    for (const auto& [label, param] : func.params) {
      if (Status status = Value(param); !status) {
        return Within(absl::StrCat("param \"", label, "\""), std::move(status));
      }
    }
    if (!func.result.has_value()) return {};
    Status status = Value(func.result);
    return status ? std::move(status) : Within("result", std::move(status));
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
    return Unnamed(sort_, exports_ == nullptr, "this type has no name there", type);
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

namespace {

// Whether a definition mentions a type index of which `is_private` holds. An instance type does if
// one of its exports does (Scope::private_exports); what component types mention is checked there.
template <typename IsPrivate>
struct Mentions {
  IsPrivate is_private;

  bool Type(const syntax::ValType& type) const {
    const auto* index = std::get_if<TypeIdx>(&type);
    return index != nullptr && is_private(*index);
  }
  bool Type(const std::optional<syntax::ValType>& type) const { return type && Type(*type); }
  bool operator()(const syntax::RecordType& type) const {
    return absl::c_any_of(type.fields, [&](const auto& field) { return Type(field.type); });
  }
  bool operator()(const syntax::VariantType& type) const {
    return absl::c_any_of(type.cases, [&](const auto& each) { return Type(each.type); });
  }
  bool operator()(const syntax::TupleType& type) const {
    return absl::c_any_of(type.types, [&](const auto& each) { return Type(each); });
  }
  bool operator()(const syntax::ListType& type) const { return Type(type.element); }
  bool operator()(const syntax::OptionType& type) const { return Type(type.type); }
  bool operator()(const syntax::ResultType& type) const {
    return Type(type.ok) || Type(type.error);
  }
  bool operator()(const syntax::OwnType& type) const { return is_private(type.resource); }
  bool operator()(const syntax::BorrowType& type) const { return is_private(type.resource); }
  bool operator()(const syntax::StreamType& type) const { return Type(type.element); }
  bool operator()(const syntax::FutureType& type) const { return Type(type.element); }
  bool operator()(const syntax::MapType& type) const { return Type(type.key) || Type(type.value); }
  bool operator()(const syntax::FuncType& type) const {
    return Type(type.result) ||
           absl::c_any_of(type.params, [&](const auto& param) { return Type(param.type); });
  }
  bool operator()(const auto&) const { return false; }
};

bool HasName(const syntax::TypeDef& def) {
  return std::holds_alternative<syntax::RecordType>(def) ||
         std::holds_alternative<syntax::VariantType>(def) ||
         std::holds_alternative<syntax::FlagsType>(def) ||
         std::holds_alternative<syntax::EnumType>(def) ||
         std::holds_alternative<syntax::ResourceType>(def);
}

std::unexpected<Error> IsPrivate(absl::string_view sort, bool is_import, absl::string_view type) {
  return Unnamed(sort, is_import,
                 "it mentions a type by its definition, not by the index that the type's import or "
                 "export defines",
                 type);
}

}  // namespace

void Validator::MarkPrivate(Scope& scope, const syntax::TypeDef& def, uint32_t index) {
  const bool has_private_part =
      !scope.private_types.empty() &&
      std::visit(
          Mentions{[&](TypeIdx part) { return scope.private_types.Find(part.value()) != nullptr; }},
          def);
  if (has_private_part || HasName(def)) scope.private_types.Insert(index, has_private_part);
}

void Validator::MarkAlias(Scope& scope, const Scope& target, uint32_t outer_index) {
  const uint32_t index = static_cast<uint32_t>(scope.types.size()) - 1;
  // What an instance type keeps to itself stays so wherever the type is mentioned.
  if (const NamedItem* const found = target.private_exports.Find(outer_index)) {
    const NamedItem first = *found;
    scope.private_types.Insert(index, true);
    scope.private_exports.Insert(index, first);
    return;
  }
  // Who crosses into a component or its type finds names there by structure.
  if (&scope != &target && scope.kind != Scope::Kind::kInstanceType) return;
  const bool* const known = target.private_types.Find(outer_index);
  if (known == nullptr) return;
  const bool has_private_part = *known;
  scope.private_types.Insert(index, has_private_part);
}

bool Validator::MentionsPrivate(const Scope& scope, const syntax::ExternType& type) {
  if (scope.private_types.empty()) return false;
  const bool is_type = type.sort == Sort::kType && type.bound == syntax::ExternType::Bound::kEq;
  if (!is_type && type.sort != Sort::kFunc && type.sort != Sort::kInstance) return false;
  const bool* const has_private_part = scope.private_types.Find(type.index);
  return has_private_part != nullptr && (!is_type || *has_private_part);
}

Status Validator::CheckNotPrivate(const Scope& scope, const syntax::ExternType& type,
                                  bool is_import) {
  if (!MentionsPrivate(scope, type)) return {};
  const NamedItem* const inner = scope.private_exports.Find(type.index);
  if (inner == nullptr) {
    return IsPrivate(SortName(type.sort), is_import, ToString(types_, scope.types[type.index]));
  }
  auto error = IsPrivate(SortName(type.sort), is_import, ToString(types_, inner->type));
  return std::unexpected(std::move(error).error().Within(StepOf(inner->name, inner->type)));
}

Status Validator::CheckNotPrivate(const Scope& scope, SortIndex item) {
  if (item.sort == Sort::kFunc && scope.private_funcs.Contains(item.index)) {
    return IsPrivate("func", false, ToString(types_, scope.funcs[item.index]));
  }
  if (item.sort != Sort::kType) return {};
  return CheckNotPrivate(scope, {item.sort, syntax::ExternType::Bound::kEq, item.index}, false);
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
