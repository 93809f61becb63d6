// What is compiled: a component or a core module, from the binary format or from text, decoded and
// validated as a whole.
#pragma once

#include <memory>
#include <vector>

#include "abi/valid/resolved_component.h"
#include "jit/compile.h"
#include "jit/wiring.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/type_store.h"
#include "vm/valid/resolved_module.h"

namespace tenon::jit {

class Input {
 public:
  // Of a file's bytes. Errors are as those of DecodeModule, ValidateComponent and the like.
  static Result<std::unique_ptr<const Input>> Read(std::vector<uint8_t> bytes,
                                                   const vm::Features& features);

  // Of a component in the binary format.
  static Result<std::unique_ptr<const Input>> OfComponent(std::vector<uint8_t> binary,
                                                          const vm::Features& features);

  Program program() const;

 private:
  Input() = default;
  Status TakeModule(std::vector<uint8_t> binary, const vm::Features& features);
  Status TakeComponent(std::vector<uint8_t> binary, const vm::Features& features);

  vm::TypeStore types_;
  std::unique_ptr<const abi::ResolvedComponent> component_;  // or a module
  std::shared_ptr<const vm::ResolvedModule> module_;
  std::vector<const vm::ResolvedModule*> modules_;
  std::vector<uint8_t> plan_;
  vm::artifact::Source source_;
  Wiring wiring_;
};

}  // namespace tenon::jit
