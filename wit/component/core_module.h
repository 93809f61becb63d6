// A core module that is to become part of a component: decoded, and asked for what linking needs.
// Its indices are checked where they are followed; validation comes with the finished component.
// core: #syntax-module
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "vm/syntax/module.h"

namespace tenon::wit {

Result<vm::Module> DecodeCoreModule(std::vector<uint8_t> bytes);

// Of a type, or of a function by its index; nothing where there is none.
const vm::FuncType* FuncTypeAt(const vm::Module& module, vm::TypeIdx type);
const vm::FuncType* FuncTypeOf(const vm::Module& module, uint32_t function);
const vm::Export* FindExport(const vm::Module& module, absl::string_view name);
uint32_t CountImports(const vm::Module& module, vm::ExternKind kind);

// The code of the only function of a module's text, which is our own.
std::vector<uint8_t> CodeOf(absl::string_view text);
// The binary of a module's text, which is our own.
std::vector<uint8_t> BinaryOf(absl::string_view text);

// "i32 i32 -> i64", for messages; "(param i32 i32) (result i64)", as in a text.
std::string Show(const vm::FuncType& type);
std::string Spell(const vm::FuncType& type);

}  // namespace tenon::wit
