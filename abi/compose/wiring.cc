#include "abi/compose/wiring.h"

#include <algorithm>

#include "abi/syntax/semver.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

// Names with one key can stand for each other.
std::string KeyOf(absl::string_view name) { return AlternateKey(name).value_or(std::string(name)); }

// Exports of plugs by name or, where versions may stand for each other, by track.
class Offers {
 public:
  void Add(uint32_t part, const PlanExport& item) {
    offers_[KeyOf(item.name)].push_back({part, &item});
  }

  // The export of that very name, else the highest version; of several plugs the first. Never one
  // of the part's own: who exports what it imports wraps another's.
  std::optional<Wiring::Source> Find(uint32_t part, absl::string_view import) const {
    const auto found = offers_.find(KeyOf(import));
    if (found == offers_.end()) return std::nullopt;
    const Wiring::Source* best = nullptr;
    for (const Wiring::Source& offer : found->second) {
      if (offer.part == part) continue;
      if (offer.item->name == import) return offer;
      if (best == nullptr || CompareVersions(best->item->name, offer.item->name) < 0) best = &offer;
    }
    return best == nullptr ? std::nullopt : std::optional(*best);
  }

 private:
  absl::flat_hash_map<std::string, std::vector<Wiring::Source>> offers_;
};

std::vector<std::string> ImportNames(absl::Span<const ComposePart> parts, uint32_t except) {
  std::vector<std::string> names;
  for (uint32_t part = 0; part < parts.size(); ++part) {
    if (part == except) continue;
    for (const PlanImport& import : parts[part].component->plan.imports) {
      names.emplace_back(import.name);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

// The import that a plug could have filled and another one fills, if there is one.
std::string HintAtOther(absl::Span<const ComposePart> parts, const Wiring& wiring, uint32_t plug) {
  absl::flat_hash_set<std::string> keys;
  for (const PlanExport& item : parts[plug].component->plan.exports) keys.insert(KeyOf(item.name));
  for (uint32_t part = 0; part < parts.size(); ++part) {
    const std::vector<PlanImport>& imports = parts[part].component->plan.imports;
    for (size_t i = 0; i < imports.size(); ++i) {
      const std::optional<Wiring::Source>& source = wiring.sources[part][i];
      if (part == plug || !source || !keys.contains(KeyOf(imports[i].name))) continue;
      return absl::StrCat("import \"", imports[i].name, "\" of ", parts[part].name,
                          " is filled by ", parts[source->part].name);
    }
  }
  return "";
}

// The import whose package and interface a plug has under another version, if there is one.
std::string HintAtVersions(const Diagnosis& diagnosis) {
  const auto unversioned = [](absl::string_view name) { return name.substr(0, name.find('@')); };
  absl::flat_hash_map<absl::string_view, absl::string_view> imports;
  for (const std::string& import : diagnosis.lists[1].items) {
    imports.emplace(unversioned(import), import);
  }
  for (const std::string& exported : diagnosis.lists[0].items) {
    const auto import = imports.find(unversioned(exported));
    if (exported.find('@') == std::string::npos || import == imports.end()) continue;
    return absl::StrCat("\"", exported, "\" can't stand for \"", import->second,
                        "\": the versions are not compatible");
  }
  return "";
}

Error UnusedPlug(absl::Span<const ComposePart> parts, const Wiring& wiring, uint32_t plug) {
  Diagnosis diagnosis;
  diagnosis.code = "unused-plug";
  std::vector<std::string> exports;
  for (const PlanExport& item : parts[plug].component->plan.exports) {
    exports.emplace_back(item.name);
  }
  diagnosis.lists = {{absl::StrCat("exports of ", parts[plug].name), std::move(exports)},
                     {"imports of the others", ImportNames(parts, plug)}};
  diagnosis.hint = HintAtOther(parts, wiring, plug);
  const bool is_late = !diagnosis.hint.empty();
  if (!is_late) diagnosis.hint = HintAtVersions(diagnosis);
  return Error(ErrorKind::kUnlinkable, absl::StrCat("nothing ", is_late ? "needs" : "imports",
                                                    " what ", parts[plug].name, " exports"))
      .WithDiagnosis(std::move(diagnosis));
}

Error Circle(absl::Span<const ComposePart> parts, const std::vector<uint32_t>& left) {
  Diagnosis diagnosis;
  diagnosis.code = "circular-imports";
  diagnosis.lists = {{"parts that wait for each other", {}}};
  for (const uint32_t part : left) diagnosis.lists[0].items.push_back(parts[part].name);
  return Error(ErrorKind::kUnlinkable, "the components need each other's exports in a circle")
      .WithDiagnosis(std::move(diagnosis));
}

// In each round the parts go whose sources have gone.
Status Order(absl::Span<const ComposePart> parts, Wiring* wiring) {
  std::vector<bool> gone(parts.size());
  while (wiring->order.size() < parts.size()) {
    std::vector<uint32_t> waiting;
    const size_t before = wiring->order.size();
    for (uint32_t part = 0; part < parts.size(); ++part) {
      if (gone[part]) continue;
      const auto& sources = wiring->sources[part];
      gone[part] = std::all_of(sources.begin(), sources.end(),
                               [&](const auto& source) { return !source || gone[source->part]; });
      (gone[part] ? wiring->order : waiting).push_back(part);
    }
    if (wiring->order.size() == before) return std::unexpected(Circle(parts, waiting));
  }
  return {};
}

}  // namespace

Result<Wiring> Wire(absl::Span<const ComposePart> parts) {
  Offers offers;
  for (uint32_t part = 1; part < parts.size(); ++part) {
    for (const PlanExport& item : parts[part].component->plan.exports) offers.Add(part, item);
  }
  Wiring wiring;
  std::vector<bool> used(parts.size());
  for (uint32_t part = 0; part < parts.size(); ++part) {
    std::vector<std::optional<Wiring::Source>>& sources = wiring.sources.emplace_back();
    for (const PlanImport& import : parts[part].component->plan.imports) {
      const std::optional<Wiring::Source> source = offers.Find(part, import.name);
      if (source) used[source->part] = true;
      sources.push_back(source);
    }
  }
  for (uint32_t part = 1; part < parts.size(); ++part) {
    if (!used[part]) return std::unexpected(UnusedPlug(parts, wiring, part));
  }
  TENON_RETURN_IF_ERROR(Order(parts, &wiring));
  return wiring;
}

}  // namespace tenon::abi
