// Any text of a component: what parses must decode, print, flat and folded, and what is printed
// parse to the same bytes.
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/text/locate.h"
#include "abi/text/parse.h"
#include "abi/text/print.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/text/lexer.h"
#include "vm/text/print_names.h"

namespace tenon {
namespace {

using Bytes = std::vector<uint8_t>;

// Empty where printing has a limit that parsing has not, or a module written out is malformed.
std::string Printed(const abi::syntax::RootComponent& component, bool fold) {
  std::string text;
  const Status status = abi::PrintComponent(component, {.fold = fold}, vm::Features::All(),
                                            [&](absl::string_view piece) -> Status {
                                              absl::StrAppend(&text, piece);
                                              return {};
                                            });
  return status ? text : "";
}

// Bytes written out may be anything, a name section too, and of a name that no identifier can stand
// for a module's comes before that of the component around it.
bool SaysMoreThanIdentifiers(absl::string_view text) {
  vm::Lexer lexer(text);
  for (vm::Token token = lexer.Take(); token.kind != vm::TokenKind::kEnd; token = lexer.Take()) {
    if (token.kind == vm::TokenKind::kAnnotation || token.Is("binary")) return true;
    if (token.kind == vm::TokenKind::kId && !vm::CanBeId(vm::IdName(token))) return true;
  }
  return false;
}

// Its message has a place in the text, or the component is valid.
void Validate(std::unique_ptr<const abi::syntax::RootComponent> component, absl::string_view text,
              const std::vector<abi::TextMark>& marks) {
  vm::TypeStore types;
  const vm::Features features;
  auto valid = abi::ValidateComponent(
      std::move(component), &types, abi::CoreLoader(&types, features, vm::BodyValidation::kEager));
  if (valid) return;
  const Error error = abi::LocateInText(std::move(valid).error(), text, marks, vm::Features::All());
  TENON_CHECK(marks.empty() || !error.where() || error.where()->is_text());
}

void RoundTrip(absl::string_view input) {
  std::vector<abi::TextMark> marks;
  const auto bytes = abi::ParseComponent(input, vm::Features::All(), &marks);
  if (!bytes) return;
  auto component = abi::DecodeComponent(*bytes);
  if (!component) return;
  const bool is_exact = !SaysMoreThanIdentifiers(input);
  for (const bool fold : {false, true}) {
    const std::string text = Printed(**component, fold);
    if (text.empty() || !is_exact) continue;
    const auto again = abi::ParseComponent(text);
    TENON_CHECK(again.has_value());
    TENON_CHECK(*again == *bytes);
  }
  Validate(*std::move(component), input, marks);
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::RoundTrip({reinterpret_cast<const char*>(data), size});
  return 0;
}
