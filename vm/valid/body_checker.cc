#include "vm/valid/body_checker.h"

#include <algorithm>
#include <cstring>
#include <type_traits>

#include "absl/strings/str_cat.h"
#include "vm/syntax/function_title.h"

namespace tenon::vm {
namespace {

// Types that blocks of one result mostly have, to lend spans of.
constexpr ValType kCommonTypes[] = {ValType::kI32,      ValType::kI64,  ValType::kF32,
                                    ValType::kF64,      ValType::kV128, ValType::kFuncRef,
                                    ValType::kExternRef};

absl::Span<const ValType> SingleType(ValType type, WalkerScratch& scratch) {
  for (const ValType& common : kCommonTypes) {
    if (common == type) return absl::MakeConstSpan(&common, 1);
  }
  return absl::MakeConstSpan(&scratch.block_results.emplace_back(type), 1);
}

// "[i32 i64]"; of a long list the top of the stack.
std::string ListTypes(absl::Span<const ValType> types) {
  constexpr size_t kShown = 32;
  const size_t hidden = types.size() > kShown ? types.size() - kShown : 0;
  std::string text = hidden != 0 ? "[... " : "[";
  for (size_t i = hidden; i < types.size(); ++i) {
    absl::StrAppend(&text, i == hidden ? "" : " ", ToString(types[i]));
  }
  return text + "]";
}

}  // namespace

BodyChecker::BodyChecker(const ResolvedModule& module, ByteReader reader, WalkerScratch& scratch)
    : module_(module), features_(module.features), scratch_(scratch), reader_(std::move(reader)) {
  scratch.control.clear();
  scratch.is_initialized.clear();
  scratch.initialized.clear();
  scratch.block_results.clear();
  scratch.fields_of.clear();
  scratch.catch_types.clear();
  operands_ = scratch.operands.data();
  capacity_ = static_cast<uint32_t>(scratch.operands.size());
}

Error BodyChecker::TakeError() const { return DecodingError(reader_); }

bool BodyChecker::Malformed(absl::string_view message) {
  return reader_.FailAt(ErrorKind::kMalformed, message, instruction_.offset);
}

bool BodyChecker::Invalid(absl::string_view message) {
  return reader_.FailAt(ErrorKind::kInvalid, message, instruction_.offset);
}

bool BodyChecker::Unknown(absl::string_view what, uint32_t index) {
  return Invalid(absl::StrCat("unknown ", what, " ", index));
}

bool BodyChecker::Limit(absl::string_view message) {
  return reader_.FailAt(ErrorKind::kLimit, message, instruction_.offset);
}

bool BodyChecker::Mismatch(absl::Span<const ValType> expected, const char* subject) {
  const auto stack = absl::MakeConstSpan(operands_ + height_, size_ - height_);
  return Invalid(absl::StrCat("type mismatch: ", subject, " requires ", ListTypes(expected),
                              " but stack has ", ListTypes(stack)));
}

bool BodyChecker::Matches(ValType actual, ValType expected) const {
  if (actual == expected || actual.is_bot() || expected.is_bot()) return true;
  if (!actual.is_ref() || !expected.is_ref()) return false;
  return module_.types->Matches(actual, expected);
}

bool BodyChecker::MatchAll(const ValType* actual, const ValType* expected, size_t count) const {
  static_assert(std::has_unique_object_representations_v<ValType>);
  if (count == 0 || std::memcmp(actual, expected, count * sizeof(ValType)) == 0) return true;
  for (size_t i = 0; i < count; ++i) {
    if (!Matches(actual[i], expected[i])) return false;
  }
  return true;
}

bool BodyChecker::CheckBranch(absl::Span<const ValType> types) {
  const uint32_t size = size_;
  if (!PopAll(types)) return false;
  size_ = size;
  return true;
}

bool BodyChecker::Peek(uint32_t depth, ValType* out) const {
  *out = ValType();
  if (size_ - height_ <= depth) return unreachable_;
  *out = operands_[size_ - 1 - depth];
  return true;
}

bool BodyChecker::PopPolymorphic(absl::Span<const ValType> expected) {
  const uint32_t present = size_ - height_;
  if (!unreachable_) return Mismatch(expected, "instruction");
  if (!MatchAll(operands_ + height_, expected.last(present).data(), present)) {
    return Mismatch(expected, "instruction");
  }
  size_ = height_;
  return true;
}

bool BodyChecker::PushAll(absl::Span<const ValType> types) {
  if (capacity_ - size_ < types.size() && !Grow(types.size())) return false;
  std::copy(types.begin(), types.end(), operands_ + size_);
  size_ += static_cast<uint32_t>(types.size());
  return true;
}

bool BodyChecker::PopRef(ValType* out) {
  if (!Peek(0, out) || (!out->is_bot() && !out->is_ref())) {
    return Invalid(absl::StrCat("type mismatch: instruction requires reference type but stack has ",
                                ToString(*out)));
  }
  size_ -= size_ > height_;
  if (out->is_bot()) *out = ValType::Ref(HeapKind::kBot, false);
  return true;
}

// Those of large structures are kept: a few bytes can name one again and again.
bool BodyChecker::PopFields(const SubType& structure) {
  const auto append = [&structure](std::vector<ValType>* types) {
    types->reserve(structure.fields.size());
    for (const FieldType& field : structure.fields) types->push_back(field.storage.type);
  };
  if (structure.fields.size() <= kFewTypes) {
    scratch_.field_types.clear();
    append(&scratch_.field_types);
    return PopAll(scratch_.field_types);
  }
  const auto [found, is_new] = scratch_.fields_of.try_emplace(&structure);
  if (is_new) append(&found->second);
  return PopAll(found->second);
}

// A stack that is polymorphic down from here has what is left to pop.
bool BodyChecker::PopMany(ValType type, uint32_t count) {
  for (; count > 0 && !(unreachable_ && size_ == height_); --count) {
    if (!Pop(type)) return false;
  }
  return true;
}

const ControlFrame* BodyChecker::CheckRefBranch(uint32_t label, ValType carried) {
  const ControlFrame* target = Label(label);
  if (target == nullptr) return nullptr;
  const absl::Span<const ValType> types = target->label_types();
  if (types.empty() || !Matches(carried, types.back())) {
    Invalid(absl::StrCat("type mismatch: instruction requires type ", ToString(carried),
                         " but label has ", ListTypes(types)));
    return nullptr;
  }
  const auto others = types.first(types.size() - 1);
  return PopAll(others) && PushAll(others) ? target : nullptr;
}

bool BodyChecker::Grow(size_t count) {
  const size_t needed = size_ + count;
  if (needed > kMaxOperands) {
    return Limit(absl::StrCat("more than ", kMaxOperands, " operands on the stack"));
  }
  const size_t roomy = std::max<size_t>({64, needed, size_t{2} * capacity_});
  scratch_.operands.resize(std::min<size_t>(roomy, kMaxOperands));
  operands_ = scratch_.operands.data();
  capacity_ = static_cast<uint32_t>(scratch_.operands.size());
  return true;
}

bool BodyChecker::EnterFrame(Opcode op, absl::Span<const ValType> params,
                             absl::Span<const ValType> results) {
  if (scratch_.control.size() == kMaxControlDepth) {
    return Limit(absl::StrCat("blocks nested deeper than ", kMaxControlDepth));
  }
  ControlFrame& frame = scratch_.control.emplace_back();
  frame.op = op;
  frame.reported = reporting_;
  frame.height = size_;
  frame.initialized = static_cast<uint32_t>(scratch_.initialized.size());
  frame.params = params;
  frame.results = results;
  UseTopFrame();
  return PushAll(params);
}

bool BodyChecker::CheckFrameResultsSlow(const ControlFrame& frame) {
  const uint32_t present = size_ - height_;
  const size_t wanted = frame.results.size();
  if (present > wanted) return Mismatch(frame.results, "block");
  return ((present == wanted || frame.unreachable) &&
          MatchAll(operands_ + height_, frame.results.last(present).data(), present)) ||
         Mismatch(frame.results, "instruction");
}

bool BodyChecker::CheckMissingElse(const ControlFrame& frame) {
  if (frame.params.size() == frame.results.size() &&
      MatchAll(frame.params.data(), frame.results.data(), frame.params.size())) {
    return true;
  }
  return Invalid(absl::StrCat("type mismatch: block requires ", ListTypes(frame.results),
                              " but stack has ", ListTypes(frame.params),
                              ", as the `if` has no `else`"));
}

// Few bytes can bring a tag of a thousand values to a label of as many, over and over.
bool BodyChecker::CheckCatch(const CatchClause& clause) {
  if (!clause.catches_all() && !CheckTag(clause.tag)) return false;
  const ControlFrame* target = Label(clause.label);
  if (target == nullptr) return false;
  absl::Span<const ValType> values;
  if (!clause.catches_all()) values = module_.tags[clause.tag].type->params;
  const absl::Span<const ValType> taken = target->label_types();
  const bool is_long = values.size() > kFewTypes;
  const std::pair lists(values.data(), taken.data());
  if (taken.size() == values.size() + (clause.has_ref() ? 1 : 0)) {
    const bool is_ref_taken =
        !clause.has_ref() || Matches(ValType::Ref(HeapKind::kExn, false), taken.back());
    if (is_ref_taken && ((is_long && scratch_.catch_types.contains(lists)) ||
                         MatchAll(values.data(), taken.data(), values.size()))) {
      if (is_long) scratch_.catch_types.insert(lists);
      return true;
    }
  }
  return Invalid(absl::StrCat("type mismatch: catch clause gives ", ListTypes(values),
                              clause.has_ref() ? " and (ref exn)" : "", " but label takes ",
                              ListTypes(taken)));
}

bool BodyChecker::CheckReturnCall(const FuncType& callee) {
  const absl::Span<const ValType> results = scratch_.control.front().results;
  if (callee.results.size() == results.size() &&
      MatchAll(callee.results.data(), results.data(), results.size())) {
    return true;
  }
  return Invalid(absl::StrCat("type mismatch: current function requires result type ",
                              ListTypes(results), " but callee returns ",
                              ListTypes(callee.results)));
}

bool BodyChecker::BeginClause(absl::Span<const ValType> values, bool* falls_through) {
  ControlFrame& frame = scratch_.control.back();
  if (!MayFollowClause(frame.op, instruction_.op)) return Malformed("END opcode expected");
  if (!CheckFrameResults(frame)) return false;
  *falls_through = !frame.unreachable;
  ResetInitialized(frame.initialized);
  frame.op = instruction_.op;
  frame.unreachable = false;
  size_ = frame.height;
  UseTopFrame();
  return PushAll(values);
}

void BodyChecker::LeaveFrame() {
  size_ = height_;
  ResetInitialized(scratch_.control.back().initialized);
  scratch_.control.pop_back();
  UseTopFrame();
}

void BodyChecker::ResetInitialized(uint32_t count) {
  while (scratch_.initialized.size() > count) {
    scratch_.is_initialized[scratch_.initialized.back()] = 0;
    scratch_.initialized.pop_back();
  }
}

void BodyChecker::SetUnreachable() {
  scratch_.control.back().unreachable = true;
  size_ = height_;
  unreachable_ = true;
  reporting_ = false;
}

void BodyChecker::UseTopFrame() {
  if (scratch_.control.empty()) {
    height_ = 0;
    return;
  }
  const ControlFrame& frame = scratch_.control.back();
  height_ = frame.height;
  unreachable_ = frame.unreachable;
  reporting_ = frame.reported && !frame.unreachable;
}

const ControlFrame* BodyChecker::Label(uint32_t index) {
  const size_t depth = scratch_.control.size();
  if (index < depth) return &scratch_.control[depth - 1 - index];
  Unknown("label", index);
  return nullptr;
}

bool BodyChecker::ResolveBlockType(const BlockType& type, BlockInfo* out) {
  if (type.is_index) {
    const FuncType* func = FuncTypeAt(type.index.value());
    if (func == nullptr) return false;
    *out = {func->params, func->results};
    return true;
  }
  if (type.result.is_bot()) return true;
  ValType result;
  if (!CanonicalType(type.result, &result)) return false;
  out->results = SingleType(result, scratch_);
  return true;
}

const SubType* BodyChecker::TypeAt(uint32_t type_index, SubType::Kind kind,
                                   absl::string_view noun) {
  if (type_index >= module_.type_defs.size()) {
    Unknown("type", type_index);
    return nullptr;
  }
  const SubType* type = module_.type_defs[type_index];
  if (type->kind == kind) return type;
  Invalid(absl::StrCat("non-", noun, " type ", type_index));
  return nullptr;
}

const FuncType* BodyChecker::FuncTypeAt(uint32_t type_index) {
  const SubType* type = TypeAt(type_index, SubType::Kind::kFunc, "function");
  return type == nullptr ? nullptr : &type->func;
}

const SubType* BodyChecker::StructAt(uint32_t type_index) {
  return TypeAt(type_index, SubType::Kind::kStruct, "structure");
}

const SubType* BodyChecker::ArrayAt(uint32_t type_index) {
  return TypeAt(type_index, SubType::Kind::kArray, "array");
}

bool BodyChecker::CanonicalType(ValType type, ValType* out) {
  if (type.is_ref() && type.heap().is_concrete() &&
      type.heap().index() >= module_.type_ids.size()) {
    return Unknown("type", type.heap().index());
  }
  *out = module_.Canonical(type);
  return true;
}

bool BodyChecker::CheckData(uint32_t index) {
  if (!module_.module->data_count) return Malformed("data count section required");
  return index < module_.datas.size() || Unknown("data segment", index);
}

bool BodyChecker::CheckConstant() {
  ByteReader reader = reader_;
  while (!reader.at_end()) {
    if (!ReadInstruction(reader, features_, &scratch_.immediates, &instruction_)) {
      return Malformed(reader.error().message());
    }
    const Signature& row = kSignatures[static_cast<size_t>(instruction_.op)];
    const bool is_mutable = instruction_.op == Opcode::GlobalGet &&
                            instruction_.index < module_.globals.size() &&
                            module_.globals[instruction_.index].type.is_mutable;
    const bool allowed = row.allowed_in_const ||
                         (row.allowed_in_extended_const && features_.Has(Feature::kExtendedConst));
    if (!allowed || is_mutable) {
      std::string text = "constant expression required";
      if (row.allowed_in_extended_const && !allowed) {
        absl::StrAppend(&text, ": ", Info(instruction_.op).text, " needs ",
                        FeatureName(Feature::kExtendedConst));
      }
      return Invalid(text);
    }
  }
  return true;
}

bool BodyChecker::DeclareLocals(const FuncType& type) {
  std::vector<ValType>& locals = scratch_.locals;
  locals.assign(type.params.begin(), type.params.end());
  instruction_.offset = static_cast<uint32_t>(reader_.offset());
  uint64_t total = locals.size();
  bool types_known = true;
  bool all_defaultable = true;
  const bool read = ReadLocals(reader_, features_, [&](uint32_t count, ValType declared) {
    ValType canonical;
    total += count;
    types_known = types_known && CanonicalType(declared, &canonical);
    all_defaultable = all_defaultable && canonical.is_defaultable();
    if (types_known && total <= kMaxLocals) locals.resize(total, canonical);
  });
  if (!read || !types_known) return false;
  if (total > kMaxLocals) return Limit(absl::StrCat("more than ", kMaxLocals, " locals"));
  locals_ = locals.data();
  local_count_ = static_cast<uint32_t>(total);
  scratch_.total_locals += total;
  if (all_defaultable) return true;
  needs_initialization_ = true;
  scratch_.is_initialized.assign(locals.size(), 1);
  for (size_t i = type.params.size(); i < locals.size(); ++i) {
    scratch_.is_initialized[i] = locals[i].is_defaultable();
  }
  return true;
}

void BodyChecker::Initialize(uint32_t local) {
  if (scratch_.is_initialized[local]) return;
  scratch_.is_initialized[local] = 1;
  scratch_.initialized.push_back(local);
}

std::string FunctionContext(const ResolvedModule& module, FuncIdx func) {
  return FunctionTitle(*module.module, func.value());
}

}  // namespace tenon::vm
