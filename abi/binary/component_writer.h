// Makes the binary of a component, or of a component or instance type in one: each call adds a
// definition and returns the index that it got, so that a caller keeps no counts. Definitions are
// those of abi/syntax; their spans and views are read during the call. Nothing is checked: what is
// made is for the validator. abi: "Index Spaces"
#pragma once

#include <array>
#include <string>
#include <vector>

#include "abi/binary/write.h"

namespace tenon::abi {

class ComponentWriter {
 public:
  // kType: a component or instance type.
  explicit ComponentWriter(ScopeKind kind = ScopeKind::kComponent) : scope_(kind) {}

  // How many things of a sort there are: the index of the next one.
  uint32_t count(Sort sort) const { return counts_[static_cast<int>(sort)]; }
  // About how long what was added is.
  size_t bytes() const { return scope_.bytes(); }

  TypeIdx Add(const syntax::TypeDef& type);
  // The scope that `type` wrote. It is used up.
  TypeIdx AddComponentType(ComponentWriter& type) { return AddScopeType(0x41, type); }
  TypeIdx AddInstanceType(ComponentWriter& type) { return AddScopeType(0x42, type); }
  CoreTypeIdx Add(const syntax::CoreFuncType& type);
  // A vector of declarators.
  CoreTypeIdx AddCoreModuleType(const Bytes& declarators);
  uint32_t Add(const syntax::Alias& alias);
  uint32_t Add(const syntax::Import& import);
  uint32_t Add(const syntax::Export& item);
  // Of a component or instance type.
  uint32_t Add(const syntax::ExportDecl& item);

  // Of components alone.
  CoreModuleIdx AddCoreModule(absl::Span<const uint8_t> module);
  ComponentIdx AddComponent(absl::Span<const uint8_t> component);
  CoreInstanceIdx Add(const syntax::CoreInstance& instance);
  InstanceIdx Add(const syntax::Instance& instance);
  uint32_t Add(const syntax::Canon& canon);  // a function, or of all but lift a core function
  void AddCustom(absl::string_view name, absl::Span<const uint8_t> content);
  // For the name section; in a type it says nothing.
  void SetName(SortIndex item, absl::string_view name);

  // The component with its own name, which may be empty, or the type's declarators.
  Bytes Finish(absl::string_view name = "");

 private:
  uint32_t Count(Sort sort) { return counts_[static_cast<int>(sort)]++; }
  uint32_t Append(ListedKind kind, const Bytes& definition, Sort sort);
  TypeIdx AddScopeType(uint8_t code, ComponentWriter& type);

  ScopeWriter scope_;
  std::array<uint32_t, kSortCount> counts_ = {};
  std::array<std::vector<vm::IndexedName>, kSortCount> names_;
};

}  // namespace tenon::abi
