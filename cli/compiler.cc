#include "cli/compiler.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/descriptor.h"

namespace tenon::cli {
namespace {

constexpr int kLowestPriority = 19;
constexpr int kFirstHigh = 10;  // above the descriptors that a child is given
// In the background nobody asked for more. Of processor time, and for each file.
constexpr rlim_t kMostSeconds = 1800;
constexpr rlim_t kMostBytes = rlim_t{1} << 30;

// Empty when the system does not say where the runner is.
std::string CompilerPath(absl::string_view program) {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0 || size == sizeof path) return "";
  const absl::string_view runner(path, static_cast<size_t>(size));
  return absl::StrCat(runner.substr(0, runner.rfind('/') + 1), program);
}

// What exec takes.
class Words {
 public:
  Words(absl::string_view program, std::vector<std::string> words)
      : path_(CompilerPath(program)), words_(std::move(words)) {
    pointers_.push_back(path_.data());
    for (std::string& word : words_) pointers_.push_back(word.data());
    pointers_.push_back(nullptr);
  }
  Words(const Words&) = delete;
  Words& operator=(const Words&) = delete;

  const std::string& path() const { return path_; }
  char* const* pointers() const { return pointers_.data(); }

 private:
  std::string path_;
  std::vector<std::string> words_;
  std::vector<char*> pointers_;
};

// Whether a process with this signal was asked to end, and whoever asked knows.
bool IsRequest(int signal) {
  return signal == SIGHUP || signal == SIGINT || signal == SIGTERM || signal == SIGPIPE;
}

// The status of a child that ended.
int Wait(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

struct Pipe {
  Pipe() {
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0) return;
    out = Descriptor(ends[0]);
    in = Descriptor(ends[1]);
  }
  // Until all others have closed it.
  std::string ReadAll() {
    in = Descriptor();
    std::string text;
    char piece[4096];
    for (;;) {
      const ssize_t size = read(out.number(), piece, sizeof piece);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return text;
      text.append(piece, static_cast<size_t>(size));
    }
  }

  Descriptor out, in;
};

void Give(int descriptor, int as) {
  if (descriptor >= 0) dup2(descriptor, as);
}

// The child's part: what the parent's death sends must end it, whatever this process ignores. The
// number of what went wrong goes to `failure`.
[[noreturn]] void Become(const Words& words, const CompilerRun& run, pid_t parent, int errors,
                         int failure) {
  signal(SIGTERM, SIG_DFL);
  sigset_t mask;
  sigemptyset(&mask);
  sigaddset(&mask, SIGTERM);
  sigprocmask(SIG_UNBLOCK, &mask, nullptr);
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) _exit(1);                             // it has ended already
  const int high = fcntl(failure, F_DUPFD_CLOEXEC, kFirstHigh);  // not where another is to be
  if (run.input >= 0) lseek(run.input, 0, SEEK_SET);
  Give(run.input, STDIN_FILENO);
  Give(run.output, STDOUT_FILENO);
  Give(errors, STDERR_FILENO);
  execv(words.path().c_str(), words.pointers());
  const int error = errno;
  (void)!write(high, &error, sizeof error);
  _exit(1);
}

}  // namespace

std::string PathOfHeld(int index) { return absl::StrCat("/proc/self/fd/", kHeld + index); }

Result<int> RunCompiler(std::vector<std::string> word_list, const CompilerRun& run) {
  const Words words(run.program, std::move(word_list));
  Pipe failure, errors;
  const pid_t parent = getpid();
  signal(SIGCHLD, SIG_DFL);  // how it ends is asked for
  const pid_t child = fork();
  if (child == 0) {
    Become(words, run, parent, run.errors != nullptr ? errors.in.number() : -1,
           failure.in.number());
  }
  if (child < 0)
    return Fail(ErrorKind::kIo, absl::StrCat(words.path(), ": ", std::strerror(errno)));
  const std::string failed = failure.ReadAll();
  if (run.errors != nullptr) *run.errors = errors.ReadAll();
  const int status = Wait(child);
  int error = 0;
  if (failed.size() != sizeof error) {
    if (WIFEXITED(status)) return WEXITSTATUS(status);
    const int signal = WTERMSIG(status);
    if (IsRequest(signal)) return 128 + signal;
    return Fail(ErrorKind::kLimit, absl::StrCat(run.program, " ended by signal ", signal, " (",
                                                strsignal(signal), ")"));
  }
  std::memcpy(&error, failed.data(), sizeof error);
  if (error == ENOENT) {
    return Fail(ErrorKind::kIo, absl::StrCat("the compiler is not installed: no ", words.path()));
  }
  return Fail(ErrorKind::kIo, absl::StrCat(words.path(), ": ", std::strerror(error)));
}

pid_t StartCompiler(std::vector<std::string> word_list, absl::Span<const int> held) {
  signal(SIGCHLD, SIG_DFL);
  posix_spawn_file_actions_t actions;
  posix_spawnattr_t attributes;
  if (posix_spawn_file_actions_init(&actions) != 0) return -1;
  if (posix_spawnattr_init(&attributes) != 0) {
    posix_spawn_file_actions_destroy(&actions);
    return -1;
  }
  for (const int stream : {STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO}) {
    posix_spawn_file_actions_addopen(&actions, stream, "/dev/null", O_RDWR, 0);
  }
  // Nothing else that the runner was started with is kept open by it.
  std::vector<Descriptor> high;
  bool has_all = true;
  int next = kHeld;
  for (const int descriptor : held) {
    high.emplace_back(fcntl(descriptor, F_DUPFD_CLOEXEC, kFirstHigh));
    has_all &= posix_spawn_file_actions_adddup2(&actions, high.back().number(), next++) == 0;
  }
  posix_spawn_file_actions_addclosefrom_np(&actions, next);
  sigset_t none;  // are blocked in it, unlike in the thread that this is called on
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  const Words words("tenon-compile", std::move(word_list));
  pid_t child = -1;
  const int error = !has_all ? EMFILE
                             : posix_spawn(&child, words.path().c_str(), &actions, &attributes,
                                           words.pointers(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (error != 0) return -1;
  setpriority(PRIO_PROCESS, static_cast<id_t>(child), kLowestPriority);
  // The first signal lets it take its temporary file away.
  const rlimit seconds = {kMostSeconds, kMostSeconds + 10}, bytes = {kMostBytes, kMostBytes};
  prlimit(child, RLIMIT_CPU, &seconds, nullptr);
  prlimit(child, RLIMIT_FSIZE, &bytes, nullptr);
  return child;
}

bool WaitFor(pid_t compiler) { return Wait(compiler) == 0; }

}  // namespace tenon::cli
