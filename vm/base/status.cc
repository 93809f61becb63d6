#include "vm/base/status.h"

#include <cstdio>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace tenon {

Error::Error(ErrorKind kind, std::string_view message)
    : rep_(new Rep{kind, std::string(message), "", std::nullopt, std::nullopt, nullptr}) {}

Error::Error(ErrorKind kind, std::string_view message, SourceLocation where)
    : rep_(new Rep{kind, std::string(message), "", where, std::nullopt, nullptr}) {}

Error::Error(Trap trap)
    : rep_(new Rep{ErrorKind::kTrap, trap.message, "", std::nullopt, std::nullopt, nullptr}) {
  rep_->trap = std::move(trap);
}

Error&& Error::WithContext(std::string_view added) && {
  const absl::string_view context(added.data(), added.size());
  rep_->context =
      rep_->context.empty() ? std::string(context) : absl::StrCat(context, ": ", rep_->context);
  return std::move(*this);
}

Error&& Error::At(SourceLocation where) && {
  rep_->where = where;
  return std::move(*this);
}

Error&& Error::WithMessage(std::string message) && {
  rep_->message = std::move(message);
  return std::move(*this);
}

Error&& Error::WithDiagnosis(Diagnosis diagnosis) && {
  rep_->diagnosis = std::make_unique<Diagnosis>(std::move(diagnosis));
  return std::move(*this);
}

Error&& Error::Within(std::string step) && {
  if (rep_->diagnosis == nullptr) rep_->diagnosis = std::make_unique<Diagnosis>();
  std::vector<std::string>& path = rep_->diagnosis->path;
  path.insert(path.begin(), std::move(step));
  return std::move(*this);
}

std::string Error::ToString() const {
  std::string text = Headline();
  if (rep_->diagnosis == nullptr) return text;
  for (const std::string& line : rep_->diagnosis->Lines()) absl::StrAppend(&text, "\n  ", line);
  return text;
}

std::string Error::Headline() const {
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
