#include "cli/wast/runner.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/wast/matching.h"
#include "cli/wast/scan.h"
#include "cli/wast/script.h"
#include "cli/wast/script_store.h"

namespace tenon::cli {
namespace {

using Kind = Directive::Kind;
using vm::TrapKind;

const char* KindName(ErrorKind kind) {
  switch (kind) {
    case ErrorKind::kMalformed: return "malformed";
    case ErrorKind::kInvalid: return "invalid";
    case ErrorKind::kUnlinkable: return "unlinkable";
    case ErrorKind::kLimit: return "beyond a limit";
    case ErrorKind::kTrap: return "a trap";
    case ErrorKind::kIo:
    case ErrorKind::kUsage: break;
  }
  return "an error";
}

// A failure of an assertion, as opposed to one that it asks for.
std::unexpected<Error> Unmet(absl::string_view message) {
  return Fail(ErrorKind::kUsage, message);
}

class Runner {
 public:
  explicit Runner(const ScriptOptions& options)
      : options_(options), store_(options.engine, options.collect_always) {}

  Status Begin() { return store_.AddSpectest(); }

  // An error says why the directive failed.
  Status Run(Directive& directive) {
    switch (directive.kind) {
      case Kind::kModule: return DefineModule(*directive.module);
      case Kind::kModuleInstance: return MakeInstance(directive);
      case Kind::kRegister: return Register(directive);
      case Kind::kAction: return RunAction(*directive.action);
      case Kind::kAssertReturn: return AssertReturn(directive);
      case Kind::kAssertTrap:
        return directive.module ? AssertModuleTraps(directive) : AssertTraps(directive);
      case Kind::kAssertExhaustion: return AssertTraps(directive);
      case Kind::kAssertException: return Unmet("not supported: exceptions");
      case Kind::kAssertMalformed:
      case Kind::kAssertMalformedCustom: return AssertRejected(directive, ErrorKind::kMalformed);
      case Kind::kAssertInvalid:
      case Kind::kAssertInvalidCustom: return AssertRejected(directive, ErrorKind::kInvalid);
      case Kind::kAssertUnlinkable: return AssertUnlinkable(directive);
      case Kind::kBroken: return std::unexpected(*std::move(directive.error));
    }
    return Unmet("unknown directive");
  }

 private:
  Status DefineModule(ScriptModule& module) {
    auto loaded = store_.Load(module);
    store_.SetDefinition(module.name, loaded ? *loaded : nullptr);
    if (!loaded) {
      if (!module.is_definition) store_.SetInstance(module.name, nullptr);
      return std::unexpected(std::move(loaded).error());
    }
    if (module.is_definition) return {};
    return Instantiate(module.name, *std::move(loaded));
  }

  Status MakeInstance(const Directive& directive) {
    auto definition = store_.Definition(directive.definition);
    if (definition) return Instantiate(directive.name, *std::move(definition));
    store_.SetInstance(directive.name, nullptr);
    return std::unexpected(std::move(definition).error());
  }

  Status Instantiate(absl::string_view name, std::shared_ptr<vm::LoadedModule> module) {
    Result<vm::Instance*> instance = store_.Instantiate(std::move(module));
    store_.SetInstance(name, instance ? *instance : nullptr);
    if (!instance) return std::unexpected(std::move(instance).error());
    return {};
  }

  Status Register(const Directive& directive) {
    TENON_ASSIGN_OR_RETURN(vm::Instance * instance, store_.Instance(directive.name));
    store_.Register(directive.text, instance);
    return {};
  }

  Status RunAction(const Action& action) {
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, store_.Run(action));
    if (outcome.trap) return Unmet(absl::StrCat("trapped: ", outcome.trap->Message()));
    return {};
  }

  Status AssertReturn(const Directive& directive) {
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, store_.Run(*directive.action));
    if (outcome.trap) return Unmet(absl::StrCat("trapped: ", outcome.trap->Message()));
    bool fits = outcome.types.size() == directive.expected.size();
    const vm::Slot* slot = outcome.slots.data();
    for (size_t i = 0; fits && i < outcome.types.size(); ++i) {
      fits = Matches(directive.expected[i], outcome.types[i], slot, store_.store());
      slot += vm::SlotCount(outcome.types[i]);
    }
    if (fits) return {};
    return Unmet(DescribeMismatch(directive, outcome));
  }

