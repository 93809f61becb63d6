#include <algorithm>
#include <cstdio>
#include <expected>
#include <memory>
#include <variant>

#include "abi/binary/decode.h"
#include "abi/link/component.h"
#include "abi/link/host.h"
#include "abi/link/instance.h"
#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"
#include "cli/commands.h"
#include "cli/heap.h"
#include "cli/input_file.h"
#include "cli/invoke.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/engine.h"
#include "vm/runtime/trap.h"
#include "wasi/ctx/context.h"
#include "wasi/wasi.h"

namespace tenon::cli {
namespace {

constexpr absl::string_view kRunInterface = "wasi:cli/run@0.2.12";
using RunResult = std::expected<void, std::monostate>;

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

abi::StoreLimits LimitsOf(const RunOptions& options) {
  abi::StoreLimits limits;
  vm::StoreLimits& core = limits.core;
  core.memory_bytes = std::min(core.memory_bytes, options.max_memory);
  core.total_memory_bytes = std::min(core.total_memory_bytes, options.max_memory);
  if (options.max_stack != 0) core.stack_bytes = options.max_stack;
  return limits;
}

bool IsCoreModule(absl::Span<const uint8_t> bytes) {
  return !abi::IsComponent(bytes) && bytes.size() >= 8 && bytes[0] == 0 && bytes[1] == 'a' &&
         bytes[2] == 's' && bytes[3] == 'm';
}

Result<std::shared_ptr<const abi::CompiledComponent>> Load(const RunOptions& options,
                                                           std::vector<uint8_t> bytes,
                                                           vm::Engine* engine) {
  if (!abi::IsComponent(bytes)) {
    return Fail(ErrorKind::kMalformed,
                IsCoreModule(bytes)
                    ? "a core module, not a component: there is no wasi:cli/run in it to run"
                    : "not a WebAssembly component: magic header not detected");
  }
  return abi::LoadComponent(
      engine, std::move(bytes),
      options.validate_all ? vm::BodyValidation::kEager : vm::BodyValidation::kLazy);
}

// Everything a run needs. It is never taken down: the process ends right after, and unmapping the
// guest's memories would cost a tenth of a short run.
struct Program {
  vm::Engine engine{vm::InterpreterTier()};
  std::unique_ptr<wasi::Context> context;
  std::shared_ptr<const abi::CompiledComponent> component;
  abi::HostLinker linker;
  std::unique_ptr<abi::Store> store;
  std::unique_ptr<abi::Instance> instance;
};

int ComplainOfFile(const RunOptions& options, const Error& error) {
  return Complain(absl::StrCat(options.file, ": ", error.ToString()), kExitBadInput);
}

int CallRun(const RunOptions& options, const abi::Instance& instance) {
  auto run = instance.Func<RunResult()>(kRunInterface, "run");
  if (!run) return ComplainOfFile(options, run.error());
  const std::expected<RunResult, vm::Trap> outcome = run->Call();
  if (!outcome) return ReportTrap(options, outcome.error());
  return outcome->has_value() ? 0 : 1;
}

int RunComponent(const RunOptions& options, std::vector<uint8_t> bytes, Program& program) {
  auto component = Load(options, std::move(bytes), &program.engine);
  if (!component) return ComplainOfFile(options, component.error());
  program.component = std::move(*component);
  Result<Invocation> invocation;
  if (!options.invoke.empty()) {
    invocation = PrepareInvocation(*program.component, options.invoke);
    if (!invocation) return ComplainOfInvocation(options.invoke, invocation.error());
  }
  wasi::AddToLinker(program.linker);
  if (options.unknown_imports_trap) {
    program.linker.SetUnknownImports(abi::UnknownImports::kTrap);
  }
  abi::Store& store = *program.store;
  auto instance = abi::Instantiate(store, program.component, program.linker);
  if (!instance) {
    if (store.core().trapped()) return ReportTrap(options, store.core().TakeTrap());
    return ComplainOfFile(options, instance.error());
  }
  program.instance = std::move(*instance);
  if (!options.invoke.empty()) return Invoke(options, *program.instance, *invocation);
  return CallRun(options, *program.instance);
}

}  // namespace

int ReportTrap(const RunOptions& options, const vm::Trap& trap) {
  if (trap.kind == vm::TrapKind::kExit) return trap.exit_code;
  if (trap.kind == vm::TrapKind::kTimeout) {
    return Complain(absl::StrCat("timeout: the guest was ended after ", options.timeout_text),
                    kExitTimeout);
  }
  Complain(absl::StrCat("trap: ", trap.Message()), kExitTrap);
  if (!trap.backtrace.empty()) std::fprintf(stderr, "%s\n", vm::FormatBacktrace(trap).c_str() + 1);
  return kExitTrap;
}

int Run(const RunOptions& options) {
  // From here on: what is loaded counts too.
  const uint64_t deadline =
      options.timeout == 0 ? vm::sys::kNever : vm::sys::MonotonicNanoseconds() + options.timeout;
  PopulateHeap();
  static Program& program = *new Program();
  auto context = MakeContext(options);
  if (!context) {
    const bool is_usage = context.error().kind() == ErrorKind::kUsage;
    return Complain(context.error().ToString(), is_usage ? kExitUsage : kExitBadInput);
  }
  program.context = std::move(*context);
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ComplainOfFile(options, bytes.error());
  program.store = std::make_unique<abi::Store>(&program.engine, LimitsOf(options),
                                               program.context.get());
  if (const Status status = program.store->core().SetDeadline(deadline); !status) {
    return Complain(absl::StrCat("run: --timeout: ", status.error().ToString()), kExitBadInput);
  }
  if (!options.invoke.empty() && IsCoreModule(*bytes)) {
    return InvokeModule(options, program.store->core(), std::move(*bytes));
  }
  return RunComponent(options, std::move(*bytes), program);
}

}  // namespace tenon::cli
