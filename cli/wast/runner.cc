#include "cli/wast/runner.h"

#include <atomic>
#include <memory>
#include <string>
#include <utility>

#include "abi/text/wave_print.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/wast/component_store.h"
#include "cli/wast/component_value.h"
#include "cli/wast/matching.h"
#include "cli/wast/parse_constant.h"
#include "cli/wast/scan.h"
#include "cli/wast/script.h"
#include "cli/wast/script_store.h"
#include "vm/base/caret.h"
#include "vm/sys/thread.h"

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
std::unexpected<Error> Unmet(absl::string_view message) { return Fail(ErrorKind::kUsage, message); }

// Of all scripts that run.
constexpr int kMaxThreads = 64;
constinit std::atomic<int> running_threads = 0;

class Runner {
 public:
  explicit Runner(const ScriptOptions& options)
      : options_(options), store_(options.engine, options.collect_always) {}

  Status Begin() { return store_.AddSpectest(); }

  // Waits for the threads that no directive has waited for.
  Status Finish() {
    Status status;
    for (auto& [name, thread] : threads_) {
      thread->handle.Join();
      if (status) status = std::move(thread->status);
    }
    threads_.clear();
    return status;
  }

  // An error says why the directive failed.
  Status Run(Directive& directive) {
    switch (directive.kind) {
      case Kind::kModule: return DefineModule(*directive.module);
      case Kind::kModuleInstance: return MakeInstance(directive);
      case Kind::kComponentInstance: return MakeComponentInstance(directive);
      case Kind::kRegister: return Register(directive);
      case Kind::kAction: return RunAction(*directive.action);
      case Kind::kAssertReturn: return AssertReturn(directive);
      case Kind::kAssertTrap:
        return directive.module ? AssertModuleTraps(directive) : AssertTraps(directive);
      case Kind::kAssertExhaustion: return AssertTraps(directive);
      case Kind::kAssertException: return AssertThrows(directive);
      case Kind::kAssertMalformed:
      case Kind::kAssertMalformedCustom: return AssertRejected(directive, ErrorKind::kMalformed);
      case Kind::kAssertInvalid:
      case Kind::kAssertInvalidCustom: return AssertRejected(directive, ErrorKind::kInvalid);
      case Kind::kAssertUnlinkable: return AssertUnlinkable(directive);
      case Kind::kThread: return StartThread(directive);
      case Kind::kWait: return Wait(directive.name);
      case Kind::kBroken: return std::unexpected(*std::move(directive.error));
    }
    return Unmet("unknown directive");
  }

 private:
  // A thread of the script, with a store of its own.
  struct Thread {
    vm::sys::Thread handle;
    Status status;  // once it has ended: of the first directive that failed
  };

  Status StartThread(Directive& directive) {
    if (threads_.contains(directive.name)) {
      return Unmet(absl::StrCat("a thread ", directive.name, " is there already"));
    }
    ScriptStore::SharedExports shared;
    if (!directive.definition.empty()) {
      TENON_ASSIGN_OR_RETURN(shared, store_.Share(directive.definition));
    }
    if (running_threads.fetch_add(1) >= kMaxThreads) {
      --running_threads;
      return Fail(ErrorKind::kLimit, "too many threads at once");
    }
    auto thread = std::make_unique<Thread>();
    auto handle = vm::sys::Thread::Start(
        [this, &directive, &status = thread->status, shared = std::move(shared)] {
          status = Runner(options_).RunThread(directive, shared);
          --running_threads;
        });
    if (!handle) {
      --running_threads;
      return std::unexpected(std::move(handle.error()));
    }
    thread->handle = *std::move(handle);
    threads_[directive.name] = std::move(thread);
    return {};
  }

  // The thread's own directives, with what another store shares with it under the instance's name.
  Status RunThread(Directive& directive, const ScriptStore::SharedExports& shared) {
    TENON_RETURN_IF_ERROR(Begin());
    if (!directive.definition.empty()) {
      TENON_ASSIGN_OR_RETURN(vm::Instance * instance, store_.Adopt(shared));
      store_.SetInstance(directive.definition, instance);
    }
    Status status;
    for (Directive& inner : directive.body) {
      status = Run(inner);
      if (status) continue;
      status = Unmet(absl::StrCat("line ", inner.line, ": ", status.error().Headline()));
      break;
    }
    Status finished = Finish();
    return status ? std::move(finished) : std::move(status);
  }

  Status Wait(absl::string_view name) {
    const auto found = threads_.find(name);
    if (found == threads_.end()) return Unmet(absl::StrCat("no thread ", name));
    const std::unique_ptr<Thread> thread = std::move(found->second);
    threads_.erase(found);
    thread->handle.Join();
    return std::move(thread->status);
  }

  // Made when a script has a component.
  ComponentStore& components() {
    if (components_ == nullptr) components_ = std::make_unique<ComponentStore>(options_);
    return *components_;
  }

