#include "vm/sys/pipe_reader.h"

#include <fcntl.h>
#include <unistd.h>

#include <string>

#include "gtest/gtest.h"

namespace tenon::vm::sys {
namespace {

TEST(PipeReaderTest, ReadsMoreThanAPipeHoldsFromWhoOpensIt) {
  auto reader = PipeReader::Start();
  ASSERT_TRUE(reader);
  const std::string text(1'000'000, 'x');
  const std::string path = "/proc/self/fd/" + std::to_string(reader->descriptor());

  const int file = open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  size_t written = 0;
  while (written < text.size()) {
    const ssize_t more = write(file, text.data() + written, text.size() - written);
    ASSERT_GT(more, 0);
    written += static_cast<size_t>(more);
  }
  close(file);

  const std::vector<uint8_t> bytes = reader->Finish();
  EXPECT_EQ(std::string(bytes.begin(), bytes.end()), text);
}

TEST(PipeReaderTest, EndsWhereNobodyWrote) {
  auto reader = PipeReader::Start();
  ASSERT_TRUE(reader);
  EXPECT_TRUE(reader->Finish().empty());
}

}  // namespace
}  // namespace tenon::vm::sys
