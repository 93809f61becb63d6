#include "wasi/os/path_walk.h"

#include <sys/syscall.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include "absl/strings/str_cat.h"
#include "wasi/os/file.h"
#include "wasi/os/guest_path.h"
#include "wasi/os/scratch_directory.h"

namespace tenon::wasi {
namespace {

TEST(GuestPathTest, SplitsOffTheLastComponent) {
  const OsResult<GuestPath> plain = SplitGuestPath("a");
  const OsResult<GuestPath> deep = SplitGuestPath("a/b//c");
  const OsResult<GuestPath> slash = SplitGuestPath("a/b//");
  const OsResult<GuestPath> up = SplitGuestPath("a/..");

  ASSERT_TRUE(plain && deep && slash && up);
  EXPECT_EQ(plain->parent, "");
  EXPECT_EQ(plain->name, "a");
  EXPECT_EQ(deep->parent, "a/b/");
  EXPECT_EQ(deep->name, "c");
  EXPECT_FALSE(deep->must_be_directory);
  EXPECT_EQ(slash->name, "b");
  EXPECT_TRUE(slash->must_be_directory);
  EXPECT_EQ(up->parent, "a/..");
  EXPECT_TRUE(up->names_directory_itself());
}

TEST(GuestPathTest, RefusesWhatIsNoPathOfAGuest) {
  EXPECT_EQ(SplitGuestPath("").error(), ErrorCode::kNoEntry);
  EXPECT_EQ(SplitGuestPath("/").error(), ErrorCode::kNotPermitted);
  EXPECT_EQ(SplitGuestPath("/etc/passwd").error(), ErrorCode::kNotPermitted);
  EXPECT_EQ(SplitGuestPath(absl::string_view("a\0b", 3)).error(), ErrorCode::kInvalid);
  EXPECT_TRUE(SplitGuestPath(std::string(kMaxPathBytes, 'a')));
  EXPECT_EQ(SplitGuestPath(std::string(kMaxPathBytes + 1, 'a')).error(), ErrorCode::kNameTooLong);
}

class PathWalkTest : public testing::TestWithParam<WalkMethod> {
 protected:
  PathWalkTest() : walk_(GetParam()) {
    scratch_.MakeDirectory("box/a");
    scratch_.MakeDirectory("box/a/b");
    scratch_.WriteFile("box/a/b/file", "inside");
    box_ = scratch_.Open("box");
  }

  // What the file at `path` holds, or the name of the error.
  std::string Read(absl::string_view path, FollowFinal follow = FollowFinal::kYes) {
    OsResult<Place> place = walk_.Locate(box_.get(), path, follow);
    if (!place) return std::string(ErrorCodeName(place.error()));
    OsResult<OpenedFile> opened = OpenAt(*place, OpenRequest{.read = true});
    if (!opened) return std::string(ErrorCodeName(opened.error()));
    if (opened->type == FileType::kDirectory) return "a directory";
    uint8_t buffer[64];
    const OsResult<size_t> got = ReadAt(opened->fd.get(), absl::MakeSpan(buffer), 0);
    return std::string(reinterpret_cast<const char*>(buffer), got.value_or(0));
  }

