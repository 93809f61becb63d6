#include "test/fuzz/generator/constants.h"

#include <algorithm>
#include <bit>

namespace tenon::vm {
namespace {

constexpr int kMaxDepth = 3;

constexpr uint64_t kInterestingInts[] = {0,
                                         1,
                                         2,
                                         3,
                                         4,
                                         7,
                                         8,
                                         16,
                                         31,
                                         32,
                                         63,
                                         64,
                                         127,
                                         128,
                                         255,
                                         256,
                                         0x7fff,
                                         0x8000,
                                         0xffff,
                                         0x10000,
                                         0x7fff'ffff,
                                         0x8000'0000,
                                         0xffff'ffff,
                                         0x1'0000'0000,
                                         0x7fff'ffff'ffff'ffff,
                                         0x8000'0000'0000'0000,
                                         0xffff'ffff'ffff'ffff,
                                         0xffff'ffff'ffff'fffe,
                                         0x0102'0304'0506'0708};
constexpr double kInterestingFloats[] = {0.0,
                                         1.0,
                                         -1.0,
                                         -0.0,
                                         0.5,
                                         -0.5,
                                         1.5,
                                         2.0,
                                         2.5,
                                         100.25,
                                         -127.0,
                                         128.0,
                                         255.0,
                                         32767.5,
                                         65536.0,
                                         2147483647.0,
                                         2147483648.0,
                                         -2147483648.0,
                                         -2147483649.0,
                                         4294967295.0,
                                         4294967296.0,
                                         9223372036854775807.0,
                                         -9223372036854775808.0,
                                         18446744073709551616.0,
                                         1e-45,
                                         1e-310,
                                         3.4e38,
                                         1.7e308,
                                         __builtin_inf(),
                                         -__builtin_inf(),
                                         __builtin_nan("")};

// A function of the type, or a subtype; looks from `first` on.
std::optional<uint32_t> FindFunc(const ModuleScope& scope, HeapType heap, uint32_t first) {
  const uint32_t count = scope.func_count();
  for (uint32_t i = 0; i < count; ++i) {
    const uint32_t func = (first + i) % count;
    if (scope.types.Matches(scope.FuncRefType(func).heap(), heap)) return func;
  }
  return std::nullopt;
}

// The least rank of the structures and arrays below `heap`; kNoValue without one.
uint32_t LeastRank(const ModuleScope& scope, HeapType heap) {
  uint32_t least = kNoValue;
  for (uint32_t i = 0; i < scope.ranks.size(); ++i) {
    if (scope.ranks[i] < least && scope.types.Matches(HeapType::Concrete(i), heap)) {
      least = scope.ranks[i];
    }
  }
  return least;
}

uint32_t RankOf(const ModuleScope& scope, ValType type) {
  if (!type.is_ref() || type.nullable()) return 0;
  const HeapKind top = scope.types.Top(type.heap());
  if (top == HeapKind::kExn || type.heap() == HeapType(scope.types.Bottom(type.heap()))) {
    return kNoValue;
  }
  if (top == HeapKind::kExtern) return 0;
  if (top == HeapKind::kFunc) return FindFunc(scope, type.heap(), 0) ? 0 : kNoValue;
  if (scope.types.Matches(HeapKind::kI31, type.heap())) return 0;
  return LeastRank(scope, type.heap());
}

}  // namespace

uint64_t AnyBits(Choices& choices, ValType type) {
  const bool random = choices.OneIn(4);
  switch (type.kind()) {
    case ValType::Kind::kF32:
      if (random) return choices.Bits(4);
      return std::bit_cast<uint32_t>(static_cast<float>(choices.Of(kInterestingFloats)));
    case ValType::Kind::kF64:
      if (random) return choices.Bits(8);
      return std::bit_cast<uint64_t>(choices.Of(kInterestingFloats));
    case ValType::Kind::kI32:
      return static_cast<uint32_t>(random ? choices.Bits(4) : choices.Of(kInterestingInts));
    default: return random ? choices.Bits(8) : choices.Of(kInterestingInts);
  }
}

// Until nothing changes: a structure is one deeper than the deepest of its fields.
void RankAggregates(ModuleScope& scope) {
  scope.ranks.assign(scope.types.size(), kNoValue);
  for (const uint32_t array : scope.types.OfKind(SubType::Kind::kArray)) scope.ranks[array] = 0;
  bool changed = true;
  while (changed) {
    changed = false;
    for (const uint32_t index : scope.types.OfKind(SubType::Kind::kStruct)) {
      if (scope.ranks[index] != kNoValue) continue;
      uint32_t deepest = 0;
      for (const FieldType& field : scope.types.at(index).fields) {
        deepest = std::max(deepest, RankOf(scope, field.storage.type));
      }
      if (deepest == kNoValue) continue;
      scope.ranks[index] = deepest + 1;
      changed = true;
    }
  }
}

bool ConstantWriter::CanMake(ValType type) const { return RankOf(scope_, type) != kNoValue; }

bool ConstantWriter::CanMake(HeapType heap) const { return CanMake(ValType::Ref(heap, false)); }

std::optional<uint32_t> ConstantWriter::AnyAggregate(HeapType heap, bool simple) const {
  const uint32_t least = LeastRank(scope_, heap);
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i < scope_.ranks.size(); ++i) {
    const uint32_t rank = scope_.ranks[i];
    if (rank == kNoValue || (simple && rank != least)) continue;
    if (scope_.types.Matches(HeapType::Concrete(i), heap)) found.push_back(i);
  }
  if (found.empty()) return std::nullopt;
  return scope_.choices.Of(found);
}

void ConstantWriter::Write(Opcode op, uint32_t index, uint32_t index2) {
  writer_.Write({.op = op, .index = index, .index2 = index2});
}

void ConstantWriter::WriteI32(uint32_t value) {
  writer_.Write({.op = Opcode::I32Const, .bits = value});
}

void ConstantWriter::Write(ValType type, int depth) {
  if (scope_.choices.OneIn(4) && WriteGlobal(type)) return;
  if (!type.is_ref()) return WriteNumber(type, depth);
  const bool can_make = CanMake(type.heap());
  if (type.nullable() && (!can_make || depth > 2 || !scope_.choices.OneIn(2))) {
    return WriteNull(type.heap());
  }
  WriteRef(type.heap(), depth);
}

// An immutable global before the one that is being initialised.
bool ConstantWriter::WriteGlobal(ValType type) {
  const std::vector<Global>& globals = scope_.module.globals;
  for (uint32_t i = 0; i < globals.size(); ++i) {
    const GlobalType& global = globals[i].type;
    if (global.is_mutable || !scope_.types.Matches(global.type, type)) continue;
    Write(Opcode::GlobalGet, i);
    return true;
  }
  return false;
}

void ConstantWriter::WriteNumber(ValType type, int depth) {
  Choices& choices = scope_.choices;
  if (depth < kMaxDepth && choices.OneIn(5) && WriteArithmetic(type, depth)) return;
  Instruction constant{.bits = AnyBits(choices, type)};
  switch (type.kind()) {
    case ValType::Kind::kI32: constant.op = Opcode::I32Const; break;
    case ValType::Kind::kI64: constant.op = Opcode::I64Const; break;
    case ValType::Kind::kF32: constant.op = Opcode::F32Const; break;
    case ValType::Kind::kF64: constant.op = Opcode::F64Const; break;
    default:
      constant.op = Opcode::V128Const;
      constant.v128.SetLane<uint64_t>(0, constant.bits);
      constant.v128.SetLane<uint64_t>(1, AnyBits(choices, ValType::kF64));
      break;
  }
  writer_.Write(constant);
}

// core: #valid-constant with extended-const
bool ConstantWriter::WriteArithmetic(ValType type, int depth) {
  constexpr Opcode k32[] = {Opcode::I32Add, Opcode::I32Sub, Opcode::I32Mul};
  constexpr Opcode k64[] = {Opcode::I64Add, Opcode::I64Sub, Opcode::I64Mul};
  if (type != ValType::kI32 && type != ValType::kI64) return false;
  Write(type, depth + 1);
  Write(type, depth + 1);
  Write(scope_.choices.Of(type == ValType::kI32 ? k32 : k64));
  return true;
}

void ConstantWriter::WriteNull(HeapType heap) {
  if (scope_.choices.OneIn(2)) heap = scope_.types.Bottom(heap);
  writer_.Write({.op = Opcode::RefNull, .heap = heap});
}

void ConstantWriter::WriteRef(HeapType heap, int depth) {
  switch (scope_.types.Top(heap)) {
    case HeapKind::kFunc: {
      const uint32_t first = scope_.choices.Below(scope_.func_count());
      return Write(Opcode::RefFunc, *FindFunc(scope_, heap, first));
    }
    case HeapKind::kExtern:
      WriteRef(HeapKind::kAny, depth + 1);
      return Write(Opcode::ExternConvertAny);
    default: break;
  }
  if (heap == HeapType(HeapKind::kAny) && depth < kMaxDepth && scope_.choices.OneIn(6)) {
    WriteRef(HeapKind::kExtern, depth + 1);
    return Write(Opcode::AnyConvertExtern);
  }
  const std::optional<uint32_t> aggregate = AnyAggregate(heap, /*simple=*/depth > 1);
  const bool may_be_i31 = scope_.types.Matches(HeapKind::kI31, heap);
  if (!aggregate || (may_be_i31 && (depth > 1 || !scope_.choices.OneIn(2)))) {
    WriteI32(static_cast<uint32_t>(AnyBits(scope_.choices, ValType::kI32)));
    return Write(Opcode::RefI31);
  }
  const bool is_struct = scope_.types.at(*aggregate).kind == SubType::Kind::kStruct;
  is_struct ? WriteStruct(*aggregate, depth) : WriteArray(*aggregate, depth);
}

void ConstantWriter::WriteStruct(uint32_t index, int depth) {
  const SubType& type = scope_.types.at(index);
  if (type.is_defaultable() && scope_.choices.OneIn(3)) {
    return Write(Opcode::StructNewDefault, index);
  }
  for (const FieldType& field : type.fields) Write(field.storage.type, depth + 1);
  Write(Opcode::StructNew, index);
}

void ConstantWriter::WriteArray(uint32_t index, int depth) {
  const SubType& type = scope_.types.at(index);
  const ValType element = type.fields[0].storage.type;
  const uint32_t length = 2 + scope_.choices.Below(8);
  if (!CanMake(element) || depth > kMaxDepth) return Write(Opcode::ArrayNewFixed, index, 0);
  switch (scope_.choices.Below(3)) {
    case 0:
      Write(element, depth + 1);
      WriteI32(length);
      return Write(Opcode::ArrayNew, index);
    case 1:
      if (!type.is_defaultable()) break;
      WriteI32(length);
      return Write(Opcode::ArrayNewDefault, index);
    default: break;
  }
  const uint32_t count = scope_.choices.OneIn(16) ? 0 : 2 + length % 3;
  for (uint32_t i = 0; i < count; ++i) Write(element, depth + 1);
  Write(Opcode::ArrayNewFixed, index, count);
}

}  // namespace tenon::vm
