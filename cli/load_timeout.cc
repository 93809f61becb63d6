#include "cli/load_timeout.h"

#include <signal.h>
#include <sys/time.h>
#include <unistd.h>

#include <string>

#include "absl/strings/str_cat.h"
#include "vm/base/utf8.h"

namespace tenon::cli {
namespace {

// What the signal handler writes; not changed once the timer runs.
std::string& Message() {
  static std::string& message = *new std::string();
  return message;
}

void OnAlarm(int) {
  (void)!write(STDERR_FILENO, Message().data(), Message().size());
  _exit(kExitTimeout);  // nothing has been printed that would have to be flushed
}

void SetTimer(uint64_t nanoseconds) {
  constexpr uint64_t kSecond = 1'000'000'000;
  itimerval timer = {};
  timer.it_value.tv_sec = static_cast<time_t>(nanoseconds / kSecond);
  timer.it_value.tv_usec = static_cast<suseconds_t>(nanoseconds % kSecond / 1000);
  setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

void StartLoadTimeout(const RunOptions& options) {
  if (options.timeout == 0) return;
  const std::string late = absl::StrCat(" was not loaded after ", options.timeout_text);
  Message() = options.json ? ErrorAsJson(options.file,
                                         Error(Trap{.kind = TrapKind::kTimeout,
                                                    .message = absl::StrCat("the file", late)}))
                           : absl::StrCat("tenon: timeout: ", EscapeControls(options.file), late);
  Message() += '\n';
  struct sigaction action = {};
  action.sa_handler = OnAlarm;
  sigaction(SIGALRM, &action, nullptr);
  SetTimer(options.timeout);
}

void StopLoadTimeout() {
  if (Message().empty()) return;
  SetTimer(0);
  Message().clear();
}

}  // namespace tenon::cli
