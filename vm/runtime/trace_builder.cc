#include "vm/runtime/trace_builder.h"

#include "absl/strings/str_cat.h"

namespace tenon::vm {
namespace {

// A guest's names may be as long as its file, and one may stand in every frame.
constexpr size_t kMaxShownName = 1'000;

std::string Shown(absl::string_view name) {
  if (name.size() <= kMaxShownName) return std::string(name);
  size_t end = kMaxShownName;
  while (end > 0 && (static_cast<uint8_t>(name[end]) & 0xc0) == 0x80) --end;  // whole characters
  return absl::StrCat(name.substr(0, end), "...");
}

}  // namespace

ByteRange CodeOf(const LoadedModule& module, FuncIdx func) {
  const ResolvedModule* const whole = module.Whole();
  if (whole == nullptr) return {};
  // A damaged file's positions may name any.
  const uint64_t body = uint64_t{func.value()} - whole->imported_funcs;
  return body < whole->module->bodies.size() ? whole->module->bodies[body].code : ByteRange();
}

bool TraceBuilder::Add(const Instance& instance, FuncIdx func, uint32_t offset) {
  if (trap_.backtrace.size() >= kMaxBacktraceFrames) {
    trap_.truncated = true;
    return false;
  }
  Frame& frame = trap_.backtrace.emplace_back();
  frame.module = NameOf(instance);
  frame.func = func;
  frame.offset = offset != 0 ? offset : CodeOf(instance.module(), func).offset;
  frame.instance = &instance;
  modules_.push_back(&instance.module());
  return true;
}

void TraceBuilder::Name() {
  for (size_t i = 0; i < modules_.size(); ++i) {
    if (modules_[i] != nullptr) NameAllOf(*modules_[i]);
  }
}

const std::string& TraceBuilder::NameOf(const Instance& instance) {
  const auto [name, is_new] = instance_names_.try_emplace(&instance);
  if (is_new) name->second = Shown(instance.Name());
  return name->second;
}

void TraceBuilder::NameAllOf(const LoadedModule& module) {
  std::vector<Frame*> frames;
  std::vector<FuncIdx> funcs;
  std::vector<uint32_t> offsets;
  for (size_t i = 0; i < modules_.size(); ++i) {
    if (modules_[i] != &module) continue;
    modules_[i] = nullptr;
    frames.push_back(&trap_.backtrace[first_ + i]);
    funcs.push_back(frames.back()->func);
    offsets.push_back(frames.back()->offset);
  }
  const ResolvedModule* const whole = module.Whole();
  if (whole == nullptr) return;
  const std::vector<absl::string_view> names = whole->FunctionNames(funcs);
  std::vector<SourceLine> sources = FindSourceLines(*whole->module, offsets);
  for (size_t i = 0; i < frames.size(); ++i) {
    frames[i]->function = Shown(names[i]);
    frames[i]->source = std::move(sources[i]);
  }
}

}  // namespace tenon::vm
