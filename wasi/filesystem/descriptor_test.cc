#include "wasi/filesystem/descriptor.h"

#include <sys/stat.h>

#include <set>

#include "wasi/os/scratch_directory.h"

namespace tenon::wasi {
namespace {

constexpr FollowFinal kFollow = FollowFinal::kYes;
constexpr FollowFinal kNoFollow = FollowFinal::kNo;
constexpr DescriptorFlags kRead{DescriptorFlags::kRead};
constexpr DescriptorFlags kReadWrite{DescriptorFlags::kRead | DescriptorFlags::kWrite};
constexpr DescriptorFlags kMutable{DescriptorFlags::kRead | DescriptorFlags::kMutateDirectory};
constexpr OpenFlags kCreate{OpenFlags::kCreate};
constexpr OpenFlags kTruncate{OpenFlags::kTruncate};
constexpr NewTimestamp kNoChange{};

absl::Span<const uint8_t> Bytes(absl::string_view text) {
  return {reinterpret_cast<const uint8_t*>(text.data()), text.size()};
}

// "ok" or the WIT name of the error, so that expectations read as the WIT does.
template <typename T>
absl::string_view Code(const OsResult<T>& result) {
  return result ? "ok" : ErrorCodeName(result.error());
}

class DescriptorTest : public testing::TestWithParam<WalkMethod> {
 protected:
  DescriptorTest() : box_(Grant("box", kMutable)), viewed_(Grant("box", kRead)) {
    scratch_.WriteFile("box/file", "contents");
    scratch_.MakeDirectory("box/dir");
    scratch_.MakeDirectory("box/dir/sub");
  }

  Descriptor Grant(const std::string& path, DescriptorFlags rights) {
    return Descriptor::OpenHost(scratch_.Path(path), rights, PathWalk(GetParam())).value();
  }
  Descriptor Open(absl::string_view path, DescriptorFlags flags, OpenFlags open_flags = {}) {
    OsResult<Descriptor> opened = box_.OpenAt(kFollow, path, open_flags, flags);
    EXPECT_EQ(Code(opened), "ok") << path;
    return *opened;
  }
  std::string ReadAll(const Descriptor& file) {
    uint8_t buffer[256];
    const OsResult<size_t> got = file.Read(absl::MakeSpan(buffer), 0);
    return got ? std::string(reinterpret_cast<char*>(buffer), *got) : std::string(Code(got));
  }

  ScratchDirectory scratch_;
  Descriptor box_;     // may be changed
  Descriptor viewed_;  // the same directory, granted for reading
};

TEST_P(DescriptorTest, CreatesWritesAndReadsAFile) {
  const Descriptor file = Open("new", kReadWrite, kCreate);

  EXPECT_EQ(file.Write(Bytes("hello"), 3).value_or(0), 5u);

  uint8_t buffer[16];
  ASSERT_EQ(file.Read(absl::MakeSpan(buffer), 0).value_or(0), 8u);
  EXPECT_EQ(absl::string_view(reinterpret_cast<char*>(buffer), 8),
            absl::string_view("\0\0\0hello", 8));
  EXPECT_EQ(file.Read(absl::MakeSpan(buffer), 8).value_or(1), 0u);
  EXPECT_EQ(file.type(), FileType::kRegularFile);
  EXPECT_EQ(file.flags().bits, kReadWrite.bits);
}

TEST_P(DescriptorTest, WhatIsOpenIsCountedUntilItsLastHolderGoes) {
  const auto left = std::make_shared<vm::Allowance>(3);
  const Descriptor box =
      Descriptor::OpenHost(scratch_.Path("box"), kMutable, PathWalk(GetParam()), left).value();
  const auto open = [&] { return box.OpenAt(kFollow, "file", {}, kRead); };
  std::unique_ptr<InputStream> stream;
  {
    const auto file = open();
    const auto entries = box.ReadDirectory();
    const auto directory = box.OpenAt(kFollow, "dir", {}, kRead);
    ASSERT_TRUE(file && entries && directory);

    EXPECT_EQ(Code(open()), "insufficient-memory");
    EXPECT_EQ(Code(box.ReadDirectory()), "insufficient-memory");
    EXPECT_EQ(Code(directory->OpenAt(kFollow, "sub", {}, kRead)), "insufficient-memory");
    stream = std::move(*file->ReadViaStream(0));
  }
  EXPECT_EQ(left->left(), 2u) << "the stream keeps its file open";
  stream.reset();
  EXPECT_EQ(Code(box.OpenAt(kFollow, "missing", {}, kRead)), "no-entry");
  EXPECT_EQ(left->left(), 3u);
}

TEST_P(DescriptorTest, OpenFlagsMeanWhatPosixSays) {
  constexpr OpenFlags kCreateNew{OpenFlags::kCreate | OpenFlags::kExclusive};
  constexpr OpenFlags kDirectory{OpenFlags::kDirectory};

  EXPECT_EQ(Code(box_.OpenAt(kFollow, "file", kCreateNew, kReadWrite)), "exist");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "file", kDirectory, kRead)), "not-directory");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "file/", {}, kRead)), "not-directory");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "dir", kDirectory, kRead)), "ok");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "dir", {}, kReadWrite)), "is-directory");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "new/", kCreate, kReadWrite)), "is-directory");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "missing", {}, kRead)), "no-entry");
  EXPECT_EQ(Code(Open("file", kRead).OpenAt(kFollow, "x", {}, kRead)), "not-directory");
  EXPECT_EQ(Open("file", kReadWrite, kTruncate).Stat()->size, 0u);
}

