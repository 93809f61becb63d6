#include "wasi/io/stream.h"

#include <algorithm>

#include "vm/base/status.h"

namespace tenon::wasi {
namespace {

// Bytes that only pass through us.
constexpr uint64_t kScratchBytes = 64 * 1024;

std::unexpected<StreamError> Closed() { return std::unexpected(StreamError{}); }

std::unexpected<StreamError> Failed(ErrorCode code) {
  return std::unexpected(StreamError{StreamError::Kind::kLastOperationFailed, code});
}

StreamStatus Wait(Executor& executor, const Interest& interest) {
  if (interest.kind == Interest::Kind::kReady || executor.WaitFor(interest)) return {};
  return std::unexpected(StreamError{StreamError::Kind::kEnded});
}

}  // namespace

StreamResult<size_t> InputStream::ReadReady(absl::Span<uint8_t> into) {
  if (failed_) return Closed();
  if (into.empty()) return 0;
  const OsResult<size_t> got = ReadSome(into.first(std::min<size_t>(into.size(), kMaxTransfer)));
  if (got) return *got == 0 ? StreamResult<size_t>(Closed()) : *got;
  if (got.error() == ErrorCode::kWouldBlock) return 0;
  failed_ = true;
  return Failed(got.error());
}

StreamResult<size_t> InputStream::Read(absl::Span<uint8_t> into) {
  const Interest interest = Subscribe();
  if (interest.kind != Interest::Kind::kReady && !IsReady(interest)) {
    return failed_ ? StreamResult<size_t>(Closed()) : 0;
  }
  return ReadReady(into);
}

StreamResult<size_t> InputStream::BlockingRead(Executor& executor, absl::Span<uint8_t> into) {
  if (into.empty()) return ReadReady(into);
  while (true) {
    TENON_RETURN_IF_ERROR(Wait(executor, Subscribe()));
    TENON_ASSIGN_OR_RETURN(const size_t got, ReadReady(into));
    if (got != 0) return got;
  }
}

StreamResult<uint64_t> InputStream::Skip(uint64_t length) {
  std::vector<uint8_t> scratch(std::min(length, kScratchBytes));
  return Read(absl::MakeSpan(scratch));
}

StreamResult<uint64_t> InputStream::BlockingSkip(Executor& executor, uint64_t length) {
  std::vector<uint8_t> scratch(std::min(length, kScratchBytes));
  return BlockingRead(executor, absl::MakeSpan(scratch));
}

StreamStatus OutputStream::CheckOpen() const {
  if (failed_) return Closed();
  return {};
}

// A sink that takes nothing and gives no reason would be asked for ever.
OsResult<size_t> OutputStream::WriteAny(absl::Span<const uint8_t> bytes) {
  const OsResult<size_t> wrote = WriteSome(bytes);
  if (wrote && *wrote == 0) return OsError(ErrorCode::kIo);
  return wrote;
}

// Brings kept bytes to the sink as far as it takes them now.
StreamStatus OutputStream::Drain() {
  size_t done = 0;
  while (done < kept_.size()) {
    const OsResult<size_t> wrote = WriteAny(absl::MakeConstSpan(kept_).subspan(done));
    if (!wrote && wrote.error() == ErrorCode::kWouldBlock) break;
    if (!wrote) {
      DropKept(kept_.size());
      failed_ = true;
      // A reader that went away is the end of the stream, not a fault of this write.
      if (wrote.error() == ErrorCode::kPipe) return Closed();
      return Failed(wrote.error());
    }
    done += *wrote;
  }
  DropKept(done);
  return {};
}

void OutputStream::DropKept(size_t count) {
  kept_.erase(kept_.begin(), kept_.begin() + static_cast<ptrdiff_t>(count));
  if (kept_.empty()) kept_.shrink_to_fit();
  kept_share_.Shrink(count);
}

StreamResult<uint64_t> OutputStream::CheckWrite() {
  TENON_RETURN_IF_ERROR(CheckOpen());
  permit_ = 0;
  const Interest interest = Subscribe();
  if (interest.kind != Interest::Kind::kReady && !IsReady(interest)) return permit_;
  TENON_RETURN_IF_ERROR(Drain());
  if (kept_.empty()) permit_ = std::min(Capacity(), kMaxTransfer);
  return permit_;
}

StreamStatus OutputStream::WriteNowOrKeep(absl::Span<const uint8_t> bytes) {
  while (kept_.empty() && !bytes.empty()) {
    const OsResult<size_t> wrote = WriteAny(bytes);
    if (!wrote) break;  // Drain meets the error again and reports it
    bytes.remove_prefix(*wrote);
  }
  if (bytes.empty()) return {};
  if (!kept_share_.Grow(bytes.size())) {
    failed_ = true;
    return Failed(ErrorCode::kInsufficientMemory);
  }
  kept_.insert(kept_.end(), bytes.begin(), bytes.end());
  return Drain();
}

StreamStatus OutputStream::Write(absl::Span<const uint8_t> bytes) {
  TENON_CHECK(Permits(bytes.size()));
  TENON_RETURN_IF_ERROR(CheckOpen());
  permit_ -= bytes.size();
  return WriteNowOrKeep(bytes);
}

StreamStatus OutputStream::WriteZeroes(uint64_t length) {
  TENON_CHECK(Permits(length));
  TENON_RETURN_IF_ERROR(CheckOpen());
  permit_ -= length;
  const std::vector<uint8_t> zeroes(std::min(length, kScratchBytes));
  while (length > 0) {
    const uint64_t count = std::min(length, kScratchBytes);
    TENON_RETURN_IF_ERROR(WriteNowOrKeep(absl::MakeConstSpan(zeroes).first(count)));
    length -= count;
  }
  return {};
}

StreamStatus OutputStream::Flush() {
  TENON_RETURN_IF_ERROR(CheckOpen());
  permit_ = 0;
  return Drain();
}

StreamStatus OutputStream::BlockingFlush(Executor& executor) {
  TENON_RETURN_IF_ERROR(Flush());
  while (!kept_.empty()) {
    TENON_RETURN_IF_ERROR(Wait(executor, Subscribe()));
    TENON_RETURN_IF_ERROR(Drain());
  }
  return {};
}

StreamStatus OutputStream::BlockingWriteAndFlush(Executor& executor,
                                                 absl::Span<const uint8_t> bytes) {
  TENON_CHECK(bytes.size() <= kMaxBlockingWrite);
  TENON_RETURN_IF_ERROR(BlockingFlush(executor));
  while (!bytes.empty()) {
    TENON_RETURN_IF_ERROR(Wait(executor, Subscribe()));
    const size_t count = std::min<uint64_t>(bytes.size(), Capacity());
    TENON_RETURN_IF_ERROR(WriteNowOrKeep(bytes.first(count)));
    TENON_RETURN_IF_ERROR(BlockingFlush(executor));
    bytes.remove_prefix(count);
  }
  return {};
}

StreamStatus OutputStream::BlockingWriteZeroesAndFlush(Executor& executor, uint64_t length) {
  TENON_CHECK(length <= kMaxBlockingWrite);
  const std::vector<uint8_t> zeroes(length);
  return BlockingWriteAndFlush(executor, zeroes);
}

StreamResult<uint64_t> OutputStream::Splice(InputStream& source, uint64_t length) {
  TENON_ASSIGN_OR_RETURN(const uint64_t permit, CheckWrite());
  std::vector<uint8_t> scratch(std::min({length, permit, kScratchBytes}));
  TENON_ASSIGN_OR_RETURN(const size_t got, source.Read(absl::MakeSpan(scratch)));
  TENON_RETURN_IF_ERROR(Write(absl::MakeConstSpan(scratch).first(got)));
  return got;
}

StreamResult<uint64_t> OutputStream::BlockingSplice(Executor& executor, InputStream& source,
                                                    uint64_t length) {
  while (true) {
    TENON_RETURN_IF_ERROR(CheckOpen());
    TENON_RETURN_IF_ERROR(Wait(executor, Subscribe()));
    TENON_RETURN_IF_ERROR(Wait(executor, source.Subscribe()));
    TENON_ASSIGN_OR_RETURN(const uint64_t moved, Splice(source, length));
    if (moved != 0 || length == 0) return moved;
  }
}

}  // namespace tenon::wasi