  std::string DescribeMismatch(const Directive& directive, const ActionOutcome& outcome) const {
    std::string text = "expected";
    for (const ResultPattern& pattern : directive.expected) {
      absl::StrAppend(&text, " (", ToString(pattern), ")");
    }
    if (directive.expected.empty()) text += " no result";
    text += outcome.types.empty() ? ", got no result" : ", got";
    const vm::Slot* slot = outcome.slots.data();
    for (const vm::ValType type : outcome.types) {
      absl::StrAppend(&text, " (", ToString(type, slot, store_.store()), ")");
      slot += vm::SlotCount(type);
    }
    return text;
  }

  Status AssertTraps(const Directive& directive) {
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, store_.Run(*directive.action));
    if (!outcome.trap) return Unmet(absl::StrCat("expected a trap: ", directive.text));
    const bool is_exhaustion = outcome.trap->kind == TrapKind::kCallStackExhausted;
    if (is_exhaustion != (directive.kind == Kind::kAssertExhaustion)) {
      return Unmet(absl::StrCat("expected ", directive.text, ", got the trap: ",
                                outcome.trap->Message()));
    }
    return CompareText(directive.text, outcome.trap->Message());
  }

  Status AssertModuleTraps(Directive& directive) {
    TENON_ASSIGN_OR_RETURN(auto loaded, store_.Load(*directive.module));
    return ExpectError(store_.Instantiate(std::move(loaded)), ErrorKind::kTrap, directive.text);
  }

  Status AssertUnlinkable(Directive& directive) {
    TENON_ASSIGN_OR_RETURN(auto loaded, store_.Load(*directive.module));
    return ExpectError(store_.Instantiate(std::move(loaded)), ErrorKind::kUnlinkable,
                       directive.text);
  }

  Status AssertRejected(Directive& directive, ErrorKind kind) {
    return ExpectError(store_.Load(*directive.module), kind, directive.text);
  }

  template <typename T>
  Status ExpectError(const Result<T>& result, ErrorKind kind, absl::string_view text) const {
    if (result) return Unmet(absl::StrCat("expected ", KindName(kind), ": ", text));
    // A limit of ours may be what makes a module invalid: more locals than we allow, say.
    const Error& error = result.error();
    const bool is_apt = error.kind() == kind ||
                        (kind == ErrorKind::kInvalid && error.kind() == ErrorKind::kLimit);
    if (!is_apt) {
      return Unmet(absl::StrCat("expected ", KindName(kind), ": ", text, ", got ",
                                KindName(error.kind()), ": ", error.ToString()));
    }
    return CompareText(text, error.message());
  }

  Status CompareText(absl::string_view expected, absl::string_view message) const {
    if (options_.ignore_error_messages || absl::StartsWith(message, expected)) return {};
    return Unmet(absl::StrCat("expected the text \"", expected, "\", got \"", message, "\""));
  }

  ScriptOptions options_;
  ScriptStore store_;
};

// What is wrong in the script's own text has a place there; a quoted module's text has other lines.
ScriptFailure FailureAt(const Error& error, uint32_t line, bool is_own_text) {
  if (!is_own_text || !error.where() || !error.where()->is_text()) {
    return {line, 0, error.ToString()};
  }
  return {error.where()->line, error.where()->column, error.message()};
}

}  // namespace

ScriptReport RunScript(absl::string_view text, const ScriptOptions& options) {
  ScriptReport report;
  Runner runner(options);
  if (Status begun = runner.Begin(); !begun) {
    report.failures.push_back(FailureAt(begun.error(), 0, false));
    return report;
  }
  Script script = ParseScript(text);
  for (Directive& directive : script.directives) {
    ++report.executed;
    const Status status = runner.Run(directive);
    if (status) continue;
    ++report.failed;
    const bool is_own_text = directive.kind == Kind::kBroken ||
                             (directive.module &&
                              directive.module->form == ScriptModule::Form::kText);
    report.failures.push_back(FailureAt(status.error(), directive.line, is_own_text));
  }
  if (script.error) report.failures.push_back(FailureAt(*script.error, 0, true));
  const ScriptScan scan = ScanScript(text);
  if (scan.directives != report.executed) {
    report.failures.push_back({0, 0, absl::StrCat("executed ", report.executed, " of ",
                                                  scan.directives, " directives")});
  } else if (!scan.is_balanced && !script.error) {
    report.failures.push_back({0, 0, "parentheses do not match"});
  }
  return report;
}

}  // namespace tenon::cli
