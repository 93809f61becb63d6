// The handles of the public headers, in terms of the inside.
#include <algorithm>
#include <bit>
#include <vector>

#include "abi/api/reps.h"
#include "abi/link/define.h"
#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "vm/base/from_std.h"
#include "vm/interp/interpreter.h"
#include "vm/syntax/limits.h"
#include "vm/sys/input_file.h"

namespace tenon {
namespace {

// A store that was made of a moved-from engine looks the same.
constexpr char kNoStore[] = "the store, or the engine it was made of, was moved from";

constexpr char kNoInstance[] = "the instance was moved from";

constexpr uint8_t kModulePreamble[] = {0, 'a', 's', 'm', 1, 0, 0, 0};
constexpr uint8_t kElfMagic[] = {0x7f, 'E', 'L', 'F'};

bool BeginsWith(absl::Span<const uint8_t> bytes, absl::Span<const uint8_t> begin) {
  return absl::c_equal(bytes.first(std::min(bytes.size(), begin.size())), begin);
}

Result<std::shared_ptr<const ComponentRep>> Load(const Engine& engine, std::vector<uint8_t> bytes,
                                                 Validation validation) {
  if (engine.rep() == nullptr) return Fail(ErrorKind::kUsage, "the engine was moved from");
  if (BeginsWith(bytes, kElfMagic)) {
    return Fail(
        ErrorKind::kMalformed,
        "not WebAssembly but machine code; FromCompiledFile takes what 'tenon compile' made");
  }
  if (BeginsWith(bytes, kModulePreamble)) {
    return Fail(ErrorKind::kMalformed,
                "a core module, not a component; 'tenon component new' makes a component of it");
  }
  TENON_ASSIGN_OR_RETURN(auto component, abi::LoadComponent(&engine.rep()->engine, std::move(bytes),
                                                            validation == Validation::kEager
                                                                ? vm::BodyValidation::kEager
                                                                : vm::BodyValidation::kLazy));
  return std::make_shared<const ComponentRep>(engine.rep(), std::move(component));
}

vm::EngineSettings SettingsOf(const EngineOptions& options) {
  const uint64_t features = options.features.rep() ^ std::bit_cast<uint64_t>(vm::Features());
  return {.features = std::bit_cast<vm::Features>(features), .bounds = options.bounds};
}

abi::StoreLimits LimitsOf(const StoreOptions& options) {
  abi::StoreLimits limits;
  vm::StoreLimits& core = limits.core;
  // Address space is reserved for all that a memory with 64-bit addresses may grow to.
  constexpr uint64_t kMostMemoryBytes = uint64_t{1} << 40;
  core.memory_bytes = core.total_memory_bytes = std::min(options.memory_bytes, kMostMemoryBytes);
  if (options.stack_bytes != 0) core.stack_bytes = options.stack_bytes;
  return limits;
}

}  // namespace

Trap ToTrap(const vm::Trap& trap) {
  Trap made{trap.kind, trap.Message(), vm::FormatBacktrace(trap), trap.exit_code};
  if (!made.backtrace.empty()) made.backtrace.erase(0, 1);  // a newline
  return made;
}

Expected<Features> Features::FromList(std::string_view list) {
  vm::Features features;
  Status applied = features.Apply(FromStd(list));
  if (!applied) return Unexpected(std::move(applied).error());
  return Features::FromRep(features.bits() ^ vm::Features().bits());
}

Engine::Engine(EngineOptions options)
    : rep_(new EngineRep{vm::Engine(vm::InterpreterTier(), SettingsOf(options))}) {}

Expected<Component> Component::FromBytes(const Engine& engine, std::vector<uint8_t> bytes,
                                         Validation validation) {
  auto rep = Load(engine, std::move(bytes), validation);
  if (!rep) return Unexpected(std::move(rep).error());
  return Component(std::move(*rep));
}

Expected<Component> Component::FromFile(const Engine& engine, const std::string& path,
                                        Validation validation) {
  auto bytes = vm::sys::ReadInputFile(path, vm::kMaxModuleBytes);
  if (!bytes) return Unexpected(std::move(bytes).error().WithContext(path));
  auto rep = Load(engine, std::move(*bytes), validation);
  if (!rep) return Unexpected(std::move(rep).error().WithContext(path));
  return Component(std::move(*rep));
}

EngineOptions OptionsOf(const vm::artifact::Image& image) {
  const vm::artifact::Header& header = image.header();
  const bool is_guarded = (header.settings & vm::artifact::kGuardedMemories) != 0;
  return {.bounds = is_guarded ? Bounds::kGuard : Bounds::kExplicit,
          .features = Features::FromRep(header.features ^ vm::Features().bits())};
}

Expected<Component> LoadCompiled(const Engine& engine,
                                 const std::shared_ptr<const vm::artifact::Image>& image) {
  if (engine.rep() == nullptr) return Misuse("the engine was moved from");
  auto component = abi::LoadComponent(&engine.rep()->engine, image);
  if (!component) return Unexpected(std::move(component).error());
  return Component(std::make_shared<const ComponentRep>(engine.rep(), std::move(*component)));
}

Expected<Component> Component::FromCompiledFile(const Engine& engine, const std::string& path) {
  auto file = vm::sys::File::Open(path);
  if (!file) return Unexpected(std::move(file).error().WithContext(path));
  auto image = vm::artifact::Image::Map(std::move(*file));
  if (!image) return Unexpected(std::move(image).error().WithContext(path));
  auto component = LoadCompiled(engine, *image);
  if (!component) return Unexpected(std::move(component).error().WithContext(path));
  return component;
}

Store::Store(const Engine& engine, StoreOptions options)
    : rep_(engine.rep() == nullptr
               ? nullptr
               : new StoreRep{engine.rep(),
                              {},
                              nullptr,
                              abi::Store(&engine.rep()->engine, LimitsOf(options))}) {}

Expected<void> Store::SetDeadline(std::chrono::steady_clock::time_point deadline) {
  const auto instant = std::chrono::duration_cast<std::chrono::nanoseconds>(
      deadline.time_since_epoch());  // of CLOCK_MONOTONIC
  return SetDeadlineInstant(instant.count() < 0 ? 0 : static_cast<uint64_t>(instant.count()));
}
Expected<void> Store::SetTimeout(std::chrono::nanoseconds from_now) {
  const auto now = std::chrono::steady_clock::now();
  if (from_now > std::chrono::steady_clock::time_point::max() - now) return ClearDeadline();
  return SetDeadline(now + from_now);
}
Expected<void> Store::ClearDeadline() { return SetDeadlineInstant(vm::sys::kNever); }

Expected<void> Store::SetDeadlineInstant(uint64_t nanoseconds) {
  if (rep_ == nullptr) return Misuse(kNoStore);
  return ToExpected(rep_->store.core().SetDeadline(nanoseconds));
}

Expected<void> Store::Interrupt() {
  if (rep_ == nullptr) return Misuse(kNoStore);
  return ToExpected(rep_->store.core().Interrupt());
}

void Store::SetState(void* state, const void* tag) {
  if (rep_ != nullptr) rep_->store.set_user_state({state, tag});
}

Linker::Linker() : rep_(std::make_shared<LinkerRep>()) {}

HostInterface& Linker::Interface(std::string_view name) {
  return rep_->linker.Interface(FromStd(name));
}
HostInterface& Linker::Root() { return rep_->linker.Root(); }
void Linker::TrapUnknownImports() { rep_->linker.SetUnknownImports(abi::UnknownImports::kTrap); }

Expected<void> Linker::Define(const Instance& instance) {
  if (instance.rep() == nullptr) return Misuse(kNoInstance);
  abi::DefineExports(rep_->linker, instance.rep()->instance);
  return {};
}

Expected<void> Linker::DefineInterface(std::string_view name, const Instance& instance,
                                       std::string_view exported) {
  if (instance.rep() == nullptr) return Misuse(kNoInstance);
  return ToExpected(abi::DefineInterface(rep_->linker, FromStd(name), instance.rep()->instance,
                                         FromStd(exported)));
}

Expected<Instance> Linker::Instantiate(Store& store, const Component& component) const {
  if (store.rep() == nullptr) return Misuse(kNoStore);
  if (component.rep() == nullptr) return Misuse("the component was moved from");
  if (rep_ == nullptr) return Misuse("the linker was moved from");
  StoreRep& target = *store.rep();
  // What an instance left in the store, a half-made one too, still points to these.
  target.kept.push_back(component.rep());
  target.kept.push_back(rep_);
  if (rep_->prepare != nullptr) rep_->prepare(target);
  auto instance = abi::Instantiate(target.store, component.rep()->component, rep_->linker);
  if (!instance) {
    vm::Store& core = target.store.core();
    if (core.trapped()) return Unexpected(Error(ToTrap(core.TakeTrap())));
    return Unexpected(std::move(instance).error());
  }
  return Instance(std::make_shared<InstanceRep>(store.rep(), std::move(*instance)));
}

// --- Calls ---------------------------------------------------------------------------------------

namespace canon {

class CheckedExport {
 public:
  std::shared_ptr<InstanceRep> instance;
  const abi::LiftedFunc* func = nullptr;
  abi::GuestTypes guest_types;
};

std::optional<Error> Call(const CheckedExport* func, Step lower, Step lift, void* values) {
  if (func == nullptr) return Error(ErrorKind::kUsage, "there is no function to call");
  const auto done = abi::CallFromHost(
      *func->func,
      [&](Context& cx, vm::Slot* slots) {
        cx.guest_types = &func->guest_types;
        return lower(values, cx, slots);
      },
      [&](Context& cx, vm::Slot* slots) { return lift(values, cx, slots); });
  if (!done) return Error(ToTrap(done.error()));
  return std::nullopt;
}

}  // namespace canon

Expected<std::shared_ptr<const canon::CheckedExport>> Instance::Find(
    std::string_view interface, std::string_view name, const canon::FuncShape& shape) const {
  if (rep_ == nullptr) return Misuse(kNoInstance);
  auto checked = rep_->instance->FindChecked(FromStd(interface), FromStd(name), shape);
  if (!checked) return Unexpected(std::move(checked).error());
  auto made = std::make_shared<canon::CheckedExport>();
  made->instance = rep_;
  made->func = checked->func;
  made->guest_types = std::move(checked->guest_types);
  return std::shared_ptr<const canon::CheckedExport>(std::move(made));
}

Expected<void> Instance::Drop(GuestTypeId type, uint32_t rep) const {
  if (rep_ == nullptr) return Misuse(kNoInstance);
  if (type == GuestTypeId::kNone) return Misuse("there is no resource to drop");
  abi::Store& store = rep_->store->store;
  const abi::ResourceType* found = store.FindResourceType(type);
  if (found == nullptr) return Misuse("the resource is of another store");
  const auto done = abi::DropResource(store, *found, rep);
  if (!done) return Unexpected(Error(ToTrap(done.error())));
  return {};
}

}  // namespace tenon