TEST_P(DescriptorTest, RightsLiveWithTheDescriptor) {
  const Descriptor readable = Open("file", kRead);
  const Descriptor writable = Open("file", {DescriptorFlags::kWrite});
  uint8_t buffer[4];

  EXPECT_EQ(Code(readable.Write(Bytes("x"), 0)), "bad-descriptor");
  EXPECT_EQ(Code(readable.SetSize(0)), "bad-descriptor");
  EXPECT_EQ(Code(readable.WriteViaStream(0)), "bad-descriptor");
  EXPECT_EQ(Code(readable.AppendViaStream()), "bad-descriptor");
  EXPECT_EQ(Code(writable.Read(absl::MakeSpan(buffer), 0)), "bad-descriptor");
  EXPECT_EQ(Code(writable.ReadViaStream(0)), "bad-descriptor");
  EXPECT_EQ(Code(box_.Read(absl::MakeSpan(buffer), 0)), "is-directory");
  EXPECT_EQ(scratch_.ReadFile("box/file"), "contents");
}

TEST_P(DescriptorTest, NothingChangesThroughAReadOnlyGrant) {
  const NewTimestamp now{NewTimestamp::Kind::kNow, {}};

  EXPECT_EQ(Code(viewed_.OpenAt(kFollow, "file", {}, kReadWrite)), "read-only");
  EXPECT_EQ(Code(viewed_.OpenAt(kFollow, "file", kTruncate, kRead)), "read-only");
  EXPECT_EQ(Code(viewed_.OpenAt(kFollow, "new", kCreate, kRead)), "read-only");
  EXPECT_EQ(Code(viewed_.OpenAt(kFollow, "dir", {}, kMutable)), "read-only");
  EXPECT_EQ(Code(viewed_.CreateDirectoryAt("new")), "read-only");
  EXPECT_EQ(Code(viewed_.RemoveDirectoryAt("dir/sub")), "read-only");
  EXPECT_EQ(Code(viewed_.UnlinkFileAt("file")), "read-only");
  EXPECT_EQ(Code(viewed_.SymlinkAt("file", "new")), "read-only");
  EXPECT_EQ(Code(viewed_.SetTimesAt(kFollow, "file", now, now)), "read-only");
  EXPECT_EQ(Code(viewed_.SetTimes(now, now)), "not-permitted");

  const OsResult<Descriptor> file = viewed_.OpenAt(kFollow, "file", {}, kRead);
  ASSERT_TRUE(file);
  EXPECT_EQ(Code(file->SetTimes(now, now)), "not-permitted");
  EXPECT_EQ(ReadAll(*file), "contents");
}

