#include "vm/valid/matching.h"

namespace tenon::vm {
namespace {

bool MatchesBothWays(const TypeStore& types, ValType a, ValType b) {
  return types.Matches(a, b) && types.Matches(b, a);
}

}  // namespace

bool MatchesLimits(const Limits& actual, const Limits& wanted) {
  if (actual.min < wanted.min) return false;
  return !wanted.has_max || (actual.has_max && actual.max <= wanted.max);
}

bool MatchesTable(const TypeStore& types, const TableType& actual, const TableType& wanted) {
  return actual.address == wanted.address && MatchesLimits(actual.limits, wanted.limits) &&
         MatchesBothWays(types, actual.element, wanted.element);
}

bool MatchesMemory(const MemoryType& actual, const MemoryType& wanted) {
  return actual.address == wanted.address && actual.shared == wanted.shared &&
         actual.page_size_log2 == wanted.page_size_log2 &&
         MatchesLimits(actual.limits, wanted.limits);
}

bool MatchesGlobal(const TypeStore& types, const GlobalType& actual, const GlobalType& wanted) {
  if (actual.is_mutable != wanted.is_mutable) return false;
  if (actual.is_mutable) return MatchesBothWays(types, actual.type, wanted.type);
  return types.Matches(actual.type, wanted.type);
}

bool MatchesExtern(const TypeStore& types, const ResolvedImportType& actual,
                   const ResolvedImportType& wanted) {
  if (actual.index() != wanted.index()) return false;
  switch (static_cast<ExternKind>(wanted.index())) {
    case ExternKind::kFunc: return types.IsSubType(std::get<0>(actual), std::get<0>(wanted));
    case ExternKind::kTable: return MatchesTable(types, std::get<1>(actual), std::get<1>(wanted));
    case ExternKind::kMemory: return MatchesMemory(std::get<2>(actual), std::get<2>(wanted));
    case ExternKind::kGlobal: return MatchesGlobal(types, std::get<3>(actual), std::get<3>(wanted));
    case ExternKind::kTag: return std::get<4>(actual) == std::get<4>(wanted);
  }
  return false;
}

ResolvedImportType ExternTypeOf(const ResolvedModule& module, ExternKind kind, uint32_t index) {
  switch (kind) {
    case ExternKind::kTable: return module.tables[index].type;
    case ExternKind::kMemory: return module.memories[index];
    case ExternKind::kGlobal: return module.globals[index].type;
    case ExternKind::kTag:
      return ResolvedImportType(std::in_place_index<4>, module.tags[index].type_id);
    case ExternKind::kFunc: break;
  }
  return ResolvedImportType(std::in_place_index<0>, module.funcs[index].type_id);
}

}  // namespace tenon::vm
