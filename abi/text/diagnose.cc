#include "abi/text/diagnose.h"

#include <algorithm>
#include <functional>
#include <vector>

#include "abi/syntax/names.h"
#include "abi/syntax/semver.h"
#include "abi/text/interface_history.h"
#include "abi/text/type_printer.h"
#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "vm/base/near_match.h"

namespace tenon::abi {
namespace {

constexpr size_t kMaxPart = 60;  // bytes of a type within another

std::string Short(const TypeTable& types, ValType type) {
  TypePrinter printer(types, kMaxPart);
  printer.Print(type);
  std::string text = printer.Take();
  if (text.size() > kMaxPart) text = absl::StrCat(text.substr(0, kMaxPart), "...");
  return text;
}

bool HasLabels(const TypeTable& types, const AnyType& type) {
  const auto* value = std::get_if<ValType>(&type);
  return value != nullptr && value->has_value() && !IsPrimitive(value->kind()) &&
         !types.Get(*value).labels.empty();
}

// The labels from `begin` on but for the last `after`, with one neighbour on each side.
std::string Window(const TypeTable& types, const TypeDef& def, size_t begin, size_t after) {
  static constexpr size_t kMost = 12;
  const size_t first = begin == 0 ? 0 : begin - 1;
  const size_t last = std::min(def.labels.size() - after + (after == 0 ? 0 : 1), first + kMost);
  std::vector<std::string> items;
  if (first != 0) items.push_back("...");
  for (size_t i = first; i < last; ++i) {
    std::string item(def.labels[i]);
    const bool has_type = i < def.types.size() && def.types[i].has_value();
    if (has_type && def.kind == TypeKind::kRecord) {
      absl::StrAppend(&item, ": ", Short(types, def.types[i]));
    } else if (has_type) {
      absl::StrAppend(&item, "(", Short(types, def.types[i]), ")");
    }
    items.push_back(std::move(item));
  }
  if (last != def.labels.size()) items.push_back("...");
  static constexpr const char* kWords[] = {"record", "variant", "flags", "enum"};
  const char* word = def.kind == TypeKind::kRecord    ? kWords[0]
                     : def.kind == TypeKind::kVariant ? kWords[1]
                     : def.kind == TypeKind::kFlags   ? kWords[2]
                                                      : kWords[3];
  return absl::StrCat(word, " { ", absl::StrJoin(items, ", "), " }");
}

TypePair ContrastLabels(const TypeTable& expected_types, const TypeDef& expected,
                        const TypeTable& found_types, const TypeDef& found) {
  const auto& a = expected.labels;
  const auto& b = found.labels;
  const size_t most = std::min(a.size(), b.size());
  size_t before = 0, after = 0;
  while (before < most && a[before] == b[before]) ++before;
  while (after < most - before && a[a.size() - 1 - after] == b[b.size() - 1 - after]) ++after;
  return {Window(expected_types, expected, before, after),
          Window(found_types, found, before, after)};
}

std::string Whole(const TypeTable& types, const AnyType& type) {
  const auto* value = std::get_if<ValType>(&type);
  if (value != nullptr && !value->has_value()) return "nothing";
  return ToString(types, type);
}

}  // namespace

TypeDifference FindDifference(const TypeTable& types, const ExternType& expected,
                              const ExternType& found) {
  TypeComparer comparer(types, types, std::equal_to<ResourceId>());
  const auto* expected_func = std::get_if<FuncTypeId>(&expected);
  const auto* found_func = std::get_if<FuncTypeId>(&found);
  if (expected_func != nullptr && found_func != nullptr) {
    comparer.Equal(*expected_func, *found_func);
    return comparer.difference();
  }
  const auto* expected_type = std::get_if<TypeItem>(&expected);
  const auto* found_type = std::get_if<TypeItem>(&found);
  if (expected_type == nullptr || found_type == nullptr) return {};
  const auto* expected_value = std::get_if<ValType>(&expected_type->type);
  const auto* found_value = std::get_if<ValType>(&found_type->type);
  if (expected_value != nullptr && found_value != nullptr) {
    comparer.Equal(*expected_value, *found_value);
    return comparer.difference();
  }
  return {{}, expected_type->type, found_type->type};
}

namespace {

std::optional<ResourceId> ResourceOf(const TypeTable& types, const AnyType& type) {
  if (const auto* resource = std::get_if<ResourceId>(&type)) return *resource;
  const auto* value = std::get_if<ValType>(&type);
  if (value == nullptr || !value->has_value()) return std::nullopt;
  if (value->kind() != TypeKind::kOwn && value->kind() != TypeKind::kBorrow) return std::nullopt;
  return types.Get(*value).resource;
}

absl::string_view Unversioned(absl::string_view name) { return name.substr(0, name.find('@')); }

}  // namespace

std::optional<TwoResources> ResourcesOf(const TypeTable& expected, const TypeTable& found,
                                        const TypeDifference& difference) {
  const std::optional<ResourceId> a = ResourceOf(expected, difference.expected);
  const std::optional<ResourceId> b = ResourceOf(found, difference.found);
  if (!a || !b) return std::nullopt;
  return TwoResources{*a, *b};
}

absl::string_view OwnerAmong(const TypeTable& types, const std::vector<NamedItem>& items,
                             ResourceId id) {
  const ExternType wanted = TypeItem{id};
  for (const NamedItem& item : items) {
    const auto* instance = std::get_if<InstanceTypeId>(&item.type);
    if (instance == nullptr) continue;
    for (const NamedItem& inner : types.Get(*instance).exports) {
      if (inner.type == wanted) return item.name;
    }
  }
  return "";
}

void NameOwners(absl::string_view expected, absl::string_view found, Diagnosis* diagnosis) {
  if (!expected.empty()) absl::StrAppend(&diagnosis->expected, " of \"", expected, "\"");
  if (!found.empty()) absl::StrAppend(&diagnosis->found, " of \"", found, "\"");
}

std::vector<absl::string_view> NamesOf(const std::vector<NamedItem>& items) {
  std::vector<absl::string_view> names;
  for (const NamedItem& item : items) names.push_back(item.name);
  return names;
}

Diagnosis DiagnoseMissing(absl::string_view name, absl::string_view code,
                          const std::vector<absl::string_view>& names) {
  Diagnosis diagnosis;
  diagnosis.code = std::string(code);
  diagnosis.package = PackageOf(name);
  diagnosis.nearest = std::string(NearMatch(name, names));
  if (!IsInterfaceName(name)) return diagnosis;
  for (const absl::string_view other : names) {
    if (Unversioned(other) != Unversioned(name)) continue;
    const bool is_compatible = AlternateKey(other) && AlternateKey(other) == AlternateKey(name);
    diagnosis.code = "other-version";
    diagnosis.nearest = std::string(other);
    diagnosis.hint = absl::StrCat(
        "\"", other, "\" can't stand for it: ",
        is_compatible ? "here the names must be the same" : "the versions are not compatible");
  }
  return diagnosis;
}

const char* MissingCode(const ExternType& type) {
  if (std::holds_alternative<FuncTypeId>(type)) return "missing-function";
  return std::holds_alternative<TypeItem>(type) ? "missing-type" : "missing-export";
}

Diagnosis DiagnoseMissingItem(absl::string_view item, absl::string_view wanted,
                              absl::string_view found,
                              const std::vector<absl::string_view>& names) {
  Diagnosis diagnosis;
  diagnosis.code = "missing-function";
  diagnosis.package = PackageOf(wanted);
  diagnosis.since = std::string(SinceOf(wanted, item));
  diagnosis.nearest = std::string(NearMatch(item, names));
  if (wanted != found && CompareVersions(wanted, found) > 0) {
    diagnosis.hint =
        absl::StrCat(diagnosis.since.empty() ? "perhaps it came after " : "it is not yet in ", "\"",
                     found, "\"; what wants it was made for \"", wanted, "\"");
  }
  return diagnosis;
}

std::string StepOf(absl::string_view name, const ExternType& type) {
  const char* sort = std::holds_alternative<FuncTypeId>(type) ? "function" : SortName(SortOf(type));
  return absl::StrCat(sort, " \"", name, "\"");
}

std::string PackageOf(absl::string_view interface) {
  if (!IsInterfaceName(interface)) return "";
  const size_t at = std::min(interface.find('@'), interface.size());
  return absl::StrCat(interface.substr(0, interface.find('/')), interface.substr(at));
}

TypePair Contrast(const TypeTable& expected_types, const AnyType& expected,
                  const TypeTable& found_types, const AnyType& found) {
  if (HasLabels(expected_types, expected) && HasLabels(found_types, found)) {
    const TypeDef& a = expected_types.Get(std::get<ValType>(expected));
    const TypeDef& b = found_types.Get(std::get<ValType>(found));
    if (a.kind == b.kind) return ContrastLabels(expected_types, a, found_types, b);
  }
  return {Whole(expected_types, expected), Whole(found_types, found)};
}

Diagnosis Diagnose(const TypeTable& expected, const TypeTable& found,
                   const TypeDifference& difference) {
  Diagnosis diagnosis;
  diagnosis.code = "type-mismatch";
  diagnosis.path = difference.path;
  TypePair pair = Contrast(expected, difference.expected, found, difference.found);
  diagnosis.expected = std::move(pair.expected);
  diagnosis.found = std::move(pair.found);
  return diagnosis;
}

}  // namespace tenon::abi