TEST_P(DescriptorTest, RightsAreInheritedAndNeverWidened) {
  const OsResult<Descriptor> viewed_dir = viewed_.OpenAt(kFollow, "dir", {}, kRead);
  const OsResult<Descriptor> dir = box_.OpenAt(kFollow, "dir", {}, kRead);

  ASSERT_TRUE(viewed_dir && dir);
  EXPECT_EQ(viewed_dir->flags().bits, kRead.bits);
  EXPECT_EQ(Code(viewed_dir->CreateDirectoryAt("x")), "read-only");
  EXPECT_EQ(Code(viewed_dir->OpenAt(kFollow, "x", kCreate, kReadWrite)), "read-only");
  EXPECT_EQ(dir->flags().bits, kMutable.bits);
  EXPECT_EQ(Code(dir->CreateDirectoryAt("x")), "ok");
  EXPECT_EQ(Open("file", kMutable).flags().bits, kRead.bits);  // no file has mutate-directory
}

TEST_P(DescriptorTest, RenameAndLinkNeedTheRightOnBothSides) {
  for (const Descriptor* base : {&box_, &viewed_}) {
    const Descriptor& other = base == &box_ ? viewed_ : box_;
    EXPECT_EQ(Code(base->RenameAt("file", other, "moved")), "read-only");
    EXPECT_EQ(Code(base->LinkAt(kNoFollow, "file", other, "linked")), "read-only");
  }
  EXPECT_TRUE(scratch_.Exists("box/file"));
  EXPECT_FALSE(scratch_.Exists("box/moved"));
  EXPECT_FALSE(scratch_.Exists("box/linked"));
}

TEST_P(DescriptorTest, EveryOperationRefusesEscapes) {
  scratch_.MakeLink("../outside", "box/out");
  scratch_.MakeDirectory("outside/dir");
  const NewTimestamp now{NewTimestamp::Kind::kNow, {}};

  for (const char* path : {"../outside/secret", "/etc/passwd", "dir/../../outside/secret",
                           "out/secret", "out/dir/../secret"}) {
    SCOPED_TRACE(path);
    EXPECT_EQ(Code(box_.OpenAt(kFollow, path, {}, kRead)), "not-permitted");
    EXPECT_EQ(Code(box_.OpenAt(kNoFollow, path, kCreate, kReadWrite)), "not-permitted");
    EXPECT_EQ(Code(box_.OpenAt(kFollow, path, kTruncate, kReadWrite)), "not-permitted");
    EXPECT_EQ(Code(box_.StatAt(kFollow, path)), "not-permitted");
    EXPECT_EQ(Code(box_.MetadataHashAt(kFollow, path)), "not-permitted");
    EXPECT_EQ(Code(box_.SetTimesAt(kFollow, path, now, now)), "not-permitted");
    EXPECT_EQ(Code(box_.ReadlinkAt(path)), "not-permitted");
    EXPECT_EQ(Code(box_.CreateDirectoryAt(path)), "not-permitted");
    EXPECT_EQ(Code(box_.RemoveDirectoryAt(path)), "not-permitted");
    EXPECT_EQ(Code(box_.UnlinkFileAt(path)), "not-permitted");
    EXPECT_EQ(Code(box_.SymlinkAt("file", path)), "not-permitted");
    EXPECT_EQ(Code(box_.RenameAt(path, box_, "got")), "not-permitted");
    EXPECT_EQ(Code(box_.RenameAt("file", box_, path)), "not-permitted");
    EXPECT_EQ(Code(box_.LinkAt(kFollow, path, box_, "got")), "not-permitted");
    EXPECT_EQ(Code(box_.LinkAt(kNoFollow, "file", box_, path)), "not-permitted");
  }
  EXPECT_EQ(scratch_.ReadFile("outside/secret"), "secret");
  EXPECT_TRUE(scratch_.Exists("outside/dir"));
  EXPECT_FALSE(scratch_.Exists("box/got"));
}

