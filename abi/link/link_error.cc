#include "abi/link/link_error.h"

#include <string>
#include <utility>
#include <vector>

#include "abi/text/diagnose.h"
#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// A host function's C++ types as types of a table of their own, so that they are compared and
// shown like a component's. `like` is the type that they should be: C++ has no names of parameters
// and need not have those of fields. C++ types are small: no limit is reached.
class ShapeTypes {
 public:
  ShapeTypes(const TypeTable& like_types, const ResourceNames& names)
      : like_types_(like_types), names_(names) {}

  const TypeTable& types() const { return types_; }
  const std::vector<const ResourceType*>& resources() const { return resources_; }
  // Whether it stands for whatever type of a guest's there is.
  bool IsGuests(ResourceId id) const { return tags_[id.value()] != nullptr; }

  FuncTypeId Add(const canon::FuncShape& shape, const FuncType& like) {
    FuncType type;
    for (size_t i = 0; i < shape.param_count; ++i) {
      const bool has_name = i < like.params.size();
      type.params.emplace_back(has_name ? like.params[i].first : "_",
                               Add(shape.params[i], has_name ? like.params[i].second : ValType()));
    }
    type.result = Add(shape.result, like.result);
    return types_.Intern(std::move(type)).value_or(FuncTypeId());
  }

 private:
  ValType Add(const canon::TypeShape* shape, ValType like) {
    if (shape == nullptr) return {};
    if (IsPrimitive(shape->kind)) return shape->kind;
    const bool is_alike = like.has_value() && like.kind() == shape->kind;
    const TypeDef* const like_def = is_alike ? &like_types_.Get(like) : nullptr;
    TypeDef def;
    def.kind = shape->kind;
    def.length = shape->length;
    for (size_t i = 0; i < shape->label_count; ++i) def.labels.emplace_back(shape->labels[i]);
    if (shape->labels == nullptr && like_def != nullptr) def.labels = like_def->labels;
    for (size_t i = 0; i < shape->part_count; ++i) {
      const bool has_part = like_def != nullptr && i < like_def->types.size();
      def.types.push_back(Add(shape->parts[i], has_part ? like_def->types[i] : ValType()));
    }
    if (def.kind == TypeKind::kOwn || def.kind == TypeKind::kBorrow) {
      def.resource = Resource(*shape);
    }
    return types_.Intern(std::move(def)).value_or(ValType());
  }

  ResourceId Resource(const canon::TypeShape& shape) {
    for (uint32_t i = 0; i < resources_.size(); ++i) {
      if (resources_[i] == shape.resource && tags_[i] == shape.guest_tag) return ResourceId(i);
    }
    resources_.push_back(shape.resource);
    tags_.push_back(shape.guest_tag);
    const auto name = names_.find(shape.resource);
    return types_.NewResource(name == names_.end() ? absl::string_view() : name->second);
  }

  const TypeTable& like_types_;
  const ResourceNames& names_;
  TypeTable types_;
  std::vector<const ResourceType*> resources_;  // by ResourceId
  std::vector<const void*> tags_;               // by ResourceId; null: the host's
};

std::string ImportStep(const PlanImport& import) {
  return absl::StrCat("import \"", import.name, "\"");
}

Error Unlinkable(const PlanImport& import, absl::string_view message, Diagnosis diagnosis) {
  diagnosis.path.insert(diagnosis.path.begin(), ImportStep(import));
  return Error(ErrorKind::kUnlinkable, absl::StrCat(ImportStep(import), ": ", message))
      .WithDiagnosis(std::move(diagnosis));
}

// " "name"" of a function in an interface; a plain one is the import itself.
std::string Of(const PlanImport& import, absl::string_view func) {
  return func == import.name ? "" : absl::StrCat(" \"", func, "\"");
}

}  // namespace

Error LinkErrors::OtherKind(const PlanImport& import, absl::string_view message) const {
  Diagnosis diagnosis;
  diagnosis.code = "other-kind";
  diagnosis.expected = SortName(SortOf(import.type));
  diagnosis.package = PackageOf(import.name);
  return Unlinkable(import, message, std::move(diagnosis));
}