  // Of an instance's name; the last instance has none.
  bool IsOfComponent(const Action& action) const {
    return action.instance.empty()
               ? last_is_component_
               : components_ != nullptr && components_->HasInstance(action.instance);
  }

  Status DefineComponent(ScriptModule& component) {
    auto loaded = components().Load(component);
    components().SetDefinition(component.name, loaded ? *loaded : nullptr);
    if (loaded && component.is_definition) return {};
    if (loaded) return InstantiateComponent(component.name, *std::move(loaded));
    if (!component.is_definition) SetComponentInstance(component.name, nullptr);
    return std::unexpected(std::move(loaded).error());
  }

  Status MakeComponentInstance(const Directive& directive) {
    auto definition = components().Definition(directive.definition);
    if (definition) return InstantiateComponent(directive.name, *std::move(definition));
    SetComponentInstance(directive.name, nullptr);
    return std::unexpected(std::move(definition).error());
  }

  Status InstantiateComponent(absl::string_view name, ComponentStore::Loaded component) {
    Result<abi::Instance*> instance = components().Instantiate(std::move(component));
    SetComponentInstance(name, instance ? *instance : nullptr);
    if (!instance) return std::unexpected(std::move(instance).error());
    return {};
  }

  void SetComponentInstance(absl::string_view name, abi::Instance* instance) {
    components().SetInstance(name, instance);
    last_is_component_ = true;
  }

  Status DefineModule(ScriptModule& module) {
    if (module.is_component) return DefineComponent(module);
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
    last_is_component_ = false;
    if (!instance) return std::unexpected(std::move(instance).error());
    return {};
  }

  Status Register(const Directive& directive) {
    TENON_ASSIGN_OR_RETURN(vm::Instance * instance, store_.Instance(directive.name));
    store_.Register(directive.text, instance);
    return {};
  }

  Result<ActionOutcome> RunCore(Action& action) {
    if (action.no_core_values) return std::unexpected(*std::move(action.no_core_values));
    return store_.Run(action);
  }