  ScratchDirectory scratch_;
  PathWalk walk_;
  UniqueFd box_;
};

TEST_P(PathWalkTest, ReachesWhatLiesBeneath) {
  scratch_.MakeLink("b", "box/a/to_b");
  scratch_.MakeLink("../a/to_b/file", "box/a/round");

  EXPECT_EQ(Read("a/b/file"), "inside");
  EXPECT_EQ(Read("./a//b/./file"), "inside");
  EXPECT_EQ(Read("a/../a/b/../b/file"), "inside");
  EXPECT_EQ(Read("a/to_b/file", FollowFinal::kNo), "inside");
  EXPECT_EQ(Read("a/round"), "inside");
  EXPECT_EQ(Read("."), "a directory");
  EXPECT_EQ(Read("a/.."), "a directory");
  EXPECT_EQ(Read("a/b/"), "a directory");
}

TEST_P(PathWalkTest, ReportsWhatIsNotThere) {
  scratch_.MakeLink("nowhere", "box/dangling");

  EXPECT_EQ(Read("missing"), "no-entry");
  EXPECT_EQ(Read("missing/file"), "no-entry");
  EXPECT_EQ(Read("dangling"), "no-entry");
  EXPECT_EQ(Read("a/b/file/"), "not-directory");
  EXPECT_EQ(Read("a/b/file/more"), "not-directory");
  EXPECT_EQ(Read("a/b/file/.."), "not-directory");
}

TEST_P(PathWalkTest, RefusesToClimbOut) {
  EXPECT_EQ(Read(".."), "not-permitted");
  EXPECT_EQ(Read("../outside/secret"), "not-permitted");
  EXPECT_EQ(Read("../box/a/b/file"), "not-permitted");
  EXPECT_EQ(Read("a/../../outside/secret"), "not-permitted");
  EXPECT_EQ(Read("a/b/../../../outside/secret"), "not-permitted");
  EXPECT_EQ(Read("/etc/passwd"), "not-permitted");
  EXPECT_EQ(Read(scratch_.Path("outside/secret")), "not-permitted");
}

TEST_P(PathWalkTest, RefusesLinksThatLeadOut) {
  scratch_.MakeLink("../outside", "box/out");
  scratch_.MakeLink(scratch_.Path("outside"), "box/out_absolute");
  scratch_.MakeLink("../outside/secret", "box/out_file");
  scratch_.MakeLink("out", "box/chain");

  for (const char* link : {"out", "out_absolute", "chain"}) {
    EXPECT_EQ(Read(absl::StrCat(link, "/secret")), "not-permitted") << link;
    EXPECT_EQ(Read(absl::StrCat(link, "/secret"), FollowFinal::kNo), "not-permitted") << link;
    EXPECT_EQ(Read(link), "not-permitted") << link;
    EXPECT_EQ(Read(absl::StrCat(link, "/")), "not-permitted") << link;
    EXPECT_EQ(Read(absl::StrCat(link, "/"), FollowFinal::kNo), "not-permitted") << link;
    EXPECT_EQ(Read(absl::StrCat(link, "/."), FollowFinal::kNo), "not-permitted") << link;
    EXPECT_EQ(Read(link, FollowFinal::kNo), "loop") << link;
  }
  EXPECT_EQ(Read("out_file"), "not-permitted");
  EXPECT_EQ(Read("out_file", FollowFinal::kNo), "loop");
}

TEST_P(PathWalkTest, EndsInLoopsOfLinks) {
  scratch_.MakeLink("self", "box/self");
  scratch_.MakeLink("pong", "box/ping");
  scratch_.MakeLink("ping", "box/pong");

  EXPECT_EQ(Read("self"), "loop");
  EXPECT_EQ(Read("self/file"), "loop");
  EXPECT_EQ(Read("ping"), "loop");
  EXPECT_EQ(Read("pong/"), "loop");
}

TEST_P(PathWalkTest, FollowsFortyLinksAndNoMore) {
  scratch_.MakeLink("a/b/file", "box/l1");
  for (int i = 2; i <= kMaxLinksFollowed + 1; ++i) {
    scratch_.MakeLink(absl::StrCat("l", i - 1), absl::StrCat("box/l", i));
  }

  EXPECT_EQ(Read(absl::StrCat("l", kMaxLinksFollowed)), "inside");
  EXPECT_EQ(Read(absl::StrCat("l", kMaxLinksFollowed + 1)), "loop");
}

TEST_P(PathWalkTest, GoesThroughNoMagicLink) {
  UniqueFd proc(::open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  ASSERT_TRUE(proc.is_open());
  const std::string held = absl::StrCat("self/fd/", box_.get());

  for (const std::string& path : {std::string("self/root"), std::string("self/cwd"), held}) {
    for (const std::string& tail : {std::string(), std::string("/"), std::string("/a")}) {
      const OsResult<Place> place =
          walk_.Locate(proc.get(), absl::StrCat(path, tail), FollowFinal::kYes);
      EXPECT_FALSE(place) << path << tail;
    }
    // Not followed, the link may be located, but not opened.
    OsResult<Place> place = walk_.Locate(proc.get(), path, FollowFinal::kNo);
    EXPECT_FALSE(place && OpenAt(*place, OpenRequest{.read = true})) << path;
  }
}

TEST_P(PathWalkTest, RefusesWhatIsNeitherFileNorDirectory) {
  scratch_.MakeFifo("box/fifo");

  EXPECT_EQ(Read("fifo"), "not-permitted");

  UniqueFd dev(::open("/dev", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  OsResult<Place> null = walk_.Locate(dev.get(), "null", FollowFinal::kYes);
  ASSERT_TRUE(null);
  EXPECT_EQ(OpenAt(*null, OpenRequest{.read = true}).error(), ErrorCode::kNotPermitted);
}

// A process beside us exchanges a directory and a link to the outside as fast as it can. Whatever a
// walk meets, it must never read or create anything out there.
TEST_P(PathWalkTest, RenamerBesideUsNeverLetsUsOut) {
  scratch_.MakeDirectory("box/d");
  scratch_.WriteFile("box/d/secret", "inside");
  scratch_.MakeLink("../outside", "box/l");
  scratch_.MakeDirectory("box/d/sub");
  scratch_.MakeDirectory("outside/sub");
  const std::string directory = scratch_.Path("box/d");
  const std::string link = scratch_.Path("box/l");
  std::atomic<bool> stop = false;
  std::thread renamer([&] {
    while (!stop) {
      ::syscall(SYS_renameat2, AT_FDCWD, directory.c_str(), AT_FDCWD, link.c_str(),
                RENAME_EXCHANGE);
    }
  });

  int reached = 0;
  int refused = 0;
  const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  while (std::chrono::steady_clock::now() < end) {
    for (const char* path : {"d/secret", "l/secret", "d/sub/../secret", "a/../d/secret"}) {
      const std::string got = Read(path);
      EXPECT_NE(got, "secret") << path;
      ++(got == "inside" ? reached : refused);
    }
    for (const char* path : {"d/new", "d", "l/"}) {
      const OsResult<Place> place = walk_.Locate(box_.get(), path, FollowFinal::kYes);
      if (place) (void)OpenAt(*place, OpenRequest{.write = true, .create = true});
    }
  }
  stop = true;
  renamer.join();

  EXPECT_GT(reached, 0);
  EXPECT_GT(refused, 0);
  EXPECT_FALSE(scratch_.Exists("outside/new"));
}

INSTANTIATE_TEST_SUITE_P(BothWalks, PathWalkTest,
                         testing::Values(WalkMethod::kOpenat2, WalkMethod::kComponents),
                         [](const testing::TestParamInfo<WalkMethod>& tested) {
                           return tested.param == WalkMethod::kOpenat2 ? "Openat2" : "Components";
                         });

}  // namespace
}  // namespace tenon::wasi
