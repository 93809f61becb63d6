#include <tenon/error.h>

#include <gtest/gtest.h>

namespace tenon {
namespace {

TEST(DiagnosisTest, LinesHaveWhatThereIs) {
  Diagnosis diagnosis;
  diagnosis.path = {"import \"a:b/c\"", "function \"f\"", "result"};
  diagnosis.expected = "u8";
  diagnosis.found = "s8";
  diagnosis.lists = {{"exports", {"f", "g"}}, {"imports", {}}};

  const std::vector<std::string> lines = diagnosis.Lines();

  EXPECT_EQ(lines, (std::vector<std::string>{
                       "at:         import \"a:b/c\" > function \"f\" > result", "- expected: u8",
                       "+ found:    s8", "exports:", "  f", "  g", "imports: none"}));
}

TEST(DiagnosisTest, AnErrorIsWithinWhatIsAroundIt) {
  Error error(ErrorKind::kInvalid, "no such type", SourceLocation{31});

  error = std::move(error).Within("import \"f\"").Within("component 2");

  EXPECT_EQ(error.Headline(), "no such type (at offset 0x1f)");
  EXPECT_EQ(error.ToString(),
            "no such type (at offset 0x1f)\n  at:         component 2 > import \"f\"");
}

}  // namespace
}  // namespace tenon
