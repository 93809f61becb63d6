// The types of a generated module: makes a type section, and answers what the generator must know
// to keep to the rules. Of two types that are equal without being the same it says they don't
// match, which only makes the generator do without some modules.
// core: #syntax-types, #valid-matching
#pragma once

#include <cstdint>
#include <vector>

#include "absl/types/span.h"
#include "test/fuzz/generator/choices.h"
#include "test/fuzz/generator/options.h"
#include "vm/syntax/module.h"

namespace tenon::vm {

// The first types are of functions that a host can call that has neither vectors nor references.
inline constexpr uint32_t kHostFuncTypes = 3;

class TypeSection {
 public:
  TypeSection(Choices& choices, const GeneratorOptions& options, Module* module)
      : choices_(choices), options_(options), module_(*module) {}

  // Fills the section. Bodies may add function types later.
  void Generate();
  // The index of a function type; adds one where there is none.
  uint32_t FuncTypeOf(const std::vector<ValType>& params, const std::vector<ValType>& results);

  const SubType& at(uint32_t index) const { return module_.types[index]; }
  uint32_t size() const { return static_cast<uint32_t>(module_.types.size()); }
  // Indices of the types of a kind.
  absl::Span<const uint32_t> OfKind(SubType::Kind kind) const {
    return of_kind_[static_cast<int>(kind)];
  }

  bool Matches(HeapType sub, HeapType super) const;
  bool Matches(ValType sub, ValType super) const;
  bool MatchAll(absl::Span<const ValType> subs, absl::Span<const ValType> supers) const;
  HeapKind Top(HeapType type) const;
  HeapKind Bottom(HeapType type) const;

  // Any type that the features have, random.
  ValType AnyNumber();
  ValType AnyScalar();  // what a host's language has, too: no vectors
  ValType AnyRef() { return AnyRefBelow(size()); }
  ValType AnyType() { return AnyTypeBelow(size()); }
  std::vector<ValType> AnyTypes(uint32_t max_count);
  // A random subtype of a reference type; itself, often.
  ValType AnySubtype(ValType type);

 private:
  void AddGroup(uint32_t count);
  SubType AnyStruct(uint32_t limit);
  SubType AnyArray(uint32_t limit);
  SubType AnyFunc(uint32_t limit);
  SubType AnyDefinition(uint32_t limit);
  FieldType AnyField(uint32_t limit);
  void Extend(uint32_t index, uint32_t limit, SubType* type);
  uint32_t Add(SubType type);
  HeapType AnyHeapBelow(uint32_t limit);
  ValType AnyRefBelow(uint32_t limit);
  ValType AnyTypeBelow(uint32_t limit);

  Choices& choices_;
  const GeneratorOptions& options_;
  Module& module_;
  std::vector<uint32_t> of_kind_[3];
};

}  // namespace tenon::vm
