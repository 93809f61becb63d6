#include "vm/base/status.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon {

Error::Error(ErrorKind kind, std::string_view message)
    : rep_(new Rep{kind, std::string(message), "", std::nullopt, std::nullopt}) {}

Error::Error(ErrorKind kind, std::string_view message, SourceLocation where)
    : rep_(new Rep{kind, std::string(message), "", where, std::nullopt}) {}

Error::Error(Trap trap)
    : rep_(new Rep{ErrorKind::kTrap, trap.message, "", std::nullopt, std::nullopt}) {
  rep_->trap = std::move(trap);
}

Error&& Error::WithContext(std::string_view added) && {
  const absl::string_view context(added.data(), added.size());
  rep_->context =
      rep_->context.empty() ? std::string(context) : absl::StrCat(context, ": ", rep_->context);
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text;
  if (!rep_->context.empty()) absl::StrAppend(&text, rep_->context, ": ");
  if (rep_->where && rep_->where->is_text()) {
    absl::StrAppend(&text, rep_->where->line, ":", rep_->where->column, ": ");
  }
  absl::StrAppend(&text, rep_->message);
  if (rep_->where && !rep_->where->is_text()) {
    absl::StrAppendFormat(&text, " (at offset 0x%x)", rep_->where->offset);
  }
  return text;
}

void CheckFailed(const char* condition, const char* file, int line) {
  std::fprintf(stderr, "tenon: internal error: %s does not hold at %s:%d\n", condition, file, line);
  std::abort();
}

}  // namespace tenon
