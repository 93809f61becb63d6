// Constant expressions become short postfix programs. core: #valid-constant
// They are walked and checked like bodies; this sink keeps what is left to compute.
#pragma once

#include <cstring>
#include <vector>

#include "vm/valid/resolved_module.h"
#include "vm/valid/sink.h"

namespace tenon::vm {

class ConstSink : public NullSink {
 public:
  // Functions that are named go to `declared` (by FuncIdx).
  ConstSink(ConstProgram* out, std::vector<bool>* declared) : out_(out), declared_(declared) {}

  void OnConst(const Instruction& instruction) { Append(instruction, {}); }
  void OnBinary(const Instruction& instruction) { Append(instruction, {}); }
  void OnOp(const Instruction& instruction, const Resolved& resolved) {
    Append(instruction, resolved);
  }

 private:
  void Append(const Instruction& instruction, const Resolved& resolved) {
    ConstInstruction& item = out_->emplace_back();
    item.op = instruction.op;
    switch (Info(instruction.op).immediate) {
      case ImmediateKind::kV128: item.bits = instruction.v128; break;
      case ImmediateKind::kI32:
      case ImmediateKind::kI64:
      case ImmediateKind::kF32:
      case ImmediateKind::kF64: item.bits.SetLane<uint64_t>(0, instruction.bits); break;
      case ImmediateKind::kGlobal: item.index = instruction.index; break;
      case ImmediateKind::kRefFunc:
        item.index = instruction.index;
        (*declared_)[instruction.index] = true;
        break;
      case ImmediateKind::kType: item.index = resolved.type_id.value(); break;
      case ImmediateKind::kTypeCount:
        item.index = resolved.type_id.value();
        item.bits.SetLane<uint64_t>(0, instruction.index2);
        break;
      default: break;
    }
  }

  ConstProgram* out_;
  std::vector<bool>* declared_;
};

}  // namespace tenon::vm
