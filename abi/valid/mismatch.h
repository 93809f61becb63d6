// In what two types differ that should match, in words: the way to the first difference and what it
// is, "type mismatch in record field `x`: expected u32, found tuple". The words are those of the
// component model's suite. For messages only: the types are known not to match.
#pragma once

#include <string>

#include "abi/types/type_table.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/type_store.h"

namespace tenon::abi {

std::string Difference(const TypeTable& types, const ExternType& found, const ExternType& expected);

// Of what a core module imports or exports.
std::string CoreDifference(const vm::TypeStore& types, const vm::ResolvedImportType& found,
                           const vm::ResolvedImportType& expected);
std::string CoreImportStep(absl::string_view module, absl::string_view name);
std::string CoreExportStep(absl::string_view name);
// Both types, without a path.
Diagnosis DiagnoseCore(const vm::TypeStore& types, const vm::ResolvedImportType& found,
                       const vm::ResolvedImportType& expected);

}  // namespace tenon::abi