  Status RunAction(Action& action) {
    if (IsOfComponent(action)) {
      TENON_ASSIGN_OR_RETURN(const ComponentOutcome outcome, components().Run(action));
      return ExpectReturned(outcome);
    }
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, RunCore(action));
    TENON_RETURN_IF_ERROR(ExpectReturned(outcome));
    return {};
  }

  static Status ExpectReturned(const ActionOutcome& outcome) {
    if (outcome.trap) return Unmet(absl::StrCat("trapped: ", outcome.trap->Message()));
    if (outcome.threw) return Unmet("threw an exception");
    return {};
  }

  static Status ExpectReturned(const ComponentOutcome& outcome) {
    if (outcome.trap) return Unmet(absl::StrCat("trapped: ", outcome.trap->Message()));
    return {};
  }

  Status AssertThrows(Directive& directive) {
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, RunCore(*directive.action));
    if (outcome.threw) return {};
    if (outcome.trap) {
      return Unmet(absl::StrCat("expected an exception, got the trap: ", outcome.trap->Message()));
    }
    return Unmet("expected an exception, but it returned");
  }

  Status AssertComponentReturn(const Directive& directive) {
    TENON_ASSIGN_OR_RETURN(const ComponentOutcome outcome, components().Run(*directive.action));
    TENON_RETURN_IF_ERROR(ExpectReturned(outcome));
    const abi::ValType type = outcome.func.type().result;
    vm::Lexer lexer = *directive.expected_at;
    if (type.has_value()) {
      const abi::TypeTable& types = outcome.func.types();
      TENON_ASSIGN_OR_RETURN(const abi::Value expected, ParseComponentValue(lexer, types, type));
      if (outcome.result != expected) {
        return Unmet(absl::StrCat("expected ", PrintWave(types, type, expected), ", got ",
                                  PrintWave(types, type, outcome.result)));
      }
    }
    return ExpectRightParen(lexer);
  }

  Status AssertReturn(Directive& directive) {
    if (IsOfComponent(*directive.action)) return AssertComponentReturn(directive);
    if (directive.no_core_results) return std::unexpected(*std::move(directive.no_core_results));
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, RunCore(*directive.action));
    TENON_RETURN_IF_ERROR(ExpectReturned(outcome));
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

  Status AssertComponentTraps(const Directive& directive) {
    TENON_ASSIGN_OR_RETURN(const ComponentOutcome outcome, components().Run(*directive.action));
    if (!outcome.trap) return Unmet(absl::StrCat("expected a trap: ", directive.text));
    // Of traps the suite says so at times.
    return CompareText(absl::StripPrefix(directive.text, "wasm trap: "), outcome.trap->Message(),
                       /*of_component=*/true);
  }

  Status AssertTraps(Directive& directive) {
    if (IsOfComponent(*directive.action)) return AssertComponentTraps(directive);
    TENON_ASSIGN_OR_RETURN(const ActionOutcome outcome, RunCore(*directive.action));
    if (!outcome.trap) {
      return Unmet(absl::StrCat("expected a trap: ", directive.text,
                                outcome.threw ? ", got an exception" : ""));
    }
    const bool is_exhaustion = outcome.trap->kind == TrapKind::kCallStackExhausted;
    if (is_exhaustion != (directive.kind == Kind::kAssertExhaustion)) {
      return Unmet(
          absl::StrCat("expected ", directive.text, ", got the trap: ", outcome.trap->Message()));
    }
    return CompareText(directive.text, outcome.trap->Message());
  }

  Status AssertModuleTraps(Directive& directive) {
    return AssertNoInstance(directive, ErrorKind::kTrap);
  }
  Status AssertUnlinkable(Directive& directive) {
    return AssertNoInstance(directive, ErrorKind::kUnlinkable);
  }

  Status AssertNoInstance(Directive& directive, ErrorKind kind) {
    if (directive.module->is_component) {
      TENON_ASSIGN_OR_RETURN(auto loaded, components().Load(*directive.module));
      return ExpectError(components().Instantiate(std::move(loaded)), kind, directive);
    }
    TENON_ASSIGN_OR_RETURN(auto loaded, store_.Load(*directive.module));
    return ExpectError(store_.Instantiate(std::move(loaded)), kind, directive);
  }

  Status AssertRejected(Directive& directive, ErrorKind kind) {
    if (directive.module->is_component) {
      return ExpectError(components().Load(*directive.module), kind, directive);
    }
    return ExpectError(store_.Load(*directive.module), kind, directive);
  }

  template <typename T>
  Status ExpectError(const Result<T>& result, ErrorKind kind, const Directive& directive) const {
    const std::string& text = directive.text;
    if (result) return Unmet(absl::StrCat("expected ", KindName(kind), ": ", text));
    // A limit of ours may be what makes a module invalid: more locals than we allow, say; but not
    // what this version of components lacks.
    const Error& error = result.error();
    const bool is_limit = kind == ErrorKind::kInvalid && error.kind() == ErrorKind::kLimit &&
                          !absl::StartsWith(error.message(), "not supported by this version");
    const bool is_apt = error.kind() == kind || is_limit;
    if (!is_apt) {
      return Unmet(absl::StrCat("expected ", KindName(kind), ": ", text, ", got ",
                                KindName(error.kind()), ": ", error.Headline()));
    }
    return CompareText(text, error.message(), directive.module->is_component);
  }

  // The texts of the component model's suite are parts of messages, which say on the way to what is
  // wrong where it is; those of the core's are beginnings.
  Status CompareText(absl::string_view expected, absl::string_view message,
                     bool of_component = false) const {
    const bool fits =
        of_component ? absl::StrContains(message, expected) : absl::StartsWith(message, expected);
    if (options_.ignore_error_messages || fits) return {};
    return Unmet(absl::StrCat("expected the text \"", expected, "\", got \"", message, "\""));
  }

  ScriptOptions options_;
  ScriptStore store_;
  std::unique_ptr<ComponentStore> components_;
  bool last_is_component_ = false;  // the instance that has no name
  absl::flat_hash_map<std::string, std::unique_ptr<Thread>> threads_;  // not waited for yet
};

// What is wrong in the script's own text has a place there; a quoted module's text has other lines.
ScriptFailure FailureAt(const Error& error, uint32_t line, absl::string_view own_text) {
  if (own_text.empty() || !error.where() || !error.where()->is_text()) {
    return {line, 0, error.Headline(), ""};
  }
  return {error.where()->line, error.where()->column, error.message(), CaretLines(own_text, error)};
}

}  // namespace

ScriptReport RunScript(absl::string_view text, const ScriptOptions& options) {
  ScriptReport report;
  Runner runner(options);
  if (Status begun = runner.Begin(); !begun) {
    report.failures.push_back(FailureAt(begun.error(), 0, ""));
    return report;
  }
  Script script = ParseScript(text);
  for (Directive& directive : script.directives) {
    ++report.executed;
    const Status status = runner.Run(directive);
    if (status) continue;
    ++report.failed;
    const bool is_own_text =
        directive.kind == Kind::kBroken ||
        (directive.module && directive.module->form == ScriptModule::Form::kText);
    report.failures.push_back(FailureAt(status.error(), directive.line, is_own_text ? text : ""));
  }
  if (const Status finished = runner.Finish(); !finished) {
    report.failures.push_back(FailureAt(finished.error(), 0, ""));
  }
  if (script.error) report.failures.push_back(FailureAt(*script.error, 0, text));
  const ScriptScan scan = ScanScript(text);
  if (scan.directives != report.executed) {
    report.failures.push_back(
        {0, 0, absl::StrCat("executed ", report.executed, " of ", scan.directives, " directives")});
  } else if (!scan.is_balanced && !script.error) {
    report.failures.push_back({0, 0, "parentheses do not match"});
  }
  return report;
}

}  // namespace tenon::cli
