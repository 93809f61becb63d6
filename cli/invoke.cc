#include "cli/invoke.h"

#include <algorithm>
#include <cstdio>

#include "abi/api/reps.h"
#include "abi/text/wave_lexer.h"
#include "abi/text/wave_parse.h"
#include "abi/text/wave_print.h"
#include "absl/container/flat_hash_set.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/output_file.h"
#include "vm/base/caret.h"
#include "vm/base/near_match.h"

namespace tenon::cli {
namespace {

struct Candidate {
  absl::string_view interface;  // empty: the root
  absl::string_view name;
  abi::FuncTypeId type;

  // "ns:package/interface@1.0.0#name", "#name" for a root function.
  std::string FullName() const { return absl::StrCat(interface, "#", name); }
};

void AddFuncs(absl::string_view interface, const std::vector<abi::PlanExport>& exports,
              std::vector<Candidate>* candidates) {
  for (const abi::PlanExport& item : exports) {
    if (const auto* type = std::get_if<abi::FuncTypeId>(&item.type)) {
      candidates->push_back({interface, item.name, *type});
    } else if (const auto* instance = std::get_if<abi::PlanInstanceExport>(&item.item)) {
      if (interface.empty()) AddFuncs(item.name, instance->exports, candidates);
    }
  }
}

// "interface" of "ns:package/interface@version".
absl::string_view ShortInterface(absl::string_view full) {
  const absl::string_view last = full.substr(full.find('/') + 1);  // all of it if there is none
  return last.substr(0, last.find('@'));
}

// Whether `given` stands for the interface `full`, with or without package, with or without
// version.
bool NamesInterface(absl::string_view given, absl::string_view full) {
  for (const absl::string_view name : {full, full.substr(full.find('/') + 1)}) {
    if (given == name || given == name.substr(0, name.find('@'))) return true;
  }
  return false;
}

std::vector<Candidate> Matches(const std::vector<Candidate>& candidates, absl::string_view given) {
  const size_t hash = given.rfind('#');
  const bool is_bare = hash == absl::string_view::npos;
  const absl::string_view interface = is_bare ? "" : given.substr(0, hash);
  const absl::string_view name = is_bare ? given : given.substr(hash + 1);
  std::vector<Candidate> matches;
  for (const Candidate& candidate : candidates) {
    if (candidate.name != name) continue;
    if (!is_bare && candidate.interface == interface) return {candidate};
    if (is_bare || NamesInterface(interface, candidate.interface)) matches.push_back(candidate);
  }
  return matches;
}

std::vector<std::string> FullNames(const std::vector<Candidate>& candidates) {
  std::vector<std::string> names;
  for (const Candidate& candidate : candidates) names.push_back(candidate.FullName());
  return names;
}

// The candidates' names in the form that `given` has.
std::string Unknown(const std::vector<Candidate>& candidates, absl::string_view given) {
  const bool is_bare = !absl::StrContains(given, '#'), is_full = absl::StrContains(given, '/');
  std::vector<std::string> names;
  absl::flat_hash_set<std::string> seen;
  for (const Candidate& candidate : candidates) {
    const absl::string_view interface =
        is_full ? candidate.interface : ShortInterface(candidate.interface);
    std::string name =
        is_bare ? std::string(candidate.name) : absl::StrCat(interface, "#", candidate.name);
    if (seen.insert(name).second) names.push_back(std::move(name));
  }
  return UnknownFunc(given, std::vector<absl::string_view>(names.begin(), names.end()));
}

}  // namespace

Result<Invocation> PrepareInvocation(const abi::CompiledComponent& component,
                                     const std::string& text) {
  TENON_ASSIGN_OR_RETURN(const abi::WaveCall call, abi::ParseWaveCall(text));
  const size_t offset = call.name.data() - text.data();
  std::vector<Candidate> candidates;
  AddFuncs("", component.plan().exports, &candidates);
  const std::vector<Candidate> matches = Matches(candidates, call.name);
  if (matches.empty()) {
    return abi::WaveFailure(text, offset, Unknown(candidates, call.name));
  }
  if (matches.size() > 1) {
    return abi::WaveFailure(
        text, offset,
        absl::StrCat("several functions are called '", call.name, "'; name one of ",
                     absl::StrJoin(FullNames(matches), ", ")));
  }
  const Candidate& func = matches[0];
  if (component.types().HasResource(func.type)) {
    return abi::WaveFailure(text, offset,
                            "the function takes or returns resources, which can't be "
                            "written");
  }
  Invocation invocation{std::string(func.interface), std::string(func.name), {}};
  TENON_ASSIGN_OR_RETURN(
      invocation.arguments,
      abi::ParseWaveArguments(component.types(), component.types().Get(func.type), text,
                              call.arguments));
  return invocation;
}

int Invoke(const RunOptions& options, const abi::Instance& instance, const Invocation& invocation) {
  const auto func = instance.UntypedFunc(invocation.interface, invocation.name);
  if (!func) return ReportError(options.json, options.file, {}, func.error());
  const std::expected<abi::Value, vm::Trap> result = func->Call(invocation.arguments);
  if (!result) return ReportTrap(options, ToTrap(result.error()));
  const abi::ValType type = func->type().result;
  PutText(type.has_value() ? abi::PrintWave(func->types(), type, *result) : "()");
  PutText("\n");
  return 0;
}

std::string InvokeInstead(const abi::CompiledComponent& component) {
  std::vector<Candidate> candidates;
  AddFuncs("", component.plan().exports, &candidates);
  std::vector<std::string> names;
  for (const Candidate& func : candidates) {
    if (absl::StartsWith(func.interface, "wasi:cli/run@")) return "";
    if (component.types().HasResource(func.type)) continue;
    names.push_back(func.interface.empty() ? std::string(func.name) : func.FullName());
  }
  if (candidates.empty()) return "it exports no function at all";
  if (names.empty()) {
    return "what it exports are functions that take or return resources, which '--invoke' can't "
           "write";
  }
  return absl::StrCat("'--invoke' calls one of what it does: ", JoinSome(names));
}

std::string JoinSome(absl::Span<const std::string> names) {
  constexpr size_t kMaxListed = 20;
  return absl::StrCat(absl::StrJoin(names.first(std::min(names.size(), kMaxListed)), ", "),
                      names.size() > kMaxListed ? ", ..." : "");
}

std::string UnknownFunc(absl::string_view name, absl::Span<const absl::string_view> exported) {
  const std::string text = absl::StrCat("no function '", name, "' is exported");
  const absl::string_view nearest = NearMatch(name, exported);
  if (!nearest.empty()) return absl::StrCat(text, "; did you mean '", nearest, "'?");
  if (exported.empty()) return absl::StrCat(text, ", nor any other");
  return absl::StrCat(text, "; there are ",
                      JoinSome(std::vector<std::string>(exported.begin(), exported.end())));
}

int ComplainOfInvocation(const std::string& text, const Error& error) {
  Complain(absl::StrCat("run: option '--invoke': ", error.ToString()), kExitUsage);
  const std::string lines = CaretLines(text, error);
  if (!lines.empty()) std::fprintf(stderr, "%s\n", lines.c_str());
  return kExitUsage;
}

}  // namespace tenon::cli
