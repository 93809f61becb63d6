#include "wit/binary/items.h"

#include <utility>

#include "abi/syntax/limits.h"
#include "absl/strings/str_cat.h"

namespace tenon::wit {

namespace syntax = abi::syntax;
using abi::Sort;

template <typename T>
Result<T> ItemScope::At(const std::vector<T>& space, uint32_t index, absl::string_view noun) {
  if (index < space.size()) return space[index];
  return Fail(ErrorKind::kInvalid, absl::StrCat("unknown ", noun, " ", index));
}

InstanceNode::InstanceNode(std::vector<ItemNode> items) : exports(std::move(items)) {
  for (size_t i = 0; i < exports.size(); ++i) by_name.emplace(exports[i].name.name, i);
}

const ItemNode* InstanceNode::Find(absl::string_view name) const {
  const auto found = by_name.find(name);
  return found == by_name.end() ? nullptr : &exports[found->second];
}

// The pass over one scope.
class ScopeReader {
 public:
  ScopeReader(ItemReader& reader, const ItemScope* parent)
      : reader_(reader), scope_(reader.scopes_.emplace_back(parent)) {}

  Result<WorldItems> ReadComponent(const syntax::Component& component,
                                   const InstanceNode* arguments) {
    for (const syntax::Definition& definition : component.definitions) {
      TENON_RETURN_IF_ERROR(reader_.Step());
      TENON_RETURN_IF_ERROR(std::visit(
          [&](const auto& def) -> Status {
            if constexpr (std::is_same_v<std::decay_t<decltype(def)>, syntax::Import>) {
              return AddImport(def, arguments);
            } else {
              return Add(def);
            }
          },
          definition.def));
    }
    return std::move(items_);
  }

  Result<WorldItems> ReadType(const syntax::ComponentType& type) {
    for (const syntax::Declarator& declarator : type.decls) {
      TENON_RETURN_IF_ERROR(reader_.Step());
      TENON_RETURN_IF_ERROR(
          std::visit([&](const auto& decl) { return Add(decl); }, declarator.decl));
    }
    return std::move(items_);
  }

 private:
  // Definitions of core WebAssembly, and what has no place in WIT.
  Status Add(const auto&) { return {}; }

  Status Add(const syntax::Component* component) {
    scope_.components.push_back({.component = component, .scope = &scope_});
    return {};
  }

  Status Add(const syntax::TypeDef& type) {
    Append(TypeNode{.definition = &type, .scope = &scope_});
    return {};
  }

  // Functions of the root's are lifted; nothing else makes any.
  Status Add(const syntax::Canon& canon) {
    const auto* lift = std::get_if<syntax::CanonLift>(&canon);
    if (lift == nullptr) return {};
    TENON_ASSIGN_OR_RETURN(const FuncNode func, FuncOf(lift->type.value()));
    scope_.funcs.push_back(func);
    return {};
  }

  Status Add(const syntax::Alias& alias) {
    if (alias.target == syntax::Alias::Target::kCoreExport) return {};
    if (alias.target == syntax::Alias::Target::kOuter) return AddOuter(alias);
    TENON_ASSIGN_OR_RETURN(const InstanceNode* instance, scope_.Instance(alias.instance));
    if (const ItemNode* item = instance->Find(alias.name)) return Append(alias.sort, *item);
    return alias.sort >= Sort::kCoreFunc
               ? Status()
               : Fail(ErrorKind::kInvalid,
                      absl::StrCat("an instance has no export '", alias.name, "'"));
  }

  Status AddOuter(const syntax::Alias& alias) {
    const ItemScope* outer = &scope_;
    for (uint32_t i = 0; i < alias.outer_count && outer != nullptr; ++i) outer = outer->parent();
    if (outer == nullptr) return Fail(ErrorKind::kInvalid, "unknown outer scope");
    if (alias.sort == Sort::kType) {
      TENON_ASSIGN_OR_RETURN(const TypeNode* type, outer->Type(alias.outer_index));
      scope_.types.push_back(type);
    } else if (alias.sort == Sort::kComponent) {
      TENON_ASSIGN_OR_RETURN(const ComponentNode component, outer->Component(alias.outer_index));
      scope_.components.push_back(component);
    }
    return {};
  }

