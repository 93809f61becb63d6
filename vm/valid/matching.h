// Matching of external types when modules are linked. core: #match-externtype
// Types are canonical ids of one type store: those of another engine can't be compared.
#pragma once

#include "vm/syntax/type_store.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm {

// Limits in the sense of a store: `actual` holds what an object has now.
bool MatchesLimits(const Limits& actual, const Limits& wanted);
bool MatchesTable(const TypeStore& types, const TableType& actual, const TableType& wanted);
bool MatchesMemory(const MemoryType& actual, const MemoryType& wanted);
bool MatchesGlobal(const TypeStore& types, const GlobalType& actual, const GlobalType& wanted);

// True when an object of type `actual` may stand for an import of type `wanted`.
bool MatchesExtern(const TypeStore& types, const ResolvedImportType& actual,
                   const ResolvedImportType& wanted);

// The type of an import or definition of a module, as declared.
ResolvedImportType ExternTypeOf(const ResolvedModule& module, ExternKind kind, uint32_t index);

}  // namespace tenon::vm
