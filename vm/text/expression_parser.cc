#include "vm/text/expression_parser.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/syntax/instruction_writer.h"
#include "vm/text/keywords.h"

namespace tenon::vm {

bool ExpressionParser::ParseSequence() {
  Push({FrameKind::kRoot});
  while (frames_.size() > 1 || module_.lexer.Peek().kind != TokenKind::kRightParen) {
    if (!Step()) return false;
  }
  if (hint_) return FailHintTarget();
  frames_.clear();
  WriteEnd(module_.lexer.Peek().where());
  return true;
}

bool ExpressionParser::ParseFolded() {
  Push({FrameKind::kRoot});
  if (module_.lexer.Peek().kind != TokenKind::kLeftParen) return module_.Unexpected();
  do {
    if (!Step()) return false;
  } while (frames_.size() > 1);
  frames_.clear();
  WriteEnd(module_.lexer.Peek().where());
  return true;
}

// Takes one parenthesis with what belongs to it, or one flat instruction.
bool ExpressionParser::Step() {
  switch (module_.lexer.Peek().kind) {
    case TokenKind::kLeftParen: return StepOpen();
    case TokenKind::kRightParen: return StepClose();
    case TokenKind::kKeyword: return StepFlat();
    case TokenKind::kAnnotation: return StepHint();
    default: return module_.Unexpected();
  }
}

// `(@metadata.code.branch_hint "\00")`, for the instruction that follows.
bool ExpressionParser::StepHint() {
  const Token token = module_.lexer.Peek();
  if (!module_.lexer.TakeAnnotation(kBranchHintAnnotation)) return module_.Unexpected();
  if (hint_) {
    return module_.FailAnnotation(kBranchHintAnnotation, "duplicate annotation", token);
  }
  const Token value = module_.lexer.Peek();
  const std::string bytes = value.kind == TokenKind::kString ? StringValue(value) : "";
  if (bytes.size() != 1 || static_cast<uint8_t>(bytes[0]) > 1) {
    return module_.FailAnnotation(kBranchHintAnnotation, "expected \"\\00\" or \"\\01\"", value);
  }
  module_.lexer.Take();
  hint_ = token;
  hint_is_likely_ = bytes[0] == 1;
  return module_.ExpectClose();
}

bool ExpressionParser::FailHintTarget() {
  return module_.FailInvalid(
      absl::StrCat("@", kBranchHintAnnotation, " annotation: invalid target"), hint_->where());
}

bool ExpressionParser::StepOpen() {
  module_.lexer.Take();
  Frame& top = frames_.back();
  const bool is_if = top.kind == FrameKind::kFoldedIf;
  const bool has_then = top.clause != Opcode::Nop;
  if (is_if && (has_then || module_.lexer.Peek().Is("then"))) return StepThenOrElse(&top);
  if (top.kind == FrameKind::kFoldedTry) return StepTryClause(&top);
  return StepFolded();
}

// The label of an `if` is not in scope in its operands.
bool ExpressionParser::StepThenOrElse(Frame* frame) {
  if (hint_) return FailHintTarget();
  if (frame->clause == Opcode::Nop) {
    module_.lexer.Take();
    frame->clause = Opcode::If;
    Flush(*frame);
    PushLabel(frame->label);
    Push({FrameKind::kClause});
    return true;
  }
  if (frame->clause != Opcode::If || !module_.lexer.TakeKeyword("else")) {
    return module_.Unexpected();
  }
  frame->clause = Opcode::Else;
  Mark(module_.lexer.Peek().where(), std::nullopt);
  InstructionWriter(&module_.module.bytes).WriteOpcode(Opcode::Else);
  Push({FrameKind::kClause});
  return true;
}

// The label of a `try` is not in scope in its `delegate`, which stands for the `end`.
bool ExpressionParser::StepTryClause(Frame* frame) {
  if (frame->clause == Opcode::Nop) {
    if (!module_.lexer.TakeKeyword("do")) return module_.Unexpected();
    frame->clause = Opcode::Try;
    Push({FrameKind::kClause});
    return true;
  }
  const Token token = module_.lexer.Peek();
  Instruction instruction;
  if (!TakeOpcode(&instruction.op)) return false;
  const Opcode op = instruction.op;
  if (op == Opcode::End || !ContinuesConstruct(op) || !MayFollowClause(frame->clause, op)) {
    return module_.Unexpected(token);
  }
  if (op == Opcode::Delegate) PopLabel(frame->label);
  if (!ParseImmediates(&instruction)) return false;
  Mark(token.where(), std::nullopt);
  InstructionWriter(&module_.module.bytes).Write(instruction);
  frame->clause = op;
  if (op == Opcode::Delegate) return module_.ExpectClose();
  Push({FrameKind::kClause});
  return true;
}

bool ExpressionParser::TakeOpcode(Opcode* out) {
  const Token& token = module_.lexer.Peek();
  const std::optional<Opcode> op =
      token.kind == TokenKind::kKeyword ? FindOpcode(token.text) : std::nullopt;
  if (!op) return module_.Unexpected();
  *out = *op;
  if (hint_ && !TakesBranchHint(*op)) return FailHintTarget();
  module_.lexer.Take();
  return true;
}

bool ExpressionParser::ParseLabelBinding(Opcode op, Label* out) {
  if (!OpensConstruct(Info(op).immediate)) return true;
  Binding binding;
  if (!module_.TakeBinding(&binding)) return false;
  if (binding.id) out->id = binding.id->text;
  if (binding.has_name()) {
    out->name = std::make_unique<std::string>(ModuleParser::NameOf(binding));
  }
  return true;
}

std::optional<bool> ExpressionParser::TakeHint() {
  if (!hint_) return std::nullopt;
  hint_.reset();
  return hint_is_likely_;
}

std::vector<BranchHint> ExpressionParser::TakeHints(uint32_t body) {
  for (BranchHint& hint : hints_) hint.offset -= body;
  return std::move(hints_);
}

bool ExpressionParser::StepFolded() {
  const Token token = module_.lexer.Peek();
  Instruction instruction;
  if (!TakeOpcode(&instruction.op)) return false;
  if (ContinuesConstruct(instruction.op)) return module_.Unexpected(token);
  Frame frame{FrameKind::kOperands};
  frame.deferred = deferred_.size();
  frame.where = token.where();
  frame.hint = TakeHint();
  const bool is_block = OpensConstruct(Info(instruction.op).immediate);
  if (!ParseLabelBinding(instruction.op, &frame.label)) return false;
  if (!ParseImmediates(&instruction)) return false;
  if (is_block && instruction.op != Opcode::If) {
    const bool is_try = instruction.op == Opcode::Try;
    frame.kind = is_try ? FrameKind::kFoldedTry : FrameKind::kFoldedBlock;
    Mark(frame.where, std::nullopt);
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
  if (hint_) return FailHintTarget();
  const Frame& top = frames_.back();
  switch (top.kind) {
    case FrameKind::kRoot:
    case FrameKind::kFlatBlock: return module_.Unexpected();
    case FrameKind::kFoldedIf:
    case FrameKind::kFoldedTry:
      if (top.clause == Opcode::Nop) return module_.Unexpected();
      if (top.clause == Opcode::Delegate) break;
      [[fallthrough]];
    case FrameKind::kFoldedBlock:
      PopLabel(top.label);
      WriteEnd(module_.lexer.Peek().where());
      break;
    case FrameKind::kOperands: Flush(top); break;
    case FrameKind::kClause: break;
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
  if (kind == FrameKind::kOperands || kind == FrameKind::kFoldedIf ||
      kind == FrameKind::kFoldedTry) {
    return module_.Unexpected(token);
  }
  if (ContinuesConstruct(instruction.op)) return StepFlatClause(instruction.op, token);
  const bool is_block = OpensConstruct(Info(instruction.op).immediate);
  Frame frame{FrameKind::kFlatBlock};
  frame.clause = instruction.op;
  const std::optional<bool> hint = TakeHint();
  if (!ParseLabelBinding(instruction.op, &frame.label)) return false;
  if (!ParseImmediates(&instruction)) return false;
  Mark(token.where(), hint);
  InstructionWriter(&module_.module.bytes).Write(instruction);
  if (!is_block) return true;
  PushLabel(frame.label);
  Push(std::move(frame));
  return true;
}

bool ExpressionParser::StepFlatClause(Opcode op, const Token& token) {
  Frame& frame = frames_.back();
  if (frame.kind != FrameKind::kFlatBlock || !MayFollowClause(frame.clause, op)) {
    return module_.Unexpected(token);
  }
  frame.clause = op;
  const bool closes = op == Opcode::End || op == Opcode::Delegate;
  const bool repeats_label = op == Opcode::End || op == Opcode::Else;
  if (repeats_label && !CheckTrailingLabel(frame.label)) return false;
  if (closes) PopLabel(frame.label);
  Instruction instruction{.op = op};
  if (!ParseImmediates(&instruction)) return false;
  Mark(token.where(), std::nullopt);
  InstructionWriter(&module_.module.bytes).Write(instruction);
  if (closes) frames_.pop_back();
  return true;
}

bool ExpressionParser::CheckTrailingLabel(const Label& label) {
  const std::optional<Token> id = module_.TakeId();
  if (!id || (!label.id.empty() && IdName(*id) == IdName(label.id))) return true;
  return module_.Fail("mismatching label", id->where());
}

void ExpressionParser::PushLabel(const Label& label) {
  if (label.name) label_names_.push_back({blocks_, *label.name});
  if (!label.id.empty()) labels_[IdName(label.id)].push_back(label_count_);
  ++label_count_;
  ++blocks_;
}

void ExpressionParser::PopLabel(const Label& label) {
  if (!label.id.empty()) labels_[IdName(label.id)].pop_back();
  --label_count_;
}

void ExpressionParser::Mark(SourceLocation where, std::optional<bool> hint) {
  const uint32_t offset = module_.Mark(where);
  if (hint) hints_.push_back({offset, *hint});
}

void ExpressionParser::Flush(const Frame& frame) {
  const auto begin = deferred_.begin() + static_cast<ptrdiff_t>(frame.deferred);
  std::vector<uint8_t>& out = module_.module.bytes;
  Mark(frame.where, frame.hint);
  out.insert(out.end(), begin, deferred_.end());
  deferred_.erase(begin, deferred_.end());
}

void ExpressionParser::WriteEnd(SourceLocation where) {
  Mark(where, std::nullopt);
  InstructionWriter(&module_.module.bytes).WriteOpcode(Opcode::End);
}

}  // namespace tenon::vm
