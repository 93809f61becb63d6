// Watches that no function takes more than CompileOptions' budget while LLVM compiles it, nor all
// of them together, reading the input included: a thread of its own looks at the processor time of
// each thread's part, and at that and the memory of the process.
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <string>

#include "absl/strings/string_view.h"
#include "jit/compile.h"
#include "vm/base/status.h"
#include "vm/sys/thread.h"
#include "vm/sys/usage.h"

namespace tenon::jit {

class Budget {
 public:
  // What one thread of the compiler is at.
  class Worker {
   public:
    // Called by that thread, which `this` stands for from now on.
    void Begin();                        // a part
    void Enter(absl::string_view func);  // passes of a function
    void End();

   private:
    friend class Budget;
    std::mutex mutex_;
    bool is_busy_ = false;
    vm::sys::ThreadClock clock_;
    double begin_ = 0;
    std::string func_;
  };

  // The options outlive it.
  explicit Budget(const CompileOptions& options) : options_(options) {}
  ~Budget();
  Budget(const Budget&) = delete;
  Budget& operator=(const Budget&) = delete;

  // Begins to watch, if there is anything to. kLimit: no thread for it.
  Status Start();
  // That lives as long as the budget. Up to the first the input is being read.
  Worker& AddWorker();

 private:
  void Watch();
  // The error of whoever took too much; nothing if none did.
  std::string Overdrawn();

  const CompileOptions& options_;
  const double begin_ = vm::sys::ProcessSeconds();
  std::mutex mutex_;
  std::condition_variable stop_;
  bool is_stopped_ = false;
  std::deque<Worker> workers_;
  vm::sys::Thread watcher_;
};

}  // namespace tenon::jit
