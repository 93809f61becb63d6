// Makes the diagnoses of errors (<tenon/diagnosis.h>): of types that do not fit and of names that
// are missing, in WIT's words. Of two types they show only what is not alike. Only those who have
// failed call this.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "abi/types/compare.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::abi {

// "function \"f\"": an item as a step of a path.
std::string StepOf(absl::string_view name, const ExternType& type);

// Code "type-mismatch", the path within the two types, and what stands at its end.
Diagnosis Diagnose(const TypeTable& expected, const TypeTable& found,
                   const TypeDifference& difference);

// Where two types of one table differ that are known to.
TypeDifference FindDifference(const TypeTable& types, const ExternType& expected,
                              const ExternType& found);

// Of an import or export that is not among those there are: its package, the nearest of them, and
// if that is the same interface in another version, code "other-version" and a hint.
Diagnosis DiagnoseMissing(absl::string_view name, absl::string_view code,
                          const std::vector<absl::string_view>& names);
// Of an item that is not among those of the interface `found`, which was taken for `wanted`: its
// package, the nearest of them, since when it is there, and a hint if `found` is too old.
Diagnosis DiagnoseMissingItem(absl::string_view item, absl::string_view wanted,
                              absl::string_view found, const std::vector<absl::string_view>& names);
// "missing-function", "missing-type": the code of an interface that has no such item.
const char* MissingCode(const ExternType& type);
// To look for near ones among.
std::vector<absl::string_view> NamesOf(const std::vector<NamedItem>& items);

// Where two handles differ: the resources they are of.
struct TwoResources {
  ResourceId expected;
  ResourceId found;
};
std::optional<TwoResources> ResourcesOf(const TypeTable& expected, const TypeTable& found,
                                        const TypeDifference& difference);
// The interface among items that has the resource; empty when there is none.
absl::string_view OwnerAmong(const TypeTable& types, const std::vector<NamedItem>& items,
                             ResourceId id);
// The diagnosis says whose resources they are, which may be called alike. Names may be empty.
void NameOwners(absl::string_view expected, absl::string_view found, Diagnosis* diagnosis);

// "wasi:io@0.2.12" of "wasi:io/streams@0.2.12"; empty for other names.
std::string PackageOf(absl::string_view interface);

// Both without what they have in common: "record { ..., limit: u32 }".
struct TypePair {
  std::string expected;
  std::string found;
};
TypePair Contrast(const TypeTable& expected_types, const AnyType& expected,
                  const TypeTable& found_types, const AnyType& found);

}  // namespace tenon::abi
