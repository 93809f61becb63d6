#include <tenon/tenon.h>

#include <unistd.h>

#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <variant>

#include "abi/api/reps.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/feature_advice.h"
#include "cli/input_file.h"
#include "cli/inspect/capabilities.h"
#include "cli/invoke.h"
#include "cli/load_timeout.h"
#include "cli/start_heap.h"
#include "cli/tiers.h"
#include "vm/artifact/image.h"
#include "vm/base/status.h"
#include "vm/sys/native.h"
#include "wasi/ctx/context.h"
#include "wasi/wasi.h"

namespace tenon::cli {
namespace {

constexpr std::string_view kRunInterface = "wasi:cli/run@" TENON_WASI_VERSION;
using RunResult = Expected<void, std::monostate>;

// An error says which option it comes from.
Status InOption(absl::string_view option, absl::string_view value, Status status) {
  if (status) return status;
  return std::unexpected(
      std::move(status).error().WithContext(absl::StrCat("run: ", option, " '", value, "'")));
}

Result<std::unique_ptr<wasi::Context>> MakeContext(const RunOptions& options) {
  auto context = std::make_unique<wasi::Context>();
  TENON_RETURN_IF_ERROR(context->AddArgument(options.argv0.empty() ? options.file : options.argv0));
  for (const std::string& argument : options.arguments) {
    TENON_RETURN_IF_ERROR(context->AddArgument(argument));
  }
  for (const std::string& variable : options.environment) {
    TENON_RETURN_IF_ERROR(InOption("--env", variable, context->AddEnvironmentOption(variable)));
  }
  for (const std::string& directory : options.directories) {
    TENON_RETURN_IF_ERROR(
        InOption("--dir", directory,
                 context->AddDirectoryOption(directory, wasi::DirectoryAccess::kReadWrite)));
  }
  for (const std::string& directory : options.read_only_directories) {
    TENON_RETURN_IF_ERROR(
        InOption("--dir-ro", directory,
                 context->AddDirectoryOption(directory, wasi::DirectoryAccess::kReadOnly)));
  }
  return context;
}

StoreOptions LimitsOf(const RunOptions& options) {
  StoreOptions limits;
  limits.memory_bytes = options.max_memory;
  limits.stack_bytes = options.max_stack;
  return limits;
}

bool IsNoComponent(const InputFile& file) {
  return file.image != nullptr ? !file.image->is_component() : !IsComponentFile(file.bytes);
}

// What is wrong with a file that is no component; its own mistake comes first.
Error NoComponent(InputFile& file, const vm::Features& features) {
  if (file.image == nullptr) {
    auto module = ReadModule(file.bytes, features);
    if (!module) return std::move(module).error();
  }
  return Error(ErrorKind::kMalformed,
               "a core module, not a component: '--invoke' calls one of its functions, and "
               "'tenon component new' makes a component of it");
}

// The engine that a compiled file asks for, unless another was asked for.
EngineOptions EngineFor(const RunOptions& options, const InputFile& file) {
  EngineOptions chosen = options.engine;
  if (!file.compiled_for) return chosen;
  if (chosen.bounds == EngineOptions().bounds) chosen.bounds = file.compiled_for->bounds;
  if (chosen.features.rep() == 0) chosen.features = file.compiled_for->features;
  return chosen;
}

Expected<Component> Load(const RunOptions& options, InputFile& file, const Engine& engine) {
  std::vector<uint8_t>& bytes = file.bytes;
  const vm::Features& features = engine.rep()->engine.features();
  if (IsNoComponent(file)) return Unexpected(NoComponent(file, features));
  if (file.image != nullptr) return LoadCompiled(engine, file.image);
  auto binary = ReadComponent(bytes, features);
  if (!binary) return Unexpected(std::move(binary).error());
  auto component =
      Component::FromBytes(engine, std::move(binary->binary),
                           options.validate_all ? Validation::kEager : Validation::kLazy);
  if (component) return component;
  return Unexpected(InFile(std::move(component).error(), *binary, bytes, features));
}

// Everything a run needs. It is never taken down: the process ends right after, and unmapping the
// guest's memories would cost a tenth of a short run.
struct Program {
  explicit Program(const EngineOptions& options) : engine(options) {}

