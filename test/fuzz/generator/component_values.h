// Component types and values of them, decided by Choices: every kind of type, shallow and small as
// a rule, and now and then one of the sizes at which layouts change (many flags, cases or members).
//
// What is made round-trips exactly: a NaN is the canonical one. Bytes that have run out make types
// and values that end.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "abi/types/type_table.h"
#include "abi/types/value.h"
#include "test/fuzz/generator/choices.h"

namespace tenon::abi {

class ComponentValues {
 public:
  // The types are interned in `types`. Both outlive this.
  ComponentValues(vm::Choices& choices, TypeTable& types) : choices_(choices), types_(types) {}

  // From here on handles of this resource are among the types; `rep` gives their values.
  void AddHandles(ResourceId resource, std::function<uint32_t()> rep);

  // At most `depth` definitions deep; all types that are made share a budget of nodes.
  ValType Type(int depth);
  // Of a function: none, some, or more than are passed flat.
  std::vector<ValType> Params();
  // No type, one of the parameters' or a tuple of them all; without borrows, as results are.
  ValType Result(const std::vector<ValType>& params);
  // Each call has a budget of items of its own.
  Value Of(ValType type);

 private:
  ValType Handle(TypeKind kind);
  ValType Tuple(std::vector<ValType> members);
  ValType Compound(TypeKind kind, int depth);
  uint32_t MemberCount(TypeKind kind);
  Value Part(ValType type);
  uint64_t Scalar(TypeKind kind);
  std::string Text();

  vm::Choices& choices_;
  TypeTable& types_;
  std::optional<ResourceId> resource_;
  std::function<uint32_t()> rep_;
  uint32_t nodes_left_ = 200;
  uint32_t items_left_ = 0;
};

}  // namespace tenon::abi
