#include "wit/syntax/parser.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "wit/syntax/parse.h"

namespace tenon::wit {
namespace {

std::string Describe(const Token& token) {
  switch (token.kind) {
    case TokenKind::kEnd: return "the end of the file";
    case TokenKind::kString: return std::string(token.text);
    case TokenKind::kName:
      if (token.is_keyword()) return absl::StrCat("the keyword '", token.text, "'");
      break;
    default: break;
  }
  return absl::StrCat("'", token.text, "'");
}

// What a block comment says, line by line, without the column of stars.
void AppendBlock(absl::string_view text, std::vector<absl::string_view>& lines) {
  text = text.substr(3, text.size() - 5);  // "/**" and "*/"
  for (absl::string_view line : absl::StrSplit(text, '\n')) {
    line = absl::StripAsciiWhitespace(line);
    if (absl::ConsumePrefix(&line, "*")) absl::ConsumePrefix(&line, " ");
    lines.push_back(line);
  }
  if (!lines.empty() && lines.back().empty()) lines.pop_back();
}

}  // namespace

Status Parser::Advance() {
  last_end_ = token_.end;
  last_comments_ = token_.comments;
  TENON_ASSIGN_OR_RETURN(token_, lexer_.Next());
  return {};
}

Status Parser::AdvanceToVersion() {
  TENON_ASSIGN_OR_RETURN(token_, lexer_.NextVersion());
  return {};
}

Result<bool> Parser::Take(absl::string_view spelling) {
  if (!At(spelling)) return false;
  TENON_RETURN_IF_ERROR(Advance());
  return true;
}

Status Parser::Expect(absl::string_view spelling, absl::string_view where) {
  if (!At(spelling)) return FailHere(absl::StrCat("'", spelling, "' ", where));
  return Advance();
}

Result<ast::Name> Parser::ExpectName(absl::string_view what) {
  if (token_.kind != TokenKind::kName) return FailHere(what);
  if (token_.is_keyword()) return FailAtKeyword(token_, what);
  const ast::Name name{token_.text, token_.offset};
  TENON_RETURN_IF_ERROR(Advance());
  return name;
}

std::unexpected<Error> Parser::FailHere(absl::string_view expected) const {
  return FailAt(token_.offset, absl::StrCat("expected ", expected, ", found ", Describe(token_)));
}

std::unexpected<Error> Parser::FailAtKeyword(const Token& keyword,
                                             absl::string_view expected) const {
  return FailAt(keyword.offset, absl::StrCat("expected ", expected, ", found ", Describe(keyword),
                                             "; as a name it is written '%", keyword.text, "'"));
}

std::unexpected<Error> Parser::FailAt(uint32_t offset, absl::string_view message) const {
  return Fail(ErrorKind::kMalformed, message, Locate(lexer_.text(), offset));
}

Result<ast::Document> Parser::Run() {
  ast::Document document;
  document.text = lexer_.text();
  TENON_RETURN_IF_ERROR(Advance());
  TENON_RETURN_IF_ERROR(ParseItems(Scope::kFile, document.items));
  document.comments = std::move(lexer_.comments());
  return document;
}

Result<ast::Document> ParseWit(absl::string_view text) {
  TENON_ASSIGN_OR_RETURN(Lexer lexer, Lexer::Create(text));
  return Parser(std::move(lexer)).Run();
}

std::string DocsOf(const ast::Document& document, const ast::Head& head) {
  std::vector<absl::string_view> lines;
  for (uint32_t i = head.comments.first; i < head.comments.last; ++i) {
    const Comment& comment = document.comments[i];
    if (!comment.is_doc()) continue;
    if (!comment.is_line()) {
      AppendBlock(comment.text, lines);
      continue;
    }
    absl::string_view line = comment.text.substr(3);
    absl::ConsumePrefix(&line, " ");
    lines.push_back(line);
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace tenon::wit
