#include "vm/syntax/branch_hints.h"

#include <algorithm>

#include "vm/base/byte_reader.h"
#include "vm/syntax/instruction_reader.h"

namespace tenon::vm {
namespace {

bool ReadFunctionHints(ByteReader& reader, FunctionHints* out) {
  uint32_t count;
  if (!reader.ReadVarU32(&out->func) || !reader.ReadVarU32(&count)) return false;
  for (uint32_t i = 0; i < count; ++i) {
    BranchHint hint;
    uint32_t size;
    uint8_t value;
    if (!reader.ReadVarU32(&hint.offset) || !reader.ReadVarU32(&size) || size != 1 ||
        !reader.ReadByte(&value) || value > 1) {
      return false;
    }
    if (!out->hints.empty() && hint.offset <= out->hints.back().offset) return false;
    hint.is_likely = value == 1;
    out->hints.push_back(hint);
  }
  return true;
}

// Whether each hint stands at an instruction that takes one.
bool HitBranches(const Module& module, uint32_t imported, const FunctionHints& function) {
  if (function.func < imported || function.func - imported >= module.bodies.size()) return false;
  const ByteRange code = module.bodies[function.func - imported].code;
  ByteReader reader(module.Bytes(code), code.offset);
  if (!ReadLocals(reader, Features::All(), [](uint32_t, ValType) {})) return false;
  ImmediateScratch scratch;
  Instruction instruction;
  for (const BranchHint& hint : function.hints) {
    do {
      if (!ReadInstruction(reader, Features::All(), &scratch, &instruction)) return false;
    } while (instruction.offset - code.offset < hint.offset);
    const bool is_hit = instruction.offset - code.offset == hint.offset;
    if (!is_hit || !TakesBranchHint(instruction.op)) return false;
  }
  return true;
}

}  // namespace

std::optional<std::vector<FunctionHints>> ReadBranchHints(const Module& module) {
  const auto section = std::ranges::find(module.customs, kBranchHintSection, &CustomSection::name);
  if (section == module.customs.end()) return std::nullopt;
  const auto imported =
      static_cast<uint32_t>(std::ranges::count(module.imports, ExternKind::kFunc, &Import::kind));
  ByteReader reader(module.Bytes(section->content));
  std::vector<FunctionHints> functions;
  uint32_t count;
  if (!reader.ReadVarU32(&count)) return std::nullopt;
  for (uint32_t i = 0; i < count; ++i) {
    FunctionHints function;
    if (!ReadFunctionHints(reader, &function)) return std::nullopt;
    if (!functions.empty() && function.func <= functions.back().func) return std::nullopt;
    if (!HitBranches(module, imported, function)) return std::nullopt;
    functions.push_back(std::move(function));
  }
  if (!reader.at_end()) return std::nullopt;
  return functions;
}

}  // namespace tenon::vm
