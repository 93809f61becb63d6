#include "wit/resolve/resolver.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "wit/resolve/order.h"
#include "wit/syntax/limits.h"

namespace tenon::wit {
namespace {

Package MakePackage(const PackageSource& source) {
  Package package;
  package.space = std::string(source.name->space.text);
  package.name = std::string(source.name->name.text);
  if (source.name->version) package.version = std::string(source.name->version->text);
  package.docs = source.docs;
  package.is_root = source.is_root;
  return package;
}

}  // namespace

uint64_t CostOf(const About& about) {
  const size_t bytes = about.docs.size() + about.since.size() + about.feature.size() +
                       about.deprecated.size() + about.external_id.size();
  return (bytes + 31) / 32;
}

bool Resolver::Names::Claim(absl::string_view name) {
  return taken_.insert(absl::AsciiStrToLower(name)).second;
}

// Includes and uses may ask for more than a text's length suggests: what they cost is counted.
Resolved<void> Resolver::Charge(uint32_t scope, uint32_t offset, uint64_t steps) {
  work_ += steps;
  if (work_ <= kMaxWork) return {};
  return sources_.Fail(
      scope, offset,
      absl::StrCat("resolving all includes and uses takes more than ", kMaxWork, " steps"),
      ErrorKind::kLimit);
}

Resolved<void> Resolver::AddUses(uint32_t scope, const std::vector<ast::Item>& items,
                                 std::vector<uint32_t>& needs) const {
  for (const ast::Item& item : items) {
    const auto* use = std::get_if<ast::Use>(&item.what);
    if (use == nullptr) continue;
    TENON_ASSIGN_OR_RETURN(const bool is_open, sources_.IsOpen(scope, item.head));
    if (!is_open) continue;
    TENON_ASSIGN_OR_RETURN(const uint32_t need,
                           sources_.Find(scope, use->path, Wanted::kInterface));
    needs.push_back(need);
  }
  return {};
}

Resolved<void> Resolver::AddExternNeeds(uint32_t scope, const ast::Extern& item,
                                        std::vector<uint32_t>& needs) const {
  if (const auto* body = std::get_if<ast::Body>(&item.what)) {
    return AddUses(scope, body->items, needs);
  }
  const auto* path = std::get_if<ast::Path>(&item.what);
  if (path == nullptr) return {};
  TENON_ASSIGN_OR_RETURN(const uint32_t need, sources_.Find(scope, *path, Wanted::kInterface));
  needs.push_back(need);
  return {};
}

Resolved<std::vector<uint32_t>> Resolver::NeedsOf(const Declaration& declaration) const {
  std::vector<uint32_t> needs;
  if (!declaration.is_open) return needs;
  const uint32_t scope = declaration.scope;
  if (!declaration.is_world) {
    const auto& interface = std::get<ast::Interface>(declaration.item->what);
    TENON_RETURN_IF_ERROR(AddUses(scope, interface.body.items, needs));
    return needs;
  }
  const auto& items = std::get<ast::World>(declaration.item->what).body.items;
  TENON_RETURN_IF_ERROR(AddUses(scope, items, needs));
  for (const ast::Item& item : items) {
    const auto* include = std::get_if<ast::Include>(&item.what);
    const auto* external = std::get_if<ast::Extern>(&item.what);
    if (include == nullptr && external == nullptr) continue;
    TENON_ASSIGN_OR_RETURN(const bool is_open, sources_.IsOpen(scope, item.head));
    if (!is_open) continue;
    if (external != nullptr) {
      TENON_RETURN_IF_ERROR(AddExternNeeds(scope, *external, needs));
    } else {
      TENON_ASSIGN_OR_RETURN(const uint32_t need,
                             sources_.Find(scope, include->path, Wanted::kWorld));
      needs.push_back(need);
    }
  }
  return needs;
}

Resolved<std::vector<std::vector<uint32_t>>> Resolver::Needs() const {
  std::vector<std::vector<uint32_t>> needs;
  for (const Declaration& declaration : sources_.declarations()) {
    TENON_ASSIGN_OR_RETURN(std::vector<uint32_t> each, NeedsOf(declaration));
    needs.push_back(std::move(each));
  }
  return needs;
}

// "a -> b -> a", cut where it is long.
std::unexpected<Failure> Resolver::FailCycle(const std::vector<uint32_t>& cycle) const {
  constexpr size_t kMaxShown = 8;
  const Declaration& first = sources_.declarations()[cycle[0]];
  std::string chain;
  for (size_t i = 0; i < std::min(cycle.size(), kMaxShown); ++i) {
    absl::StrAppend(&chain, sources_.declarations()[cycle[i]].name.text, " -> ");
  }
  if (cycle.size() > kMaxShown) chain += "... -> ";
  return sources_.Fail(first.scope, first.name.offset,
                       absl::StrCat(first.is_world ? "the world '" : "the interface '",
                                    first.name.text, "' needs itself: ", chain, first.name.text));
}

Resolved<void> Resolver::AddPackages(const std::vector<std::vector<uint32_t>>& needs) {
  const auto& sources = sources_.packages();
  const auto package_of = [&](uint32_t declaration) {
    return sources_.scopes()[sources_.declarations()[declaration].scope].package;
  };
  std::vector<std::vector<uint32_t>> needs_of_packages(sources.size());
  for (uint32_t i = 0; i < needs.size(); ++i) {
    for (const uint32_t need : needs[i]) {
      const uint32_t from = package_of(i), to = package_of(need);
      if (from != to) needs_of_packages[from].push_back(to);
    }
  }
  const Order order = OrderByNeeds(needs_of_packages);
  if (!order.cycle.empty()) {
    std::string chain;
    for (const uint32_t package : order.cycle) {
      absl::StrAppend(&chain, sources[package].key, " -> ");
    }
    const PackageSource& first = sources[order.cycle[0]];
    return sources_.Fail(first.scopes[0], first.name->space.offset,
                         absl::StrCat("packages need each other: ", chain, first.key));
  }
  package_of_.resize(sources.size());
  for (const uint32_t index : order.order) {
    package_of_[index] = PackageIdx(static_cast<uint32_t>(packages_.packages.size()));
    packages_.packages.push_back(MakePackage(sources[index]));
  }
  return {};
}

Resolved<Packages> Resolver::Run() {
  TENON_ASSIGN_OR_RETURN(const auto needs, Needs());
  const Order order = OrderByNeeds(needs);
  if (!order.cycle.empty()) return FailCycle(order.cycle);
  TENON_RETURN_IF_ERROR(AddPackages(needs));
  for (const uint32_t index : order.order) {
    const Declaration& declaration = sources_.declarations()[index];
    if (!declaration.is_open) continue;
    TENON_RETURN_IF_ERROR(declaration.is_world ? ResolveWorld(index) : ResolveInterface(index));
  }
  // A package lists its items as they were written.
  for (uint32_t i = 0; i < sources_.declarations().size(); ++i) {
    const uint32_t source = sources_.scopes()[sources_.declarations()[i].scope].package;
    Package& package = packages_.packages[package_of_[source].value()];
    if (const auto it = interfaces_.find(i); it != interfaces_.end()) {
      package.interfaces.push_back(it->second);
    }
    if (const auto it = worlds_.find(i); it != worlds_.end()) package.worlds.push_back(it->second);
  }
  return std::move(packages_);
}

Resolved<Packages> Resolve(const std::vector<SourceGroup>& groups, const FeatureChoice& choice) {
  Sources sources(choice);
  TENON_RETURN_IF_ERROR(sources.Load(groups));
  return Resolver(sources).Run();
}

}  // namespace tenon::wit
