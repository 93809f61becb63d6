#include "vm/sys/thread.h"

#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"

namespace tenon::vm::sys {

Result<Thread> Thread::Start(std::function<void()> main) {
  Thread thread;
  auto own = std::make_unique<std::function<void()>>(std::move(main));
  const auto run = [](void* argument) -> void* {
    (*static_cast<std::function<void()>*>(argument))();
    return nullptr;
  };
  if (const int error = pthread_create(&thread.handle_, nullptr, run, own.get()); error != 0) {
    return Fail(ErrorKind::kLimit, absl::StrCat("can't start a thread: ", std::strerror(error)));
  }
  thread.main_ = std::move(own);
  return thread;
}

Thread& Thread::operator=(Thread&& other) noexcept {
  Join();
  main_ = std::move(other.main_);
  handle_ = other.handle_;
  return *this;
}

void Thread::Join() {
  if (main_ == nullptr) return;
  pthread_join(handle_, nullptr);
  main_ = nullptr;
}

}  // namespace tenon::vm::sys
