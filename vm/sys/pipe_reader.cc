#include "vm/sys/pipe_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "vm/sys/thread.h"

namespace tenon::vm::sys {
namespace {

constexpr size_t kPieceBytes = 64 * 1024;  // what a pipe holds

std::vector<uint8_t> ReadAll(int descriptor) {
  std::vector<uint8_t> bytes;
  uint8_t piece[kPieceBytes];
  for (;;) {
    const ssize_t got = read(descriptor, piece, sizeof piece);
    if (got < 0 && errno == EINTR) continue;
    if (got <= 0) return bytes;
    bytes.insert(bytes.end(), piece, piece + got);
  }
}

}  // namespace

struct PipeReader::State {
  State() = default;
  State(const State&) = delete;
  State& operator=(const State&) = delete;
  ~State() {
    Join();
    if (out >= 0) close(out);
  }
  void Join() {
    if (in >= 0) close(std::exchange(in, -1));
    thread.Join();
  }

  int out = -1, in = -1;
  std::vector<uint8_t> bytes;
  Thread thread;
};

PipeReader::PipeReader(std::unique_ptr<State> state) : state_(std::move(state)) {}
PipeReader::PipeReader(PipeReader&&) noexcept = default;
PipeReader::~PipeReader() = default;

Result<PipeReader> PipeReader::Start() {
  auto state = std::make_unique<State>();
  int ends[2];
  if (pipe2(ends, O_CLOEXEC) != 0) return Fail(ErrorKind::kIo, std::strerror(errno));
  state->out = ends[0];
  state->in = ends[1];
  TENON_ASSIGN_OR_RETURN(
      state->thread, Thread::Start([state = state.get()] { state->bytes = ReadAll(state->out); }));
  return PipeReader(std::move(state));
}

int PipeReader::descriptor() const { return state_->in; }

std::vector<uint8_t> PipeReader::Finish() {
  state_->Join();
  return std::move(state_->bytes);
}

}  // namespace tenon::vm::sys
