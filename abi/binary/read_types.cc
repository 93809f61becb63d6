#include "abi/binary/read.h"

namespace tenon::abi {
namespace {

using syntax::PrimType;

constexpr uint8_t kOuterAlias = 0x02;
constexpr const char* kOuterAliasSort = "component outer alias kind";

std::optional<PrimType> PrimTypeOf(int code) {
  if (code == 0x64) return PrimType::kErrorContext;
  if (code < 0x73 || code > 0x7f) return std::nullopt;
  return static_cast<PrimType>(0x7f - code);  // the enum has the codes' order
}

bool ReadOptionalType(SyntaxReader& reader, std::optional<syntax::ValType>* out) {
  uint8_t present = 0;
  if (!reader.ReadForm(1, "optional component value type", &present)) return false;
  return present == 0 || ReadValType(reader, &out->emplace());
}

bool ReadLabeledType(SyntaxReader& reader, syntax::LabeledType* out) {
  return ReadName(reader, &out->label) && ReadValType(reader, &out->type);
}

bool ReadCase(SyntaxReader& reader, syntax::Case* out) {
  uint8_t zero = 0;
  return ReadName(reader, &out->label) && ReadOptionalType(reader, &out->type) &&
         reader.ReadForm(0, "zero byte required behind a variant case", &zero);
}

bool ReadIndex(SyntaxReader& reader, TypeIdx* out) {
  uint32_t index = 0;
  if (!reader.ReadVarU32(&index)) return false;
  *out = TypeIdx(index);
  return true;
}

bool ReadLabels(SyntaxReader& reader, const char* what, absl::Span<const absl::string_view>* out) {
  return ReadVec(reader, kMaxFields, what, out,
                 [&](absl::string_view* label) { return ReadName(reader, label); });
}

bool ReadFuncType(SyntaxReader& reader, bool is_async, syntax::FuncType* out) {
  out->is_async = is_async;
  return ReadVec(reader, kMaxParams, "parameters", &out->params,
                 [&](syntax::LabeledType* param) { return ReadLabeledType(reader, param); }) &&
         ReadResultList(reader, &out->result);
}

bool ReadResourceType(SyntaxReader& reader, syntax::ResourceType* out) {
  uint8_t present = 0;
  uint32_t index = 0;
  if (!ReadCoreValType(reader, &out->rep) ||
      !reader.ReadForm(1, "optional resource destructor", &present)) {
    return false;
  }
  if (present == 0) return true;
  if (!reader.ReadVarU32(&index)) return false;
  out->destructor = CoreFuncIdx(index);
  return true;
}

bool ReadDeclarator(SyntaxReader& reader, bool in_instance, int depth, syntax::Declarator* out) {
  uint8_t kind = 0;
  out->offset = reader.offset();
  if (!reader.ReadByte(&kind)) return false;
  switch (kind) {
    case 0x00: return ReadCoreTypeDef(reader, depth + 1, &out->decl.emplace<syntax::CoreTypeDef>());
    case kDeclType: return ReadTypeDef(reader, depth + 1, &out->decl.emplace<syntax::TypeDef>());
    case 0x02: return ReadAlias(reader, &out->decl.emplace<syntax::Alias>());
    case 0x03: {
      if (in_instance) break;
      auto& import = out->decl.emplace<syntax::ImportDecl>();
      return ReadExternName(reader, &import.name) && ReadExternType(reader, &import.type);
    }
    case 0x04: {
      auto& exported = out->decl.emplace<syntax::ExportDecl>();
      return ReadExternName(reader, &exported.name) && ReadExternType(reader, &exported.type);
    }
    default: break;
  }
  return reader.FailForm(kind, "component or instance type declaration", out->offset);
}

bool ReadComponentType(SyntaxReader& reader, bool is_instance, int depth, syntax::TypeDef* out) {
  auto* const type = reader.New<syntax::ComponentType>();
  if (type == nullptr) return false;
  *out = type;
  type->is_instance = is_instance;
  return ReadVec(reader, kMaxTypes, "declarators", &type->decls, [&](syntax::Declarator* decl) {
    return ReadDeclarator(reader, is_instance, depth, decl);
  });
}

bool ReadList(SyntaxReader& reader, bool fixed, syntax::ListType* out) {
  if (!ReadValType(reader, &out->element)) return false;
  return !fixed || reader.ReadVarU32(&out->length.emplace());
}

// Value types that are not primitive.
bool ReadDefinedValType(SyntaxReader& reader, uint8_t code, uint64_t where, syntax::TypeDef* out) {
  switch (code) {
    case 0x72:
      return ReadVec(reader, kMaxFields, "record fields",
                     &out->emplace<syntax::RecordType>().fields,
                     [&](syntax::LabeledType* field) { return ReadLabeledType(reader, field); });
    case 0x71:
      return ReadVec(reader, kMaxFields, "variant cases",
                     &out->emplace<syntax::VariantType>().cases,
                     [&](syntax::Case* variant_case) { return ReadCase(reader, variant_case); });
    case 0x70: return ReadList(reader, false, &out->emplace<syntax::ListType>());
    case 0x67: return ReadList(reader, true, &out->emplace<syntax::ListType>());
    case 0x6f:
      return ReadVec(reader, kMaxFields, "tuple types", &out->emplace<syntax::TupleType>().types,
                     [&](syntax::ValType* type) { return ReadValType(reader, type); });
    case 0x6e: return ReadLabels(reader, "flags", &out->emplace<syntax::FlagsType>().labels);
    case 0x6d: return ReadLabels(reader, "enum cases", &out->emplace<syntax::EnumType>().labels);
    case 0x6b: return ReadValType(reader, &out->emplace<syntax::OptionType>().type);
    case 0x6a: {
      auto& result = out->emplace<syntax::ResultType>();
      return ReadOptionalType(reader, &result.ok) && ReadOptionalType(reader, &result.error);
    }
    case 0x69: return ReadIndex(reader, &out->emplace<syntax::OwnType>().resource);
    case 0x68: return ReadIndex(reader, &out->emplace<syntax::BorrowType>().resource);
    case 0x66: return ReadOptionalType(reader, &out->emplace<syntax::StreamType>().element);
    case 0x65: return ReadOptionalType(reader, &out->emplace<syntax::FutureType>().element);
    case 0x63: {
      auto& map = out->emplace<syntax::MapType>();
      return ReadValType(reader, &map.key) && ReadValType(reader, &map.value);
    }
    default: return reader.FailForm(code, "component defined type", where);
  }
}

}  // namespace

bool ReadValType(SyntaxReader& reader, syntax::ValType* out) {
  const uint64_t where = reader.offset();
  if (const std::optional<PrimType> prim = PrimTypeOf(reader.PeekByte())) {
    *out = *prim;
    return reader.Skip(1);
  }
  int64_t index = 0;
  if (!reader.ReadVarS33(&index)) return false;
  if (index < 0) return reader.FailAt(ErrorKind::kMalformed, "malformed value type", where);
  *out = TypeIdx(static_cast<uint32_t>(index));
  return true;
}

bool ReadResultList(SyntaxReader& reader, std::optional<syntax::ValType>* out) {
  uint8_t form = 0, zero = 0;
  if (!reader.ReadForm(1, "component function results", &form)) return false;
  if (form == 0x00) return ReadValType(reader, &out->emplace());
  return reader.ReadForm(0, "number of results", &zero);
}

namespace {

// Of a sort that does not go here, `bytes` bytes back.
bool FailSort(SyntaxReader& reader, size_t bytes, const char* what) {
  const uint8_t* const sort = reader.position() - bytes - 1;
  return reader.FailForm(*sort, what, reader.offset() - bytes - 1);
}

// The kind of an alias, which stands behind its sort, says what to call the sort in messages.
const char* AliasSortName(const SyntaxReader& reader) {
  const size_t kind_at = reader.PeekByte() == 0 ? 2 : 1;
  const bool is_outer = reader.remaining() > kind_at && reader.position()[kind_at] == kOuterAlias;
  return is_outer ? kOuterAliasSort : "component external kind";
}

}  // namespace

bool ReadExternType(SyntaxReader& reader, syntax::ExternType* out) {
  uint8_t bound = 0;
  if (!ReadSort(reader, &out->sort)) return false;
  switch (out->sort) {
    case Sort::kCoreModule:
    case Sort::kFunc:
    case Sort::kComponent:
    case Sort::kInstance: return reader.ReadVarU32(&out->index);
    case Sort::kType:
    case Sort::kValue: break;
    default: return FailSort(reader, 0, "component external kind");
  }
  if (!reader.ReadForm(1, "type bound", &bound)) return false;
  if (bound == 0) return reader.ReadVarU32(&out->index);
  if (out->sort == Sort::kType) {
    out->bound = syntax::ExternType::Bound::kSubResource;
    return true;
  }
  out->bound = syntax::ExternType::Bound::kValueType;
  syntax::ValType ignored;
  return ReadValType(reader, &ignored);
}

bool ReadAlias(SyntaxReader& reader, syntax::Alias* out) {
  uint8_t target = 0;
  if (!ReadSort(reader, &out->sort, AliasSortName(reader)) ||
      !reader.ReadForm(kOuterAlias, "alias", &target)) {
    return false;
  }
  out->target = static_cast<syntax::Alias::Target>(target);
  if (target == kOuterAlias) {
    const bool allowed = out->sort == Sort::kType || out->sort == Sort::kComponent ||
                         out->sort == Sort::kCoreModule || out->sort == Sort::kCoreType;
    if (!allowed) return FailSort(reader, 1, kOuterAliasSort);
    return reader.ReadVarU32(&out->outer_count) && reader.ReadVarU32(&out->outer_index);
  }
  return reader.ReadVarU32(&out->instance) && ReadName(reader, &out->name);
}

bool ReadTypeDef(SyntaxReader& reader, int depth, syntax::TypeDef* out) {
  uint8_t code = 0;
  const uint64_t where = reader.offset();
  if (depth > static_cast<int>(kMaxNestingDepth)) {
    return reader.FailAt(ErrorKind::kLimit, "types are nested too deeply", where);
  }
  if (!reader.ReadByte(&code)) return false;
  if (const std::optional<PrimType> prim = PrimTypeOf(code)) {
    *out = *prim;
    return true;
  }
  switch (code) {
    case 0x3f: return ReadResourceType(reader, &out->emplace<syntax::ResourceType>());
    case 0x40: return ReadFuncType(reader, false, &out->emplace<syntax::FuncType>());
    case 0x43: return ReadFuncType(reader, true, &out->emplace<syntax::FuncType>());
    case 0x41: return ReadComponentType(reader, false, depth, out);
    case 0x42: return ReadComponentType(reader, true, depth, out);
    default: return ReadDefinedValType(reader, code, where, out);
  }
}

}  // namespace tenon::abi
