// For tests: component types in few words. Each is interned in the table given, and names are
// literals.
#pragma once

#include <utility>
#include <vector>

#include "abi/types/type_table.h"

namespace tenon::abi {

using Labels = std::vector<absl::string_view>;

inline ValType Defined(TypeTable& types, TypeKind kind, std::vector<ValType> members,
                       Labels labels = {}) {
  TypeDef def;
  def.kind = kind;
  def.types = std::move(members);
  def.labels = std::move(labels);
  return *types.Intern(std::move(def));
}
inline ValType ListType(TypeTable& types, ValType element) {
  return Defined(types, TypeKind::kList, {element});
}
inline ValType FixedListType(TypeTable& types, ValType element, uint32_t length) {
  TypeDef def;
  def.kind = TypeKind::kFixedList;
  def.types = {element};
  def.length = length;
  return *types.Intern(std::move(def));
}
inline ValType OptionType(TypeTable& types, ValType payload) {
  return Defined(types, TypeKind::kOption, {payload});
}
inline ValType ResultType(TypeTable& types, ValType ok, ValType error) {
  return Defined(types, TypeKind::kResult, {ok, error});
}
inline ValType TupleType(TypeTable& types, std::vector<ValType> members) {
  return Defined(types, TypeKind::kTuple, std::move(members));
}
inline ValType MapType(TypeTable& types, ValType key, ValType value) {
  return Defined(types, TypeKind::kMap, {TupleType(types, {key, value})});
}
inline ValType RecordType(TypeTable& types, Labels labels, std::vector<ValType> members) {
  return Defined(types, TypeKind::kRecord, std::move(members), std::move(labels));
}
inline ValType VariantType(TypeTable& types, Labels labels, std::vector<ValType> payloads) {
  return Defined(types, TypeKind::kVariant, std::move(payloads), std::move(labels));
}
inline ValType EnumType(TypeTable& types, Labels labels) {
  return Defined(types, TypeKind::kEnum, {}, std::move(labels));
}
inline ValType FlagsType(TypeTable& types, Labels labels) {
  return Defined(types, TypeKind::kFlags, {}, std::move(labels));
}

}  // namespace tenon::abi
