#include <string>
#include <vector>

#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "cli/commands.h"
#include "cli/feature_advice.h"
#include "cli/json.h"
#include "vm/base/utf8.h"

namespace tenon::cli {
namespace {

const char* NameOf(ErrorKind kind) {
  static constexpr const char* kNames[] = {"malformed", "invalid", "unlinkable", "limit",
                                           "trap",      "io",      "usage"};
  return kNames[static_cast<int>(kind)];
}

// What is the same for all errors of a kind has no diagnosis that says so.
std::string CodeOf(const Error& error, const Diagnosis& diagnosis) {
  if (!diagnosis.code.empty()) return diagnosis.code;
  const bool is_timeout = error.trap() != nullptr && error.trap()->kind == TrapKind::kTimeout;
  return is_timeout ? "timeout" : NameOf(error.kind());
}

void WriteUnlessEmpty(JsonWriter& json, absl::string_view key, const std::string& text) {
  if (!text.empty()) json.Member(key, EscapeControls(text));
}

void WriteDiagnosis(JsonWriter& json, const Diagnosis& diagnosis) {
  WriteStrings(json, "path", diagnosis.path);
  WriteUnlessEmpty(json, "expected", diagnosis.expected);
  WriteUnlessEmpty(json, "found", diagnosis.found);
  WriteUnlessEmpty(json, "package", diagnosis.package);
  WriteUnlessEmpty(json, "since", diagnosis.since);
  WriteUnlessEmpty(json, "nearest", diagnosis.nearest);
  WriteUnlessEmpty(json, "hint", diagnosis.hint);
  json.BeginArray("lists");
  for (const Diagnosis::List& list : diagnosis.lists) {
    json.BeginObject();
    json.Member("title", EscapeControls(list.title));
    WriteStrings(json, "items", list.items);
    json.EndObject();
  }
  json.EndArray();
}

void WritePlace(JsonWriter& json, const SourceLocation& where) {
  if (!where.is_text()) return json.Member("offset", where.offset);
  json.Member("line", where.line);
  json.Member("column", where.column);
}

}  // namespace

void WriteStrings(JsonWriter& json, absl::string_view key, absl::Span<const std::string> items) {
  json.BeginArray(key);
  for (const std::string& item : items) json.String(EscapeControls(item));
  json.EndArray();
}

std::string ErrorAsJson(const std::string& file, const Error& error) {
  Diagnosis diagnosis = error.diagnosis() != nullptr ? *error.diagnosis() : Diagnosis();
  if (diagnosis.hint.empty()) {
    const std::string advice = FeatureAdvice(error.message());
    diagnosis.hint = std::string(absl::StripPrefix(advice, "; "));
  }
  JsonWriter json;
  json.BeginObject();
  json.Member("error", EscapeControls(error.Headline()));
  json.Member("kind", absl::string_view(NameOf(error.kind())));
  json.Member("code", CodeOf(error, diagnosis));
  json.Member("file", EscapeControls(file));
  if (error.where()) WritePlace(json, *error.where());
  WriteDiagnosis(json, diagnosis);
  if (error.trap() != nullptr && !error.trap()->backtrace.empty()) {
    const std::vector<std::string> frames = absl::StrSplit(error.trap()->backtrace, '\n');
    WriteStrings(json, "backtrace", frames);
  }
  json.EndObject();
  return std::string(json.text());
}

}  // namespace tenon::cli