  Engine engine;
  Linker linker;
  std::optional<Store> store;
  std::optional<Instance> instance;
};

// What ended the guest, or kept it from being made; `bytes` are the file's if it is a text.
int Report(const RunOptions& options, const Error& error, absl::Span<const uint8_t> bytes = {}) {
  if (error.trap() != nullptr) return ReportTrap(options, *error.trap());
  return ReportError(options.json, options.file, bytes, error);
}

// With more to do about it.
Error WithHint(Error error, const std::string& hint) {
  Diagnosis diagnosis = error.diagnosis() != nullptr ? *error.diagnosis() : Diagnosis();
  absl::StrAppend(&diagnosis.hint, diagnosis.hint.empty() ? "" : "; ", hint);
  return std::move(error).WithDiagnosis(std::move(diagnosis));
}

// A component may lack imports one after another: all are told at once, and what to do.
int ReportUnlinked(const RunOptions& options, Error error,
                   const abi::CompiledComponent& component) {
  const std::string code = error.diagnosis() != nullptr ? error.diagnosis()->code : "";
  const bool is_missing = code == "other-version" || absl::StartsWith(code, "missing-");
  if (!is_missing) return Report(options, error);
  const std::vector<std::string> unknown = UnknownImports(component.types(), component.plan());
  if (unknown.empty()) return Report(options, error);
  error = WithHint(std::move(error), "'--unknown-imports trap' runs it until it calls one");
  if (unknown.size() > 1) {
    Diagnosis diagnosis = *error.diagnosis();
    diagnosis.lists.push_back({"all that the host does not have", unknown});
    error = std::move(error).WithDiagnosis(std::move(diagnosis));
  }
  return Report(options, error);
}

int CallRun(const RunOptions& options, const Instance& instance,
            const abi::CompiledComponent& component) {
  auto run = instance.GetFunc<RunResult()>(kRunInterface, "run");
  if (!run) {
    const std::string hint = InvokeInstead(component);
    return Report(options,
                  hint.empty() ? std::move(run).error() : WithHint(std::move(run).error(), hint));
  }
  const Expected<RunResult> outcome = run->Call();
  if (!outcome) return Report(options, outcome.error());
  return outcome->has_value() ? 0 : 1;
}

int RunComponent(const RunOptions& options, InputFile& file, Program& program) {
  const bool is_binary = KindOf(file.bytes) == InputKind::kComponent;
  Expected<Component> component = Load(options, file, program.engine);
  if (!component && file.is_cached && !IsNoComponent(file)) {
    auto again = ReadWithoutImage(options);
    if (!again) return Report(options, again.error());
    file = std::move(*again);
    component = Load(options, file, program.engine);
  }
  if (!component) return Report(options, component.error(), file.bytes);
  Result<Invocation> invocation;
  if (!options.invoke.empty()) {
    invocation = PrepareInvocation(*component->rep()->component, options.invoke);
    if (!invocation) return ComplainOfInvocation(options.invoke, invocation.error());
  }
  StopLoadTimeout();
  const bool may_tier_up = is_binary && file.image == nullptr && MayTierUp(options);
  if (const Status told =
          TellTools(options, file.image.get(), component->rep()->component->modules, may_tier_up);
      !told) {
    return Report(options, told.error());
  }
  if (may_tier_up) {
    StartTierUp(options, file.status, component->rep()->component);
  }
  AddWasi(program.linker);
  if (options.unknown_imports_trap) program.linker.TrapUnknownImports();
  Expected<Instance> instance = program.linker.Instantiate(*program.store, *component);
  if (!instance) {
    return ReportUnlinked(options, std::move(instance).error(), *component->rep()->component);
  }
  program.instance = std::move(*instance);
  if (options.invoke.empty()) {
    return CallRun(options, *program.instance, *component->rep()->component);
  }
  return Invoke(options, *program.instance->rep()->instance, *invocation);
}

// In a signal handler.
void TellOfWrongCode() {
  constexpr absl::string_view kText =
      "tenon: run: the machine code of the guest is damaged, or wrong: '--verify' checks a "
      "compiled "
      "file, 'tenon cache clear' drops those of the cache\n";
  (void)!write(STDERR_FILENO, kText.data(), kText.size());
}

bool IsModule(const InputFile& file) {
  const InputKind kind = KindOf(file.bytes);
  return IsNoComponent(file) &&
         (file.image != nullptr || kind == InputKind::kCoreModule || kind == InputKind::kText);
}

}  // namespace

int ReportTrap(const RunOptions& options, const Trap& trap) {
  if (trap.kind == TrapKind::kExit) return trap.exit_code;
  const bool is_timeout = trap.kind == TrapKind::kTimeout;
  if (options.json) {
    ReportError(true, options.file, {}, Error(trap));
    return is_timeout ? kExitTimeout : kExitTrap;
  }
  if (is_timeout) {
    return Complain(absl::StrCat("timeout: the guest was ended after ", options.timeout_text),
                    kExitTimeout);
  }
  Complain(absl::StrCat("trap: ", trap.message, FeatureAdvice(trap.message)), kExitTrap);
  if (!trap.backtrace.empty()) std::fprintf(stderr, "%s\n", trap.backtrace.c_str());
  return kExitTrap;
}

int Run(const RunOptions& options) {
  const auto start = std::chrono::steady_clock::now();  // what is loaded counts too
  if (options.tier == Tier::kInterp && (options.profile != Profile::kNone || options.debug)) {
    return Complain("run: --profile and -g are for compiled code, and '--tier interp' has none",
                    kExitUsage);
  }
  StartLoadTimeout(options);
  if (MapStartHeap != nullptr) MapStartHeap(IsCompiledFile(options.file));
  auto context = MakeContext(options);
  if (!context) {
    const bool is_usage = context.error().kind() == ErrorKind::kUsage;
    return Complain(context.error().ToString(), is_usage ? kExitUsage : kExitBadInput);
  }
  auto file = ReadInput(options);
  if (!file) return Report(options, file.error());
  vm::sys::ReportWrongCode(&TellOfWrongCode);
  static Program& program = *new Program(EngineFor(options, *file));
  Store& store = program.store.emplace(program.engine, LimitsOf(options));
  Expected<void> ready = SetWasi(store, WasiContext(std::move(*context)));
  if (ready && options.timeout != 0) {
    ready = store.SetDeadline(start + std::chrono::nanoseconds(options.timeout));
  }
  if (!ready) {
    return Complain(absl::StrCat("run: --timeout: ", ready.error().ToString()), kExitBadInput);
  }
  if (!options.invoke.empty() && IsModule(*file)) {
    return InvokeModule(options, store.rep()->store.core(), file->bytes, file->image);
  }
  return RunComponent(options, *file, program);
}

}  // namespace tenon::cli
