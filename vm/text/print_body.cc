#include "vm/text/print_body.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tenon::vm {

bool PrintedBody::Read(ByteReader& reader, Instruction* out) {
  return ReadInstruction(reader, features, &scratch, out);
}

absl::string_view PrintedBody::LabelName(uint32_t block) const {
  const auto found = label_names.find(block);
  return found == label_names.end() ? absl::string_view() : found->second;
}

void PrintedBody::AppendInstruction(const Instruction& instruction, uint32_t block,
                                    std::string* out) const {
  const auto hint =
      std::ranges::lower_bound(hints, instruction.offset - start, {}, &BranchHint::offset);
  if (hint != hints.end() && hint->offset == instruction.offset - start) {
    absl::StrAppend(out, "(@", kBranchHintSection, hint->is_likely ? " \"\\01\") " : " \"\\00\") ");
  }
  absl::StrAppend(out, Info(instruction.op).text);
  if (OpensBlock(instruction.op) && label_names.contains(block)) {
    const absl::string_view name = LabelName(block);
    if (CanBeId(name)) {
      out->push_back(' ');
      AppendId(name, out);
    } else {
      AppendNameAnnotation(name, out);
    }
  }
  context.AppendImmediates(instruction, out);
}

void PrintFlat(PrintedBody& body, size_t depth, TextOutput* out) {
  LabelScope labels;
  body.context.labels = &labels;
  ByteReader reader = body.Reader();
  Instruction instruction;
  uint32_t block = 0;
  while (body.Read(reader, &instruction)) {
    const bool is_end = instruction.op == Opcode::End;
    if (is_end && labels.depth() == 0) break;
    out->NewLine(depth + labels.depth() - (ContinuesConstruct(instruction.op) ? 1 : 0));
    if (instruction.op == Opcode::Delegate) labels.Pop();  // its label is one outside
    body.AppendInstruction(instruction, block, &out->text());
    if (is_end) labels.Pop();
    if (OpensBlock(instruction.op)) labels.Push(body.LabelName(block++));
  }
  body.context.labels = nullptr;
}

bool IsSingle(PrintedBody& body) {
  ByteReader reader = body.Reader();
  Instruction instruction;
  return body.Read(reader, &instruction) && instruction.op != Opcode::End &&
         !OpensBlock(instruction.op) && body.Read(reader, &instruction) &&
         instruction.op == Opcode::End;
}

void AppendConstant(PrintedBody& body, std::string* out) {
  const bool is_single = IsSingle(body);
  if (is_single) out->push_back('(');
  ByteReader reader = body.Reader();
  Instruction instruction;
  for (uint32_t depth = 0, block = 0; body.Read(reader, &instruction);) {
    const bool closes = instruction.op == Opcode::End || instruction.op == Opcode::Delegate;
    if (closes && depth-- == 0) break;
    if (out->back() != '(' && out->back() != ' ') out->push_back(' ');
    body.AppendInstruction(instruction, block, out);
    if (!OpensBlock(instruction.op)) continue;
    ++depth;
    ++block;
  }
  if (is_single) out->push_back(')');
}

}  // namespace tenon::vm
