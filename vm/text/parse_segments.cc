// Element and data segments, and constant expressions. core: #text-elem, #text-data
#include "vm/syntax/instruction_writer.h"
#include "vm/text/expression_parser.h"
#include "vm/text/module_parser.h"

namespace tenon::vm {

bool ModuleParser::ParseConstExpr(bool is_folded, ByteRange* out) {
  out->offset = static_cast<uint32_t>(module.bytes.size());
  IndexSpace no_locals{"local"};
  ExpressionParser expression(this, &no_locals);
  if (is_folded ? !expression.ParseFolded() : !expression.ParseSequence()) return false;
  out->size = static_cast<uint32_t>(module.bytes.size()) - out->offset;
  return true;
}

// `(offset instr*)`, or one folded instruction.
bool ModuleParser::ParseOffset(ByteRange* out) {
  if (!lexer.TakeOpen("offset")) return ParseConstExpr(/*is_folded=*/true, out);
  return ParseConstExpr(/*is_folded=*/false, out) && ExpectClose();
}

void ModuleParser::WriteZero(AddressType type, ByteRange* out) {
  out->offset = static_cast<uint32_t>(module.bytes.size());
  InstructionWriter writer(&module.bytes);
  Instruction zero;
  zero.op = type == AddressType::kI64 ? Opcode::I64Const : Opcode::I32Const;
  writer.Write(zero);
  writer.WriteOpcode(Opcode::End);
  out->size = static_cast<uint32_t>(module.bytes.size()) - out->offset;
}

bool ModuleParser::ParseElem() {
  ElemSegment segment;
  segment.offset = MarkField();
  if (!SkipBinding()) return false;
  bool func_may_be_omitted = false;
  if (lexer.TakeKeyword("declare")) {
    segment.mode = ElemSegment::Mode::kDeclarative;
  } else if (AtIndex() || (lexer.Peek().kind == TokenKind::kLeftParen && !AtRefType())) {
    segment.mode = ElemSegment::Mode::kActive;
    func_may_be_omitted = true;
    uint32_t bare_table = 0;  // as the first version of the format had it
    if (AtIndex() && !ParseIndex(tables, &bare_table)) return false;
    segment.table = TableIdx(bare_table);
    if (lexer.TakeOpen("table")) {
      uint32_t table;
      if (!ParseIndex(tables, &table) || !ExpectClose()) return false;
      segment.table = TableIdx(table);
      func_may_be_omitted = false;
    }
    if (!ParseOffset(&segment.table_offset)) return false;
  }
  if (!ParseElemList(func_may_be_omitted, &segment)) return false;
  module.elems.push_back(std::move(segment));
  return true;
}

bool ModuleParser::ParseElemList(bool func_may_be_omitted, ElemSegment* segment) {
  if (AtRefType()) {
    return ParseRefType(&segment->type) && ParseElemExprs(segment);
  }
  if (!lexer.TakeKeyword("func") && !func_may_be_omitted) return Unexpected();
  segment->type = ValType::Ref(HeapKind::kFunc, /*nullable=*/false);
  return ParseElemFuncs(segment);
}

bool ModuleParser::ParseElemFuncs(ElemSegment* segment) {
  while (AtIndex()) {
    uint32_t index;
    if (!ParseIndex(funcs, &index)) return false;
    segment->funcs.push_back(FuncIdx(index));
  }
  return true;
}

// `(item instr*)` or one folded instruction, each.
bool ModuleParser::ParseElemExprs(ElemSegment* segment) {
  while (lexer.Peek().kind == TokenKind::kLeftParen) {
    const bool is_item = lexer.TakeOpen("item");
    if (!ParseConstExpr(/*is_folded=*/!is_item, &segment->exprs.emplace_back())) return false;
    if (is_item && !ExpectClose()) return false;
  }
  return true;
}

// The rest of `(table t (elem ...))` from after `(elem`; sets the table's limits.
bool ModuleParser::ParseInlineElems(uint32_t table, TableType* type) {
  ElemSegment segment;
  segment.mode = ElemSegment::Mode::kActive;
  segment.offset = MarkField();
  segment.table = TableIdx(table);
  segment.type = type->element;
  WriteZero(type->address, &segment.table_offset);
  const bool as_exprs = lexer.Peek().kind == TokenKind::kLeftParen;
  if (as_exprs ? !ParseElemExprs(&segment) : !ParseElemFuncs(&segment)) return false;
  if (!ExpectClose()) return false;
  const uint64_t count = as_exprs ? segment.exprs.size() : segment.funcs.size();
  type->limits = {count, count, true};
  if (!as_exprs && type->element.heap() == HeapType(HeapKind::kFunc)) {
    segment.type = ValType::Ref(HeapKind::kFunc, /*nullable=*/false);
  } else {
    // Indices stand for references of type func; for a narrower type they must be expressions.
    for (FuncIdx func : segment.funcs) {
      ByteRange range{static_cast<uint32_t>(module.bytes.size()), 0};
      InstructionWriter writer(&module.bytes);
      Instruction reference;
      reference.op = Opcode::RefFunc;
      reference.index = func.value();
      writer.Write(reference);
      writer.WriteOpcode(Opcode::End);
      range.size = static_cast<uint32_t>(module.bytes.size()) - range.offset;
      segment.exprs.push_back(range);
    }
    segment.funcs.clear();
  }
  module.elems.push_back(std::move(segment));
  return true;
}

bool ModuleParser::ParseData() {
  DataSegment segment;
  if (!SkipBinding()) return false;
  if (AtIndex() || lexer.Peek().kind == TokenKind::kLeftParen) {
    segment.active = true;
    uint32_t bare_memory = 0;  // as the first version of the format had it
    if (AtIndex() && !ParseIndex(memories, &bare_memory)) return false;
    segment.memory = MemoryIdx(bare_memory);
    if (lexer.TakeOpen("memory")) {
      uint32_t memory;
      if (!ParseIndex(memories, &memory) || !ExpectClose()) return false;
      segment.memory = MemoryIdx(memory);
    }
    if (!ParseOffset(&segment.memory_offset)) return false;
  }
  ParseStrings(&segment.bytes);
  module.datas.push_back(segment);
  return true;
}

// The rest of `(memory (data ...))` from after `(data`; sets the memory's limits.
bool ModuleParser::ParseInlineData(uint32_t memory, MemoryType* type) {
  DataSegment segment;
  segment.active = true;
  segment.memory = MemoryIdx(memory);
  WriteZero(type->address, &segment.memory_offset);
  ParseStrings(&segment.bytes);
  if (!ExpectClose()) return false;
  const uint64_t page = uint64_t{1} << type->page_size_log2;
  const uint64_t pages = (segment.bytes.size + page - 1) >> type->page_size_log2;
  type->limits = {pages, pages, true};
  module.datas.push_back(segment);
  return true;
}

void ModuleParser::ParseStrings(ByteRange* out) {
  out->offset = static_cast<uint32_t>(module.bytes.size());
  while (lexer.Peek().kind == TokenKind::kString) {
    const std::string bytes = StringValue(lexer.Take());
    module.bytes.insert(module.bytes.end(), bytes.begin(), bytes.end());
  }
  out->size = static_cast<uint32_t>(module.bytes.size()) - out->offset;
}

}  // namespace tenon::vm
