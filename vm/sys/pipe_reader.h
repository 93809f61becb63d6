// What somebody writes who can be given no more than the path of a file: a pipe, which a thread
// reads as long as it is written to.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "vm/base/status.h"

namespace tenon::vm::sys {

class PipeReader {
 public:
  // kIo: no descriptors; kLimit: no thread.
  static Result<PipeReader> Start();
  PipeReader(PipeReader&&) noexcept;
  ~PipeReader();

  int descriptor() const;  // to be written to
  // All that was written, once nobody has the pipe open any more. Once.
  std::vector<uint8_t> Finish();

 private:
  struct State;
  explicit PipeReader(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace tenon::vm::sys
