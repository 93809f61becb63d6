// Any text: what parses must print, flat and folded, and what is printed parse to the same bytes.
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/binary/encoder.h"
#include "vm/text/parser.h"
#include "vm/text/printer.h"

namespace tenon {
namespace {

// The module that its text stands for. Nothing where printing has a limit that parsing has not.
std::optional<vm::Module> ThroughText(const vm::Module& module, bool fold) {
  std::string text;
  const Status status =
      vm::PrintModule(module, {.fold = fold}, [&](absl::string_view piece) -> Status {
        absl::StrAppend(&text, piece);
        return {};
      });
  if (!status) {
    TENON_CHECK(status.error().kind() == ErrorKind::kLimit);
    return std::nullopt;
  }
  auto again = vm::ParseModule(text);
  TENON_CHECK(again.has_value());
  return *std::move(again);
}

// A name section that is written out may hold what identifiers can't say.
std::vector<uint8_t> WithoutNames(vm::Module module) {
  std::erase_if(module.customs, [](const auto& custom) { return custom.name == "name"; });
  return vm::EncodeModule(module);
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon;
  const auto module = vm::ParseModule(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!module) return 0;
  for (const bool fold : {false, true}) {
    const auto once = ThroughText(*module, fold);
    if (!once) continue;
    TENON_CHECK(WithoutNames(*once) == WithoutNames(*module));
    const auto twice = ThroughText(*once, fold);
    TENON_CHECK(twice && vm::EncodeModule(*twice) == vm::EncodeModule(*once));
  }
  return 0;
}
