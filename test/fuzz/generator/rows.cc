#include "test/fuzz/generator/rows.h"

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "vm/valid/signature.h"

namespace tenon::vm {
namespace {

bool HasEffect(Opcode op) {
  const absl::string_view text = Info(op).text;
  return absl::StrContains(text, ".set") || absl::StrContains(text, "store") ||
         absl::StrContains(text, ".fill") || absl::StrContains(text, ".copy");
}

}  // namespace

RowKind KindOfRow(Opcode op) {
  if (OpensConstruct(Info(op).immediate) || ContinuesConstruct(op)) return RowKind::kConstruct;
  switch (op) {
    case Opcode::Unreachable:
    case Opcode::Br:
    case Opcode::BrTable:
    case Opcode::Return:
    case Opcode::Throw:
    case Opcode::ThrowRef:
    case Opcode::Rethrow:
    case Opcode::ReturnCall:
    case Opcode::ReturnCallIndirect:
    case Opcode::ReturnCallRef: return RowKind::kDiverging;
    case Opcode::BrOnNonNull:
    case Opcode::BrOnCast:
    case Opcode::BrOnCastFail: return RowKind::kRefBranch;
    default: return RowKind::kPlain;
  }
}

Rows MakeRows(const GeneratorOptions& options) {
  Rows rows;
  for (int i = 0; i < kOpcodeCount; ++i) {
    const Opcode op = static_cast<Opcode>(i);
    const OpcodeInfo& info = Info(op);
    if (!HasRow(options, op) || op == Opcode::End) continue;
    const Signature& signature = kSignatures[i];
    rows.all.push_back(op);
    if (info.has_signature()) {
      if (signature.push_count != 0) {
        rows.by_result[static_cast<int>(signature.push.kind())].push_back(op);
      }
    } else if (KindOfRow(op) == RowKind::kPlain || KindOfRow(op) == RowKind::kRefBranch) {
      rows.with_rules.push_back(op);
    }
    if (OpensConstruct(info.immediate)) rows.constructs.push_back(op);
    if (absl::StrContains(info.text, "call")) rows.calls.push_back(op);
    if (HasEffect(op)) rows.effects.push_back(op);
  }
  return rows;
}

}  // namespace tenon::vm
