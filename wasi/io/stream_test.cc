#include "wasi/io/stream.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/string_view.h"
#include "wasi/io/fd_stream.h"
#include "wasi/os/clock.h"
#include "wasi/os/unique_fd.h"

namespace tenon::wasi {
namespace {

using Kind = StreamError::Kind;

absl::Span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

std::shared_ptr<StandardFd> Shared(int fd, SharedAllowance kept_bytes = nullptr) {
  return std::make_shared<StandardFd>(fd, std::move(kept_bytes));
}

class StreamTest : public testing::Test {
 protected:
  StreamTest() {
    ::signal(SIGPIPE, SIG_IGN);  // as the runner does
    ::alarm(60);                 // what blocks in the kernel fails
    int ends[2];
    EXPECT_EQ(::pipe2(ends, O_CLOEXEC), 0);
    read_end_.Reset(ends[0]);
    write_end_.Reset(ends[1]);
  }
  ~StreamTest() override { ::alarm(0); }

  // Fills the pipe until it takes nothing more.
  void FillPipe() {
    FdOutputStream output(Shared(write_end_.get()));
    const std::string page(4096, 'f');
    while (output.CheckWrite().value_or(0) > 0) ASSERT_TRUE(output.Write(Bytes(page)));
  }
  std::string Take(size_t count) {
    std::string taken(count, '\0');
    const ssize_t got = ::read(read_end_.get(), taken.data(), count);
    taken.resize(got > 0 ? static_cast<size_t>(got) : 0);
    return taken;
  }

  UniqueFd read_end_;
  UniqueFd write_end_;
  BlockingExecutor executor_;
  uint8_t buffer_[8192];
};

// An executor of a guest that is being ended.
class EndingExecutor final : public Executor {
 public:
  bool Wait(absl::Span<const Interest>, std::vector<uint32_t>*) override { return false; }
};

// Takes nothing and says that all is well.
class StuckStream final : public OutputStream {
 public:
  Interest Subscribe() const override { return Interest::Ready(); }

 protected:
  OsResult<size_t> WriteSome(absl::Span<const uint8_t>) override { return 0; }
};

TEST_F(StreamTest, ASinkThatTakesNothingIsAnError) {
  StuckStream written, flushed;
  ASSERT_TRUE(written.CheckWrite());

  EXPECT_EQ(written.Write(Bytes("ab")).error().code, ErrorCode::kIo);
  EXPECT_EQ(flushed.BlockingWriteAndFlush(executor_, Bytes("ab")).error().code, ErrorCode::kIo);
}

TEST_F(StreamTest, ReadNeverWaitsAndEndsClosed) {
  FdInputStream input(Shared(read_end_.get()));

  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).value_or(99), 0u);
  ASSERT_EQ(::write(write_end_.get(), "abc", 3), 3);
  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_).first(2)).value_or(0), 2u);
  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).value_or(0), 1u);
  EXPECT_EQ(input.Read({}).value_or(99), 0u);
  write_end_.Reset(-1);
  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).error().kind, Kind::kClosed);
  EXPECT_EQ(input.BlockingRead(executor_, absl::MakeSpan(buffer_)).error().kind, Kind::kClosed);
}

