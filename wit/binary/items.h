// What the imports and exports of a component, or of a component type, are, traced to definitions:
// which type is another name of which, as WIT tells types apart, not whether they are equal. Made
// of syntax alone. Indices are checked; what else the validator would refuse is not noticed.
// abi: "Index Spaces", "Type Definitions"
#pragma once

#include <deque>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "abi/syntax/component.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

class ItemScope;

// A type that was defined, or one that is a further name of another.
struct TypeNode {
  const TypeNode* of = nullptr;
  const TypeNode* end = nullptr;  // of a name: of the chain of names, which may be long
  const abi::syntax::TypeDef* definition = nullptr;  // null: of an abstract resource, and of names
  const ItemScope* scope = nullptr;                  // that the definition's indices count in
  mutable std::optional<TypeRef> meaning;            // in the packages that are made of it
};

inline TypeNode NameOfType(const TypeNode& of) { return {&of, of.end ? of.end : &of}; }
inline const TypeNode& DefinitionOf(const TypeNode& type) { return type.end ? *type.end : type; }

struct FuncNode {
  const abi::syntax::FuncType* type = nullptr;
  const ItemScope* scope = nullptr;
};

struct ItemNode;
struct InstanceNode {
  explicit InstanceNode(std::vector<ItemNode> items);
  const ItemNode* Find(absl::string_view name) const;  // null if there is none

  std::vector<ItemNode> exports;
  absl::flat_hash_map<absl::string_view, size_t> by_name;  // into exports
};

// A component, or the type of one, that may be looked into.
struct ComponentNode {
  const abi::syntax::Component* component = nullptr;
  const abi::syntax::ComponentType* type = nullptr;
  const ItemScope* scope = nullptr;  // around it
};

// An import or export. Of core modules and values there is nothing to know.
struct ItemNode {
  abi::syntax::Name name;
  std::variant<std::monostate, const TypeNode*, FuncNode, const InstanceNode*, ComponentNode> what;
};

struct WorldItems {
  std::vector<ItemNode> imports, exports;
};

// The index spaces of one scope, as far as its definitions were read.
class ItemScope {
 public:
  explicit ItemScope(const ItemScope* parent) : parent_(parent) {}
  const ItemScope* parent() const { return parent_; }

  // Fail (kInvalid) where there is no such thing.
  Result<const TypeNode*> Type(uint32_t index) const { return At(types, index, "type"); }
  Result<FuncNode> Func(uint32_t index) const { return At(funcs, index, "function"); }
  Result<const InstanceNode*> Instance(uint32_t index) const {
    return At(instances, index, "instance");
  }
  Result<ComponentNode> Component(uint32_t index) const {
    return At(components, index, "component");
  }

  std::vector<const TypeNode*> types;
  std::vector<FuncNode> funcs;
  std::vector<const InstanceNode*> instances;
  std::vector<ComponentNode> components;

 private:
  template <typename T>
  static Result<T> At(const std::vector<T>& space, uint32_t index, absl::string_view noun);

  const ItemScope* const parent_;
};

// Reads scopes and owns what it finds in them. What one byte declares may be looked at again and
// again: kMaxTraceSteps in all.
inline constexpr uint32_t kMaxTraceSteps = 1'000'000;
class ItemReader {
 public:
  // The component must outlive the reader.
  Result<WorldItems> Read(const abi::syntax::Component& component);
  Result<WorldItems> Read(const ComponentNode& component);

 private:
  friend class ScopeReader;
  // `arguments`: what is given for the imports of a component that is instantiated; null for none.
  Result<WorldItems> Read(const ComponentNode& component, const InstanceNode* arguments);
  Status Step();

  std::deque<ItemScope> scopes_;
  std::deque<TypeNode> types_;
  std::deque<InstanceNode> instances_;
  uint32_t steps_ = 0;
  uint32_t depth_ = 0;
};

}  // namespace tenon::wit
