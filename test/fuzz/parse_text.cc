// Any text: parsing must end in a module or an error, and what parses must not upset validation,
// neither with the features that are on by default nor with all.
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "vm/syntax/type_store.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon;
  const absl::string_view text(reinterpret_cast<const char*>(data), size);
  for (const vm::Features& features : {vm::Features(), vm::Features::All()}) {
    auto module = vm::ParseModule(text, features);
    if (!module) continue;
    vm::TypeStore types;
    (void)vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), &types, features,
                             vm::BodyValidation::kEager);
  }
  return 0;
}