TEST_P(DescriptorTest, LinksAtTheEndLeadNowhereOutside) {
  scratch_.MakeLink("../outside/secret", "box/out");
  scratch_.MakeLink("../outside", "box/out_dir");
  scratch_.MakeLink("../outside/new", "box/dangling");
  const NewTimestamp past{NewTimestamp::Kind::kTimestamp, {1000, 0}};

  EXPECT_EQ(Code(box_.OpenAt(kFollow, "out", kTruncate, kReadWrite)), "not-permitted");
  EXPECT_EQ(Code(box_.OpenAt(kNoFollow, "out", kTruncate, kReadWrite)), "loop");
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "dangling", kCreate, kReadWrite)), "not-permitted");
  EXPECT_EQ(Code(box_.OpenAt(kNoFollow, "dangling", kCreate, kReadWrite)), "loop");
  EXPECT_EQ(Code(box_.OpenAt(kNoFollow, "out_dir/", {}, kRead)), "not-permitted");
  EXPECT_EQ(Code(box_.StatAt(kNoFollow, "out_dir/")), "not-permitted");
  EXPECT_EQ(Code(box_.SetTimesAt(kFollow, "out", past, past)), "not-permitted");
  EXPECT_EQ(Code(box_.LinkAt(kFollow, "out", box_, "got")), "not-permitted");
  EXPECT_EQ(Code(box_.RemoveDirectoryAt("out_dir/")), "not-directory");
  EXPECT_EQ(Code(box_.UnlinkFileAt("out_dir/")), "not-directory");
  EXPECT_EQ(Code(box_.RenameAt("out_dir/", box_, "got")), "not-directory");
  EXPECT_EQ(Code(box_.CreateDirectoryAt("dangling")), "exist");
  EXPECT_EQ(Code(box_.CreateDirectoryAt("dangling/")), "exist");

  EXPECT_EQ(scratch_.ReadFile("outside/secret"), "secret");
  EXPECT_FALSE(scratch_.Exists("outside/new"));
  EXPECT_EQ(Code(box_.UnlinkFileAt("out")), "ok");  // the link itself is ours
  EXPECT_TRUE(scratch_.Exists("outside/secret"));
}

TEST_P(DescriptorTest, FollowsLinksBeneathOnlyWhenAsked) {
  ASSERT_EQ(Code(box_.SymlinkAt("../file", "dir/link")), "ok");
  ASSERT_EQ(Code(box_.SymlinkAt("born", "dir/dangling")), "ok");

  EXPECT_EQ(box_.StatAt(kFollow, "dir/link")->type, FileType::kRegularFile);
  EXPECT_EQ(box_.StatAt(kNoFollow, "dir/link")->type, FileType::kSymbolicLink);
  EXPECT_EQ(ReadAll(Open("dir/link", kRead)), "contents");
  EXPECT_EQ(Code(box_.OpenAt(kNoFollow, "dir/link", {}, kRead)), "loop");
  EXPECT_EQ(box_.ReadlinkAt("dir/link").value_or(""), "../file");
  EXPECT_EQ(Code(box_.ReadlinkAt("file")), "invalid");
  Open("dir/dangling", kReadWrite, kCreate);
  EXPECT_TRUE(scratch_.Exists("box/dir/born"));
  constexpr OpenFlags kCreateNew{OpenFlags::kCreate | OpenFlags::kExclusive};
  EXPECT_EQ(Code(box_.OpenAt(kFollow, "dir/link", kCreateNew, kReadWrite)), "exist");
}

TEST_P(DescriptorTest, SymlinkAndReadlinkRefuseAbsoluteTargets) {
  scratch_.MakeLink("/etc", "box/absolute");

  EXPECT_EQ(Code(box_.SymlinkAt("/etc", "new")), "not-permitted");
  EXPECT_EQ(Code(box_.SymlinkAt("", "new")), "no-entry");
  EXPECT_EQ(Code(box_.SymlinkAt("file", "new/")), "no-entry");
  EXPECT_EQ(Code(box_.SymlinkAt("file", "dir")), "exist");
  EXPECT_EQ(Code(box_.ReadlinkAt("absolute")), "not-permitted");
  EXPECT_FALSE(scratch_.Exists("box/new"));
}

