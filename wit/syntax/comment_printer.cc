#include "wit/syntax/comment_printer.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"

namespace tenon::wit {

bool CommentPrinter::IsDue(uint32_t before) const {
  return next_ < document_.comments.size() && document_.comments[next_].offset < before;
}

bool CommentPrinter::HasCommentIn(uint32_t begin, uint32_t end) const {
  const auto& comments = document_.comments;
  const auto first =
      std::lower_bound(comments.begin(), comments.end(), begin,
                       [](const Comment& comment, uint32_t at) { return comment.offset < at; });
  return first != comments.end() && first->offset < end;
}

void CommentPrinter::Append(const Comment& comment, bool may_document) {
  if (may_document || !comment.is_doc()) {
    absl::StrAppend(&text_, comment.text);
    return;
  }
  // `///` becomes `//`, `/**` becomes `/*`: one mark less, and none left behind.
  const absl::string_view rest = comment.text.substr(3);
  const bool has_mark = !comment.is_line() && rest[0] == '*';
  absl::StrAppend(&text_, comment.text.substr(0, 2), has_mark ? " " : "", rest);
}

void CommentPrinter::PrintDue(uint32_t before, size_t last_documenting) {
  while (IsDue(before)) {
    const Comment& comment = document_.comments[next_];
    SeparateFrom(comment.offset);
    text_.append(width(), ' ');
    Append(comment, next_ < last_documenting);
    text_ += '\n';
    at_block_start_ = false;
    ++next_;
  }
}

// A blank line if the source has one before the offset.
void CommentPrinter::SeparateFrom(uint32_t offset) {
  if (at_block_start_) return;
  int newlines = 0;
  while (offset > 0 && absl::ascii_isspace(document_.text[offset - 1])) {
    newlines += document_.text[--offset] == '\n' ? 1 : 0;
  }
  if (newlines > 1) text_ += '\n';
}

void CommentPrinter::BeginItem(const ast::Head& head, uint32_t header_end, bool wants_blank) {
  if (wants_blank && !at_block_start_) {
    text_ += '\n';
    at_block_start_ = true;  // one is enough
  }
  PrintDue(header_end, head.comments.last);
  SeparateFrom(head.begin);
  at_block_start_ = false;
}

void CommentPrinter::Line(absl::string_view text) {
  absl::StrAppend(&text_, std::string(width(), ' '), text, "\n");
}

void CommentPrinter::EndLine(absl::string_view text, uint32_t end) {
  absl::StrAppend(&text_, std::string(width(), ' '), text);
  while (next_ < document_.comments.size()) {
    const Comment& comment = document_.comments[next_];
    if (comment.offset < end) break;
    if (document_.text.find_first_not_of(" \t\r", end) != comment.offset) break;
    text_ += ' ';
    Append(comment, true);
    end = comment.offset + static_cast<uint32_t>(comment.text.size());
    ++next_;
  }
  text_ += '\n';
}

void CommentPrinter::BeginBlock(absl::string_view text, uint32_t end) {
  EndLine(text, end);
  ++depth_;
  at_block_start_ = true;
}

void CommentPrinter::EndBlock(absl::string_view text, uint32_t end) {
  PrintDue(end, document_.comments.size());
  --depth_;
  at_block_start_ = false;
  EndLine(text, end);
}

std::string CommentPrinter::Finish() {
  PrintDue(static_cast<uint32_t>(document_.text.size()) + 1, document_.comments.size());
  return std::move(text_);
}

}  // namespace tenon::wit
