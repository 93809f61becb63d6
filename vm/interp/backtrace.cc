#include "vm/interp/backtrace.h"

#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "vm/interp/frame_walk.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/syntax/limits.h"

namespace tenon::vm::interp {
namespace {

// A guest's names may be as long as its file, and one may stand in every frame.
constexpr size_t kMaxShownName = 1'000;

std::string Shown(absl::string_view name) {
  if (name.size() <= kMaxShownName) return std::string(name);
  size_t end = kMaxShownName;
  while (end > 0 && (static_cast<uint8_t>(name[end]) & 0xc0) == 0x80) --end;  // whole characters
  return absl::StrCat(name.substr(0, end), "...");
}

ByteRange CodeOf(const FuncCode& function) {
  if (function.module->Whole() == nullptr) return {};
  const ResolvedModule& resolved = *function.module->Whole();
  return resolved.module->bodies[function.index.value() - resolved.imported_funcs].code;
}

// Collects frames and names them at the end: names are found by reading all that a module has, and
// those of instances parts of the component.
class Collector {
 public:
  explicit Collector(Trap* trap) : trap_(*trap), first_(trap->backtrace.size()) {}

  // False when there are as many frames as a backtrace may have.
  bool Add(const FuncCode& function, const Instance& instance, uint32_t offset) {
    if (trap_.backtrace.size() >= kMaxBacktraceFrames) {
      trap_.truncated = true;
      return false;
    }
    Frame& frame = trap_.backtrace.emplace_back();
    frame.module = NameOf(instance);
    frame.func = function.index;
    frame.offset = offset;
    frame.instance = &instance;
    modules_.push_back(function.module);
    return true;
  }

  // Where `word` came from. Finding out translates the whole body again, so that frames of one
  // call share the answer, and when much has been translated the body's start must do.
  uint32_t Offset(const Body& body, const Word* word) {
    if (const auto known = offsets_.find(word); known != offsets_.end()) return known->second;
    const ByteRange code = CodeOf(*body.function);
    uint32_t offset = code.offset;
    if (code.size <= bytes_left_) {
      bytes_left_ -= code.size;
      offset = OffsetOf(body, word);
    }
    offsets_[word] = offset;
    return offset;
  }

  void Name() {
    for (size_t i = 0; i < modules_.size(); ++i) {
      if (modules_[i] != nullptr) NameAllOf(modules_[i]);
    }
  }

 private:
  const std::string& NameOf(const Instance& instance) {
    const auto [name, is_new] = instance_names_.try_emplace(&instance);
    if (is_new) name->second = Shown(instance.Name());
    return name->second;
  }

  // What has no name may have one that it is exported by.
  static void NameByExports(const Module& module, absl::Span<const FuncIdx> funcs,
                            std::vector<absl::string_view>& names) {
    for (const Export& item : module.exports) {
      if (item.kind != ExternKind::kFunc) continue;
      for (size_t i = 0; i < funcs.size(); ++i) {
        if (names[i].empty() && funcs[i].value() == item.index) names[i] = item.name;
      }
    }
  }

  void NameAllOf(const LoadedModule* module) {
    std::vector<Frame*> frames;
    std::vector<FuncIdx> funcs;
    for (size_t i = 0; i < modules_.size(); ++i) {
      if (modules_[i] != module) continue;
      modules_[i] = nullptr;
      frames.push_back(&trap_.backtrace[first_ + i]);
      funcs.push_back(frames.back()->func);
    }
    const ResolvedModule* whole = module->Whole();
    if (whole == nullptr) return;
    std::vector<absl::string_view> names = whole->FunctionNames(funcs);
    NameByExports(*whole->module, funcs, names);
    for (size_t i = 0; i < frames.size(); ++i) frames[i]->function = Shown(names[i]);
  }

  Trap& trap_;
  absl::flat_hash_map<const Word*, uint32_t> offsets_;
  absl::flat_hash_map<const Instance*, std::string> instance_names_;
  uint64_t bytes_left_ = 2 * uint64_t{kMaxFunctionBody};  // that may be translated
  const size_t first_;                                    // frame that is ours
  std::vector<const LoadedModule*> modules_;              // of our frames; null once named
};

}  // namespace

void AppendBacktrace(const RunBlock& run, Trap* trap) {
  // A guest that is stopped may stand anywhere, half-way through a call as well.
  const auto kind = static_cast<TrapKind>(run.trap - 1);
  if (kind == TrapKind::kExit || kind == TrapKind::kTimeout) return;
  Collector collector(trap);
  for (FrameWalk walk = FrameWalk::FromInstruction(run.ip, run.fp, run.context); !walk.at_end();
       walk.Next()) {
    const Body& body = walk.body();
    const Instance& instance = *walk.context()->instance;
    if (!collector.Add(*body.function, instance, collector.Offset(body, walk.word()))) break;
  }
  collector.Name();
}

void AppendTrace(absl::Span<const CodeAddress> trace, Trap* trap) {
  Collector collector(trap);
  for (const CodeAddress& address : trace) {
    const auto* word = static_cast<const Word*>(address.at);
    const uint32_t offset = collector.Offset(FindBody(word), word);
    if (!collector.Add(*address.function, *address.instance, offset)) break;
  }
  collector.Name();
}

void AppendUntranslated(const FuncCode& function, const Context& context, Trap* trap) {
  Collector collector(trap);
  collector.Add(function, *context.instance, CodeOf(function).offset);
  collector.Name();
}

}  // namespace tenon::vm::interp
