// The lines of a formatted document, and its comments put back among them: whoever prints items
// says where in the source each one stands, and the comments that are due come out by themselves.
// Single blank lines of the source are kept.
#pragma once

#include <cstdint>
#include <string>

#include "absl/strings/string_view.h"
#include "wit/syntax/ast.h"

namespace tenon::wit {

class CommentPrinter {
 public:
  explicit CommentPrinter(const ast::Document& document) : document_(document) {}

  // Before an item: the comments that stand before `header_end`, each on a line of its own. Those
  // of the item's head may document it; others moved here from within it and must not.
  void BeginItem(const ast::Head& head, uint32_t header_end, bool wants_blank);
  void Line(absl::string_view text);
  // Ends a line that holds what the source has up to `end`: comments behind it on the line follow.
  void EndLine(absl::string_view text, uint32_t end);
  // The same for a line that opens a block, whose items are indented.
  void BeginBlock(absl::string_view text, uint32_t end);
  // The comments before `end`, which are the block's last, and the line that closes it.
  void EndBlock(absl::string_view text, uint32_t end);

  size_t width() const { return 2 * depth_; }
  // Whether a comment stands between the two.
  bool HasCommentIn(uint32_t begin, uint32_t end) const;
  std::string Finish();

 private:
  bool IsDue(uint32_t before) const;
  void PrintDue(uint32_t before, size_t last_documenting);
  void Append(const Comment& comment, bool may_document);
  void SeparateFrom(uint32_t offset);

  const ast::Document& document_;
  size_t next_ = 0;  // of the comments
  size_t depth_ = 0;
  bool at_block_start_ = true;
  std::string text_;
};

}  // namespace tenon::wit
