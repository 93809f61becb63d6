#include "test/fuzz/generator/generator.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "test/fuzz/generator/body.h"
#include "test/fuzz/generator/constants.h"
#include "vm/binary/encoder.h"

namespace tenon::vm {
namespace {

constexpr size_t kBytesOfSeed = 4096;
constexpr uint32_t kExportedFuncs = 4;
constexpr uint32_t kInnerFuncs = 4;
constexpr uint64_t kFuel = 100;

class ModuleGenerator {
 public:
  ModuleGenerator(Choices& choices, const GeneratorOptions& options)
      : choices_(choices),
        rows_(MakeRows(options)),
        types_(choices, options, &module_),
        scope_{choices, options, module_, types_, rows_} {}

  std::vector<uint8_t> Generate() {
    types_.Generate();
    AddFunctions();
    RankAggregates(scope_);
    AddTags();
    AddMemories();
    AddTables();  // whose initialisers see no globals of the module's own
    AddGlobals();
    AddElems();
    AddDatas();
    AddExports();
    for (const TypeIdx type : module_.functions) AddBody(type);
    return EncodeModule(module_);
  }

 private:
  void AddFunctions();
  void AddTags();
  void AddMemories();
  void AddGlobals();
  void AddGlobal(ValType type, bool is_mutable);
  void AddTables();
  void AddTable(ValType element, AddressType address);
  void AddElems();
  void AddElem(ElemSegment segment, uint32_t count);
  void AddDatas();
  void AddExports();
  void AddExport(ExternKind kind, absl::string_view letter, uint32_t index);
  void AddBody(TypeIdx type);
  ByteRange Constant(ValType type);
  ByteRange Offset(AddressType address, uint64_t value);
  ByteRange RangeFrom(size_t begin) const {
    return {static_cast<uint32_t>(begin), static_cast<uint32_t>(module_.bytes.size() - begin)};
  }
  // The type, or one like it that has a constant.
  ValType Makeable(ValType type) {
    if (ConstantWriter(scope_, &module_.bytes).CanMake(type)) return type;
    return ValType::Ref(type.heap(), true);
  }

