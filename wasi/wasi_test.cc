// The interfaces against a list of them in WIT's words, interfaces.txt.
#include "wasi/wasi.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace tenon::wasi {
namespace {

constexpr char kDatetime[] = "record { seconds: u64, nanoseconds: u32 }";
constexpr char kDescriptorType[] =
    "enum { unknown, block-device, character-device, directory, fifo, symbolic-link, "
    "regular-file, socket }";
constexpr char kErrorCode[] =
    "enum { access, would-block, already, bad-descriptor, busy, deadlock, quota, exist, "
    "file-too-large, illegal-byte-sequence, in-progress, interrupted, invalid, io, is-directory, "
    "loop, too-many-links, message-size, name-too-long, no-device, no-entry, no-lock, "
    "insufficient-memory, insufficient-space, not-directory, not-empty, not-recoverable, "
    "unsupported, no-tty, no-such-device, overflow, not-permitted, pipe, read-only, invalid-seek, "
    "text-file-busy, cross-device }";

// Named types are written out in a description: here they become names, and so are checked.
std::string WithTypeNames(const std::string& description) {
  std::string text = absl::StrReplaceAll(
      description,
      {{kDatetime, "datetime"}, {kDescriptorType, "descriptor-type"}, {kErrorCode, "error-code"}});
  return absl::StrReplaceAll(
      text,
      {{"variant { last-operation-failed(own<error>), closed }", "stream-error"},
       {"record { utc-offset: s32, name: string, in-daylight-saving-time: bool }",
        "timezone-display"},
       {"flags { read, write, file-integrity-sync, data-integrity-sync, requested-write-sync, "
        "mutate-directory }",
        "descriptor-flags"},
       {"record { type: descriptor-type, link-count: u64, size: u64, data-access-timestamp: "
        "option<datetime>, data-modification-timestamp: option<datetime>, "
        "status-change-timestamp: option<datetime> }",
        "descriptor-stat"},
       {"flags { symlink-follow }", "path-flags"},
       {"flags { create, directory, exclusive, truncate }", "open-flags"},
       {"variant { no-change, now, timestamp(datetime) }", "new-timestamp"},
       {"record { type: descriptor-type, name: string }", "directory-entry"},
       {"enum { normal, sequential, random, will-need, dont-need, no-reuse }", "advice"},
       {"record { lower: u64, upper: u64 }", "metadata-hash-value"}});
}

std::string DescribeInterface(const abi::HostInterface& interface,
                              const abi::ResourceNames& names) {
  std::string text = absl::StrCat(interface.name(), "\n");
  std::vector<absl::string_view> resources;
  for (const auto& [name, type] : interface.table().resources()) resources.push_back(name);
  std::sort(resources.begin(), resources.end());
  for (absl::string_view name : resources) absl::StrAppend(&text, "  resource ", name, "\n");
  for (absl::string_view name : interface.table().FuncNames()) {
    const std::string type =
        WithTypeNames(abi::Describe(*interface.table().FindFunc(name)->shape, names));
    absl::StrAppend(&text, "  ", name, ": ", type, "\n");
  }
  return text;
}

std::string ReadGolden() {
  std::ifstream file(TENON_WASI_DIR "/interfaces.txt");
  std::stringstream contents;
  contents << file.rdbuf();
  return contents.str();
}

TEST(AddToLinker, OffersEveryFunctionAndResourceOfTheWit) {
  abi::HostLinker linker;
  AddToLinker(linker);

  std::string offered;
  for (absl::string_view name : linker.InterfaceNames()) {
    offered += DescribeInterface(*linker.Find(name), linker.Names());
  }

  EXPECT_EQ(offered, ReadGolden());
}

TEST(AddToLinker, ServesEveryVersionOfTheTrack) {
  abi::HostLinker linker;
  AddToLinker(linker);

  const abi::HostInterface* streams = linker.Find("wasi:io/streams@0.2.12");

  ASSERT_NE(streams, nullptr);
  EXPECT_EQ(linker.Find("wasi:io/streams@0.2.0"), streams);
  EXPECT_EQ(linker.Find("wasi:io/streams@0.2.99"), streams);
  EXPECT_EQ(linker.Find("wasi:io/streams@0.3.0"), nullptr);
  EXPECT_EQ(linker.Find("wasi:sockets/tcp@0.2.12"), nullptr);
}

}  // namespace
}  // namespace tenon::wasi