Error LinkErrors::MissingInterface(const PlanImport& import, absl::string_view func) const {
  Diagnosis diagnosis = DiagnoseMissing(import.name, "missing-import", linker_.InterfaceNames());
  const bool is_there = diagnosis.code == "other-version";
  return Unlinkable(
      import,
      absl::StrCat("the host does not have this interface", is_there ? " in this version" : "",
                   " (needed for \"", func, "\")"),
      std::move(diagnosis));
}

Error LinkErrors::MissingFunc(const PlanImport& import, const HostInterface& interface,
                              absl::string_view func) const {
  const std::string of = Of(import, func);
  const absl::string_view found(interface.name());
  Diagnosis diagnosis = DiagnoseMissingItem(func, import.name, of.empty() ? import.name : found,
                                            interface.table().FuncNames());
  if (!of.empty()) diagnosis.path.push_back(absl::StrCat("function", of));
  const bool is_other_version = !of.empty() && found != import.name;
  return Unlinkable(import,
                    absl::StrCat("the host does not have the function", of,
                                 is_other_version ? absl::StrCat(" in its \"", found, "\"") : ""),
                    std::move(diagnosis));
}

Error LinkErrors::OtherType(const PlanImport& import, absl::string_view func, FuncTypeId expected,
                            const canon::FuncShape& found,
                            absl::Span<const ResourceType* const> resources) const {
  const TypeTable& types = component_.types();
  const ResourceNames names = linker_.Names();
  ShapeTypes shape(types, names);
  const FuncTypeId offered = shape.Add(found, types.Get(expected));
  TypeComparer comparer(types, shape.types(), [&](ResourceId id, ResourceId of_shape) {
    return shape.IsGuests(of_shape) || resources[id.value()] == shape.resources()[of_shape.value()];
  });
  const bool is_alike = comparer.Equal(expected, offered);
  return OtherType(import, func, expected,
                   {"the host", Describe(found, names), shape.types(), shape.resources()},
                   is_alike ? TypeDifference{{}, expected, offered} : comparer.difference());
}

Error LinkErrors::OtherType(const PlanImport& import, absl::string_view func, FuncTypeId expected,
                            const GuestFunc& found, const TypeDifference& difference) const {
  return OtherType(
      import, func, expected,
      {"the instance", ToString(*found.types, found.type), *found.types, found.resources},
      difference);
}

Error LinkErrors::OtherType(const PlanImport& import, absl::string_view func, FuncTypeId expected,
                            const Offered& offered, const TypeDifference& difference) const {
  const TypeTable& types = component_.types();
  Diagnosis diagnosis = Diagnose(types, offered.types, difference);
  if (const auto handles = ResourcesOf(types, offered.types, difference)) {
    const ResourceType* const found = offered.resources[handles->found.value()];
    NameOwners(OwnerOf(handles->expected), linker_.OwnerOf(found), &diagnosis);
  }
  const std::string of = Of(import, func);
  if (!of.empty()) diagnosis.path.insert(diagnosis.path.begin(), absl::StrCat("function", of));
  diagnosis.package = PackageOf(import.name);
  return Unlinkable(
      import,
      absl::StrCat("the function", of, " has the wrong type: the component expects ",
                   ToString(types, expected), ", ", offered.whose, " has ", offered.type),
      std::move(diagnosis));
}

absl::string_view LinkErrors::OwnerOf(ResourceId id) const {
  const std::optional<uint32_t>& import = component_.plan().resources[id.value()].import;
  return import ? component_.plan().imports[*import].name : "";
}

Error MissingResource(const Plan& plan, const PlanResource& resource) {
  if (!resource.is_imported()) {
    return Error(ErrorKind::kUnlinkable,
                 absl::StrCat("resource \"", resource.name, "\" is undefined"));
  }
  const PlanImport& import = plan.imports[*resource.import];
  Diagnosis diagnosis;
  diagnosis.code = "missing-resource";
  diagnosis.package = PackageOf(import.name);
  const absl::string_view name =
      resource.import_path.empty() ? resource.name : resource.import_path.back();
  if (!resource.import_path.empty()) {
    diagnosis.path.push_back(absl::StrCat("resource \"", name, "\""));
  }
  return Unlinkable(import, absl::StrCat("the host does not have the resource type \"", name, "\""),
                    std::move(diagnosis));
}

}  // namespace tenon::abi
