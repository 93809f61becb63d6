#include "test/fuzz/observe.h"

#include <algorithm>
#include <cstdio>
#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "vm/binary/decoder.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"
#include "vm/valid/validate.h"

namespace tenon::vm {
namespace {

constexpr uint64_t kFuel = 100;
constexpr int kCallsOfEach = 3;
constexpr StoreLimits kLimits = {.total_memory_bytes = uint64_t{64} << 20};

// What functions are called with, one after the other.
constexpr uint64_t kArguments[] = {0,
                                   1,
                                   7,
                                   0xffff'ffff'ffff'ffff,
                                   0x4048'f5c3'4048'f5c3,
                                   0x8000'0000'8000'0000,
                                   100,
                                   0x3ff0'0000'0000'0000,
                                   31};

// What a finding needs most is what was wrong, so a failure says it before it ends the process.
template <typename T>
T OrDie(Result<T> result, absl::string_view what) {
  if (!result) {
    const std::string text = result.error().ToString();
    std::fprintf(stderr, "%.*s: %s\n", static_cast<int>(what.size()), what.data(), text.c_str());
    TENON_CHECK(false);
  }
  return *std::move(result);
}

// FNV-1a, which is short in any language.
uint32_t Hash(absl::Span<const uint8_t> bytes) {
  uint32_t hash = 0x811c'9dc5;
  for (const uint8_t byte : bytes) hash = (hash ^ byte) * 0x0100'0193;
  return hash;
}

class Run {
 public:
  explicit Run(const RunSettings& settings)
      : engine_(InterpreterTier(), settings.engine), store_(&engine_, Limits(settings)) {}

  Observation Observe(absl::Span<const uint8_t> bytes) {
    auto module = OrDie(DecodeModule({bytes.begin(), bytes.end()}, engine_.features()), "decode");
    auto resolved =
        OrDie(ValidateModule(std::make_unique<Module>(std::move(module)), &engine_.types(),
                             engine_.features(), BodyValidation::kEager),
              "validate");
    auto instance = Instantiate(store_, LoadedModule::Create(&engine_, resolved, "fuzz"), {});
    Observation out;
    if (!instance) {
      const bool ended = store_.threw() || instance.error().kind() == ErrorKind::kTrap;
      if (!ended) (void)OrDie(std::move(instance), "instantiate");
      out.instantiation = store_.threw() ? "exception ?" : TakeTrap();
      return out;
    }
    instance_ = *instance;
    out.instantiation = "returns";
    for (int round = 0; round < kCallsOfEach; ++round) {
      for (const Export* exported : Exports(ExternKind::kFunc)) {
        out.calls.push_back(Call(*exported, round));
      }
    }
    ObserveState(&out);
    return out;
  }

 private:
  static StoreLimits Limits(const RunSettings& settings) {
    StoreLimits limits = kLimits;
    limits.collect_always = settings.collect_always;
    return limits;
  }

  // In the order of the module.
  std::vector<const Export*> Exports(ExternKind kind) const {
    std::vector<const Export*> found;
    for (const Export& field : instance_->resolved().module->exports) {
      if (field.kind == kind) found.push_back(&field);
    }
    return found;
  }

  std::string TakeTrap() { return absl::StrCat("trap ", store_.TakeTrap().Message()); }

  std::string TakeException() {
    const Root exception = store_.TakeException();
    for (const Export* tag : Exports(ExternKind::kTag)) {
      if (instance_->tag(TagIdx(tag->index)) == &store_.TagOf(exception.get())) {
        return absl::StrCat("exception ", tag->name);
      }
    }
    return "exception ?";
  }

  ObservedCall Call(const Export& exported, int round) {
    const FuncType& type = *instance_->resolved().funcs[exported.index].type;
    std::vector<Slot> slots(std::max(type.params.size(), type.results.size()));
    ObservedCall call{.name = std::string(exported.name)};
    for (size_t i = 0; i < type.params.size(); ++i) {
      const bool is_32 = type.params[i] == ValType::kI32 || type.params[i] == ValType::kF32;
      uint64_t bits = kArguments[(exported.index + 2 * round + 3 * i) % std::size(kArguments)];
      if (is_32) bits = static_cast<uint32_t>(bits);
      slots[i].bits = bits;
      call.arguments.push_back(FormatNumber(type.params[i], bits));
    }
    instance_->Global(GlobalIdx(0)).cell->bits = kFuel;
    switch (store_.Invoke(*instance_->ExportedFunc(exported.name), slots.data())) {
      case CallOutcome::kTrapped: call.outcome = TakeTrap(); break;
      case CallOutcome::kThrew: call.outcome = TakeException(); break;
      case CallOutcome::kReturned:
        call.outcome = "returns";
        for (size_t i = 0; i < type.results.size(); ++i) {
          absl::StrAppend(&call.outcome, " ", FormatNumber(type.results[i], slots[i].bits));
        }
        break;
    }
    return call;
  }

  void ObserveState(Observation* out) const {
    for (const Export* field : Exports(ExternKind::kGlobal)) {
      const GlobalRef global = instance_->Global(GlobalIdx(field->index));
      const std::string value = FormatNumber(global.type.type, global.cell->bits);
      out->state.push_back(absl::StrCat(field->name, " ", value));
    }
    for (const Export* field : Exports(ExternKind::kMemory)) {
      const Memory& memory = *instance_->memory(MemoryIdx(field->index));
      const uint32_t hash = Hash({memory.base(), memory.size_bytes()});
      out->state.push_back(
          absl::StrCat(field->name, " ", memory.size_bytes(), " ", absl::Hex(hash)));
    }
    for (const Export* field : Exports(ExternKind::kTable)) {
      const uint64_t size = instance_->table(TableIdx(field->index))->size();
      out->state.push_back(absl::StrCat(field->name, " ", size));
    }
  }

  Engine engine_;
  Store store_;
  Instance* instance_ = nullptr;
};

}  // namespace

std::string FormatNumber(ValType type, uint64_t bits) {
  if (type == ValType::kI32 || type == ValType::kF32) bits = static_cast<uint32_t>(bits);
  const bool is_nan = (type == ValType::kF32 && (bits & 0x7fff'ffff) > 0x7f80'0000) ||
                      (type == ValType::kF64 && bits << 1 > 0xffe0'0000'0000'0000);
  return absl::StrCat(ToString(type), ":", is_nan ? "nan" : absl::StrCat(absl::Hex(bits)));
}

Observation Observe(absl::Span<const uint8_t> bytes, const RunSettings& settings) {
  return Run(settings).Observe(bytes);
}

std::string ToString(const Observation& observation) {
  std::string text = absl::StrCat("instantiation ", observation.instantiation, "\n");
  for (const ObservedCall& call : observation.calls) {
    absl::StrAppend(&text, call.name, "(", absl::StrJoin(call.arguments, " "), ") ", call.outcome,
                    "\n");
  }
  for (const std::string& line : observation.state) absl::StrAppend(&text, line, "\n");
  return text;
}

}  // namespace tenon::vm