TEST_P(DescriptorTest, MakesMovesAndRemovesDirectories) {
  EXPECT_EQ(Code(box_.CreateDirectoryAt("made/")), "ok");
  EXPECT_EQ(Code(box_.CreateDirectoryAt("made")), "exist");
  EXPECT_EQ(Code(box_.CreateDirectoryAt("no/parent")), "no-entry");
  EXPECT_EQ(Code(box_.CreateDirectoryAt(".")), "exist");
  EXPECT_EQ(Code(box_.RemoveDirectoryAt("dir")), "not-empty");
  EXPECT_EQ(Code(box_.RemoveDirectoryAt("file")), "not-directory");
  EXPECT_EQ(Code(box_.RemoveDirectoryAt("dir/.")), "invalid");
  EXPECT_EQ(Code(box_.UnlinkFileAt("dir")), "is-directory");
  EXPECT_EQ(Code(box_.RenameAt("made/", box_, "moved/")), "ok");
  EXPECT_EQ(Code(box_.RenameAt("file/", box_, "x")), "not-directory");
  EXPECT_EQ(Code(box_.RenameAt("file", box_, "x/")), "not-directory");
  EXPECT_EQ(Code(box_.RenameAt("dir/..", box_, "x")), "busy");
  EXPECT_EQ(Code(box_.RemoveDirectoryAt("moved/")), "ok");
  EXPECT_FALSE(scratch_.Exists("box/moved"));
}

TEST_P(DescriptorTest, RenamesAndLinksBetweenGrants) {
  scratch_.MakeDirectory("second");
  const Descriptor second = Grant("second", kMutable);

  EXPECT_EQ(Code(box_.LinkAt(kNoFollow, "file", second, "linked")), "ok");
  EXPECT_EQ(Code(box_.LinkAt(kNoFollow, "file", second, "linked")), "exist");
  EXPECT_EQ(Code(box_.LinkAt(kNoFollow, "dir", second, "d")), "not-permitted");
  EXPECT_EQ(Code(box_.LinkAt(kNoFollow, "missing", second, "m")), "no-entry");
  EXPECT_EQ(box_.StatAt(kFollow, "file")->link_count, 2u);
  EXPECT_EQ(Code(box_.RenameAt("file", second, "moved")), "ok");
  EXPECT_EQ(scratch_.ReadFile("second/moved"), "contents");
  EXPECT_FALSE(scratch_.Exists("box/file"));
}

