#include "abi/text/locate.h"

#include <algorithm>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/text/lexer.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::abi {
namespace {

// What is wrong with the module whose content stands there. vm/text knows the places of its
// instructions, so it is read once more.
std::optional<Error> ModuleError(absl::string_view text, SourceLocation where,
                                 const vm::Features& features) {
  vm::Lexer lexer(text);
  lexer.Seek(where);
  auto module = vm::ParseModule(std::nullopt, lexer, features);
  if (!module) return std::move(module).error();
  vm::TypeStore types;
  auto valid = vm::ValidateModule(std::make_unique<vm::Module>(*std::move(module)), &types,
                                  features, vm::BodyValidation::kEager);
  if (valid) return std::nullopt;
  return std::move(valid).error();
}

}  // namespace

Error LocateInText(Error error, absl::string_view text, absl::Span<const TextMark> marks,
                   const vm::Features& features) {
  if (!error.where() || error.where()->is_text() || marks.empty()) return error;
  const auto behind = std::ranges::upper_bound(marks, error.where()->offset, {}, &TextMark::offset);
  const TextMark& mark = behind == marks.begin() ? marks.front() : *std::prev(behind);
  if (mark.is_core_module) {
    const auto inside = ModuleError(text, mark.where, features);
    if (inside && inside->where()) {
      return std::move(error).WithMessage(inside->message()).At(*inside->where());
    }
  }
  return std::move(error).At(mark.where);
}

}  // namespace tenon::abi
