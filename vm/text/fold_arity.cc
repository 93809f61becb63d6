#include "vm/text/fold_arity.h"

#include <algorithm>
#include <array>

namespace tenon::vm {
namespace {

struct FixedArity {
  Opcode op;
  uint8_t operands;
  uint8_t results;
};

// Of the rows without a signature, those that always take as many.
constexpr FixedArity kFixed[] = {
    {Opcode::BrIf, 1, 0},
    {Opcode::BrTable, 1, 0},
    {Opcode::Drop, 1, 0},
    {Opcode::Select, 3, 1},
    {Opcode::SelectT, 3, 1},
    {Opcode::LocalGet, 0, 1},
    {Opcode::LocalSet, 1, 0},
    {Opcode::LocalTee, 1, 1},
    {Opcode::GlobalGet, 0, 1},
    {Opcode::GlobalSet, 1, 0},
    {Opcode::TableGet, 1, 1},
    {Opcode::TableSet, 2, 0},
    {Opcode::TableCopy, 3, 0},
    {Opcode::TableGrow, 2, 1},
    {Opcode::TableFill, 3, 0},
    {Opcode::RefNull, 0, 1},
    {Opcode::RefIsNull, 1, 1},
    {Opcode::RefFunc, 0, 1},
    {Opcode::MemoryCopy, 3, 0},
    {Opcode::BrOnNull, 1, 1},
    {Opcode::BrOnNonNull, 1, 0},
    {Opcode::BrOnCast, 1, 1},
    {Opcode::BrOnCastFail, 1, 1},
    {Opcode::RefAsNonNull, 1, 1},
    {Opcode::RefTest, 1, 1},
    {Opcode::RefTestNull, 1, 1},
    {Opcode::RefCast, 1, 1},
    {Opcode::RefCastNull, 1, 1},
    {Opcode::AnyConvertExtern, 1, 1},
    {Opcode::ExternConvertAny, 1, 1},
    {Opcode::StructNewDefault, 0, 1},
    {Opcode::StructGet, 1, 1},
    {Opcode::StructGetS, 1, 1},
    {Opcode::StructGetU, 1, 1},
    {Opcode::StructSet, 2, 0},
    {Opcode::ArrayNew, 2, 1},
    {Opcode::ArrayNewDefault, 1, 1},
    {Opcode::ArrayNewData, 2, 1},
    {Opcode::ArrayNewElem, 2, 1},
    {Opcode::ArrayGet, 2, 1},
    {Opcode::ArrayGetS, 2, 1},
    {Opcode::ArrayGetU, 2, 1},
    {Opcode::ArraySet, 3, 0},
    {Opcode::ArrayFill, 4, 0},
    {Opcode::ArrayCopy, 5, 0},
    {Opcode::ArrayInitData, 4, 0},
    {Opcode::ArrayInitElem, 4, 0},
};

// "ii:i" is two operands and one result; "*" is neither.
FoldArity ArityOfSignature(const char* signature) {
  FoldArity arity;
  uint32_t* count = &arity.operands;
  for (; *signature != '\0' && *signature != '*'; ++signature) {
    if (*signature == ':') {
      count = &arity.results;
    } else {
      ++*count;
    }
  }
  return arity;
}

// By opcode: from the row's signature, else from the list.
std::array<FoldArity, kOpcodeCount> MakeTable() {
  std::array<FoldArity, kOpcodeCount> table{};
  for (size_t i = 0; i < table.size(); ++i) table[i] = ArityOfSignature(kOpcodeTable[i].signature);
  for (const FixedArity& row : kFixed) {
    table[static_cast<int>(row.op)] = {row.operands, row.results};
  }
  return table;
}

const FuncType* FindFuncType(const Module& module, uint32_t index) {
  if (index >= module.types.size()) return nullptr;
  const SubType& type = module.types[index];
  return type.kind == SubType::Kind::kFunc ? &type.func : nullptr;
}

FoldArity CallArity(const FuncType* type, uint32_t more_operands, bool returns) {
  if (type == nullptr) return {};
  return {static_cast<uint32_t>(type->params.size()) + more_operands,
          returns ? static_cast<uint32_t>(type->results.size()) : 0};
}

}  // namespace

std::vector<TypeIdx> FunctionTypes(const Module& module) {
  std::vector<TypeIdx> types;
  for (const Import& import : module.imports) {
    if (const auto* type = std::get_if<TypeIdx>(&import.type)) types.push_back(*type);
  }
  types.insert(types.end(), module.functions.begin(), module.functions.end());
  return types;
}

FoldArity ArityOf(const Instruction& instruction, const Module& module,
                  absl::Span<const TypeIdx> func_types, TypeIdx func_type) {
  static const auto& kTable = *new std::array(MakeTable());
  const auto callee = [&]() -> const FuncType* {
    if (instruction.index >= func_types.size()) return nullptr;
    return FindFuncType(module, func_types[instruction.index].value());
  };
  switch (instruction.op) {
    case Opcode::Call: return CallArity(callee(), 0, true);
    case Opcode::ReturnCall: return CallArity(callee(), 0, false);
    case Opcode::CallIndirect: return CallArity(FindFuncType(module, instruction.index), 1, true);
    case Opcode::ReturnCallIndirect:
      return CallArity(FindFuncType(module, instruction.index), 1, false);
    case Opcode::CallRef: return CallArity(FindFuncType(module, instruction.index), 1, true);
    case Opcode::ReturnCallRef: return CallArity(FindFuncType(module, instruction.index), 1, false);
    case Opcode::ArrayNewFixed: return {instruction.index2, 1};
    case Opcode::StructNew:
      return {instruction.index < module.types.size()
                  ? static_cast<uint32_t>(module.types[instruction.index].fields.size())
                  : 0,
              1};
    case Opcode::Return: {
      const FuncType* type = FindFuncType(module, func_type.value());
      return {type == nullptr ? 0 : static_cast<uint32_t>(type->results.size()), 0};
    }
    case Opcode::Block:
    case Opcode::Loop:
    case Opcode::TryTable:
    case Opcode::Try:
    case Opcode::If: {
      FoldArity arity = {instruction.op == Opcode::If ? 1u : 0u,
                         instruction.block.result.is_bot() ? 0u : 1u};
      if (!instruction.block.is_index) return arity;
      const FuncType* type = FindFuncType(module, instruction.block.index.value());
      arity.results = type == nullptr ? 0 : static_cast<uint32_t>(type->results.size());
      return arity;
    }
    default: return kTable[static_cast<int>(instruction.op)];
  }
}

}  // namespace tenon::vm
