// A thread of the system that is joined when it goes out of scope. Unlike std::thread's, its start
// may fail: that is an error like others.
#pragma once

#include <pthread.h>

#include <functional>
#include <memory>

#include "vm/base/status.h"

namespace tenon::vm::sys {

class Thread {
 public:
  // kLimit: the system has no more threads, or no memory for a stack.
  static Result<Thread> Start(std::function<void()> main);

  Thread() = default;  // none
  Thread(Thread&&) noexcept = default;
  Thread& operator=(Thread&& other) noexcept;
  ~Thread() { Join(); }

  void Join();  // waits for its end; nothing if there is none

 private:
  std::unique_ptr<std::function<void()>> main_;  // null: no thread
  pthread_t handle_ = {};
};

}  // namespace tenon::vm::sys
