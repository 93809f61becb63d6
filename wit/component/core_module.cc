#include "wit/component/core_module.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"
#include "vm/text/parser.h"

namespace tenon::wit {
namespace {

// The types of canonical signatures, and whatever a module has beside.
const char* NameOf(vm::ValType type) {
  using Kind = vm::ValType::Kind;
  switch (type.kind()) {
    case Kind::kI32: return "i32";
    case Kind::kI64: return "i64";
    case Kind::kF32: return "f32";
    case Kind::kF64: return "f64";
    case Kind::kV128: return "v128";
    default: return "a reference";
  }
}

std::string Joined(const std::vector<vm::ValType>& types) {
  return absl::StrJoin(
      types, " ", [](std::string* out, vm::ValType type) { absl::StrAppend(out, NameOf(type)); });
}

vm::Module Parsed(absl::string_view text) {
  Result<vm::Module> module = vm::ParseModule(text);
  TENON_CHECK(module.has_value());
  return std::move(*module);
}

}  // namespace

Result<vm::Module> DecodeCoreModule(std::vector<uint8_t> bytes) {
  return vm::DecodeModule(std::move(bytes), vm::Features::All());
}

const vm::FuncType* FuncTypeAt(const vm::Module& module, vm::TypeIdx type) {
  if (type.value() >= module.types.size()) return nullptr;
  const vm::SubType& found = module.types[type.value()];
  return found.kind == vm::SubType::Kind::kFunc ? &found.func : nullptr;
}

uint32_t CountImports(const vm::Module& module, vm::ExternKind kind) {
  return static_cast<uint32_t>(
      std::count_if(module.imports.begin(), module.imports.end(),
                    [&](const vm::Import& import) { return import.kind() == kind; }));
}

ModuleIndex::ModuleIndex(const vm::Module& module) : module_(module) {
  for (const vm::Import& import : module.imports) {
    const auto* type = std::get_if<vm::TypeIdx>(&import.type);
    if (type != nullptr) imported_.push_back(*type);
  }
  for (const vm::Export& each : module.exports) exports_.emplace(each.name, &each);
}

const vm::FuncType* ModuleIndex::FuncTypeOf(uint32_t function) const {
  if (function < imported_.size()) return FuncTypeAt(module_, imported_[function]);
  const size_t defined = function - imported_.size();
  return defined < module_.functions.size() ? FuncTypeAt(module_, module_.functions[defined])
                                            : nullptr;
}

const vm::Export* ModuleIndex::FindExport(absl::string_view name) const {
  const auto found = exports_.find(name);
  return found == exports_.end() ? nullptr : found->second;
}

std::vector<uint8_t> CodeOf(absl::string_view text) {
  const vm::Module module = Parsed(text);
  TENON_CHECK(module.bodies.size() == 1);
  const auto code = module.Bytes(module.bodies[0].code);
  return {code.begin(), code.end()};
}

std::vector<uint8_t> BinaryOf(absl::string_view text) { return vm::EncodeModule(Parsed(text)); }

std::string Show(const vm::FuncType& type) {
  return absl::StrCat("(", Joined(type.params), ") -> (", Joined(type.results), ")");
}

std::string Spell(const vm::FuncType& type) {
  return absl::StrCat("(param ", Joined(type.params), ") (result ", Joined(type.results), ")");
}

}  // namespace tenon::wit