TEST_F(StreamTest, BlockingReadWaitsForAByte) {
  FdInputStream input(Shared(read_end_.get()));
  std::thread writer([&] {
    ::usleep(20'000);
    EXPECT_EQ(::write(write_end_.get(), "x", 1), 1);
  });

  EXPECT_EQ(input.BlockingRead(executor_, absl::MakeSpan(buffer_)).value_or(0), 1u);

  writer.join();
}

TEST_F(StreamTest, SkipConsumesWhatReadWouldReturn) {
  FdInputStream input(Shared(read_end_.get()));
  ASSERT_EQ(::write(write_end_.get(), "abcdef", 6), 6);

  EXPECT_EQ(input.Skip(2).value_or(0), 2u);
  EXPECT_EQ(input.BlockingSkip(executor_, UINT64_MAX).value_or(0), 4u);
  EXPECT_EQ(input.Skip(UINT64_MAX).value_or(99), 0u);
}

TEST_F(StreamTest, PermitsAreGivenAndUsedUp) {
  FdOutputStream output(Shared(write_end_.get()));

  EXPECT_FALSE(output.Permits(1));
  EXPECT_TRUE(output.Permits(0));
  EXPECT_EQ(output.CheckWrite().value_or(0), 4096u);
  EXPECT_TRUE(output.Write(Bytes("hello")));
  EXPECT_TRUE(output.Permits(4091));
  EXPECT_FALSE(output.Permits(4092));
  EXPECT_TRUE(output.Flush());
  EXPECT_FALSE(output.Permits(1));
  EXPECT_EQ(Take(100), "hello");
}

TEST_F(StreamTest, AFullPipePermitsNothingUntilItIsRead) {
  FillPipe();
  FdOutputStream output(Shared(write_end_.get()));

  EXPECT_EQ(output.CheckWrite().value_or(99), 0u);
  EXPECT_FALSE(IsReady(output.Subscribe()));
  while (!IsReady(output.Subscribe())) Take(4096);
  EXPECT_EQ(output.CheckWrite().value_or(0), 4096u);
}

TEST_F(StreamTest, BlockingWriteWaitsForRoom) {
  FillPipe();
  FdOutputStream output(Shared(write_end_.get()));
  std::string seen;
  std::thread reader([&] {
    ::usleep(20'000);
    std::string part;
    while (!(part = Take(8192)).empty()) seen += part;
  });

  const std::string page(4096, 'g');
  EXPECT_TRUE(output.BlockingWriteAndFlush(executor_, Bytes(page)));
  EXPECT_TRUE(output.BlockingWriteZeroesAndFlush(executor_, 3));

  write_end_.Reset(-1);
  reader.join();
  EXPECT_EQ(seen.substr(seen.size() - 4099), page + std::string(3, '\0'));
}

TEST_F(StreamTest, ANonBlockingSinkKeepsWhatItCanNotTake) {
  ASSERT_EQ(::fcntl(write_end_.get(), F_SETFL, O_NONBLOCK), 0);
  FdOutputStream output(Shared(write_end_.get()));
  ASSERT_EQ(output.CheckWrite().value_or(0), 4096u);
  // Another writer fills the pipe between the permit and the write.
  const std::string chunk(65536, 'o');
  while (::write(write_end_.get(), chunk.data(), chunk.size()) > 0) continue;

  EXPECT_TRUE(output.Write(Bytes("kept")));
  EXPECT_TRUE(output.Flush());
  EXPECT_EQ(output.CheckWrite().value_or(99), 0u);

  std::string seen;
  std::thread reader([&] {
    std::string part;
    while (!(part = Take(8192)).empty()) seen += part;
  });
  EXPECT_TRUE(output.BlockingFlush(executor_));
  write_end_.Reset(-1);
  reader.join();
  EXPECT_EQ(seen.substr(seen.size() - 4), "kept");
}

TEST_F(StreamTest, StreamsOfOneBlockingPipeDoNotBlockEachOther) {
  const std::shared_ptr<StandardFd> fd = Shared(write_end_.get());
  const std::string page(4096, 'p');
  std::vector<std::unique_ptr<FdOutputStream>> outputs;
  for (int i = 0; i < 100; ++i) {
    outputs.push_back(std::make_unique<FdOutputStream>(fd));
    ASSERT_EQ(outputs.back()->CheckWrite().value_or(0), 4096u);
  }

  for (const auto& output : outputs) EXPECT_TRUE(output->Write(Bytes(page)));

  EXPECT_EQ(outputs.back()->CheckWrite().value_or(99), 0u);
  EXPECT_EQ(::fcntl(write_end_.get(), F_GETFL) & O_NONBLOCK, 0) << "it is shared with others";
}

TEST_F(StreamTest, WhatStreamsKeepTogetherIsBounded) {
  const auto left = std::make_shared<vm::Allowance>(4);
  const std::shared_ptr<StandardFd> fd = Shared(write_end_.get(), left);
  FdOutputStream first(fd), second(fd);
  ASSERT_TRUE(first.CheckWrite());
  ASSERT_TRUE(second.CheckWrite());
  FillPipe();

  EXPECT_TRUE(first.Write(Bytes("abcd")));
  EXPECT_EQ(second.Write(Bytes("e")).error(),
            (StreamError{Kind::kLastOperationFailed, ErrorCode::kInsufficientMemory}));
  EXPECT_EQ(left->left(), 0u);
  while (!IsReady(first.Subscribe())) Take(4096);
  EXPECT_TRUE(first.Flush());
  EXPECT_EQ(left->left(), 4u);
}

TEST_F(StreamTest, ATerminalThatNobodyReadsDoesNotBlock) {
  UniqueFd master(::posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_EQ(::grantpt(master.get()), 0);
  ASSERT_EQ(::unlockpt(master.get()), 0);
  UniqueFd terminal(::open(::ptsname(master.get()), O_RDWR | O_NOCTTY | O_CLOEXEC));
  ASSERT_TRUE(terminal.is_open());
  FdOutputStream output(Shared(terminal.get()));
  const std::string page(4096, 't');

  while (output.CheckWrite().value_or(0) > 0) ASSERT_TRUE(output.Write(Bytes(page)));

  FdInputStream input(Shared(terminal.get()));
  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).value_or(99), 0u);
}

TEST_F(StreamTest, AFullSocketDoesNotBlock) {
  int ends[2];
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends), 0);
  UniqueFd near(ends[0]), far(ends[1]);
  FdOutputStream output(Shared(near.get()));
  FdInputStream input(Shared(far.get()));
  ASSERT_EQ(output.CheckWrite().value_or(0), 4096u);
  const std::string page(4096, 's');
  while (::send(near.get(), page.data(), page.size(), MSG_DONTWAIT) > 0) continue;

  EXPECT_TRUE(output.Write(Bytes("kept")));

  EXPECT_EQ(output.CheckWrite().value_or(99), 0u);
  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).value_or(0), sizeof buffer_);
}

