// Any text: parsing must end in a module or an error, and what parses must not upset validation.
#include <cstdint>
#include <memory>

#include "absl/strings/string_view.h"
#include "vm/syntax/type_store.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon;
  auto module = vm::ParseModule(absl::string_view(reinterpret_cast<const char*>(data), size));
  if (!module) return 0;
  vm::TypeStore types;
  (void)vm::ValidateModule(std::make_unique<vm::Module>(std::move(*module)), &types,
                           vm::Features(), vm::BodyValidation::kEager);
  return 0;
}
