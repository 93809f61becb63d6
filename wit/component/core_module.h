// A core module that is to become part of a component: decoded, and asked for what linking needs.
// Its indices are checked where they are followed; validation comes with the finished component.
// core: #syntax-module
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/module.h"

namespace tenon::wit {

Result<vm::Module> DecodeCoreModule(std::vector<uint8_t> bytes);

// Nothing where there is none.
const vm::FuncType* FuncTypeAt(const vm::Module& module, vm::TypeIdx type);
uint32_t CountImports(const vm::Module& module, vm::ExternKind kind);

// What is looked up once for each import or export of some module. The module outlives it.
class ModuleIndex {
 public:
  explicit ModuleIndex(const vm::Module& module);

  const vm::Module& module() const { return module_; }
  // Nothing where there is none.
  const vm::FuncType* FuncTypeOf(uint32_t function) const;
  const vm::Export* FindExport(absl::string_view name) const;

 private:
  const vm::Module& module_;
  std::vector<vm::TypeIdx> imported_;  // types of functions
  absl::flat_hash_map<absl::string_view, const vm::Export*> exports_;
};

// The code of the only function of a module's text, which is our own.
std::vector<uint8_t> CodeOf(absl::string_view text);
// The binary of a module's text, which is our own.
std::vector<uint8_t> BinaryOf(absl::string_view text);

// "i32 i32 -> i64", for messages; "(param i32 i32) (result i64)", as in a text.
std::string Show(const vm::FuncType& type);
std::string Spell(const vm::FuncType& type);

}  // namespace tenon::wit