  Choices& choices_;
  const Rows rows_;
  Module module_;
  TypeSection types_;
  ModuleScope scope_;
};

// The first ones have the types that hosts can call.
void ModuleGenerator::AddFunctions() {
  for (uint32_t i = 0; i < kExportedFuncs; ++i) {
    module_.functions.push_back(TypeIdx(choices_.Below(kHostFuncTypes)));
  }
  for (uint32_t i = 0; i < kInnerFuncs; ++i) {
    const absl::Span<const uint32_t> all = types_.OfKind(SubType::Kind::kFunc);
    module_.functions.push_back(TypeIdx(choices_.Of(all)));
  }
  if (!choices_.OneIn(8)) return;
  module_.start = FuncIdx(scope_.func_count());
  module_.functions.push_back(TypeIdx(types_.FuncTypeOf({}, {})));
}

void ModuleGenerator::AddTags() {
  if (!scope_.Has(Opcode::Throw)) return;
  module_.tags.push_back({TypeIdx(types_.FuncTypeOf({}, {}))});
  module_.tags.push_back({TypeIdx(types_.FuncTypeOf({types_.AnyScalar()}, {}))});
  module_.tags.push_back({TypeIdx(types_.FuncTypeOf(types_.AnyTypes(3), {}))});
}

// All have a maximum: how far others grow is an engine's own affair.
void ModuleGenerator::AddMemories() {
  MemoryType near{.limits = {.min = 1, .max = 2, .has_max = true}};
  near.shared = scope_.Has(Opcode::AtomicFence) && choices_.OneIn(3);
  module_.memories.push_back(near);
  if (choices_.OneIn(2)) {
    MemoryType wide{.limits = {.min = 1, .max = 3, .has_max = true}, .address = AddressType::kI64};
    module_.memories.push_back(wide);
  }
  if (scope_.options.features.Has(Feature::kCustomPageSizes) && choices_.OneIn(2)) {
    MemoryType small{.limits = {.min = 400, .max = 401, .has_max = true}, .page_size_log2 = 0};
    if (choices_.OneIn(2)) small.address = AddressType::kI64;
    module_.memories.push_back(small);
  }
  if (choices_.OneIn(2)) std::swap(module_.memories.front(), module_.memories.back());
}

ByteRange ModuleGenerator::Constant(ValType type) {
  const size_t begin = module_.bytes.size();
  ConstantWriter(scope_, &module_.bytes).Write(type);
  InstructionWriter(&module_.bytes).Write({.op = Opcode::End});
  return RangeFrom(begin);
}

void ModuleGenerator::AddGlobal(ValType type, bool is_mutable) {
  const ValType makeable = Makeable(type);
  const ByteRange init = Constant(makeable);
  module_.globals.push_back({.type = {makeable, is_mutable}, .init = init});
}

void ModuleGenerator::AddGlobals() {
  const size_t begin = module_.bytes.size();
  InstructionWriter writer(&module_.bytes);
  writer.Write({.op = Opcode::I32Const, .bits = kFuel});
  writer.Write({.op = Opcode::End});
  module_.globals.push_back({.type = {ValType::kI32, true}, .init = RangeFrom(begin)});
  for (const ValType type : {ValType::kI32, ValType::kI64, ValType::kF32, ValType::kF64}) {
    AddGlobal(type, true);
  }
  AddGlobal(ValType::kI32, false);
  for (uint32_t n = choices_.Below(6); n > 0; --n) {
    AddGlobal(types_.AnyType(), !choices_.OneIn(3));
  }
}

void ModuleGenerator::AddTable(ValType element, AddressType address) {
  Table table{.type = {.limits = {.min = 8, .max = 10, .has_max = true}, .address = address}};
  const ValType makeable = Makeable(element);
  table.type.element = makeable;
  if (!makeable.nullable() || choices_.OneIn(2)) table.init = Constant(makeable);
  module_.tables.push_back(table);
}

void ModuleGenerator::AddTables() {
  AddTable(ValType::kFuncRef, choices_.OneIn(3) ? AddressType::kI64 : AddressType::kI32);
  if (choices_.OneIn(2)) AddTable(types_.AnyRef(), AddressType::kI32);
  if (choices_.OneIn(2)) AddTable(types_.AnyRef(), AddressType::kI64);
}

ByteRange ModuleGenerator::Offset(AddressType address, uint64_t value) {
  const size_t begin = module_.bytes.size();
  InstructionWriter writer(&module_.bytes);
  const bool is_64 = address == AddressType::kI64;
  writer.Write({.op = is_64 ? Opcode::I64Const : Opcode::I32Const, .bits = value});
  writer.Write({.op = Opcode::End});
  return RangeFrom(begin);
}

void ModuleGenerator::AddElem(ElemSegment segment, uint32_t count) {
  const bool has_functions = segment.type == ValType::Ref(HeapKind::kFunc, false);
  for (uint32_t i = 0; i < count; ++i) {
    if (has_functions) segment.funcs.push_back(FuncIdx(choices_.Below(scope_.func_count())));
    if (!has_functions) segment.exprs.push_back(Constant(segment.type));
  }
  module_.elems.push_back(std::move(segment));
}

void ModuleGenerator::AddElems() {
  const ValType func = ValType::Ref(HeapKind::kFunc, false);
  ElemSegment all{.mode = ElemSegment::Mode::kDeclarative, .type = func};
  for (uint32_t i = 0; i < scope_.func_count(); ++i) all.funcs.push_back(FuncIdx(i));
  module_.elems.push_back(all);
  for (uint32_t i = 0; i < module_.tables.size(); ++i) {
    const TableType& table = module_.tables[i].type;
    const ByteRange offset = Offset(table.address, i == 0 ? 0 : choices_.Below(3));
    AddElem({.mode = ElemSegment::Mode::kActive,
             .table = TableIdx(i),
             .table_offset = offset,
             .type = i == 0 ? func : table.element},
            i == 0 ? 8 : 3);
  }
  AddElem({.type = func}, 4);
  AddElem({.type = ValType::kFuncRef}, 4);
  AddElem({.type = Makeable(types_.AnyRef())}, 4);
}

void ModuleGenerator::AddDatas() {
  for (uint32_t n = 2 + choices_.Below(2); n > 0; --n) {
    DataSegment segment;
    segment.active = n % 2 == 0;
    if (segment.active) {
      segment.memory = MemoryIdx(choices_.Below(module_.memories.size()));
      const AddressType address = module_.memories[segment.memory.value()].address;
      segment.memory_offset = Offset(address, choices_.Below(3));
    }
    const size_t begin = module_.bytes.size();
    const std::vector<uint8_t> bytes = BytesOfSeed(choices_.Below(256), 64 + choices_.Below(64));
    module_.bytes.insert(module_.bytes.end(), bytes.begin(), bytes.end());
    segment.bytes = RangeFrom(begin);
    module_.datas.push_back(segment);
  }
  module_.data_count = module_.datas.size();
}

void ModuleGenerator::AddExport(ExternKind kind, absl::string_view letter, uint32_t index) {
  module_.texts.push_front(absl::StrCat(letter, index));
  module_.exports.push_back({.name = module_.texts.front(), .kind = kind, .index = index});
}

void ModuleGenerator::AddExports() {
  for (uint32_t i = 0; i < kExportedFuncs; ++i) AddExport(ExternKind::kFunc, "f", i);
  for (uint32_t i = 0; i < module_.globals.size(); ++i) {
    const ValType type = module_.globals[i].type.type;
    const bool is_scalar = type.is_num_or_vec() && type != ValType::kV128;
    if (is_scalar) AddExport(ExternKind::kGlobal, "g", i);
  }
  for (uint32_t i = 0; i < module_.memories.size(); ++i) AddExport(ExternKind::kMemory, "m", i);
  for (uint32_t i = 0; i < module_.tables.size(); ++i) AddExport(ExternKind::kTable, "t", i);
  for (uint32_t i = 0; i < module_.tags.size(); ++i) AddExport(ExternKind::kTag, "e", i);
}

void ModuleGenerator::AddBody(TypeIdx type) {
  const size_t begin = module_.bytes.size();
  const FuncType func = types_.at(type.value()).func;  // the section may grow meanwhile
  BodyGenerator(scope_, func, &module_.bytes).Generate();
  module_.bodies.push_back({RangeFrom(begin)});
}

}  // namespace

std::vector<uint8_t> GenerateModule(absl::Span<const uint8_t> bytes,
                                    const GeneratorOptions& options) {
  Choices choices(bytes);
  return ModuleGenerator(choices, options).Generate();
}

std::vector<uint8_t> GenerateModule(uint64_t seed, const GeneratorOptions& options) {
  return GenerateModule(BytesOfSeed(seed, kBytesOfSeed), options);
}

}  // namespace tenon::vm