  Status AddImport(const syntax::Import& import, const InstanceNode* arguments) {
    ItemNode item = {import.name, {}};
    if (arguments != nullptr) {
      const ItemNode* argument = arguments->Find(import.name.name);
      if (argument != nullptr) item.what = argument->what;
    } else {
      TENON_ASSIGN_OR_RETURN(item, ItemOf(import.name, import.type));
    }
    items_.imports.push_back(item);
    return Append(import.type.sort, item);
  }

  Status Add(const syntax::Import& import) { return AddImport(import, nullptr); }
  Status Add(const syntax::ImportDecl& import) {
    return AddImport({import.name, import.type}, nullptr);
  }

  Status Add(const syntax::ExportDecl& item) {
    TENON_ASSIGN_OR_RETURN(ItemNode node, ItemOf(item.name, item.type));
    items_.exports.push_back(node);
    return Append(item.type.sort, node);
  }

  // What an ascription says of a function stands for it; all else is what it is.
  Status Add(const syntax::Export& item) {
    TENON_ASSIGN_OR_RETURN(ItemNode node, ItemAt(item.name, item.item));
    if (item.type != nullptr && item.item.sort == Sort::kFunc) {
      TENON_ASSIGN_OR_RETURN(node, ItemOf(item.name, *item.type));
    } else if (const auto* type = std::get_if<const TypeNode*>(&node.what)) {
      node.what = &reader_.types_.emplace_back(NameOfType(**type));
    }
    items_.exports.push_back(node);
    return Append(item.item.sort, node);
  }

  Status Add(const syntax::Instance& instance) {
    std::vector<ItemNode> made;
    if (const auto* instantiate = std::get_if<syntax::Instantiate>(&instance)) {
      std::vector<ItemNode> arguments;
      for (const syntax::InstantiateArg& arg : instantiate->args) {
        TENON_ASSIGN_OR_RETURN(arguments.emplace_back(), ItemAt({arg.name}, arg.item));
      }
      TENON_ASSIGN_OR_RETURN(const ComponentNode component,
                             scope_.Component(instantiate->component.value()));
      const InstanceNode given(std::move(arguments));
      TENON_ASSIGN_OR_RETURN(WorldItems items, reader_.Read(component, &given));
      made = std::move(items.exports);
    } else {
      for (const syntax::InlineExport& each :
           std::get<absl::Span<const syntax::InlineExport>>(instance)) {
        TENON_ASSIGN_OR_RETURN(made.emplace_back(), ItemAt(each.name, each.item));
      }
    }
    scope_.instances.push_back(&reader_.instances_.emplace_back(std::move(made)));
    return {};
  }

  void Append(TypeNode type) { scope_.types.push_back(&reader_.types_.emplace_back(type)); }

  Status Append(Sort sort, const ItemNode& item) {
    const auto is_other = [&] {
      return Fail(ErrorKind::kInvalid,
                  absl::StrCat("'", item.name.name, "' is no ", abi::SortName(sort)));
    };
    if (sort == Sort::kType) {
      const auto* type = std::get_if<const TypeNode*>(&item.what);
      if (type == nullptr) return is_other();
      scope_.types.push_back(*type);
    } else if (sort == Sort::kFunc) {
      const auto* func = std::get_if<FuncNode>(&item.what);
      if (func == nullptr) return is_other();
      scope_.funcs.push_back(*func);
    } else if (sort == Sort::kInstance) {
      const auto* instance = std::get_if<const InstanceNode*>(&item.what);
      if (instance == nullptr) return is_other();
      scope_.instances.push_back(*instance);
    } else if (sort == Sort::kComponent) {
      const auto* component = std::get_if<ComponentNode>(&item.what);
      if (component == nullptr) return is_other();
      scope_.components.push_back(*component);
    }
    return {};
  }

