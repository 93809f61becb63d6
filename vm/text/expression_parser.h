// Instructions, flat and folded, encoded as they are read. core: #text-instr
//
// Folded instructions and blocks nest on an explicit stack. A folded instruction is written after
// its operands: until then its bytes wait in `deferred_`.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "vm/syntax/instruction.h"
#include "vm/text/module_parser.h"

namespace tenon::vm {

class ExpressionParser {
 public:
  // Writes to the end of module->module.bytes. Borrows both.
  ExpressionParser(ModuleParser* module, const IndexSpace* locals)
      : module_(*module), locals_(*locals) {}

  // Instructions up to a `)` that is none of theirs, and the final `end`.
  bool ParseSequence();
  // One folded instruction, and the final `end`.
  bool ParseFolded();

  // By the order of the blocks' opcodes.
  const std::vector<IndexedName>& label_names() const { return label_names_; }
  // Of the body that begins at this offset.
  std::vector<BranchHint> TakeHints(uint32_t body);

 private:
  enum class FrameKind : uint8_t {
    kRoot,
    kFlatBlock,    // block ... end
    kFoldedBlock,  // (block ...)
    kFoldedIf,     // (if ...): operands, then a then, then perhaps an else
    kFoldedTry,    // (try ...): a do, then catches or a delegate
    kClause,       // (then ...), (else ...), (do ...), (catch ...), (catch_all ...)
    kOperands,     // (instr ...)
  };
  // What a block binds. There may be millions, most of which bind nothing.
  struct Label {
    absl::string_view id;               // with the `$`; empty if there is none
    std::unique_ptr<std::string> name;  // null if there is none
  };
  struct Frame {
    FrameKind kind = FrameKind::kRoot;
    Opcode clause = Opcode::Nop;    // of blocks: what began their last clause; folded ones that
                                    // consist of clauses have none at first
    std::optional<bool> hint = {};  // kOperands, kFoldedIf: whether the branch is likely
    SourceLocation where = {};      // the same: of the instruction
    size_t deferred = 0;            // the same: where its bytes begin in deferred_
    Label label = {};               // of blocks
  };

  bool Step();
  bool StepOpen();
  bool StepClose();
  bool StepThenOrElse(Frame* frame);
  bool StepTryClause(Frame* frame);
  bool StepFolded();
  bool StepFlat();
  bool StepFlatClause(Opcode op, const Token& token);
  bool CheckTrailingLabel(const Label& label);
  bool TakeOpcode(Opcode* out);
  bool ParseLabelBinding(Opcode op, Label* out);
  bool StepHint();
  std::optional<bool> TakeHint();
  bool FailHintTarget();

  void Push(Frame frame) { frames_.push_back(std::move(frame)); }
  void PushLabel(const Label& label);
  void PopLabel(const Label& label);
  // Notes the place of the instruction that is written next.
  void Mark(SourceLocation where, std::optional<bool> hint);
  void Flush(const Frame& frame);
  void WriteEnd(SourceLocation where);

  // parse_immediates.cc
  bool ParseBlockType(BlockType* out);
  bool ParseImmediates(Instruction* out);
  bool ParseOptionalIndex(const IndexSpace& space, uint32_t* out);
  bool ParseIndexPair(const IndexSpace& first, uint32_t* index, uint32_t* index2);
  bool ParseSegmentAndTarget(const IndexSpace& segments, const IndexSpace& targets,
                             Instruction* out);
  bool ParseCallIndirect(Instruction* out);
  bool ParseTypeAnd(const IndexSpace* second, Instruction* out);
  bool ParseField(Instruction* out);
  bool ParseCastType(Instruction* out);
  bool ParseSelect(Instruction* out);
  bool ParseLabel(uint32_t* out);
  bool ParseLabelTable(Instruction* out);
  bool ParseCatches(Instruction* out);
  bool ParseMemArg(bool has_lane, Instruction* out);
  bool ParseLane(uint8_t* out);
  bool ParseShuffle(V128* out);
  bool ParseInteger(int bits, uint64_t* out);
  bool ParseFloat(int bits, uint64_t* out);
  bool ParseV128(V128* out);
  bool ParseV128Lane(bool is_float, int bits, int lane, V128* out);
  std::vector<Token> TakeNumbers();

  ModuleParser& module_;
  const IndexSpace& locals_;
  std::vector<Frame> frames_;
  std::vector<uint8_t> deferred_;
  uint32_t label_count_ = 0;  // in scope
  uint32_t blocks_ = 0;       // begun so far
  std::vector<IndexedName> label_names_;
  std::optional<Token> hint_;  // that waits for its instruction
  bool hint_is_likely_ = false;
  std::vector<BranchHint> hints_;                                   // at offsets in Module::bytes
  absl::flat_hash_map<std::string, std::vector<uint32_t>> labels_;  // depths, innermost last
  std::vector<uint32_t> label_scratch_;
  std::vector<ValType> type_scratch_;
  std::vector<CatchClause> catch_scratch_;
};

}  // namespace tenon::vm
