#include "abi/link/imports.h"

#include <algorithm>
#include <numeric>

#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {
namespace {

size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t above = row[j];
      row[j] = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

// "; nearest match: ..." or nothing when no name is at all similar.
std::string Nearest(absl::string_view name, const std::vector<absl::string_view>& candidates) {
  constexpr size_t kMaxNameLength = 200;  // the distance takes the product of both lengths
  if (name.size() > kMaxNameLength) return "";
  absl::string_view best;
  size_t best_distance = name.size() / 2;
  for (absl::string_view candidate : candidates) {
    if (candidate.size() > kMaxNameLength) continue;
    const size_t distance = EditDistance(name, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best.empty() ? "" : absl::StrCat("; nearest match: \"", best, "\"");
}

const char* KindName(const ExternType& type) {
  if (std::holds_alternative<ModuleTypeId>(type)) return "core module";
  if (std::holds_alternative<FuncTypeId>(type)) return "function";
  if (std::holds_alternative<ComponentTypeId>(type)) return "component";
  if (std::holds_alternative<InstanceTypeId>(type)) return "interface";
  return "type";
}

class Resolver {
 public:
  Resolver(const CompiledComponent& component, const HostLinker& linker)
      : component_(component), plan_(component.plan()), linker_(linker) {}

  Result<ResolvedImports> Run() {
    ResolveResources();
    for (const PlanImport& import : plan_.imports) TENON_RETURN_IF_ERROR(CheckKind(import));
    for (const PlanImportedFunc& func : plan_.imported_funcs) {
      TENON_ASSIGN_OR_RETURN(const HostFunc* found, ResolveFunc(func));
      result_.funcs.push_back(found);
    }
    return std::move(result_);
  }

 private:
  void ResolveResources() {
    for (const PlanResource& resource : plan_.resources) {
      const ResourceType* found = resource.is_imported() ? FindResource(resource) : nullptr;
      result_.resources.push_back(found != nullptr ? found : &kAbsentResource);
    }
  }

  const ResourceType* FindResource(const PlanResource& resource) const {
    const std::string& import = plan_.imports[*resource.import].name;
    if (resource.import_path.empty()) return linker_.root().FindResource(import);
    const HostInterface* interface = linker_.Find(import);
    if (interface == nullptr || resource.import_path.size() != 1) return nullptr;
    return interface->FindResource(resource.import_path[0]);
  }

  // A host offers functions, types and interfaces only.
  Status CheckKind(const PlanImport& import) {
    if (std::holds_alternative<ModuleTypeId>(import.type) ||
        std::holds_alternative<ComponentTypeId>(import.type)) {
      return Fail(ErrorKind::kUnlinkable,
                  absl::StrCat("import \"", import.name, "\": the host has no ",
                               KindName(import.type), " to give"));
    }
    return {};
  }

  Result<const HostFunc*> ResolveFunc(const PlanImportedFunc& func) {
    const std::string& import = plan_.imports[func.import].name;
    const HostInterface* interface = &linker_.root();
    absl::string_view name = import;
    if (!func.path.empty()) {
      interface = linker_.Find(import);
      if (interface == nullptr) {
        return Fail(ErrorKind::kUnlinkable,
                    absl::StrCat("import \"", import, "\": the host does not have this interface",
                                 Nearest(import, linker_.InterfaceNames()), " (needed for \"",
                                 absl::StrJoin(func.path, "."), "\")"));
      }
      name = func.path.back();
    }
    const HostFunc* found = func.path.size() > 1 ? nullptr : interface->FindFunc(name);
    if (found == nullptr) {
      return Fail(ErrorKind::kUnlinkable, MissingFunc(func, *interface, name));
    }
    const TypeTable& types = component_.types();
    if (!found->matches(TypeChecker{types, result_.resources}, types.Get(func.type))) {
      return Fail(ErrorKind::kUnlinkable, Mismatch(func, *found, name));
    }
    return found;
  }

  std::string MissingFunc(const PlanImportedFunc& func, const HostInterface& interface,
                          absl::string_view name) const {
    const std::string& import = plan_.imports[func.import].name;
    if (func.path.empty()) {
      return absl::StrCat("import \"", import, "\": the host does not have this function",
                          Nearest(name, interface.FuncNames()));
    }
    const bool other_version = interface.name() != import;
    return absl::StrCat("import \"", import, "\": the host does not have the function \"", name,
                        "\"",
                        other_version ? absl::StrCat(" in its \"", interface.name(), "\"") : "",
                        Nearest(name, interface.FuncNames()));
  }

  std::string Mismatch(const PlanImportedFunc& func, const HostFunc& found,
                       absl::string_view name) const {
    const std::string& import = plan_.imports[func.import].name;
    return absl::StrCat("import \"", import, "\"",
                        func.path.empty() ? "" : absl::StrCat(": function \"", name, "\""),
                        " has the wrong type: the component expects ",
                        ToString(component_.types(), func.type), ", the host has ",
                        found.describe(linker_.Names()));
  }

  const CompiledComponent& component_;
  const Plan& plan_;
  const HostLinker& linker_;
  ResolvedImports result_;
};

}  // namespace

Result<ResolvedImports> ResolveImports(const CompiledComponent& component,
                                       const HostLinker& linker) {
  return Resolver(component, linker).Run();
}

std::string MissingResource(const Plan& plan, const PlanResource& resource) {
  if (!resource.is_imported()) return absl::StrCat("resource \"", resource.name, "\" is undefined");
  return absl::StrCat("import \"", plan.imports[*resource.import].name,
                      "\": the host does not have the resource type \"",
                      resource.import_path.empty() ? resource.name : resource.import_path.back(),
                      "\"");
}

}  // namespace tenon::abi
