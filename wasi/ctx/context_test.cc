#include "wasi/ctx/context.h"

#include "absl/strings/match.h"
#include "wasi/os/scratch_directory.h"

namespace tenon::wasi {
namespace {

TEST(ContextTest, GrantsNothingByItself) {
  const Context context;

  EXPECT_TRUE(context.arguments().empty());
  EXPECT_TRUE(context.environment().empty());
  EXPECT_TRUE(context.preopens().empty());
}

TEST(ContextTest, ReadsDirectoryOptions) {
  ScratchDirectory scratch;
  Context context;

  ASSERT_TRUE(context.AddDirectoryOption(scratch.Path("box"), DirectoryAccess::kReadOnly));
  ASSERT_TRUE(
      context.AddDirectoryOption(scratch.Path("box") + "::/data", DirectoryAccess::kReadWrite));

  ASSERT_EQ(context.preopens().size(), 2u);
  EXPECT_EQ(context.preopens()[0].guest_path, scratch.Path("box"));
  EXPECT_FALSE(context.preopens()[0].directory.flags().has(DescriptorFlags::kMutateDirectory));
  EXPECT_EQ(context.preopens()[1].guest_path, "/data");
  EXPECT_TRUE(context.preopens()[1].directory.flags().has(DescriptorFlags::kMutateDirectory));
}

TEST(ContextTest, GuestsMayOpenSoManyFilesTogether) {
  ScratchDirectory scratch;
  Context context;
  ASSERT_TRUE(context.AddDirectory(scratch.Path("box"), "a", DirectoryAccess::kReadOnly));
  ASSERT_TRUE(context.AddDirectory(scratch.Path("box"), "b", DirectoryAccess::kReadOnly));
  const auto open = [&](int preopen) {
    return context.preopens()[preopen].directory.OpenAt(FollowFinal::kYes, ".", {},
                                                        {DescriptorFlags::kRead});
  };
  std::vector<Descriptor> opened;
  const auto fill = [&] {
    while (opened.size() < kMaxOpenFiles) {
      auto one = open(opened.size() % 2);
      ASSERT_TRUE(one) << opened.size();
      opened.push_back(std::move(*one));
    }
  };

  fill();
  EXPECT_EQ(open(0).error(), ErrorCode::kInsufficientMemory);
  opened.pop_back();
  fill();
}

TEST(ContextTest, SaysWhyADirectoryCanNotBeGranted) {
  ScratchDirectory scratch;
  Context context;
  const auto add = [&](const std::string& option) {
    const Status added = context.AddDirectoryOption(option, DirectoryAccess::kReadWrite);
    return added ? std::string("ok") : added.error().message();
  };

  EXPECT_EQ(add(scratch.Path("missing")), "can't grant the directory '" + scratch.Path("missing") +
                                              "': no such file or directory");
  EXPECT_EQ(add(scratch.Path("outside/secret")),
            "can't grant the directory '" + scratch.Path("outside/secret") + "': not a directory");
  EXPECT_TRUE(absl::StrContains(add("::/data"), "needs a host path"));
  EXPECT_TRUE(absl::StrContains(add(scratch.Path("box") + "::"), "needs a host path"));
  EXPECT_TRUE(absl::StrContains(add(scratch.Path("box") + "::\xff"), "not valid UTF-8"));
  EXPECT_TRUE(context.preopens().empty());
}

// Two directories of one name: a guest would find the first and miss the other.
TEST(ContextTest, AGuestPathIsGivenOnce) {
  ScratchDirectory scratch;
  Context context;
  const std::string box = scratch.Path("box");

  ASSERT_TRUE(context.AddDirectory(box, "/data", DirectoryAccess::kReadOnly));
  for (const char* path : {"/data", "/data//"}) {
    const Status again = context.AddDirectory(box, path, DirectoryAccess::kReadWrite);
    ASSERT_FALSE(again);
    EXPECT_EQ(again.error().kind(), ErrorKind::kUsage);
  }
  EXPECT_TRUE(context.AddDirectory(box, "/", DirectoryAccess::kReadOnly));
  EXPECT_TRUE(context.AddDirectory(box, "data", DirectoryAccess::kReadOnly));
  EXPECT_EQ(context.preopens().size(), 3u);
}

TEST(ContextTest, ReadsEnvironmentOptions) {
  ::setenv("TENON_TEST_HANDED_ON", "from the host", 1);
  ::unsetenv("TENON_TEST_UNSET");
  Context context;

  EXPECT_TRUE(context.AddEnvironmentOption("A=1"));
  EXPECT_TRUE(context.AddEnvironmentOption("B=x=y"));
  EXPECT_TRUE(context.AddEnvironmentOption("A=2"));
  EXPECT_TRUE(context.AddEnvironmentOption("TENON_TEST_HANDED_ON"));
  EXPECT_FALSE(context.AddEnvironmentOption("TENON_TEST_UNSET"));
  EXPECT_FALSE(context.AddEnvironmentOption("=x"));

  const std::vector<std::pair<std::string, std::string>> expected = {
      {"A", "2"}, {"B", "x=y"}, {"TENON_TEST_HANDED_ON", "from the host"}};
  EXPECT_EQ(context.environment(), expected);
}

TEST(ContextTest, TakesOnlyUnicodeArguments) {
  Context context;

  EXPECT_TRUE(context.AddArgument("naïve"));
  EXPECT_FALSE(context.AddArgument("\xff"));

  EXPECT_EQ(context.arguments(), std::vector<std::string>{"naïve"});
}

}  // namespace
}  // namespace tenon::wasi
