#include "wit/resolve/sources.h"

#include <algorithm>
#include <utility>

#include "abi/syntax/semver.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "vm/base/near_match.h"
#include "wit/syntax/format.h"
#include "wit/syntax/parser.h"

namespace tenon::wit {
namespace {

bool IsHeader(const ast::Item& item) {
  return std::holds_alternative<ast::PackageHeader>(item.what);
}
bool IsNested(const ast::Item& item) {
  return std::holds_alternative<ast::NestedPackage>(item.what);
}

// An item's text without comments and white space.
std::string Essence(const ast::Document& document, const ast::Item& item) {
  std::string essence;
  auto comment =
      std::lower_bound(document.comments.begin(), document.comments.end(), item.head.begin,
                       [](const Comment& each, uint32_t offset) { return each.offset < offset; });
  for (size_t at = item.head.begin; at < item.head.end; ++at) {
    if (comment != document.comments.end() && comment->offset == at) {
      at += comment->text.size() - 1;
      ++comment;
    } else if (!absl::ascii_isspace(document.text[at])) {
      essence += document.text[at];
    }
  }
  return essence;
}

std::vector<std::string> Essences(const std::vector<const Scope*>& scopes) {
  std::vector<std::string> all;
  for (const Scope* scope : scopes) {
    for (const ast::Item& item : *scope->items) {
      if (!IsHeader(item) && !IsNested(item)) all.push_back(Essence(*scope->document, item));
    }
  }
  std::sort(all.begin(), all.end());
  return all;
}

const ast::Gate* FindGate(const ast::Head& head, ast::Gate::Kind kind) {
  for (const ast::Gate& gate : head.gates) {
    if (gate.kind == kind) return &gate;
  }
  return nullptr;
}

bool HasTwice(const ast::Head& head, ast::Gate::Kind kind) {
  return std::count_if(head.gates.begin(), head.gates.end(),
                       [&](const ast::Gate& gate) { return gate.kind == kind; }) > 1;
}

}  // namespace

std::string DidYouMean(absl::string_view word, absl::Span<const absl::string_view> names) {
  const absl::string_view near = NearMatch(word, names);
  return near.empty() ? "" : absl::StrCat("; did you mean '", near, "'?");
}

std::unexpected<Failure> Sources::Fail(uint32_t scope, uint32_t offset, absl::string_view message,
                                       ErrorKind kind) const {
  const SourceFile* file = scopes_[scope].file;
  return std::unexpected(
      Failure{file, Error(kind, {message.data(), message.size()}, Locate(file->text, offset))});
}

uint32_t Sources::LineOf(uint32_t scope, uint32_t offset) const {
  return Locate(scopes_[scope].file->text, offset).line;
}

Resolved<void> Sources::Load(const std::vector<SourceGroup>& groups) {
  for (const SourceGroup& group : groups) TENON_RETURN_IF_ERROR(LoadGroup(group));
  for (uint32_t scope = 0; scope < scopes_.size(); ++scope) TENON_RETURN_IF_ERROR(Declare(scope));
  for (uint32_t scope = 0; scope < scopes_.size(); ++scope) {
    TENON_RETURN_IF_ERROR(DeclareUses(scope));
  }
  return {};
}

// wit: "Root Package: A Directory"
Resolved<void> Sources::LoadGroup(const SourceGroup& group) {
  std::vector<Scope> files;
  for (const SourceFile& file : group.files) {
    Result<ast::Document> document = ParseWit(file.text);
    if (!document) return std::unexpected(Failure{&file, std::move(document).error()});
    documents_.push_back(std::move(*document));
    files.push_back({&file, &documents_.back(), &documents_.back().items});
  }
  TENON_ASSIGN_OR_RETURN(const Header header, FindHeader(files));
  if (header.name != nullptr) TENON_RETURN_IF_ERROR(Add(header, files, group.is_root));
  for (const Scope& file : files) {
    for (const ast::Item& item : *file.items) {
      const auto* nested = std::get_if<ast::NestedPackage>(&item.what);
      if (nested == nullptr) continue;
      const Header inner{&nested->name, wit::DocsOf(*file.document, item.head)};
      const bool is_root = group.is_root && header.name == nullptr;
      TENON_RETURN_IF_ERROR(Add(inner, {{file.file, file.document, &nested->body.items}}, is_root));
    }
  }
  return {};
}

// The name that the files agree on; null if they hold nested packages alone.
Resolved<Sources::Header> Sources::FindHeader(const std::vector<Scope>& files) const {
  const auto fail = [](const Scope& file, uint32_t offset, absl::string_view message) {
    return std::unexpected(
        Failure{file.file, Error(ErrorKind::kInvalid, {message.data(), message.size()},
                                 Locate(file.document->text, offset))});
  };
  Header header;
  for (const Scope& file : files) {
    for (size_t i = 0; i < file.items->size(); ++i) {
      const ast::Item& item = (*file.items)[i];
      const auto* found = std::get_if<ast::PackageHeader>(&item.what);
      if (found == nullptr) continue;
      if (i > 0) return fail(file, item.head.begin, "'package' stands before everything else");
      if (header.name != nullptr && Spell(*header.name) != Spell(found->name)) {
        return fail(file, found->name.space.offset,
                    absl::StrCat("this is the package '", Spell(found->name),
                                 "', another file beside it says '", Spell(*header.name), "'"));
      }
      header.name = &found->name;
      const std::string docs = wit::DocsOf(*file.document, item.head);
      absl::StrAppend(&header.docs, header.docs.empty() || docs.empty() ? "" : "\n", docs);
    }
  }
  if (header.name != nullptr) return header;
  for (const Scope& file : files) {
    for (const ast::Item& item : *file.items) {
      if (IsNested(item)) continue;
      return fail(file, item.head.begin, "expected 'package' and a name before everything else");
    }
  }
  return header;
}

// wit: "Any package which is duplicated across dependencies must have the same contents."
Resolved<void> Sources::Add(const Header& header, std::vector<Scope> scopes, bool is_root) {
  std::string key = Spell(*header.name);
  const auto known = by_key_.find(key);
  if (known == by_key_.end()) {
    AddPackage(header, std::move(scopes), is_root);
    return {};
  }
  packages_[known->second].is_root |= is_root;
  return CheckSame(known->second, scopes);
}

void Sources::AddPackage(const Header& header, std::vector<Scope> scopes, bool is_root) {
  const auto index = static_cast<uint32_t>(packages_.size());
  PackageSource& package = packages_.emplace_back();
  package.name = header.name;
  package.key = Spell(*header.name);
  package.docs = header.docs;
  package.is_root = is_root;
  by_key_[package.key] = index;
  for (Scope& scope : scopes) {
    scope.package = index;
    package.scopes.push_back(static_cast<uint32_t>(scopes_.size()));
    scopes_.push_back(std::move(scope));
  }
}

Resolved<void> Sources::CheckSame(uint32_t package, const std::vector<Scope>& scopes) const {
  std::vector<const Scope*> known, more;
  for (const uint32_t scope : packages_[package].scopes) known.push_back(&scopes_[scope]);
  for (const Scope& scope : scopes) more.push_back(&scope);
  if (Essences(known) == Essences(more)) return {};
  const std::string message =
      absl::StrCat("the package '", packages_[package].key, "' is there twice, and differs from ",
                   known[0]->file->path);
  return std::unexpected(Failure{more[0]->file, Error(ErrorKind::kInvalid, message)});
}

Resolved<void> Sources::Declare(uint32_t scope_index) {
  const Scope& scope = scopes_[scope_index];
  PackageSource& package = packages_[scope.package];
  for (const ast::Item& item : *scope.items) {
    const auto* world = std::get_if<ast::World>(&item.what);
    const auto* interface = std::get_if<ast::Interface>(&item.what);
    if (world == nullptr && interface == nullptr) continue;
    const ast::Name name = world != nullptr ? world->name : interface->name;
    TENON_ASSIGN_OR_RETURN(const bool is_open, IsOpen(scope_index, item.head));
    const auto index = static_cast<uint32_t>(declarations_.size());
    const auto [known, is_new] = package.declarations.emplace(name.text, index);
    if (!is_new) {
      const Declaration& first = declarations_[known->second];
      return Fail(scope_index, name.offset,
                  absl::StrCat("the package has '", name.text, "' already, ",
                               scopes_[first.scope].file->path, ":",
                               LineOf(first.scope, first.name.offset)));
    }
    declarations_.push_back({scope_index, &item, name, world != nullptr, is_open});
  }
  return {};
}

Resolved<void> Sources::DeclareUses(uint32_t scope_index) {
  Scope& scope = scopes_[scope_index];
  for (const ast::Item& item : *scope.items) {
    const auto* use = std::get_if<ast::TopLevelUse>(&item.what);
    if (use == nullptr) continue;
    const ast::Name& name = use->as ? *use->as : use->path.name;
    const auto declared = packages_[scope.package].declarations.find(name.text);
    const bool is_declared = declared != packages_[scope.package].declarations.end() &&
                             declarations_[declared->second].scope == scope_index;
    if (is_declared || !scope.uses.emplace(name.text, &use->path).second) {
      return Fail(scope_index, name.offset,
                  absl::StrCat("the file has the name '", name.text, "' already"));
    }
  }
  return {};
}

Resolved<uint32_t> Sources::FindPackage(uint32_t scope, const ast::PackageName& name) const {
  const std::string key = Spell(name);
  const auto found = by_key_.find(key);
  if (found != by_key_.end()) return found->second;
  const std::string plain = key.substr(0, key.find('@'));
  std::vector<absl::string_view> versions, names;
  for (const PackageSource& package : packages_) {
    names.push_back(package.key);
    if (package.key.substr(0, package.key.find('@')) == plain) versions.push_back(package.key);
  }
  versions.resize(std::min<size_t>(versions.size(), 10));
  const std::string advice =
      versions.empty() ? DidYouMean(key, names)
                       : absl::StrCat("; there is '", absl::StrJoin(versions, "', '"), "'");
  return Fail(scope, name.space.offset, absl::StrCat("there is no package '", key, "'", advice));
}

Resolved<uint32_t> Sources::Find(uint32_t scope_index, const ast::Path& path, Wanted wanted) const {
  const Scope& scope = scopes_[scope_index];
  const ast::Path* target = &path;
  if (!path.package) {
    // A top-level `use` says where a bare name leads; what it says itself is of the package.
    const auto use = scope.uses.find(path.name.text);
    if (use != scope.uses.end()) target = use->second;
  }
  uint32_t package = scope.package;
  if (target->package) {
    TENON_ASSIGN_OR_RETURN(package, FindPackage(scope_index, *target->package));
  }
  const PackageSource& source = packages_[package];
  const auto found = source.declarations.find(target->name.text);
  if (found == source.declarations.end()) {
    std::vector<absl::string_view> names;
    for (const auto& [name, declaration] : source.declarations) names.push_back(name);
    if (target == &path) {
      for (const auto& [name, use] : scope.uses) names.push_back(name);
    }
    std::sort(names.begin(), names.end());
    return Fail(scope_index, target->name.offset,
                absl::StrCat("the package '", source.key, "' has no '", target->name.text, "'",
                             DidYouMean(target->name.text, names)));
  }
  const Declaration& declaration = declarations_[found->second];
  if (!declaration.is_open) {
    return Fail(scope_index, path.name.offset,
                absl::StrCat("'", target->name.text, "' ",
                             WhyClosed(declaration.scope, declaration.item->head)));
  }
  if (wanted == Wanted::kEither || (wanted == Wanted::kWorld) == declaration.is_world) {
    return found->second;
  }
  return Fail(
      scope_index, path.name.offset,
      absl::StrCat("expected ", wanted == Wanted::kWorld ? "a world" : "an interface", ", '",
                   target->name.text, "' is ", declaration.is_world ? "a world" : "an interface"));
}

// wit: "Rules for feature gate usage"
Resolved<bool> Sources::IsOpen(uint32_t scope, const ast::Head& head) const {
  using Kind = ast::Gate::Kind;
  if (head.gates.empty()) return true;
  const std::optional<ast::Name>& version = packages_[scopes_[scope].package].name->version;
  const uint32_t offset = head.gates[0].value.offset;
  if (!version) return Fail(scope, offset, "a gate needs a package with a version");
  for (const Kind kind : {Kind::kSince, Kind::kUnstable, Kind::kDeprecated}) {
    if (HasTwice(head, kind)) return Fail(scope, offset, "the same gate is there twice");
  }
  const ast::Gate* since = FindGate(head, Kind::kSince);
  const ast::Gate* unstable = FindGate(head, Kind::kUnstable);
  if (since != nullptr && unstable != nullptr) {
    return Fail(scope, offset, "an item is '@since' or '@unstable', not both");
  }
  if (since == nullptr && unstable == nullptr) {
    return Fail(scope, offset, "'@deprecated' needs a '@since' or '@unstable' beside it");
  }
  if (unstable != nullptr) {
    const auto& features = choice_.features;
    return choice_.all ||
           std::find(features.begin(), features.end(), unstable->value.text) != features.end();
  }
  // Both are versions: the parser saw to it.
  return abi::Compare(*abi::ParseSemver(since->value.text), *abi::ParseSemver(version->text)) <= 0;
}

std::string Sources::WhyClosed(uint32_t scope, const ast::Head& head) const {
  if (const ast::Gate* unstable = FindGate(head, ast::Gate::Kind::kUnstable)) {
    return absl::StrCat("is unstable and needs the feature '", unstable->value.text, "'");
  }
  const ast::Gate* since = FindGate(head, ast::Gate::Kind::kSince);
  const PackageSource& package = packages_[scopes_[scope].package];
  return absl::StrCat("is there since version ", since == nullptr ? "" : since->value.text,
                      " of the package, this is '", package.key, "'");
}

About Sources::AboutOf(uint32_t scope, const ast::Head& head) const {
  About about;
  about.docs = DocsOf(scope, head);
  for (const ast::Gate& gate : head.gates) {
    std::string& into = gate.kind == ast::Gate::Kind::kSince      ? about.since
                        : gate.kind == ast::Gate::Kind::kUnstable ? about.feature
                                                                  : about.deprecated;
    into = std::string(gate.value.text);
  }
  if (head.external_id) about.external_id = std::string(head.external_id->text);
  return about;
}

std::string Sources::DocsOf(uint32_t scope, const ast::Head& head) const {
  return wit::DocsOf(*scopes_[scope].document, head);
}

}  // namespace tenon::wit
