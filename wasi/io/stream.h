// Byte streams as a guest holds them, over files, pipes, terminals and whatever comes later.
// wasi: io/streams. What differs between the sources lies in a few protected virtuals; the contract
// of the WIT (permits, closing after a failure, waiting) lies here, once.
// Invariants: only the Blocking* functions wait, and only through the Executor; no function
// allocates or copies more than kMaxTransfer for one call, whatever length the guest names; after a
// failure every operation answers "closed".
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <utility>
#include <vector>

#include "absl/types/span.h"
#include "wasi/os/error_code.h"
#include "wasi/os/poll.h"
#include "wasi/os/share.h"

namespace tenon::wasi {

// The most bytes that one call moves. A guest that wants more calls again.
constexpr uint64_t kMaxTransfer = 1 << 20;
// blocking-write-and-flush takes at most this much; more traps.
constexpr uint64_t kMaxBlockingWrite = 4096;

// stream-error, and the one case that a guest never sees.
struct StreamError {
  enum class Kind : uint8_t {
    kLastOperationFailed,  // `code` says why
    kClosed,
    kEnded,  // the guest is being ended while it waits: the host call must trap
  };
  Kind kind = Kind::kClosed;
  ErrorCode code = ErrorCode::kIo;

  bool operator==(const StreamError&) const = default;
};

template <typename T>
using StreamResult = std::expected<T, StreamError>;
using StreamStatus = StreamResult<void>;

class InputStream {
 public:
  virtual ~InputStream() = default;

  // Reads what is there now into `into`; 0 bytes (but for an empty `into`) says: nothing yet.
  StreamResult<size_t> Read(absl::Span<uint8_t> into);
  // Waits for at least one byte.
  StreamResult<size_t> BlockingRead(Executor& executor, absl::Span<uint8_t> into);
  StreamResult<uint64_t> Skip(uint64_t length);
  StreamResult<uint64_t> BlockingSkip(Executor& executor, uint64_t length);

  // What a pollable of this stream waits for: a byte, the end or an error.
  virtual Interest Subscribe() const = 0;

 protected:
  // Reads at least one byte into `into`, which is not empty; 0 is the end of the stream. Called
  // when Subscribe() is ready; kWouldBlock if there is nothing after all.
  virtual OsResult<size_t> ReadSome(absl::Span<uint8_t> into) = 0;

 private:
  StreamResult<size_t> ReadReady(absl::Span<uint8_t> into);

  bool failed_ = false;
};

class OutputStream {
 public:
  OutputStream() = default;
  // Keeps no more than what is left of `kept_bytes`; then a write fails.
  explicit OutputStream(SharedAllowance kept_bytes) : kept_share_(std::move(kept_bytes)) {}
  virtual ~OutputStream() = default;

  // How many bytes the next writes may have together; 0 while the sink is busy.
  StreamResult<uint64_t> CheckWrite();
  // Whether CheckWrite has permitted `length` bytes more. If not, the host call must trap.
  bool Permits(uint64_t length) const { return length <= permit_; }

  // Both demand Permits(size). What the sink does not take at once is kept and goes first later.
  StreamStatus Write(absl::Span<const uint8_t> bytes);
  StreamStatus WriteZeroes(uint64_t length);
  // Starts to bring what is kept to the sink; CheckWrite gives 0 until it is there.
  StreamStatus Flush();

  StreamStatus BlockingFlush(Executor& executor);
  // Demand size <= kMaxBlockingWrite; if not, the host call must trap.
  StreamStatus BlockingWriteAndFlush(Executor& executor, absl::Span<const uint8_t> bytes);
  StreamStatus BlockingWriteZeroesAndFlush(Executor& executor, uint64_t length);

  // Moves what `source` has now and this stream permits now, at most `length` bytes.
  StreamResult<uint64_t> Splice(InputStream& source, uint64_t length);
  StreamResult<uint64_t> BlockingSplice(Executor& executor, InputStream& source, uint64_t length);

  // What a pollable of this stream waits for: room for a byte, or an error.
  virtual Interest Subscribe() const = 0;

 protected:
  // Writes some of `bytes` (not empty); kWouldBlock if the sink takes none now. 0 is a fault of the
  // sink (kIo).
  virtual OsResult<size_t> WriteSome(absl::Span<const uint8_t> bytes) = 0;
  // How many bytes a ready sink surely takes without blocking.
  virtual uint64_t Capacity() const { return kMaxTransfer; }

 private:
  StreamStatus CheckOpen() const;
  OsResult<size_t> WriteAny(absl::Span<const uint8_t> bytes);
  StreamStatus Drain();
  void DropKept(size_t count);
  StreamStatus WriteNowOrKeep(absl::Span<const uint8_t> bytes);

  bool failed_ = false;
  uint64_t permit_ = 0;
  std::vector<uint8_t> kept_;  // written by the guest, not yet by us; at most one permit
  Share kept_share_;           // kept_.size() bytes
};

}  // namespace tenon::wasi
