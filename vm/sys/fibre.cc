#include "vm/sys/fibre.h"

#include <boost/context/detail/fcontext.hpp>
#include <utility>

#include "vm/base/status.h"
#include "vm/sys/stack_annotations.h"

namespace tenon::vm::sys {

namespace context = boost::context::detail;

namespace {

thread_local Fibre* current_fibre = nullptr;

}  // namespace

Fibre* Fibre::Current() { return current_fibre; }

Mapping FibrePool::Take() {
  if (!free_.empty()) {
    Mapping stack = std::move(free_.back());
    free_.pop_back();
    return stack;
  }
  const size_t guard = HostPageBytes();
  Mapping stack = Mapping::Reserve(stack_bytes_ + guard);
  if (!stack || !stack.Commit(guard, stack.size() - guard)) return Mapping();
  return stack;
}

void FibrePool::Return(Mapping stack) {
  AnnotateFramesDead(stack.base() + HostPageBytes(), stack.size() - HostPageBytes());
  if (free_.size() < kMaxPooled) free_.push_back(std::move(stack));
}

// The entry that the context library calls; a nested class for access to the fibre's members.
struct Fibre::Trampoline {
  static void Run(context::transfer_t from) {
    Fibre& fibre = *static_cast<Fibre*>(from.data);
    while (true) {
      fibre.context_ = from.fctx;
      AnnotateSwitchFinish(nullptr, &fibre.resumer_stack_, &fibre.resumer_stack_bytes_);
      fibre.entry_(fibre, fibre.argument_);
      fibre.done_ = true;
      fibre.running_ = false;
      AnnotateSwitchStart(nullptr, fibre.resumer_stack_, fibre.resumer_stack_bytes_);
      from = context::jump_fcontext(fibre.context_, nullptr);  // back when it is started again
    }
  }
};

Fibre::~Fibre() {
  TENON_CHECK(done_);
  if (stack_) pool_->Return(std::move(stack_));
}

bool Fibre::Start(Entry entry, void* argument) {
  TENON_CHECK(done_);
  if (!stack_) {
    stack_ = pool_->Take();
    if (!stack_) return false;
    const size_t usable = stack_.size() - HostPageBytes();
    context_ = context::make_fcontext(stack_.base() + stack_.size(), usable, &Trampoline::Run);
  }
  entry_ = entry;
  argument_ = argument;
  done_ = false;
  fake_stack_ = nullptr;
  return true;
}

void Fibre::Resume() {
  TENON_CHECK(!done_ && !running_);
  running_ = true;
  Fibre* const outer = std::exchange(current_fibre, this);
  void* own_fake_stack = nullptr;
  AnnotateSwitchStart(&own_fake_stack, stack_limit(), stack_.size() - HostPageBytes());
  const context::transfer_t back = context::jump_fcontext(context_, this);
  AnnotateSwitchFinish(own_fake_stack, nullptr, nullptr);
  context_ = back.fctx;
  current_fibre = outer;
}

void Fibre::Suspend() {
  TENON_CHECK(running_);
  running_ = false;
  AnnotateSwitchStart(&fake_stack_, resumer_stack_, resumer_stack_bytes_);
  const context::transfer_t back = context::jump_fcontext(context_, nullptr);
  AnnotateSwitchFinish(fake_stack_, &resumer_stack_, &resumer_stack_bytes_);
  context_ = back.fctx;
}

const char* Fibre::stack_limit() const {
  return reinterpret_cast<const char*>(stack_.base()) + HostPageBytes();
}

}  // namespace tenon::vm::sys
