#include "wit/component/targets.h"

#include <algorithm>
#include <string>
#include <utility>

#include "abi/binary/component_writer.h"
#include "abi/binary/decode.h"
#include "abi/syntax/names.h"
#include "abi/syntax/semver.h"
#include "absl/algorithm/container.h"
#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "vm/base/status.h"
#include "wit/binary/encode.h"

namespace tenon::wit {
namespace {

namespace syntax = abi::syntax;

// The names under which a component has interfaces on one side: exactly that of a world, or that of
// the highest version on its track.
class ComponentNames {
 public:
  void Add(absl::string_view name) {
    names_.insert(name);
    const std::optional<std::string> track = abi::AlternateKey(name);
    if (!track) return;
    absl::string_view& best = by_track_[*track];
    if (best.empty() || abi::CompareVersions(best, name) < 0) best = name;
  }
  std::string For(std::string name) const {
    const std::optional<std::string> track = abi::AlternateKey(name);
    if (!track || names_.contains(name)) return name;
    const auto found = by_track_.find(*track);
    return found == by_track_.end() ? name : std::string(found->second);
  }

 private:
  absl::flat_hash_set<absl::string_view> names_;
  absl::flat_hash_map<std::string, absl::string_view> by_track_;
};

}  // namespace

TargetsQuestion MakeTargetsQuestion(const Packages& packages, WorldIdx world,
                                    absl::Span<const uint8_t> component) {
  const auto decoded = abi::DecodeComponent({component.begin(), component.end()});
  TENON_CHECK(decoded);  // it is valid
  ComponentNames imports, exports;
  for (const syntax::Definition& definition : (*decoded)->definitions) {
    const auto* import = std::get_if<syntax::Import>(&definition.def);
    const auto* exported = std::get_if<syntax::Export>(&definition.def);
    if (import != nullptr) imports.Add(import->name.name);
    if (exported != nullptr) exports.Add(exported->name.name);
  }
  absl::flat_hash_set<std::string> in_world;
  const auto name_in_type = [&](std::string name, bool is_export) {
    std::string found = (is_export ? exports : imports).For(std::move(name));
    if (!is_export) in_world.insert(found);
    return found;
  };
  abi::ComponentWriter question;
  const abi::TypeIdx type = AddWorldType(packages, world, name_in_type, question);
  const abi::ComponentIdx index = question.AddComponent(component);
  const syntax::ExternType expected = {.sort = abi::Sort::kComponent, .index = type.value()};
  question.Add(
      syntax::Export{{packages[world].name}, {abi::Sort::kComponent, index.value()}, &expected});
  TargetsQuestion made = {question.Finish(), {}};
  for (const syntax::Definition& definition : (*decoded)->definitions) {
    const auto* import = std::get_if<syntax::Import>(&definition.def);
    if (import == nullptr || !abi::IsInterfaceName(import->name.name)) continue;
    if (!in_world.contains(import->name.name)) made.lacking.emplace_back(import->name.name);
  }
  return made;
}

namespace {

// What it means for the component that an item is not there.
std::string Lack(const Diagnosis& diagnosis) {
  const std::string& item = diagnosis.path.back();
  const bool of_world = absl::StartsWith(diagnosis.path.front(), "import ");
  if (diagnosis.path.size() > 1) {
    return absl::StrCat(of_world ? "in the world " : "", diagnosis.path.front(), " has no ", item);
  }
  return absl::StrCat(of_world ? "the world has no " : "it has no ", item);
}

// Whether WASI's world wasi:cli/imports has the interface.
bool IsOfCliImports(absl::string_view name) {
  static constexpr absl::string_view kPackages[] = {"cli", "clocks", "filesystem",
                                                    "io",  "random", "sockets"};
  if (!absl::ConsumePrefix(&name, "wasi:")) return false;
  return absl::c_linear_search(kPackages, name.substr(0, name.find('/')));
}

// Of an interface of WASI that the world lacks: that nobody need have asked for it, what else the
// world lacks, and how it gets all of them.
void AdviseOnWasi(const std::vector<std::string>& lacking, Diagnosis* diagnosis) {
  absl::string_view newest;
  for (const std::string& name : lacking) {
    if (!IsOfCliImports(name) || !absl::StrContains(name, '@')) continue;
    if (newest.empty() || abi::CompareVersions(newest, name) < 0) newest = name;
  }
  const size_t at = std::min(newest.find('@'), newest.size());
  diagnosis->hint = absl::StrCat(
      "it is WASI's, which an adapter brings, or a language's library: say \"include "
      "wasi:cli/imports",
      newest.substr(at), ";\" in the world, with WASI's WIT in --deps");
}

}  // namespace

Error MisfitOf(Error error, absl::string_view world, const TargetsQuestion& question) {
  constexpr size_t kQuestion = 2;  // steps: the export, its ascribed type
  const Diagnosis* const found = error.diagnosis();
  if (found == nullptr || found->path.size() <= kQuestion) return error;
  Diagnosis diagnosis = *found;
  diagnosis.path.erase(diagnosis.path.begin(), diagnosis.path.begin() + kQuestion);
  const bool is_lack = diagnosis.found.empty();
  const std::string what =
      is_lack ? Lack(diagnosis)
              : absl::StrCat("the type of its ", diagnosis.path.front(), " is another one");
  if (is_lack && diagnosis.path.size() == 1 && diagnosis.expected == "instance") {
    diagnosis.expected.clear();  // as its name says
  }
  if (diagnosis.code == "extra-import") {
    if (question.lacking.size() > 1) {
      diagnosis.lists = {{"imported, and not in the world", question.lacking}};
    }
    absl::string_view import = diagnosis.path.front();
    absl::ConsumePrefix(&import, "import \"");
    if (IsOfCliImports(import)) AdviseOnWasi(question.lacking, &diagnosis);
  }
  return Error(ErrorKind::kInvalid, absl::StrCat("it does not fit the world '", world, "': ", what))
      .WithDiagnosis(std::move(diagnosis));
}

}  // namespace tenon::wit