TEST_F(StreamTest, AReaderThatLeftClosesTheStream) {
  FdOutputStream output(Shared(write_end_.get()));
  read_end_.Reset(-1);

  EXPECT_EQ(output.BlockingWriteAndFlush(executor_, Bytes("x")).error().kind, Kind::kClosed);
  EXPECT_EQ(output.CheckWrite().error().kind, Kind::kClosed);
}

TEST_F(StreamTest, AFailureIsReportedOnceAndThenClosed) {
  UniqueFd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
  FdOutputStream output(Shared(full.get()));

  const StreamStatus failed = output.BlockingWriteAndFlush(executor_, Bytes("x"));

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error(),
            (StreamError{Kind::kLastOperationFailed, ErrorCode::kInsufficientSpace}));
  EXPECT_EQ(output.CheckWrite().error().kind, Kind::kClosed);
  EXPECT_EQ(output.Flush().error().kind, Kind::kClosed);
}

TEST_F(StreamTest, AClosedDescriptorIsAFailure) {
  FdInputStream input(Shared(987654));

  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).error(),
            (StreamError{Kind::kLastOperationFailed, ErrorCode::kBadDescriptor}));
  EXPECT_EQ(input.Read(absl::MakeSpan(buffer_)).error().kind, Kind::kClosed);
}

TEST_F(StreamTest, SpliceMovesWhatIsThere) {
  UniqueFd sink(::open("/tmp", O_TMPFILE | O_RDWR | O_CLOEXEC, 0600));
  FdOutputStream output(Shared(sink.get()));
  FdInputStream input(Shared(read_end_.get()));
  ASSERT_EQ(::write(write_end_.get(), "abcdef", 6), 6);

  EXPECT_EQ(output.Splice(input, 2).value_or(0), 2u);
  EXPECT_EQ(output.BlockingSplice(executor_, input, UINT64_MAX).value_or(0), 4u);
  EXPECT_EQ(output.Splice(input, 10).value_or(99), 0u);

  char moved[8];
  EXPECT_EQ(::pread(sink.get(), moved, sizeof moved, 0), 6);
  EXPECT_EQ(absl::string_view(moved, 6), "abcdef");
}

TEST_F(StreamTest, AnEndingGuestDoesNotWait) {
  EndingExecutor ending;
  FdInputStream input(Shared(read_end_.get()));
  FdOutputStream output(Shared(write_end_.get()));

  EXPECT_EQ(input.BlockingRead(ending, absl::MakeSpan(buffer_)).error().kind, Kind::kEnded);
  EXPECT_EQ(output.BlockingWriteAndFlush(ending, Bytes("x")).error().kind, Kind::kEnded);
}

TEST_F(StreamTest, AGuestsLengthSizesNothing) {
  UniqueFd zero(::open("/dev/zero", O_RDONLY | O_CLOEXEC));
  FdInputStream input(Shared(zero.get()));

  EXPECT_LE(input.Skip(UINT64_MAX).value_or(UINT64_MAX), kMaxTransfer);
  FdOutputStream output(Shared(write_end_.get()));
  EXPECT_LE(output.Splice(input, UINT64_MAX).value_or(UINT64_MAX), 4096u);
}

}  // namespace
}  // namespace tenon::wasi
