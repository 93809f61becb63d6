// JSON for programs: one document, or one a line. Texts must be UTF-8 (EscapeControls makes them).
// RapidJSON's writer builds no tree and has nothing to set up at a start.
#pragma once

#include <rapidjson/stringbuffer.h>
#include <rapidjson/writer.h>

#include <string>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "cli/output_file.h"

namespace tenon::cli {

// Members are a Key followed by a value; objects and arrays are opened and closed by hand.
class JsonWriter {
 public:
  JsonWriter() : writer_(buffer_) {}

  void BeginObject() { writer_.StartObject(); }
  void EndObject() { writer_.EndObject(); }
  void BeginArray(absl::string_view key) {
    Key(key);
    writer_.StartArray();
  }
  void EndArray() { writer_.EndArray(); }
  void Key(absl::string_view key) { writer_.Key(key.data(), Length(key)); }
  void String(absl::string_view text) { writer_.String(text.data(), Length(text)); }

  // Text, a number or a truth.
  template <typename Value>
  void Member(absl::string_view key, const Value& value) {
    Key(key);
    if constexpr (std::is_same_v<Value, bool>) {
      writer_.Bool(value);
    } else if constexpr (std::is_integral_v<Value>) {
      writer_.Uint64(value);
    } else {
      String(value);
    }
  }

  // The finished document.
  absl::string_view text() const { return {buffer_.GetString(), buffer_.GetSize()}; }
  // Prints it and a newline, at once.
  void Print() {
    PutText(absl::StrCat(text(), "\n"));
    FlushOutput();
  }

 private:
  static rapidjson::SizeType Length(absl::string_view text) {
    return static_cast<rapidjson::SizeType>(text.size());
  }

  // ASCII alone goes out: what is not is \u-escaped, so a terminal shows no control character.
  using Writer = rapidjson::Writer<rapidjson::StringBuffer, rapidjson::UTF8<>, rapidjson::ASCII<>>;
  rapidjson::StringBuffer buffer_;
  Writer writer_;
};

// A member that is an array of strings, their control characters escaped.
void WriteStrings(JsonWriter& json, absl::string_view key, absl::Span<const std::string> items);

}  // namespace tenon::cli
