// The immediates of instructions, by the kind their row names. core: #text-instr-plain
#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "vm/text/expression_parser.h"
#include "vm/text/number.h"

namespace tenon::vm {
namespace {

constexpr absl::string_view kOffset = "offset=";
constexpr absl::string_view kAlign = "align=";

// `prefix` and a number: a memarg's field is one keyword.
bool IsMemArgField(const Token& token, absl::string_view prefix) {
  return token.kind == TokenKind::kKeyword && token.text.substr(0, prefix.size()) == prefix &&
         ClassifyNumber(token.text.substr(prefix.size())) == NumberForm::kNat;
}

bool IsNumber(const Token& token) {
  return token.kind == TokenKind::kNat || token.kind == TokenKind::kInt ||
         token.kind == TokenKind::kFloat;
}

struct CatchKeyword {
  absl::string_view keyword;
  CatchClause::Kind kind;
};
constexpr CatchKeyword kCatchKeywords[] = {
    {"catch", CatchClause::Kind::kCatch},
    {"catch_ref", CatchClause::Kind::kCatchRef},
    {"catch_all", CatchClause::Kind::kCatchAll},
    {"catch_all_ref", CatchClause::Kind::kCatchAllRef},
};

struct Shape {
  absl::string_view keyword;
  bool is_float;
  int bits;
};
constexpr Shape kShapes[] = {{"i8x16", false, 8},  {"i16x8", false, 16}, {"i32x4", false, 32},
                             {"i64x2", false, 64}, {"f32x4", true, 32},  {"f64x2", true, 64}};

}  // namespace

bool ExpressionParser::ParseImmediates(Instruction* out) {
  switch (Info(out->op).immediate) {
    using enum ImmediateKind;
    case kZeroByte: return true;
    case kNone: return out->op != Opcode::Select || ParseSelect(out);
    case kBlock: return ParseBlockType(&out->block);
    case kTryTable: return ParseBlockType(&out->block) && ParseCatches(out);
    case kLabel: return ParseLabel(&out->index);
    case kLabelTable: return ParseLabelTable(out);
    case kFunc:
    case kRefFunc: return module_.ParseIndex(module_.funcs, &out->index);
    case kCallIndirect: return ParseCallIndirect(out);
    case kSelectTypes: break;  // no text name leads here: ParseSelect picks the row
    case kType: return module_.ParseIndex(module_.types, &out->index);
    case kTypeField: return ParseField(out);
    case kTypeCount: return ParseTypeAnd(nullptr, out);
    case kTypeData: return ParseTypeAnd(&module_.datas, out);
    case kTypeElem: return ParseTypeAnd(&module_.elems, out);
    case kTypeType: return ParseTypeAnd(&module_.types, out);
    case kHeapType: return module_.ParseHeapType(&out->heap);
    case kRefType: return ParseCastType(out);
    case kCastLabel:
      return ParseLabel(&out->index) && module_.ParseRefType(&out->from) &&
             module_.ParseRefType(&out->to);
    case kLocal: return module_.ParseIndex(locals_, &out->index);
    case kTag: return module_.ParseIndex(module_.tags, &out->index);
    case kGlobal: return module_.ParseIndex(module_.globals, &out->index);
    case kTable: return ParseOptionalIndex(module_.tables, &out->index);
    case kMemory: return ParseOptionalIndex(module_.memories, &out->index);
    case kTableTable: return ParseIndexPair(module_.tables, &out->index, &out->index2);
    case kMemoryMemory: return ParseIndexPair(module_.memories, &out->index, &out->index2);
    case kElemTable: return ParseSegmentAndTarget(module_.elems, module_.tables, out);
    case kDataMemory: return ParseSegmentAndTarget(module_.datas, module_.memories, out);
    case kElem: return module_.ParseIndex(module_.elems, &out->index);
    case kData: return module_.ParseIndex(module_.datas, &out->index);
    case kMemArg:
    case kAtomicMemArg: return ParseMemArg(/*has_lane=*/false, out);
    case kMemArgLane16:
    case kMemArgLane8:
    case kMemArgLane4:
    case kMemArgLane2: return ParseMemArg(/*has_lane=*/true, out) && ParseLane(&out->lane);
    case kLane16:
    case kLane8:
    case kLane4:
    case kLane2: return ParseLane(&out->lane);
    case kShuffle: return ParseShuffle(&out->v128);
    case kI32: return ParseInteger(32, &out->bits);
    case kI64: return ParseInteger(64, &out->bits);
    case kF32: return ParseFloat(32, &out->bits);
    case kF64: return ParseFloat(64, &out->bits);
    case kV128: return ParseV128(&out->v128);
  }
  return module_.Unexpected();
}

// core: #text-blocktype. At most one result and nothing else needs no type.
bool ExpressionParser::ParseBlockType(BlockType* out) {
  TypeUse use;
  if (!module_.ParseTypeUse(/*with_ids=*/false, &use)) return false;
  const FuncType& type = use.inline_type;
  if (!use.index && type.params.empty() && type.results.size() <= 1) {
    if (!type.results.empty()) out->result = type.results[0];
    return true;
  }
  uint32_t index;
  if (!module_.ResolveTypeUse(use, &index)) return false;
  out->is_index = true;
  out->index = TypeIdx(index);
  return true;
}

bool ExpressionParser::ParseOptionalIndex(const IndexSpace& space, uint32_t* out) {
  return !module_.AtIndex() || module_.ParseIndex(space, out);
}

bool ExpressionParser::ParseIndexPair(const IndexSpace& space, uint32_t* index, uint32_t* index2) {
  if (!module_.AtIndex()) return true;
  return module_.ParseIndex(space, index) && module_.ParseIndex(space, index2);
}

// The text has the target first, and may omit it; the binary format has it second.
bool ExpressionParser::ParseSegmentAndTarget(const IndexSpace& segments, const IndexSpace& targets,
                                             Instruction* out) {
  const TokenKind second = module_.lexer.Peek(1).kind;
  const bool has_target = second == TokenKind::kNat || second == TokenKind::kId;
  if (has_target && !module_.ParseIndex(targets, &out->index2)) return false;
  return module_.ParseIndex(segments, &out->index);
}

bool ExpressionParser::ParseCallIndirect(Instruction* out) {
  if (!ParseOptionalIndex(module_.tables, &out->index2)) return false;
  TypeUse use;
  return module_.ParseTypeUse(/*with_ids=*/false, &use) && module_.ResolveTypeUse(use, &out->index);
}

// A type and an index of `second`, or a number where there is no such space.
bool ExpressionParser::ParseTypeAnd(const IndexSpace* second, Instruction* out) {
  if (!module_.ParseIndex(module_.types, &out->index)) return false;
  return second == nullptr ? module_.ParseNat32(&out->index2)
                           : module_.ParseIndex(*second, &out->index2);
}

bool ExpressionParser::ParseField(Instruction* out) {
  if (!module_.ParseIndex(module_.types, &out->index)) return false;
  const auto found = module_.fields.find(out->index);
  const IndexSpace none{"field"};
  return module_.ParseIndex(found == module_.fields.end() ? none : found->second, &out->index2);
}

// The row without null is the one found by the name.
bool ExpressionParser::ParseCastType(Instruction* out) {
  if (!module_.ParseRefType(&out->to)) return false;
  if (!out->to.nullable()) return true;
  out->op = out->op == Opcode::RefTest ? Opcode::RefTestNull : Opcode::RefCastNull;
  return true;
}

bool ExpressionParser::ParseSelect(Instruction* out) {
  if (!module_.lexer.PeekOpen("result")) return true;
  out->op = Opcode::SelectT;
  type_scratch_.clear();
  while (module_.lexer.TakeOpen("result")) {
    while (module_.lexer.Peek().kind != TokenKind::kRightParen) {
      if (!module_.ParseValType(&type_scratch_.emplace_back())) return false;
    }
    if (!module_.ExpectClose()) return false;
  }
  out->types = type_scratch_;
  return true;
}

bool ExpressionParser::ParseLabel(uint32_t* out) {
  const Token& token = module_.lexer.Peek();
  if (token.kind == TokenKind::kNat) return module_.ParseNat32(out);
  if (token.kind != TokenKind::kId) return module_.Unexpected();
  const auto found = labels_.find(IdName(token));
  if (found == labels_.end() || found->second.empty()) {
    return module_.Fail(absl::StrCat("unknown label ", ShownText(token)), token.where());
  }
  *out = label_count_ - 1 - found->second.back();
  module_.lexer.Take();
  return true;
}

bool ExpressionParser::ParseLabelTable(Instruction* out) {
  label_scratch_.clear();
  do {
    if (!ParseLabel(&label_scratch_.emplace_back())) return false;
  } while (module_.AtIndex());
  out->labels = label_scratch_;
  return true;
}

// core: #text-catch. Labels are those outside the try_table.
bool ExpressionParser::ParseCatches(Instruction* out) {
  catch_scratch_.clear();
  const auto take = [&] {
    return std::ranges::find_if(kCatchKeywords, [&](const CatchKeyword& row) {
      return module_.lexer.TakeOpen(row.keyword);
    });
  };
  for (const auto* row = take(); row != std::end(kCatchKeywords); row = take()) {
    CatchClause& clause = catch_scratch_.emplace_back();
    clause.kind = row->kind;
    if (!clause.catches_all() && !module_.ParseIndex(module_.tags, &clause.tag)) return false;
    if (!ParseLabel(&clause.label) || !module_.ExpectClose()) return false;
  }
  out->catches = catch_scratch_;
  return true;
}

// core: #text-memarg. Before a lane, a lone number is the lane and not the memory.
bool ExpressionParser::ParseMemArg(bool has_lane, Instruction* out) {
  Lexer& lexer = module_.lexer;
  const Token second = lexer.Peek(1);
  const bool is_lane = has_lane && lexer.Peek().kind == TokenKind::kNat &&
                       second.kind != TokenKind::kNat && !IsMemArgField(second, kOffset) &&
                       !IsMemArgField(second, kAlign);
  if (!is_lane && !ParseOptionalIndex(module_.memories, &out->index)) return false;
  uint64_t alignment = Info(out->op).access_bytes();
  if (IsMemArgField(lexer.Peek(), kOffset)) {
    const Token token = lexer.Take();
    if (ParseNat(token.text.substr(kOffset.size()), UINT64_MAX, &out->memarg.offset) !=
        NumberStatus::kOk) {
      return module_.Fail("offset constant out of range", token.where());
    }
  }
  if (IsMemArgField(lexer.Peek(), kAlign)) {
    const Token token = lexer.Take();
    if (ParseNat(token.text.substr(kAlign.size()), UINT64_MAX, &alignment) != NumberStatus::kOk) {
      return module_.Fail("alignment constant out of range", token.where());
    }
    if (!std::has_single_bit(alignment)) {
      return module_.Fail("alignment must be a power of two", token.where());
    }
  }
  out->memarg.align_log2 = static_cast<uint32_t>(std::countr_zero(alignment));
  return true;
}

bool ExpressionParser::ParseLane(uint8_t* out) {
  const Token token = module_.lexer.Peek();
  if (token.kind != TokenKind::kNat) return module_.Unexpected();
  uint64_t lane;
  if (ParseNat(token.text, UINT8_MAX, &lane) != NumberStatus::kOk) {
    return module_.Fail("i8 constant out of range: malformed lane index", token.where());
  }
  *out = static_cast<uint8_t>(lane);
  module_.lexer.Take();
  return true;
}

std::vector<Token> ExpressionParser::TakeNumbers() {
  std::vector<Token> tokens;
  while (IsNumber(module_.lexer.Peek())) tokens.push_back(module_.lexer.Take());
  return tokens;
}

bool ExpressionParser::ParseShuffle(V128* out) {
  const SourceLocation where = module_.lexer.Peek().where();
  const std::vector<Token> lanes = TakeNumbers();
  for (const Token& token : lanes) {
    if (token.kind != TokenKind::kNat) {
      return module_.Fail("i8 constant out of range", token.where());
    }
  }
  if (lanes.size() != sizeof out->bytes) return module_.Fail("invalid lane length", where);
  for (size_t i = 0; i < lanes.size(); ++i) {
    uint64_t lane;
    if (ParseNat(lanes[i].text, UINT8_MAX, &lane) != NumberStatus::kOk) {
      return module_.Fail("i8 constant out of range", lanes[i].where());
    }
    out->bytes[i] = static_cast<uint8_t>(lane);
  }
  return true;
}

bool ExpressionParser::ParseInteger(int bits, uint64_t* out) {
  const Token token = module_.lexer.Peek();
  switch (vm::ParseInt(token.text, bits, out)) {
    case NumberStatus::kOk: break;
    case NumberStatus::kSyntax: return module_.Unexpected();
    case NumberStatus::kOutOfRange: return module_.Fail("constant out of range", token.where());
  }
  module_.lexer.Take();
  return true;
}

bool ExpressionParser::ParseFloat(int bits, uint64_t* out) {
  const Token token = module_.lexer.Peek();
  uint32_t single = 0;
  const NumberStatus status =
      bits == 32 ? ParseF32(token.text, &single) : ParseF64(token.text, out);
  if (status == NumberStatus::kSyntax) return module_.Unexpected();
  if (status == NumberStatus::kOutOfRange) {
    return module_.Fail("constant out of range", token.where());
  }
  if (bits == 32) *out = single;
  module_.lexer.Take();
  return true;
}

bool ExpressionParser::ParseV128(V128* out) {
  const Token shape_token = module_.lexer.Peek();
  const Shape* shape = nullptr;
  for (const Shape& row : kShapes) {
    if (shape_token.Is(row.keyword)) shape = &row;
  }
  if (shape == nullptr) return module_.Unexpected();
  module_.lexer.Take();

  // The count is checked first: a wrong one is reported whatever the literals are.
  const size_t lanes = static_cast<size_t>(128 / shape->bits);
  Lexer ahead = module_.lexer;
  size_t count = 0;
  while (count <= lanes && IsNumber(ahead.Peek())) {
    ahead.Take();
    ++count;
  }
  if (count != lanes && ahead.Peek().kind != TokenKind::kError) {
    if (count < lanes && ahead.Peek().kind != TokenKind::kRightParen) {
      return module_.Unexpected(ahead.Peek());
    }
    return module_.Fail("wrong number of lane literals", shape_token.where());
  }
  for (size_t lane = 0; lane < lanes; ++lane) {
    if (!ParseV128Lane(shape->is_float, shape->bits, static_cast<int>(lane), out)) return false;
  }
  return true;
}

bool ExpressionParser::ParseV128Lane(bool is_float, int bits, int lane, V128* out) {
  uint64_t value = 0;
  if (is_float ? !ParseFloat(bits, &value) : !ParseInteger(bits, &value)) return false;
  switch (bits) {
    case 8: out->SetLane(lane, static_cast<uint8_t>(value)); break;
    case 16: out->SetLane(lane, static_cast<uint16_t>(value)); break;
    case 32: out->SetLane(lane, static_cast<uint32_t>(value)); break;
    default: out->SetLane(lane, value); break;
  }
  return true;
}

}  // namespace tenon::vm
