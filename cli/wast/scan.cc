#include "cli/wast/scan.h"

#include "absl/strings/match.h"

namespace tenon::cli {
namespace {

class Scanner {
 public:
  explicit Scanner(absl::string_view text) : text_(text) {}

  ScriptScan Run() {
    while (pos_ < text_.size()) {
      if (At(";;")) {
        SkipLine();
      } else if (At("(;")) {
        SkipBlockComment();
      } else if (text_[pos_] == '"') {
        SkipString();
      } else if (text_[pos_] == '(') {
        Open();
      } else if (text_[pos_] == ')') {
        Close();
      } else {
        ++pos_;
      }
    }
    if (depth_ != 0) scan_.is_balanced = false;
    if (has_fields_) ++scan_.directives;
    return scan_;
  }

 private:
  bool At(absl::string_view prefix) const { return absl::StartsWith(text_.substr(pos_), prefix); }

  void SkipLine() {
    while (pos_ < text_.size() && text_[pos_] != '\n' && text_[pos_] != '\r') ++pos_;
  }

  void SkipBlockComment() {
    int depth = 0;
    do {
      if (pos_ >= text_.size()) {
        scan_.is_balanced = false;
        return;
      }
      if (At("(;")) {
        ++depth;
        pos_ += 2;
      } else if (At(";)")) {
        --depth;
        pos_ += 2;
      } else {
        ++pos_;
      }
    } while (depth > 0);
  }

  void SkipString() {
    for (++pos_; pos_ < text_.size(); ++pos_) {
      if (text_[pos_] == '\\') {
        ++pos_;
      } else if (text_[pos_] == '"') {
        ++pos_;
        return;
      }
    }
    scan_.is_balanced = false;
  }

  void Open() {
    ++pos_;
    if (depth_++ > 0 || At("@")) return;  // an annotation is a comment of sorts
    if (StartsDirective()) {
      ++scan_.directives;
    } else {
      has_fields_ = true;
    }
  }

  // Whether the word behind the parenthesis names a directive, not a module field. Comments between
  // the two are not looked through: no script writes them.
  bool StartsDirective() const {
    absl::string_view rest = text_.substr(pos_);
    const size_t start = rest.find_first_not_of(" \t\r\n");
    if (start == absl::string_view::npos) return true;
    rest = rest.substr(start);
    const absl::string_view word = rest.substr(0, rest.find_first_of(" \t\r\n()\";"));
    static constexpr absl::string_view kFields[] = {"type",  "rec",    "import", "func",
                                                    "table", "memory", "global", "export",
                                                    "start", "elem",   "data",   "tag"};
    for (const absl::string_view field : kFields) {
      if (word == field) return false;
    }
    return true;
  }

  void Close() {
    ++pos_;
    if (depth_ == 0) {
      scan_.is_balanced = false;
    } else {
      --depth_;
    }
  }

  absl::string_view text_;
  size_t pos_ = 0;
  size_t depth_ = 0;
  bool has_fields_ = false;
  ScriptScan scan_;
};

}  // namespace

ScriptScan ScanScript(absl::string_view text) { return Scanner(text).Run(); }

}  // namespace tenon::cli
