#include "vm/text/print_instruction.h"

#include <bit>
#include <charconv>
#include <cmath>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "vm/base/status.h"

namespace tenon::vm {
namespace {

// The shortest decimal that reads back as the same number; the payload of a NaN that is not the
// canonical one.
template <typename Float, typename Bits>
void AppendFloat(Bits bits, std::string* out) {
  constexpr int kMantissaBits = sizeof(Bits) == 4 ? 23 : 52;
  constexpr Bits kMantissa = (Bits{1} << kMantissaBits) - 1;
  const auto value = std::bit_cast<Float>(bits);
  if (!std::isnan(value)) {
    char buffer[32];
    const char* end = std::to_chars(buffer, std::end(buffer), value).ptr;
    out->append(buffer, static_cast<size_t>(end - buffer));
    return;
  }
  absl::StrAppend(out, bits >> (sizeof(Bits) * 8 - 1) ? "-nan" : "nan");
  const Bits payload = bits & kMantissa;
  if (payload != Bits{1} << (kMantissaBits - 1)) absl::StrAppendFormat(out, ":0x%x", payload);
}

}  // namespace

void LabelScope::Push(absl::string_view name) {
  if (CanBeId(name)) places_[name].push_back(names_.size());
  names_.push_back(name);
}

void LabelScope::Pop() {
  if (CanBeId(names_.back())) places_[names_.back()].pop_back();
  names_.pop_back();
}

void LabelScope::AppendTarget(uint32_t label, std::string* out) const {
  if (label < names_.size()) {
    const size_t place = names_.size() - 1 - label;
    const auto found = places_.find(names_[place]);
    if (found != places_.end() && !found->second.empty() && found->second.back() == place) {
      return AppendId(names_[place], out);
    }
  }
  absl::StrAppend(out, label);
}

void PrintContext::AppendIndex(NameKind kind, uint32_t index, std::string* out) const {
  out->push_back(' ');
  names.table(kind).AppendIndex(index, out);
}

void PrintContext::AppendOptionalIndex(NameKind kind, uint32_t index, std::string* out) const {
  if (index != 0) AppendIndex(kind, index, out);
}

void PrintContext::AppendIndexPair(NameKind kind, const Instruction& instruction,
                                   std::string* out) const {
  if (instruction.index == 0 && instruction.index2 == 0) return;
  AppendIndex(kind, instruction.index, out);
  AppendIndex(kind, instruction.index2, out);
}

void PrintContext::AppendLabel(uint32_t label, std::string* out) const {
  out->push_back(' ');
  if (labels != nullptr) return labels->AppendTarget(label, out);
  absl::StrAppend(out, label);
}

void PrintContext::AppendHeapType(HeapType type, std::string* out) const {
  if (!type.is_concrete()) return absl::StrAppend(out, ToString(type));
  names.table(NameKind::kType).AppendIndex(type.index(), out);
}

void PrintContext::AppendValType(ValType type, std::string* out) const {
  if (!type.is_ref() || !type.heap().is_concrete()) return absl::StrAppend(out, ToString(type));
  absl::StrAppend(out, type.nullable() ? "(ref null " : "(ref ");
  AppendHeapType(type.heap(), out);
  out->push_back(')');
}

void PrintContext::AppendSpaced(ValType type, std::string* out) const {
  out->push_back(' ');
  AppendValType(type, out);
}

void PrintContext::AppendValTypes(absl::string_view keyword, absl::Span<const ValType> types,
                                  std::string* out) const {
  if (types.empty()) return;
  absl::StrAppend(out, " (", keyword);
  for (ValType type : types) AppendSpaced(type, out);
  out->push_back(')');
}

void PrintContext::AppendTypeUse(uint32_t index, std::string* out) const {
  absl::StrAppend(out, " (type");
  AppendIndex(NameKind::kType, index, out);
  out->push_back(')');
}

void PrintContext::AppendMemArg(const Instruction& instruction, std::string* out) const {
  AppendOptionalIndex(NameKind::kMemory, instruction.index, out);
  const MemArg& memarg = instruction.memarg;
  if (memarg.offset != 0) absl::StrAppend(out, " offset=", memarg.offset);
  const uint64_t alignment = uint64_t{1} << memarg.align_log2;
  if (alignment != static_cast<uint64_t>(Info(instruction.op).access_bytes())) {
    absl::StrAppend(out, " align=", alignment);
  }
}

void PrintContext::AppendInstruction(const Instruction& instruction, std::string* out) const {
  absl::StrAppend(out, Info(instruction.op).text);
  AppendImmediates(instruction, out);
}

void PrintContext::AppendImmediates(const Instruction& instruction, std::string* out) const {
  switch (ShapeOf(Info(instruction.op).immediate)) {
    using enum ImmediateShape;
    case kNone: return;
    case kIndex: return AppendOneIndex(instruction, out);
    case kIndexPair: return AppendTwoIndices(instruction, out);
    case kMemArg: return AppendMemArg(instruction, out);
    case kMemArgLane: AppendMemArg(instruction, out); [[fallthrough]];
    case kLane: return absl::StrAppend(out, " ", instruction.lane);
    case kNumber: return AppendNumber(instruction, out);
    case kOther: return AppendOther(instruction, out);
  }
}

void PrintContext::AppendOneIndex(const Instruction& instruction, std::string* out) const {
  const uint32_t index = instruction.index;
  switch (Info(instruction.op).immediate) {
    using enum ImmediateKind;
    case kLabel: return AppendLabel(index, out);
    case kLocal:
      out->push_back(' ');
      return locals == nullptr ? absl::StrAppend(out, index) : locals->AppendIndex(index, out);
    case kFunc:
    case kRefFunc: return AppendIndex(NameKind::kFunc, index, out);
    case kType: return AppendIndex(NameKind::kType, index, out);
    case kTag: return AppendIndex(NameKind::kTag, index, out);
    case kGlobal: return AppendIndex(NameKind::kGlobal, index, out);
    case kElem: return AppendIndex(NameKind::kElem, index, out);
    case kData: return AppendIndex(NameKind::kData, index, out);
    case kTable: return AppendOptionalIndex(NameKind::kTable, index, out);
    case kMemory: return AppendOptionalIndex(NameKind::kMemory, index, out);
    default: TENON_CHECK(false);
  }
}

void PrintContext::AppendTwoIndices(const Instruction& instruction, std::string* out) const {
  const uint32_t index = instruction.index, index2 = instruction.index2;
  switch (Info(instruction.op).immediate) {
    using enum ImmediateKind;
    case kCallIndirect:
      AppendOptionalIndex(NameKind::kTable, index2, out);
      return AppendTypeUse(index, out);
    case kTableTable: return AppendIndexPair(NameKind::kTable, instruction, out);
    case kMemoryMemory: return AppendIndexPair(NameKind::kMemory, instruction, out);
    case kElemTable:
      AppendOptionalIndex(NameKind::kTable, index2, out);
      return AppendIndex(NameKind::kElem, index, out);
    case kDataMemory:
      AppendOptionalIndex(NameKind::kMemory, index2, out);
      return AppendIndex(NameKind::kData, index, out);
    default: return AppendTypeAndMore(instruction, out);
  }
}

void PrintContext::AppendOther(const Instruction& instruction, std::string* out) const {
  switch (Info(instruction.op).immediate) {
    using enum ImmediateKind;
    case kZeroByte: return;
    case kBlock: return AppendBlockType(instruction.block, out);
    case kTryTable:
      AppendBlockType(instruction.block, out);
      return AppendCatches(instruction.catches, out);
    case kLabelTable:
      for (uint32_t label : instruction.labels) AppendLabel(label, out);
      return;
    case kSelectTypes:
      return instruction.types.empty() ? absl::StrAppend(out, " (result)")
                                       : AppendValTypes("result", instruction.types, out);
    case kHeapType: out->push_back(' '); return AppendHeapType(instruction.heap, out);
    case kRefType: return AppendSpaced(instruction.to, out);
    case kCastLabel:
      AppendLabel(instruction.index, out);
      AppendSpaced(instruction.from, out);
      return AppendSpaced(instruction.to, out);
    default: TENON_CHECK(false);
  }
}

void PrintContext::AppendCatches(absl::Span<const CatchClause> catches, std::string* out) const {
  for (const CatchClause& clause : catches) {
    absl::StrAppend(out, clause.catches_all() ? " (catch_all" : " (catch",
                    clause.has_ref() ? "_ref" : "");
    if (!clause.catches_all()) AppendIndex(NameKind::kTag, clause.tag, out);
    AppendLabel(clause.label, out);
    out->push_back(')');
  }
}

void PrintContext::AppendBlockType(const BlockType& type, std::string* out) const {
  if (type.is_index) {
    AppendTypeUse(type.index.value(), out);
  } else if (!type.result.is_bot()) {
    AppendValTypes("result", {type.result}, out);
  }
}

// A type's index and, by the kind of immediate, what stands after it.
void PrintContext::AppendTypeAndMore(const Instruction& instruction, std::string* out) const {
  const uint32_t type = instruction.index, second = instruction.index2;
  AppendIndex(NameKind::kType, type, out);
  switch (Info(instruction.op).immediate) {
    case ImmediateKind::kTypeField:
      out->push_back(' ');
      return names.fields(type).AppendIndex(second, out);
    case ImmediateKind::kTypeCount: return absl::StrAppend(out, " ", second);
    case ImmediateKind::kTypeData: return AppendIndex(NameKind::kData, second, out);
    case ImmediateKind::kTypeElem: return AppendIndex(NameKind::kElem, second, out);
    case ImmediateKind::kTypeType: return AppendIndex(NameKind::kType, second, out);
    default: TENON_CHECK(false);
  }
}

void PrintContext::AppendNumber(const Instruction& instruction, std::string* out) const {
  const ImmediateKind kind = Info(instruction.op).immediate;
  if (kind == ImmediateKind::kShuffle) {
    for (uint8_t lane : instruction.v128.bytes) absl::StrAppend(out, " ", lane);
    return;
  }
  out->push_back(' ');
  switch (kind) {
    case ImmediateKind::kI32: return absl::StrAppend(out, static_cast<int32_t>(instruction.bits));
    case ImmediateKind::kI64: return absl::StrAppend(out, static_cast<int64_t>(instruction.bits));
    case ImmediateKind::kF32:
      return AppendFloat<float>(static_cast<uint32_t>(instruction.bits), out);
    case ImmediateKind::kF64: return AppendFloat<double>(instruction.bits, out);
    default: break;
  }
  absl::StrAppend(out, "i32x4");
  for (int i = 0; i < 4; ++i) {
    absl::StrAppendFormat(out, " 0x%08x", instruction.v128.Lane<uint32_t>(i));
  }
}

}  // namespace tenon::vm
