#include "vm/text/expression_parser.h"

#include <utility>

#include "vm/syntax/instruction_writer.h"

namespace tenon::vm {

bool ExpressionParser::ParseSequence() {
  Push({FrameKind::kRoot});
  while (frames_.size() > 1 || module_.lexer.Peek().kind != TokenKind::kRightParen) {
    if (!Step()) return false;
  }
  frames_.clear();
  WriteEnd();
  return true;
}

bool ExpressionParser::ParseFolded() {
  Push({FrameKind::kRoot});
  if (module_.lexer.Peek().kind != TokenKind::kLeftParen) return module_.Unexpected();
  do {
    if (!Step()) return false;
  } while (frames_.size() > 1);
  frames_.clear();
  WriteEnd();
  return true;
}

// Takes one parenthesis with what belongs to it, or one flat instruction.
bool ExpressionParser::Step() {
  switch (module_.lexer.Peek().kind) {
    case TokenKind::kLeftParen: return StepOpen();
    case TokenKind::kRightParen: return StepClose();
    case TokenKind::kKeyword: return StepFlat();
    default: return module_.Unexpected();
  }
}

bool ExpressionParser::StepOpen() {
  module_.lexer.Take();
  Frame& top = frames_.back();
  const bool is_if = top.kind == FrameKind::kFoldedIf;
  if (is_if && (top.has_then || module_.lexer.Peek().Is("then"))) return StepThenOrElse(&top);
  return StepFolded();
}

// The label of an `if` is not in scope in its operands.
bool ExpressionParser::StepThenOrElse(Frame* frame) {
  if (!frame->has_then) {
    module_.lexer.Take();
    frame->has_then = true;
    Flush(*frame);
    PushLabel(frame->label);
    Push({FrameKind::kThen});
    return true;
  }
  if (frame->has_else || !module_.lexer.TakeKeyword("else")) return module_.Unexpected();
  frame->has_else = true;
  InstructionWriter(&module_.module.bytes).WriteOpcode(Opcode::Else);
  Push({FrameKind::kElse});
  return true;
}

bool ExpressionParser::TakeOpcode(Opcode* out) {
  const Token& token = module_.lexer.Peek();
  const std::optional<Opcode> op =
      token.kind == TokenKind::kKeyword ? FindOpcode(token.text) : std::nullopt;
  if (!op) return module_.Unexpected();
  *out = *op;
  module_.lexer.Take();
  return true;
}

bool ExpressionParser::StepFolded() {
  const Token token = module_.lexer.Peek();
  Instruction instruction;
  if (!TakeOpcode(&instruction.op)) return false;
  if (instruction.op == Opcode::Else || instruction.op == Opcode::End) {
    return module_.Unexpected(token);
  }
  Frame frame{FrameKind::kOperands};
  frame.deferred = deferred_.size();
  const bool is_block = OpensConstruct(Info(instruction.op).immediate);
  if (is_block) frame.label = module_.TakeId();
  if (!ParseImmediates(&instruction)) return false;
  if (is_block && instruction.op != Opcode::If) {
    frame.kind = FrameKind::kFoldedBlock;
    InstructionWriter(&module_.module.bytes).Write(instruction);
    PushLabel(frame.label);
  } else {
    if (is_block) frame.kind = FrameKind::kFoldedIf;
    InstructionWriter(&deferred_).Write(instruction);
  }
  Push(std::move(frame));
  return true;
}

bool ExpressionParser::StepClose() {
  const Frame& top = frames_.back();
  switch (top.kind) {
    case FrameKind::kRoot:
    case FrameKind::kFlatBlock: return module_.Unexpected();
    case FrameKind::kFoldedIf:
      if (!top.has_then) return module_.Unexpected();
      [[fallthrough]];
    case FrameKind::kFoldedBlock:
      PopLabel(top.label);
      WriteEnd();
      break;
    case FrameKind::kOperands: Flush(top); break;
    case FrameKind::kThen:
    case FrameKind::kElse: break;
  }
  module_.lexer.Take();
  frames_.pop_back();
  return true;
}

bool ExpressionParser::StepFlat() {
  const FrameKind kind = frames_.back().kind;
  const Token token = module_.lexer.Peek();
  Instruction instruction;
  if (!TakeOpcode(&instruction.op)) return false;
  if (kind == FrameKind::kOperands || kind == FrameKind::kFoldedIf) {
    return module_.Unexpected(token);
  }
  if (instruction.op == Opcode::Else || instruction.op == Opcode::End) {
    if (kind != FrameKind::kFlatBlock) return module_.Unexpected(token);
    if (instruction.op == Opcode::End) return StepFlatEnd();
    return frames_.back().is_if ? StepFlatElse() : module_.Unexpected(token);
  }
  const bool is_block = OpensConstruct(Info(instruction.op).immediate);
  Frame frame{FrameKind::kFlatBlock};
  frame.is_if = instruction.op == Opcode::If;
  if (is_block) frame.label = module_.TakeId();
  if (!ParseImmediates(&instruction)) return false;
  InstructionWriter(&module_.module.bytes).Write(instruction);
  if (!is_block) return true;
  PushLabel(frame.label);
  Push(std::move(frame));
  return true;
}

bool ExpressionParser::StepFlatElse() {
  Frame& frame = frames_.back();
  frame.is_if = false;
  if (!CheckTrailingLabel(frame.label)) return false;
  InstructionWriter(&module_.module.bytes).WriteOpcode(Opcode::Else);
  return true;
}

bool ExpressionParser::StepFlatEnd() {
  const Frame& frame = frames_.back();
  if (!CheckTrailingLabel(frame.label)) return false;
  PopLabel(frame.label);
  WriteEnd();
  frames_.pop_back();
  return true;
}

bool ExpressionParser::CheckTrailingLabel(const std::optional<Token>& label) {
  const std::optional<Token> id = module_.TakeId();
  if (!id || (label && IdName(*id) == IdName(*label))) return true;
  return module_.Fail("mismatching label", id->where());
}

void ExpressionParser::PushLabel(const std::optional<Token>& id) {
  if (id) labels_[IdName(*id)].push_back(label_count_);
  ++label_count_;
}

void ExpressionParser::PopLabel(const std::optional<Token>& id) {
  if (id) labels_[IdName(*id)].pop_back();
  --label_count_;
}

void ExpressionParser::Flush(const Frame& frame) {
  const auto begin = deferred_.begin() + static_cast<ptrdiff_t>(frame.deferred);
  std::vector<uint8_t>& out = module_.module.bytes;
  out.insert(out.end(), begin, deferred_.end());
  deferred_.erase(begin, deferred_.end());
}

void ExpressionParser::WriteEnd() {
  InstructionWriter(&module_.module.bytes).WriteOpcode(Opcode::End);
}

}  // namespace tenon::vm
