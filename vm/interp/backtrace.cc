#include "vm/interp/backtrace.h"

#include "absl/container/flat_hash_map.h"
#include "vm/interp/frame_walk.h"
#include "vm/interp/interpreter.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/trace_builder.h"
#include "vm/syntax/limits.h"

namespace tenon::vm::interp {
namespace {

// Frames and where they stand.
class Collector {
 public:
  explicit Collector(Trap* trap) : trace_(trap) {}

  bool Add(const FuncCode& function, const Instance& instance, uint32_t offset) {
    return trace_.Add(instance, function.index, offset);
  }

  // Where `word` came from. Finding out translates the whole body again, so that frames of one
  // call share the answer, and when much has been translated the body's start must do.
  uint32_t Offset(const Body& body, const Word* word) {
    if (const auto known = offsets_.find(word); known != offsets_.end()) return known->second;
    const ByteRange code = CodeOf(*body.function->module, body.function->index);
    uint32_t offset = code.offset;
    if (code.size <= bytes_left_) {
      bytes_left_ -= code.size;
      offset = OffsetOf(body, word);
    }
    offsets_[word] = offset;
    return offset;
  }

  void Name() { trace_.Name(); }

 private:
  TraceBuilder trace_;
  absl::flat_hash_map<const Word*, uint32_t> offsets_;
  uint64_t bytes_left_ = 2 * uint64_t{kMaxFunctionBody};  // that may be translated
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
  collector.Add(function, *context.instance, 0);
  collector.Name();
}

}  // namespace tenon::vm::interp
