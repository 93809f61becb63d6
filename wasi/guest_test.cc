// The interfaces as a guest meets them: flat values in, results and handles out, traps.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <cstring>
#include <string>
#include <vector>

#include "abi/canon/test_guest.h"
#include "abi/link/host.h"
#include "absl/strings/str_cat.h"
#include "wasi/ctx/context.h"
#include "wasi/io/pollable.h"
#include "wasi/io/stream.h"
#include "wasi/io/wait.h"
#include "wasi/os/clock.h"
#include "wasi/os/scratch_directory.h"
#include "wasi/wasi.h"

namespace tenon::wasi {
namespace {

constexpr uint32_t kResult = 64;  // where results go
constexpr uint32_t kText = 1024;  // where strings come from

class GuestTest : public testing::Test {
 protected:
  GuestTest() { AddToLinker(linker_); }

  // Calls "interface function"; false when it trapped.
  bool Call(absl::string_view interface, absl::string_view function,
            const std::vector<uint64_t>& flat) {
    const abi::HostFunc* func = WasiInterface(linker_, interface).table().FindFunc(function);
    EXPECT_NE(func, nullptr) << function;
    for (size_t i = 0; i < flat.size(); ++i) slots_[i].bits = flat[i];
    abi::CallScope scope;
    abi::CanonContext cx = guest_.Context(&scope);
    const bool ok = func->call(func->callable, cx, slots_);
    scope.ReturnLoans();
    return ok;
  }
  // The trap of a call that must trap.
  vm::Trap TrapOf(absl::string_view interface, absl::string_view function,
                  const std::vector<uint64_t>& flat) {
    EXPECT_FALSE(Call(interface, function, flat)) << function;
    return store_.core().TakeTrap();
  }

  uint64_t Flat() const { return slots_[0].bits; }
  uint32_t Word(uint32_t address) { return abi::LoadScalar<uint32_t>(guest_.bytes() + address); }
  uint64_t Long(uint32_t address) { return abi::LoadScalar<uint64_t>(guest_.bytes() + address); }
  // The string or list<u8> whose address and length stand at `address`.
  std::string Text(uint32_t address) {
    return std::string(reinterpret_cast<char*>(guest_.bytes()) + Word(address), Word(address + 4));
  }
  void PutText(absl::string_view text) {
    std::memcpy(guest_.bytes() + kText, text.data(), text.size());
  }
  template <typename T>
  void Drop(uint32_t handle) {
    const auto removed = guest_.instance()->handles.Remove(handle, &abi::kHostResource<T>);
    ASSERT_TRUE(removed) << removed.error();
    store_.resources().Destroy(&abi::kHostResource<T>, removed->rep);
  }

  uint32_t Stdout() {
    EXPECT_TRUE(Call("cli/stdout", "get-stdout", {}));
    return static_cast<uint32_t>(Flat());
  }
  // The handle of the first granted directory.
  uint32_t FirstDirectory() {
    EXPECT_TRUE(Call("filesystem/preopens", "get-directories", {kResult}));
    EXPECT_GE(Word(kResult + 4), 1u);
    return Word(Word(kResult));
  }
  uint32_t Open(uint32_t directory, absl::string_view path, uint32_t open_flags, uint32_t flags) {
    PutText(path);
    EXPECT_TRUE(Call("filesystem/types", "[method]descriptor.open-at",
                     {directory, 0, kText, path.size(), open_flags, flags, kResult}));
    EXPECT_EQ(guest_.bytes()[kResult], 0) << path;
    return Word(kResult + 4);
  }