  // The thing that has an index.
  Result<ItemNode> ItemAt(const syntax::Name& name, abi::SortIndex item) {
    ItemNode node = {name, {}};
    if (item.sort == Sort::kType) {
      TENON_ASSIGN_OR_RETURN(node.what, scope_.Type(item.index));
    } else if (item.sort == Sort::kFunc) {
      TENON_ASSIGN_OR_RETURN(node.what, scope_.Func(item.index));
    } else if (item.sort == Sort::kInstance) {
      TENON_ASSIGN_OR_RETURN(node.what, scope_.Instance(item.index));
    } else if (item.sort == Sort::kComponent) {
      TENON_ASSIGN_OR_RETURN(node.what, scope_.Component(item.index));
    }
    return node;
  }

  // A new thing of a type.
  Result<ItemNode> ItemOf(const syntax::Name& name, const syntax::ExternType& type) {
    ItemNode node = {name, {}};
    if (type.sort == Sort::kFunc) {
      TENON_ASSIGN_OR_RETURN(node.what, FuncOf(type.index));
    } else if (type.sort == Sort::kType) {
      TypeNode made;
      if (type.bound == syntax::ExternType::Bound::kEq) {
        TENON_ASSIGN_OR_RETURN(const TypeNode* of, scope_.Type(type.index));
        made = NameOfType(*of);
      }
      node.what = &reader_.types_.emplace_back(made);
    } else if (type.sort == Sort::kInstance) {
      TENON_ASSIGN_OR_RETURN(const ComponentNode of, ScopeTypeOf(type.index, true));
      TENON_ASSIGN_OR_RETURN(WorldItems items, reader_.Read(of));
      node.what = &reader_.instances_.emplace_back(std::move(items.exports));
    } else if (type.sort == Sort::kComponent) {
      TENON_ASSIGN_OR_RETURN(node.what, ScopeTypeOf(type.index, false));
    }
    return node;
  }

  Result<FuncNode> FuncOf(uint32_t index) const {
    TENON_ASSIGN_OR_RETURN(const TypeNode* type, scope_.Type(index));
    const TypeNode& node = DefinitionOf(*type);
    const auto* func =
        node.definition == nullptr ? nullptr : std::get_if<syntax::FuncType>(node.definition);
    if (func != nullptr) return FuncNode{func, node.scope};
    return Fail(ErrorKind::kInvalid, absl::StrCat("type ", index, " is no function type"));
  }

  Result<ComponentNode> ScopeTypeOf(uint32_t index, bool is_instance) const {
    TENON_ASSIGN_OR_RETURN(const TypeNode* type, scope_.Type(index));
    const TypeNode& node = DefinitionOf(*type);
    const auto* scope_type = node.definition == nullptr
                                 ? nullptr
                                 : std::get_if<const syntax::ComponentType*>(node.definition);
    if (scope_type != nullptr && (*scope_type)->is_instance == is_instance) {
      return ComponentNode{.type = *scope_type, .scope = node.scope};
    }
    return Fail(ErrorKind::kInvalid, absl::StrCat("type ", index, " is no ",
                                                  is_instance ? "instance" : "component", " type"));
  }

  ItemReader& reader_;
  ItemScope& scope_;
  WorldItems items_;
};

Status ItemReader::Step() {
  if (++steps_ <= kMaxTraceSteps) return {};
  return Fail(ErrorKind::kLimit,
              absl::StrCat("more than ", kMaxTraceSteps, " definitions to look at"));
}

Result<WorldItems> ItemReader::Read(const syntax::Component& component) {
  return ScopeReader(*this, nullptr).ReadComponent(component, nullptr);
}

Result<WorldItems> ItemReader::Read(const ComponentNode& component) {
  return Read(component, nullptr);
}

Result<WorldItems> ItemReader::Read(const ComponentNode& component, const InstanceNode* arguments) {
  if (depth_ == abi::kMaxInstantiationDepth) {
    return Fail(ErrorKind::kLimit, absl::StrCat("more than ", abi::kMaxInstantiationDepth,
                                                " components within each other"));
  }
  ++depth_;
  ScopeReader scope(*this, component.scope);
  auto items = component.type != nullptr ? scope.ReadType(*component.type)
                                         : scope.ReadComponent(*component.component, arguments);
  --depth_;
  return items;
}

}  // namespace tenon::wit
