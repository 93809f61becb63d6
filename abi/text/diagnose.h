// Diagnoses: what there is to know of types that do not fit and names that are missing, as data, in
// WIT's words, for messages that a person understands and for programs. A Failure is an error with
// one. Of two types it shows only what is not alike.
#pragma once

#include <expected>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/types/compare.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::abi {

struct Diagnosis {
  struct List {
    std::string title;  // "exports of codec"
    std::vector<std::string> items;
  };

  std::string code;  // for programs, never renamed: "missing-function", "type-mismatch", ...
  std::vector<std::string> path;  // from the outside in: `import "a:b/c"`, `function "f"`, `result`
  std::string expected;           // what differs at the end of the path, on both sides
  std::string found;
  std::string package;  // that declares the item: "wasi:io@0.2.12"
  std::string nearest;  // the name that comes closest to one that is missing
  std::string hint;     // what to do
  std::vector<List> lists;

  // The lines that stand below an error's first one, without indentation or newlines.
  std::vector<std::string> Lines() const;
};

struct Failure {
  Failure(Error&& e, Diagnosis&& d = {})  // NOLINT: any error is a failure
      : error(std::move(e)), diagnosis(std::move(d)) {}

  Error error;
  Diagnosis diagnosis;

  // What it is of stands within `step`, which leads its path.
  Failure&& Within(std::string step) &&;
  // The error, and below it indented what the diagnosis tells.
  std::string ToString() const;
};
template <typename T>
using Diagnosed = std::expected<T, Failure>;

// "function \"f\"": an item as a step of a path.
std::string StepOf(absl::string_view name, const ExternType& type);

// Code "type-mismatch", the path within the two types, and what stands at its end.
Diagnosis Diagnose(const TypeTable& expected, const TypeTable& found,
                   const TypeDifference& difference);

// Where two types of one table differ that are known to.
TypeDifference FindDifference(const TypeTable& types, const ExternType& expected,
                              const ExternType& found);

// Of a name that is not among those there are: the nearest of them, and if it is one of the same
// interface under a version that can't stand for it, code "other-version" and a hint.
Diagnosis DiagnoseMissing(absl::string_view name, absl::string_view code,
                          const std::vector<absl::string_view>& names);
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