TEST_P(DescriptorTest, SetsAndReportsTimesAndSizes) {
  const Descriptor file = Open("file", kReadWrite);
  const NewTimestamp access{NewTimestamp::Kind::kTimestamp, {1000, 5}};
  const NewTimestamp modification{NewTimestamp::Kind::kTimestamp, {2000, 999'999'999}};

  EXPECT_EQ(Code(file.SetTimes(access, modification)), "ok");
  EXPECT_EQ(Code(file.SetTimes(kNoChange, kNoChange)), "ok");
  OsResult<FileStat> stat = file.Stat();
  ASSERT_TRUE(stat);
  EXPECT_EQ(stat->data_access_timestamp, (Datetime{1000, 5}));
  EXPECT_EQ(stat->data_modification_timestamp, (Datetime{2000, 999'999'999}));

  const NewTimestamp now{NewTimestamp::Kind::kNow, {}};
  EXPECT_EQ(Code(box_.SetTimesAt(kFollow, "file", now, access)), "ok");
  stat = box_.StatAt(kFollow, "file");
  EXPECT_GT(stat->data_access_timestamp->seconds, 1'600'000'000u);
  EXPECT_EQ(stat->data_modification_timestamp, (Datetime{1000, 5}));

  EXPECT_EQ(Code(file.SetSize(3)), "ok");
  EXPECT_EQ(file.Stat()->size, 3u);
  EXPECT_EQ(Code(file.SetSize(UINT64_MAX)), "file-too-large");
}

TEST_P(DescriptorTest, TimesThatTheKernelWouldMisreadAreRefused) {
  const NewTimestamp looks_like_now{NewTimestamp::Kind::kTimestamp, {0, UTIME_NOW}};
  const NewTimestamp too_late{NewTimestamp::Kind::kTimestamp, {UINT64_MAX, 0}};

  EXPECT_EQ(Code(box_.SetTimesAt(kFollow, "file", looks_like_now, kNoChange)), "invalid");
  EXPECT_EQ(Code(box_.SetTimesAt(kFollow, "file", kNoChange, too_late)), "overflow");
}

TEST_P(DescriptorTest, ListsADirectoryFromTheBeginningEachTime) {
  for (int i = 0; i < 1000; ++i) scratch_.WriteFile("box/dir/f" + std::to_string(i), "");
  scratch_.WriteFile("box/dir/\xff", "");  // no WIT string can name it
  const Descriptor dir = Open("dir", kRead);

  for (int round = 0; round < 2; ++round) {
    OsResult<DirectoryStream> stream = dir.ReadDirectory();
    ASSERT_TRUE(stream);
    std::set<std::string> names;
    while (true) {
      const OsResult<std::optional<DirectoryEntry>> entry = stream->Next();
      ASSERT_TRUE(entry);
      if (!entry->has_value()) break;
      EXPECT_EQ((*entry)->type,
                (*entry)->name == "sub" ? FileType::kDirectory : FileType::kRegularFile);
      EXPECT_TRUE(names.insert((*entry)->name).second);
    }
    EXPECT_EQ(names.size(), 1001u);
    EXPECT_FALSE(stream->Next()->has_value());
  }
  EXPECT_EQ(Code(Open("file", kRead).ReadDirectory()), "not-directory");
}

TEST_P(DescriptorTest, HashesTellObjectsApartAndChangesToo) {
  const Descriptor file = Open("file", kReadWrite);
  const MetadataHashValue before = file.MetadataHash().value();

  EXPECT_EQ(box_.MetadataHashAt(kFollow, "file").value(), before);
  EXPECT_NE(box_.MetadataHashAt(kFollow, "dir").value(), before);
  EXPECT_TRUE(file.IsSameObject(Open("file", kRead)));
  EXPECT_FALSE(file.IsSameObject(box_));
  EXPECT_EQ(Code(file.SetSize(1)), "ok");
  EXPECT_NE(file.MetadataHash().value(), before);
  EXPECT_NE(before.lower, before.upper);
}

TEST_P(DescriptorTest, StreamsOutliveTheirDescriptor) {
  std::unique_ptr<InputStream> input;
  std::unique_ptr<OutputStream> output;
  std::unique_ptr<OutputStream> appending;
  {
    const Descriptor file = Open("file", kReadWrite);
    input = file.ReadViaStream(2).value();
    output = file.WriteViaStream(1).value();
    appending = file.AppendViaStream().value();
  }

  ASSERT_GT(output->CheckWrite().value_or(0), 3u);
  EXPECT_TRUE(output->Write(Bytes("OTE")));
  ASSERT_GT(appending->CheckWrite().value_or(0), 1u);
  EXPECT_TRUE(appending->Write(Bytes("!")));

  uint8_t buffer[32];
  ASSERT_EQ(input->Read(absl::MakeSpan(buffer)).value_or(0), 7u);
  EXPECT_EQ(absl::string_view(reinterpret_cast<char*>(buffer), 7), "TEents!");
  EXPECT_EQ(input->Read(absl::MakeSpan(buffer)).error().kind, StreamError::Kind::kClosed);
}

TEST_P(DescriptorTest, SyncAndAdviseAnswer) {
  const Descriptor file = Open("file", kReadWrite);

  EXPECT_EQ(Code(file.Sync()), "ok");
  EXPECT_EQ(Code(file.SyncData()), "ok");
  EXPECT_EQ(Code(box_.Sync()), "ok");
  EXPECT_EQ(Code(viewed_.Sync()), "ok");
  EXPECT_EQ(Code(file.Advise(0, 100, Advice::kWillNeed)), "ok");
  EXPECT_EQ(Code(file.Advise(UINT64_MAX, 1, Advice::kNormal)), "invalid");
  EXPECT_EQ(Code(box_.Advise(0, 0, Advice::kNormal)), "bad-descriptor");
}

TEST_P(DescriptorTest, OffsetsBeyondTheFileSystemAreErrors) {
  const Descriptor file = Open("file", kReadWrite);
  uint8_t buffer[4];

  EXPECT_EQ(Code(file.Read(absl::MakeSpan(buffer), UINT64_MAX)), "invalid");
  EXPECT_EQ(Code(file.Write(Bytes("x"), UINT64_MAX)), "file-too-large");
}

INSTANTIATE_TEST_SUITE_P(BothWalks, DescriptorTest,
                         testing::Values(WalkMethod::kOpenat2, WalkMethod::kComponents),
                         [](const testing::TestParamInfo<WalkMethod>& tested) {
                           return tested.param == WalkMethod::kOpenat2 ? "Openat2" : "Components";
                         });

}  // namespace
}  // namespace tenon::wasi
