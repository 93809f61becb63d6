#include "cli/compiler.h"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace tenon::cli {
namespace {

constexpr int kLowestPriority = 19;
constexpr int kFirstHigh = 10;  // above the descriptors that a child is given
// In the background nobody asked for more. Of processor time, and for each file.
constexpr rlim_t kMostSeconds = 1800;
constexpr rlim_t kMostBytes = rlim_t{1} << 30;

// Empty when the system does not say where the runner is.
std::string CompilerPath(absl::string_view program = "tenon-compile") {
  char path[PATH_MAX];
  const ssize_t size = readlink("/proc/self/exe", path, sizeof path);
  if (size <= 0 || size == sizeof path) return "";
  const absl::string_view runner(path, static_cast<size_t>(size));
  return absl::StrCat(runner.substr(0, runner.rfind('/') + 1), program);
}

// The number of what went wrong, 0 for nothing.
int Spawn(const std::string& program, std::vector<std::string> words,
          const posix_spawn_file_actions_t* actions, const posix_spawnattr_t* attributes,
          pid_t* child) {
  std::vector<char*> argv = {const_cast<char*>(program.c_str())};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  return posix_spawn(child, program.c_str(), actions, attributes, argv.data(), environ);
}

// The status of a child that ended.
int Wait(pid_t child) {
  int status = 0;
  while (waitpid(child, &status, 0) < 0) {
    if (errno != EINTR) return -1;
  }
  return status;
}

// A pipe that a child writes its standard error to.
class ErrorPipe {
 public:
  ErrorPipe() {
    posix_spawn_file_actions_init(&actions_);
    if (pipe2(ends_, O_CLOEXEC) != 0) return;
    posix_spawn_file_actions_adddup2(&actions_, ends_[1], STDERR_FILENO);
  }
  ErrorPipe(const ErrorPipe&) = delete;
  ErrorPipe& operator=(const ErrorPipe&) = delete;
  ~ErrorPipe() {
    posix_spawn_file_actions_destroy(&actions_);
    for (const int end : ends_) {
      if (end >= 0) close(end);
    }
  }
  const posix_spawn_file_actions_t* actions() const { return &actions_; }

  // Until the child has closed it.
  std::string ReadAll() {
    std::string text;
    close(std::exchange(ends_[1], -1));
    char piece[4096];
    for (;;) {
      const ssize_t size = read(ends_[0], piece, sizeof piece);
      if (size < 0 && errno == EINTR) continue;
      if (size <= 0) return text;
      text.append(piece, static_cast<size_t>(size));
    }
  }

 private:
  posix_spawn_file_actions_t actions_;
  int ends_[2] = {-1, -1};
};

}  // namespace

Result<int> RunCompiler(std::vector<std::string> words, absl::string_view program,
                        std::string* errors) {
  const std::string path = CompilerPath(program);
  std::optional<ErrorPipe> pipe;
  if (errors != nullptr) pipe.emplace();
  pid_t child = 0;
  const int error =
      Spawn(path, std::move(words), pipe ? pipe->actions() : nullptr, nullptr, &child);
  if (error == ENOENT) {
    return Fail(ErrorKind::kIo, absl::StrCat("the compiler is not installed: no ", path));
  }
  if (error != 0) return Fail(ErrorKind::kIo, absl::StrCat(path, ": ", std::strerror(error)));
  if (pipe) *errors = pipe->ReadAll();
  const int status = Wait(child);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

pid_t StartCompiler(std::vector<std::string> words, int held) {
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
  const int high = fcntl(held, F_DUPFD_CLOEXEC, kFirstHigh);
  posix_spawn_file_actions_adddup2(&actions, high, STDERR_FILENO + 1);
  posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 2);
  sigset_t none;  // are blocked in it, unlike in the thread that this is called on
  sigemptyset(&none);
  posix_spawnattr_setsigmask(&attributes, &none);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK);
  pid_t child = -1;
  const int error = Spawn(CompilerPath(), std::move(words), &actions, &attributes, &child);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  if (high >= 0) close(high);
  if (error != 0) return -1;
  setpriority(PRIO_PROCESS, static_cast<id_t>(child), kLowestPriority);
  const rlimit seconds = {kMostSeconds, kMostSeconds}, bytes = {kMostBytes, kMostBytes};
  prlimit(child, RLIMIT_CPU, &seconds, nullptr);
  prlimit(child, RLIMIT_FSIZE, &bytes, nullptr);
  return child;
}

bool WaitFor(pid_t compiler) { return Wait(compiler) == 0; }

}  // namespace tenon::cli