  Context context_;
  abi::HostLinker linker_;
  abi::Store store_{&abi::TestEngine(), {}, &context_};
  abi::TestGuest guest_{&store_};
  vm::Slot slots_[20] = {};
};

// A pipe for standard input and one for standard output.
struct Pipes {
  explicit Pipes(Context* context) {
    int in[2], out[2];
    EXPECT_EQ(::pipe2(in, O_CLOEXEC), 0);
    EXPECT_EQ(::pipe2(out, O_CLOEXEC), 0);
    stdin_read.Reset(in[0]);
    stdin_write.Reset(in[1]);
    stdout_read.Reset(out[0]);
    stdout_write.Reset(out[1]);
    context->SetStandardDescriptors(in[0], out[1], out[1]);
  }
  std::string Output() const {
    char buffer[8192];
    const ssize_t got = ::read(stdout_read.get(), buffer, sizeof buffer);
    return std::string(buffer, got < 0 ? 0 : static_cast<size_t>(got));
  }
  UniqueFd stdin_read, stdin_write, stdout_read, stdout_write;
};

TEST_F(GuestTest, ArgumentsAndEnvironmentAreTheContexts) {
  ASSERT_TRUE(context_.AddArgument("program"));
  ASSERT_TRUE(context_.AddEnvironment("NAME", "value"));

  ASSERT_TRUE(Call("cli/environment", "get-arguments", {kResult}));
  EXPECT_EQ(Word(kResult + 4), 1u);
  EXPECT_EQ(Text(Word(kResult)), "program");

  ASSERT_TRUE(Call("cli/environment", "get-environment", {kResult}));
  EXPECT_EQ(Word(kResult + 4), 1u);
  EXPECT_EQ(Text(Word(kResult)), "NAME");
  EXPECT_EQ(Text(Word(kResult) + 8), "value");

  ASSERT_TRUE(Call("cli/environment", "initial-cwd", {kResult}));
  EXPECT_EQ(guest_.bytes()[kResult], 0);
}

TEST_F(GuestTest, NothingIsGrantedByDefault) {
  ASSERT_TRUE(Call("filesystem/preopens", "get-directories", {kResult}));
  EXPECT_EQ(Word(kResult + 4), 0u);
  ASSERT_TRUE(Call("cli/environment", "get-environment", {kResult}));
  EXPECT_EQ(Word(kResult + 4), 0u);
}

TEST_F(GuestTest, ExitEndsTheGuestWithItsCode) {
  const auto exit_code = [&](absl::string_view function, uint64_t argument) {
    const vm::Trap trap = TrapOf("cli/exit", function, {argument});
    EXPECT_EQ(trap.kind, vm::TrapKind::kExit);
    return trap.exit_code;
  };

  EXPECT_EQ(exit_code("exit", 0), 0);
  EXPECT_EQ(exit_code("exit", 1), 1);
  EXPECT_EQ(exit_code("exit-with-code", 42), 42);
  EXPECT_EQ(exit_code("exit-with-code", 0), 0);
}

TEST_F(GuestTest, PipesAreNoTerminals) {
  const Pipes pipes(&context_);

  for (const char* name : {"stdin", "stdout", "stderr"}) {
    guest_.bytes()[kResult] = 0xff;
    ASSERT_TRUE(
        Call(absl::StrCat("cli/terminal-", name), absl::StrCat("get-terminal-", name), {kResult}));
    EXPECT_EQ(guest_.bytes()[kResult], 0) << name;
  }
}

TEST_F(GuestTest, WhatIsWrittenReachesStandardOutput) {
  const Pipes pipes(&context_);
  const uint32_t out = Stdout();
  PutText("hello");

  ASSERT_TRUE(Call("io/streams", "[method]output-stream.blocking-write-and-flush",
                   {out, kText, 5, kResult}));

  EXPECT_EQ(guest_.bytes()[kResult], 0);
  EXPECT_EQ(pipes.Output(), "hello");
}

TEST_F(GuestTest, WritesNeedAPermit) {
  const Pipes pipes(&context_);
  const uint32_t out = Stdout();
  const auto write = [&](absl::string_view function, std::vector<uint64_t> flat) {
    return TrapOf("io/streams", function, flat).detail;
  };

  EXPECT_EQ(write("[method]output-stream.write", {out, kText, 1, kResult}),
            "wasi:io/streams: write of more bytes than check-write has permitted");
  EXPECT_EQ(write("[method]output-stream.write-zeroes", {out, UINT64_MAX, kResult}),
            "wasi:io/streams: write of more bytes than check-write has permitted");
  EXPECT_EQ(write("[method]output-stream.blocking-write-and-flush", {out, kText, 4097, kResult}),
            "wasi:io/streams: blocking write of more than 4096 bytes");
  EXPECT_EQ(
      write("[method]output-stream.blocking-write-zeroes-and-flush", {out, UINT64_MAX, kResult}),
      "wasi:io/streams: blocking write of more than 4096 bytes");

  ASSERT_TRUE(Call("io/streams", "[method]output-stream.check-write", {out, kResult}));
  EXPECT_EQ(guest_.bytes()[kResult], 0);
  EXPECT_GE(Long(kResult + 8), 1u);
  EXPECT_TRUE(Call("io/streams", "[method]output-stream.write", {out, kText, 1, kResult}));
}

TEST_F(GuestTest, AFailureOfAStreamIsAnErrorThenClosed) {
  UniqueFd read_only(::open("/dev/null", O_RDONLY | O_CLOEXEC));
  context_.SetStandardDescriptors(0, read_only.get(), 2);
  const uint32_t out = Stdout();
  const auto write = [&] {
    return Call("io/streams", "[method]output-stream.blocking-write-and-flush",
                {out, kText, 1, kResult});
  };

  ASSERT_TRUE(write());
  EXPECT_EQ(guest_.bytes()[kResult], 1);
  EXPECT_EQ(guest_.bytes()[kResult + 4], 0);
  const uint32_t error = Word(kResult + 8);
  ASSERT_TRUE(write());
  EXPECT_EQ(guest_.bytes()[kResult], 1);
  EXPECT_EQ(guest_.bytes()[kResult + 4], 1);

  ASSERT_TRUE(Call("io/error", "[method]error.to-debug-string", {error, kResult}));
  EXPECT_EQ(Text(kResult), "stream operation failed: bad-descriptor");
  ASSERT_TRUE(Call("filesystem/types", "filesystem-error-code", {error, kResult}));
  EXPECT_EQ(guest_.bytes()[kResult], 1);
  EXPECT_EQ(guest_.bytes()[kResult + 1], static_cast<uint8_t>(ErrorCode::kBadDescriptor));
}

TEST_F(GuestTest, APollableOutlivesItsStream) {
  const Pipes pipes(&context_);
  ASSERT_TRUE(Call("cli/stdin", "get-stdin", {}));
  const auto in = static_cast<uint32_t>(Flat());
  ASSERT_TRUE(Call("io/streams", "[method]input-stream.subscribe", {in}));
  const auto pollable = static_cast<uint32_t>(Flat());
  Drop<InputStream>(in);

  ASSERT_TRUE(Call("io/poll", "[method]pollable.ready", {pollable}));
  EXPECT_EQ(Flat(), 0u);
  ASSERT_EQ(::write(pipes.stdin_write.get(), "x", 1), 1);
  ASSERT_TRUE(Call("io/poll", "[method]pollable.block", {pollable}));
  ASSERT_TRUE(Call("io/poll", "[method]pollable.ready", {pollable}));
  EXPECT_EQ(Flat(), 1u);
}

TEST_F(GuestTest, PollAnswersWithTheReadyOnes) {
  const Pipes pipes(&context_);
  ASSERT_TRUE(Call("cli/stdin", "get-stdin", {}));
  ASSERT_TRUE(Call("io/streams", "[method]input-stream.subscribe", {Flat()}));
  const uint64_t never = Flat();
  ASSERT_TRUE(Call("clocks/monotonic-clock", "subscribe-duration", {1'000'000}));
  const uint64_t soon = Flat();
  const uint32_t list[] = {static_cast<uint32_t>(never), static_cast<uint32_t>(soon),
                           static_cast<uint32_t>(never), static_cast<uint32_t>(soon)};
  std::memcpy(guest_.bytes() + kText, list, sizeof list);

  ASSERT_TRUE(Call("io/poll", "poll", {kText, 4, kResult}));

  ASSERT_EQ(Word(kResult + 4), 2u);
  EXPECT_EQ(Word(Word(kResult)), 1u);
  EXPECT_EQ(Word(Word(kResult) + 4), 3u);
}

TEST_F(GuestTest, PollOfNothingTraps) {
  EXPECT_EQ(TrapOf("io/poll", "poll", {kText, 0, kResult}).detail,
            "wasi:io/poll.poll: the list of pollables is empty");
}

TEST_F(GuestTest, TheDeadlineEndsAGuestThatWaits) {
  const Pipes pipes(&context_);
  ASSERT_TRUE(Call("cli/stdin", "get-stdin", {}));
  const uint64_t in = Flat();
  ASSERT_TRUE(store_.core().SetDeadline(DeadlineAfter(5'000'000)));

  const vm::Trap trap =
      TrapOf("io/streams", "[method]input-stream.blocking-read", {in, 1, kResult});

  EXPECT_EQ(trap.kind, vm::TrapKind::kTimeout);
  EXPECT_GE(MonotonicNow(), store_.core().deadline());
}

TEST_F(GuestTest, RandomBytesAreBounded) {
  for (const auto& [interface, function] :
       {std::pair("random/random", "get-random-bytes"),
        std::pair("random/insecure", "get-insecure-random-bytes")}) {
    ASSERT_TRUE(Call(interface, function, {32, kResult}));
    EXPECT_EQ(Text(kResult).size(), 32u);
    EXPECT_NE(Text(kResult), std::string(32, '\0'));
    ASSERT_TRUE(Call(interface, function, {0, kResult}));
    EXPECT_EQ(Word(kResult + 4), 0u);
    TrapOf(interface, function, {UINT64_MAX, kResult});
  }
}

TEST_F(GuestTest, TheTimeZoneIsUtc) {
  ASSERT_TRUE(Call("clocks/timezone", "display", {1'700'000'000, 0, kResult}));
  EXPECT_EQ(Word(kResult), 0u);
  EXPECT_EQ(Text(kResult + 4), "UTC");
  EXPECT_EQ(guest_.bytes()[kResult + 12], 0);
  ASSERT_TRUE(Call("clocks/timezone", "utc-offset", {1'700'000'000, 0}));
  EXPECT_EQ(Flat(), 0u);
}

TEST_F(GuestTest, AFileIsWrittenAndReadThroughItsDescriptor) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(context_.AddDirectory(scratch.Path("box"), "/box", DirectoryAccess::kReadWrite));
  constexpr uint32_t kCreate = 1, kReadAndWrite = 3;
  const uint32_t file = Open(FirstDirectory(), "new", kCreate, kReadAndWrite);

  PutText("contents");
  ASSERT_TRUE(Call("filesystem/types", "[method]descriptor.write", {file, kText, 8, 0, kResult}));
  EXPECT_EQ(Long(kResult + 8), 8u);
  EXPECT_EQ(scratch.ReadFile("box/new"), "contents");

  ASSERT_TRUE(Call("filesystem/types", "[method]descriptor.read", {file, UINT64_MAX, 3, kResult}));
  EXPECT_EQ(Text(kResult + 4), "tents");
  EXPECT_EQ(guest_.bytes()[kResult + 12], 0);
  ASSERT_TRUE(Call("filesystem/types", "[method]descriptor.read", {file, UINT64_MAX, 8, kResult}));
  EXPECT_EQ(Text(kResult + 4), "");
  EXPECT_EQ(guest_.bytes()[kResult + 12], 1);
}

TEST_F(GuestTest, AStreamOfAFileOutlivesItsDescriptor) {
  const ScratchDirectory scratch;
  scratch.WriteFile("box/file", "contents");
  ASSERT_TRUE(context_.AddDirectory(scratch.Path("box"), "/box", DirectoryAccess::kReadOnly));
  const uint32_t file = Open(FirstDirectory(), "file", 0, DescriptorFlags::kRead);
  ASSERT_TRUE(Call("filesystem/types", "[method]descriptor.read-via-stream", {file, 3, kResult}));
  ASSERT_EQ(guest_.bytes()[kResult], 0);
  const uint32_t stream = Word(kResult + 4);
  Drop<Descriptor>(file);

  ASSERT_TRUE(Call("io/streams", "[method]input-stream.read", {stream, UINT64_MAX, kResult}));
  EXPECT_EQ(Text(kResult + 4), "tents");
  ASSERT_TRUE(Call("io/streams", "[method]input-stream.blocking-read", {stream, 10, kResult}));
  EXPECT_EQ(guest_.bytes()[kResult], 1);
  EXPECT_EQ(guest_.bytes()[kResult + 4], 1);
}

TEST_F(GuestTest, WhatIsNotGrantedIsRefused) {
  const ScratchDirectory scratch;
  ASSERT_TRUE(context_.AddDirectory(scratch.Path("box"), "/box", DirectoryAccess::kReadOnly));
  const uint32_t directory = FirstDirectory();
  const auto error = [&](absl::string_view function, absl::string_view path,
                         std::vector<uint64_t> more) {
    PutText(path);
    std::vector<uint64_t> flat = {directory, kText, path.size()};
    if (!more.empty()) flat.insert(flat.begin() + 1, 0);
    flat.insert(flat.end(), more.begin(), more.end());
    flat.push_back(kResult);
    EXPECT_TRUE(Call("filesystem/types", function, flat));
    EXPECT_EQ(guest_.bytes()[kResult], 1);
    return static_cast<ErrorCode>(guest_.bytes()[kResult + (more.empty() ? 1 : 4)]);
  };

  EXPECT_EQ(error("[method]descriptor.open-at", "../outside/secret", {0, 1}),
            ErrorCode::kNotPermitted);
  EXPECT_EQ(error("[method]descriptor.open-at", "new", {1, 2}), ErrorCode::kReadOnly);
  EXPECT_EQ(error("[method]descriptor.create-directory-at", "new", {}), ErrorCode::kReadOnly);
}

TEST_F(GuestTest, StatAndDirectoryEntriesKeepTheirPlaces) {
  const ScratchDirectory scratch;
  scratch.WriteFile("box/file", "12345");
  ASSERT_TRUE(context_.AddDirectory(scratch.Path("box"), "/box", DirectoryAccess::kReadOnly));
  const uint32_t directory = FirstDirectory();
  PutText("file");

  ASSERT_TRUE(
      Call("filesystem/types", "[method]descriptor.stat-at", {directory, 1, kText, 4, kResult}));
  EXPECT_EQ(guest_.bytes()[kResult], 0);
  EXPECT_EQ(guest_.bytes()[kResult + 8], static_cast<uint8_t>(FileType::kRegularFile));
  EXPECT_EQ(Long(kResult + 16), 1u);
  EXPECT_EQ(Long(kResult + 24), 5u);
  EXPECT_EQ(guest_.bytes()[kResult + 32], 1);
  EXPECT_GT(Long(kResult + 40), 1'600'000'000u);

  ASSERT_TRUE(Call("filesystem/types", "[method]descriptor.read-directory", {directory, kResult}));
  const uint32_t entries = Word(kResult + 4);
  const auto next = [&] {
    return Call("filesystem/types", "[method]directory-entry-stream.read-directory-entry",
                {entries, kResult});
  };
  ASSERT_TRUE(next());
  EXPECT_EQ(guest_.bytes()[kResult + 4], 1);
  EXPECT_EQ(guest_.bytes()[kResult + 8], static_cast<uint8_t>(FileType::kRegularFile));
  EXPECT_EQ(Text(kResult + 12), "file");
  ASSERT_TRUE(next());
  EXPECT_EQ(guest_.bytes()[kResult + 4], 0);
}

TEST_F(GuestTest, SetTimesTakesTheTimestampOfTheVariant) {
  const ScratchDirectory scratch;
  scratch.WriteFile("box/file", "");
  ASSERT_TRUE(context_.AddDirectory(scratch.Path("box"), "/box", DirectoryAccess::kReadWrite));
  const uint32_t directory = FirstDirectory();
  PutText("file");

  ASSERT_TRUE(Call("filesystem/types", "[method]descriptor.set-times-at",
                   {directory, 1, kText, 4, 2, 1'000'000'000, 5, 0, 0, 0, kResult}));
  EXPECT_EQ(guest_.bytes()[kResult], 0);

  ASSERT_TRUE(
      Call("filesystem/types", "[method]descriptor.stat-at", {directory, 1, kText, 4, kResult}));
  EXPECT_EQ(Long(kResult + 40), 1'000'000'000u);
  EXPECT_EQ(Word(kResult + 48), 5u);
  EXPECT_GT(Long(kResult + 64), 1'600'000'000u);
}

}  // namespace
}  // namespace tenon::wasi
