// The parsed files, grouped by package, and what their names at the top mean: which interfaces and
// worlds there are, and which one a path stands for in a file. Gates are judged here too, since
// what a closed one holds is not there. wit: "Filesystem structure", "Item: toplevel-use"
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "wit/resolve/resolve.h"
#include "wit/syntax/ast.h"

namespace tenon::wit {

// A file, or the braces of a nested package: where a top-level `use` is known.
struct Scope {
  const SourceFile* file = nullptr;
  const ast::Document* document = nullptr;
  const std::vector<ast::Item>* items = nullptr;
  uint32_t package = 0;  // of Sources::packages
  absl::flat_hash_map<absl::string_view, const ast::Path*> uses;
};

// An interface or world.
struct Declaration {
  uint32_t scope = 0;
  const ast::Item* item = nullptr;
  ast::Name name;
  bool is_world = false;
  bool is_open = false;  // as far as gates go
};

struct PackageSource {
  const ast::PackageName* name = nullptr;
  std::string key;  // "wasi:io@0.2.0"
  std::string docs;
  bool is_root = false;
  std::vector<uint32_t> scopes;
  absl::flat_hash_map<absl::string_view, uint32_t> declarations;  // by name
};

enum class Wanted : uint8_t { kInterface, kWorld, kEither };

class Sources {
 public:
  explicit Sources(const FeatureChoice& choice) : choice_(choice) {}
  Sources(const Sources&) = delete;

  Resolved<void> Load(const std::vector<SourceGroup>& groups);

  // What a path means in a scope: an index of `declarations`. It is there: gates are open.
  Resolved<uint32_t> Find(uint32_t scope, const ast::Path& path, Wanted wanted) const;
  // Whether what has these gates is there; an error if they make no sense.
  Resolved<bool> IsOpen(uint32_t scope, const ast::Head& head) const;
  About AboutOf(uint32_t scope, const ast::Head& head) const;
  std::string DocsOf(uint32_t scope, const ast::Head& head) const;
  // Why an item whose gates are closed is not there: "needs the feature 'x'".
  std::string WhyClosed(uint32_t scope, const ast::Head& head) const;

  std::unexpected<Failure> Fail(uint32_t scope, uint32_t offset, absl::string_view message,
                                ErrorKind kind = ErrorKind::kInvalid) const;
  uint32_t LineOf(uint32_t scope, uint32_t offset) const;

  const std::vector<Scope>& scopes() const { return scopes_; }
  const std::vector<Declaration>& declarations() const { return declarations_; }
  const std::vector<PackageSource>& packages() const { return packages_; }

 private:
  struct Header {
    const ast::PackageName* name = nullptr;
    std::string docs;
  };
  Resolved<void> LoadGroup(const SourceGroup& group);
  Resolved<Header> FindHeader(const std::vector<Scope>& files) const;
  void AddPackage(const Header& header, std::vector<Scope> scopes, bool is_root);
  Resolved<void> CheckSame(uint32_t package, const std::vector<Scope>& scopes) const;
  Resolved<void> Add(const Header& header, std::vector<Scope> scopes, bool is_root);
  Resolved<void> Declare(uint32_t scope);
  Resolved<void> DeclareUses(uint32_t scope);
  Resolved<uint32_t> FindPackage(uint32_t scope, const ast::PackageName& name) const;

  const FeatureChoice& choice_;
  std::deque<ast::Document> documents_;
  std::vector<Scope> scopes_;
  std::vector<Declaration> declarations_;
  std::vector<PackageSource> packages_;
  std::map<std::string, uint32_t, std::less<>> by_key_;
};

// "; did you mean 'x'?", or nothing.
std::string DidYouMean(absl::string_view word, absl::Span<const absl::string_view> names);

}  // namespace tenon::wit
