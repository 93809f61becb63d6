// Types. core: #text-types
#include <algorithm>
#include <bit>

#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"
#include "vm/syntax/type_reader.h"
#include "vm/text/module_parser.h"

namespace tenon::vm {
namespace {

struct HeapKeyword {
  absl::string_view keyword;
  absl::string_view shorthand;  // for `(ref null keyword)`
  HeapKind kind;
};
constexpr HeapKeyword kHeapKeywords[] = {
    {"func", "funcref", HeapKind::kFunc},       {"nofunc", "nullfuncref", HeapKind::kNoFunc},
    {"extern", "externref", HeapKind::kExtern}, {"noextern", "nullexternref", HeapKind::kNoExtern},
    {"any", "anyref", HeapKind::kAny},          {"eq", "eqref", HeapKind::kEq},
    {"i31", "i31ref", HeapKind::kI31},          {"struct", "structref", HeapKind::kStruct},
    {"array", "arrayref", HeapKind::kArray},    {"none", "nullref", HeapKind::kNone},
    {"exn", "exnref", HeapKind::kExn},          {"noexn", "nullexnref", HeapKind::kNoExn},
};

struct NumKeyword {
  absl::string_view keyword;
  ValType type;
};
constexpr NumKeyword kNumKeywords[] = {
    {"i32", ValType::kI32}, {"i64", ValType::kI64},   {"f32", ValType::kF32},
    {"f64", ValType::kF64}, {"v128", ValType::kV128},
};

const NumKeyword* FindNumType(const Token& token) {
  if (token.kind != TokenKind::kKeyword) return nullptr;
  const auto* found = std::ranges::find(kNumKeywords, token.text, &NumKeyword::keyword);
  return found == std::end(kNumKeywords) ? nullptr : found;
}

const HeapKeyword* FindHeapType(const Token& token, absl::string_view HeapKeyword::* column) {
  if (token.kind != TokenKind::kKeyword) return nullptr;
  const auto* found = std::ranges::find(kHeapKeywords, token.text, column);
  return found == std::end(kHeapKeywords) ? nullptr : found;
}

void AppendKey(const std::vector<ValType>& types, std::string* out) {
  for (ValType type : types) {
    const uint32_t index = type.is_ref() && type.heap().is_concrete() ? type.heap().index() : 0;
    const HeapKind heap = type.is_ref() ? type.heap().kind() : HeapKind::kFunc;
    absl::StrAppend(out, static_cast<int>(type.kind()), ",", static_cast<int>(type.nullable()), ",",
                    static_cast<int>(heap), ",", index, " ");
  }
}

// Equal for equal types.
std::string KeyOf(const FuncType& type) {
  std::string key;
  AppendKey(type.params, &key);
  key.push_back(':');
  AppendKey(type.results, &key);
  return key;
}

}  // namespace

bool ModuleParser::ParseHeapType(HeapType* out) {
  if (const HeapKeyword* row = FindHeapType(lexer.Peek(), &HeapKeyword::keyword)) {
    lexer.Take();
    *out = row->kind;
    return true;
  }
  uint32_t index;
  if (!ParseIndex(types, &index)) return false;
  *out = HeapType::Concrete(std::min(index, kSaturatedTypeIndex));
  return true;
}

bool ModuleParser::AtRefType() {
  return lexer.PeekOpen("ref") || FindHeapType(lexer.Peek(), &HeapKeyword::shorthand) != nullptr;
}

bool ModuleParser::ParseRefType(ValType* out) {
  if (const HeapKeyword* row = FindHeapType(lexer.Peek(), &HeapKeyword::shorthand)) {
    lexer.Take();
    *out = ValType::Ref(row->kind, /*nullable=*/true);
    return true;
  }
  if (!ExpectOpen("ref")) return false;
  const bool nullable = lexer.TakeKeyword("null");
  HeapType heap;
  if (!ParseHeapType(&heap) || !ExpectClose()) return false;
  *out = ValType::Ref(heap, nullable);
  return true;
}

bool ModuleParser::AtValType() { return FindNumType(lexer.Peek()) != nullptr || AtRefType(); }

bool ModuleParser::ParseValType(ValType* out) {
  if (const NumKeyword* row = FindNumType(lexer.Peek())) {
    lexer.Take();
    *out = row->type;
    return true;
  }
  return ParseRefType(out);
}

bool ModuleParser::ParseGlobalType(GlobalType* out) {
  out->is_mutable = lexer.TakeOpen("mut");
  return ParseValType(&out->type) && (!out->is_mutable || ExpectClose());
}

void ModuleParser::ParseAddressType(AddressType* out) {
  *out = AddressType::kI32;
  if (lexer.TakeKeyword("i64")) {
    *out = AddressType::kI64;
  } else {
    lexer.TakeKeyword("i32");
  }
}

// Before memory64 a limit had 32 bits.
bool ModuleParser::ParseLimit(uint64_t* out) {
  if (features_.Has(Feature::kMemory64)) return ParseNat64(out);
  uint32_t limit;
  if (!ParseNat32(&limit)) return false;
  *out = limit;
  return true;
}

bool ModuleParser::ParseLimits(Limits* out) {
  if (!ParseLimit(&out->min)) return false;
  out->has_max = lexer.Peek().kind == TokenKind::kNat;
  return !out->has_max || ParseLimit(&out->max);
}

bool ModuleParser::ParseMemoryLimits(MemoryType* out) {
  if (!ParseLimits(&out->limits)) return false;
  out->shared = lexer.TakeKeyword("shared");
  return ParsePageSize(&out->page_size_log2);
}

bool ModuleParser::ParseTableType(TableType* out) {
  ParseAddressType(&out->address);
  return ParseLimits(&out->limits) && ParseRefType(&out->element);
}

bool ModuleParser::ParseMemoryType(MemoryType* out) {
  ParseAddressType(&out->address);
  return ParseMemoryLimits(out);
}

// `(pagesize n)`, if there: the proposal custom-page-sizes.
bool ModuleParser::ParsePageSize(uint8_t* log2) {
  if (!lexer.TakeOpen("pagesize")) return true;
  const SourceLocation where = lexer.Peek().where();
  if (!features_.Has(Feature::kCustomPageSizes)) {
    return FailInvalid("invalid custom page size: custom-page-sizes is off", where);
  }
  uint64_t size;
  if (!ParseNat64(&size)) return false;
  if (!std::has_single_bit(size)) {
    return Fail("invalid custom page size: not a power of two", where);
  }
  *log2 = static_cast<uint8_t>(std::countr_zero(size));
  return ExpectClose();
}

// `(param id t)` or `(param t*)`, any number of them.
bool ModuleParser::ParseParams(bool with_ids, std::vector<ValType>* types,
                               std::vector<Binding>* ids) {
  while (lexer.TakeOpen("param")) {
    Binding binding;
    if (with_ids && !TakeBinding(&binding)) return false;
    const bool is_one = binding.has_name();
    while (is_one || lexer.Peek().kind != TokenKind::kRightParen) {
      if (!ParseValType(&types->emplace_back())) return false;
      if (ids != nullptr) ids->push_back(binding);
      if (is_one) break;
    }
    if (!ExpectClose()) return false;
    if (types->size() > kMaxParams) return Limit("parameters", kMaxParams);
  }
  return true;
}

bool ModuleParser::ParseResults(std::vector<ValType>* types) {
  while (lexer.TakeOpen("result")) {
    while (lexer.Peek().kind != TokenKind::kRightParen) {
      if (!ParseValType(&types->emplace_back())) return false;
    }
    if (!ExpectClose()) return false;
    if (types->size() > kMaxResults) return Limit("results", kMaxResults);
  }
  return true;
}

bool ModuleParser::ParseTypeUse(bool with_ids, TypeUse* out) {
  if (lexer.TakeOpen("type")) {
    uint32_t index;
    out->where = lexer.Peek().where();
    if (!ParseIndex(types, &index) || !ExpectClose()) return false;
    out->index = index;
  }
  if (!ParseParams(with_ids, &out->inline_type.params, &out->param_ids) ||
      !ParseResults(&out->inline_type.results)) {
    return false;
  }
  // Parts in another order are told before the type is looked up.
  if (!lexer.PeekOpen("param") && !lexer.PeekOpen("type")) return true;
  return Unexpected(lexer.Peek(1));
}

const FuncType* ModuleParser::FindFuncType(uint32_t index, SourceLocation where) {
  if (index >= module.types.size()) {
    Fail(absl::StrCat("unknown type ", index), where);
    return nullptr;
  }
  const SubType& type = module.types[index];
  if (type.kind != SubType::Kind::kFunc) {
    Fail(absl::StrCat("non-function type ", index), where);
    return nullptr;
  }
  return &type.func;
}

bool ModuleParser::ResolveTypeUse(const TypeUse& use, uint32_t* out) {
  if (use.index) {
    *out = *use.index;
    if (!use.has_inline()) return true;  // an index too large is invalid, not malformed
    const FuncType* type = FindFuncType(*use.index, use.where);
    if (type == nullptr) return false;
    return *type == use.inline_type ||
           Fail("inline function type does not match explicit type", use.where);
  }
  const uint32_t next = static_cast<uint32_t>(module.types.size());
  const auto [found, is_new] = func_type_indices_.try_emplace(KeyOf(use.inline_type), next);
  *out = found->second;
  if (!is_new) return true;
  if (next >= kMaxTypes) return Limit("types", kMaxTypes);
  SubType type;
  type.func = use.inline_type;
  module.types.push_back(std::move(type));
  module.rec_groups.push_back({next, 1});
  return true;
}

// Types that an inline type may stand for: those written without `rec`, or alone in one, that are
// final and have no supertype. core: #text-typeuse
void ModuleParser::IndexFuncTypes() {
  for (const RecGroup& group : module.rec_groups) {
    if (group.count != 1) continue;
    const SubType& type = module.types[group.first];
    if (type.kind == SubType::Kind::kFunc && type.is_final && type.supertype_count == 0) {
      func_type_indices_.try_emplace(KeyOf(type.func), group.first);
    }
  }
}

// The content of `(type ...)` or `(rec (type ...)*)`.
bool ModuleParser::ParseTypeField(bool is_rec) {
  RecGroup group{next_type_, 0};
  while (!is_rec || lexer.TakeOpen("type")) {
    if (!SkipBinding()) return false;
    if (!ParseSubType(&module.types.emplace_back())) return false;
    ++next_type_;
    ++group.count;
    if (!is_rec) break;
    if (!ExpectClose()) return false;
  }
  if (!ExpectClose()) return false;
  module.rec_groups.push_back(group);
  return true;
}

// core: #text-subtype
bool ModuleParser::ParseSubType(SubType* out) {
  if (!lexer.TakeOpen("sub")) return ParseCompositeType(out);
  out->is_final = lexer.TakeKeyword("final");
  while (AtIndex()) {
    if (!ParseIndex(types, &out->supertype)) return false;
    out->supertype_count = std::min<int>(out->supertype_count + 1, kManySupertypes);
  }
  return ParseCompositeType(out) && ExpectClose();
}

bool ModuleParser::ParseCompositeType(SubType* out) {
  if (lexer.TakeOpen("func")) {
    out->kind = SubType::Kind::kFunc;
    if (!ParseParams(/*with_ids=*/true, &out->func.params, nullptr)) return false;
    if (!ParseResults(&out->func.results)) return false;
  } else if (lexer.TakeOpen("struct")) {
    out->kind = SubType::Kind::kStruct;
    if (!ParseStructFields(out)) return false;
  } else if (lexer.TakeOpen("array")) {
    out->kind = SubType::Kind::kArray;
    if (!ParseFieldType(&out->fields.emplace_back())) return false;
  } else {
    lexer.TakeIf(TokenKind::kLeftParen);  // what follows is the unexpected token
    return Unexpected();
  }
  return ExpectClose();
}

bool ModuleParser::ParseStructFields(SubType* out) {
  IndexSpace space{"field"};
  while (lexer.TakeOpen("field")) {
    Binding binding;
    if (!TakeBinding(&binding)) return false;
    const bool is_one = binding.has_name();
    while (is_one || lexer.Peek().kind != TokenKind::kRightParen) {
      uint32_t index;
      if (!Bind(binding, &space, &index)) return false;
      if (!ParseFieldType(&out->fields.emplace_back())) return false;
      if (is_one) break;
    }
    if (!ExpectClose()) return false;
    if (out->fields.size() > kMaxFields) return Limit("fields", kMaxFields);
  }
  if (!space.names.empty()) fields.try_emplace(next_type_, std::move(space));
  return true;
}

bool ModuleParser::ParseFieldType(FieldType* out) {
  out->is_mutable = lexer.TakeOpen("mut");
  if (lexer.TakeKeyword("i8")) {
    out->storage = {ValType::kI32, StorageType::Packed::kI8};
  } else if (lexer.TakeKeyword("i16")) {
    out->storage = {ValType::kI32, StorageType::Packed::kI16};
  } else if (!ParseValType(&out->storage.type)) {
    return false;
  }
  return !out->is_mutable || ExpectClose();
}

}  // namespace tenon::vm
