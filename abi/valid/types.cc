// Value, function, resource, component and instance types. abi: "Type Definitions".
#include <utility>

#include "abi/syntax/names.h"
#include "abi/text/wit.h"
#include "abi/valid/validator.h"
#include "absl/algorithm/container.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr TypeKind KindOf(syntax::PrimType type) { return static_cast<TypeKind>(type); }
#define PRIMITIVE(name, text, code, is_key) \
  static_assert(KindOf(syntax::PrimType::k##name) == TypeKind::k##name);
#include "abi/syntax/primitive_types.def"

}  // namespace

Status Validator::CheckUnique(absl::Span<const absl::string_view> labels, const char* what) {
  UniqueNames seen;
  for (absl::string_view label : labels) {
    if (!IsLabel(label)) {
      return Invalid(label.empty()
                         ? absl::StrCat(what, " name cannot be empty")
                         : absl::StrCat(what, " name `", label, "` is not in kebab case"));
    }
    if (seen.Insert(label)) continue;
    const absl::string_view word = what;
    const auto previous = absl::c_find_if(
        labels, [&](absl::string_view other) { return absl::EqualsIgnoreCase(other, label); });
    return Invalid(absl::StrCat(what, " name `", label, "` conflicts with previous ",
                                word.substr(word.rfind(' ') + 1), " name `", *previous, "`"));
  }
  return {};
}

Result<AnyType> Validator::TypeAt(const Scope& scope, uint32_t index) {
  TENON_ASSIGN_OR_RETURN(const AnyType* type, At(scope.types, index, "type"));
  return *type;
}

Result<ValType> Validator::ResolveValType(const Scope& scope, const syntax::ValType& type) {
  if (const auto* prim = std::get_if<syntax::PrimType>(&type)) {
    return ValType(KindOf(*prim));
  }
  const uint32_t index = std::get<TypeIdx>(type).value();
  TENON_ASSIGN_OR_RETURN(const AnyType found, TypeAt(scope, index));
  if (const auto* value = std::get_if<ValType>(&found)) return *value;
  return Invalid(absl::StrCat("type index ", index, " is not a defined type: found ",
                              ToString(types_, found)));
}

Result<ValType> Validator::ResolveOptional(const Scope& scope,
                                           const std::optional<syntax::ValType>& type) {
  if (!type) return ValType();
  return ResolveValType(scope, *type);
}

Result<ResourceId> Validator::ResolveResource(const Scope& scope, TypeIdx index) {
  TENON_ASSIGN_OR_RETURN(const AnyType found, TypeAt(scope, index.value()));
  if (const auto* resource = std::get_if<ResourceId>(&found)) return *resource;
  return Invalid(absl::StrCat("type index ", index.value(), " is not a resource type: found ",
                              ToString(types_, found)));
}

Result<AnyType> Validator::DefineType(Scope& scope, const syntax::TypeDef& def) {
  if (const auto* func = std::get_if<syntax::FuncType>(&def)) return DefineFuncType(scope, *func);
  if (const auto* resource = std::get_if<syntax::ResourceType>(&def)) {
    return DefineResource(scope, *resource);
  }
  if (const auto* component = std::get_if<const syntax::ComponentType*>(&def)) {
    return DefineComponentType(scope, **component);
  }
  return DefineValType(scope, def);
}

namespace {

bool MayBeKey(ValType type) {
  static constexpr bool kMayBe[] = {
#define PRIMITIVE(name, text, code, is_key) is_key,
#include "abi/syntax/primitive_types.def"
  };
  return IsPrimitive(type.kind()) && kMayBe[static_cast<size_t>(type.kind())];
}

// What of a definition can be had without looking at indices: kind, labels, and the types in order.
struct Parts {
  TypeDef def;
  absl::InlinedVector<std::optional<syntax::ValType>, 4> types;
  const char* label = nullptr;  // what has the labels
  const char* none = nullptr;   // the error when there are neither labels nor types
};

Parts PartsOf(const syntax::TypeDef& syntax_def) {
  Parts parts;
  if (const auto* record = std::get_if<syntax::RecordType>(&syntax_def)) {
    parts.def.kind = TypeKind::kRecord;
    parts.label = "record field";
    parts.none = "record type must have at least one field";
    for (const auto& field : record->fields) {
      parts.def.labels.push_back(field.label);
      parts.types.push_back(field.type);
    }
  } else if (const auto* variant = std::get_if<syntax::VariantType>(&syntax_def)) {
    parts.def.kind = TypeKind::kVariant;
    parts.label = "variant case";
    parts.none = "variant type must have at least one case";
    for (const auto& variant_case : variant->cases) {
      parts.def.labels.push_back(variant_case.label);
      parts.types.push_back(variant_case.type);
    }
  } else if (const auto* list = std::get_if<syntax::ListType>(&syntax_def)) {
    parts.def.kind = list->length ? TypeKind::kFixedList : TypeKind::kList;
    parts.def.length = list->length.value_or(0);
    parts.types.push_back(list->element);
  } else if (const auto* tuple = std::get_if<syntax::TupleType>(&syntax_def)) {
    parts.def.kind = TypeKind::kTuple;
    parts.none = "tuple type must have at least one type";
    parts.types.assign(tuple->types.begin(), tuple->types.end());
  } else if (const auto* flags = std::get_if<syntax::FlagsType>(&syntax_def)) {
    parts.def.kind = TypeKind::kFlags;
    parts.label = "flag";
    parts.none = "flags must have at least one entry";
    parts.def.labels.assign(flags->labels.begin(), flags->labels.end());
  } else if (const auto* enumeration = std::get_if<syntax::EnumType>(&syntax_def)) {
    parts.def.kind = TypeKind::kEnum;
    parts.label = "enum tag";
    parts.none = "enum type must have at least one variant";
    parts.def.labels.assign(enumeration->labels.begin(), enumeration->labels.end());
  } else if (const auto* option = std::get_if<syntax::OptionType>(&syntax_def)) {
    parts.def.kind = TypeKind::kOption;
    parts.types.push_back(option->type);
  } else if (const auto* result = std::get_if<syntax::ResultType>(&syntax_def)) {
    parts.def.kind = TypeKind::kResult;
    parts.types = {result->ok, result->error};
  }
  return parts;
}

}  // namespace

Result<ValType> Validator::DefineValType(Scope& scope, const syntax::TypeDef& def) {
  if (const auto* prim = std::get_if<syntax::PrimType>(&def)) {
    return ResolveValType(scope, syntax::ValType(*prim));
  }
  TypeDef handle;
  if (const auto* own = std::get_if<syntax::OwnType>(&def)) {
    handle.kind = TypeKind::kOwn;
    TENON_ASSIGN_OR_RETURN(handle.resource, ResolveResource(scope, own->resource));
    return types_.Intern(std::move(handle));
  }
  if (const auto* borrow = std::get_if<syntax::BorrowType>(&def)) {
    handle.kind = TypeKind::kBorrow;
    TENON_ASSIGN_OR_RETURN(handle.resource, ResolveResource(scope, borrow->resource));
    return types_.Intern(std::move(handle));
  }
  if (const auto* stream = std::get_if<syntax::StreamType>(&def)) {
    return DefineChannel(scope, TypeKind::kStream, stream->element);
  }
  if (const auto* future = std::get_if<syntax::FutureType>(&def)) {
    return DefineChannel(scope, TypeKind::kFuture, future->element);
  }
  if (const auto* map = std::get_if<syntax::MapType>(&def)) return DefineMap(scope, *map);
  Parts parts = PartsOf(def);
  if (parts.none != nullptr && parts.def.labels.empty() && parts.types.empty()) {
    return Invalid(parts.none);
  }
  if (parts.label != nullptr) {
    TENON_RETURN_IF_ERROR(CheckUnique(parts.def.labels, parts.label));
  }
  if (parts.def.kind == TypeKind::kFlags && parts.def.labels.size() > kMaxFlags) {
    return Invalid(absl::StrCat("cannot have more than ", kMaxFlags, " flags"));
  }
  parts.def.types.reserve(parts.types.size());
  for (const std::optional<syntax::ValType>& type : parts.types) {
    TENON_ASSIGN_OR_RETURN(const ValType resolved, ResolveOptional(scope, type));
    parts.def.types.push_back(resolved);
  }
  if (parts.def.kind == TypeKind::kFixedList) {
    TENON_RETURN_IF_ERROR(Needs(vm::Feature::kFixedLengthLists, "a fixed-length list"));
    if (parts.def.length == 0)
      return Invalid("a fixed-length list must have more than no elements");
  }
  TENON_ASSIGN_OR_RETURN(const ValType type, types_.Intern(std::move(parts.def)));
  if (types_.Facts(type).element_size64 >= kMaxElementSize) return Invalid(kTypeTooLarge);
  return type;
}

// A list of pairs, which have no size of their own to be checked.
Result<ValType> Validator::DefineMap(const Scope& scope, const syntax::MapType& map) {
  TENON_RETURN_IF_ERROR(Needs(vm::Feature::kMaps, "a map"));
  TypeDef pair, def;
  pair.kind = TypeKind::kTuple;
  for (const syntax::ValType& part : {map.key, map.value}) {
    TENON_ASSIGN_OR_RETURN(pair.types.emplace_back(), ResolveValType(scope, part));
  }
  if (!MayBeKey(pair.types[0])) {
    return Invalid(
        absl::StrCat("the key of a map can't be of the type ", ToString(types_, pair.types[0])));
  }
  def.kind = TypeKind::kMap;
  TENON_ASSIGN_OR_RETURN(def.types.emplace_back(), types_.Intern(std::move(pair)));
  return types_.Intern(std::move(def));
}

// A stream or a future, of something or of nothing.
Result<ValType> Validator::DefineChannel(const Scope& scope, TypeKind kind,
                                         const std::optional<syntax::ValType>& element) {
  TypeDef def;
  def.kind = kind;
  TENON_ASSIGN_OR_RETURN(def.types.emplace_back(), ResolveOptional(scope, element));
  const ValType type = def.types[0];
  if (kind == TypeKind::kStream && type.has_value() && type.kind() == TypeKind::kChar) {
    return Invalid("`stream<char>` is not valid at this time");
  }
  if (type.has_value() && types_.Facts(type).has_borrow) {
    return Invalid("a stream or future cannot contain a `borrow` type");
  }
  return types_.Intern(std::move(def));
}

Result<FuncTypeId> Validator::DefineFuncType(Scope& scope, const syntax::FuncType& type) {
  FuncType func;
  func.is_async = type.is_async;
  absl::InlinedVector<absl::string_view, 8> labels;
  func.params.reserve(type.params.size());
  for (const auto& param : type.params) {
    labels.push_back(param.label);
    TENON_ASSIGN_OR_RETURN(const ValType resolved, ResolveValType(scope, param.type));
    func.params.emplace_back(param.label, resolved);
  }
  TENON_RETURN_IF_ERROR(CheckUnique(labels, "function parameter"));
  TENON_ASSIGN_OR_RETURN(func.result, ResolveOptional(scope, type.result));
  if (func.result.has_value() && types_.Facts(func.result).has_borrow) {
    return Invalid("function result cannot contain a `borrow` type");
  }
  return types_.Intern(std::move(func));
}

Result<AnyType> Validator::DefineResource(Scope& scope, const syntax::ResourceType& type) {
  if (scope.kind != Scope::Kind::kComponent) {
    return Invalid("resources can only be defined within a concrete component");
  }
  if (type.rep != vm::ValType::kI32) return Invalid("resources can only be represented by `i32`");
  if (type.destructor) {
    vm::FuncType wanted;
    wanted.params = {type.rep};
    TENON_RETURN_IF_ERROR(
        CheckCoreFunc(scope, *type.destructor, wanted, "wrong signature for a destructor"));
  }
  const ResourceId id = types_.NewResource("");
  scope.local_resources.Insert(id, type.rep);
  AddStep(scope, scope.types.size(), ResourceStep{id, type.rep, type.destructor});
  return AnyType(id);
}

namespace {

// The error within the declarator, and with its offset, unless it has one from further inside.
Error LocateDecl(Error error, const Scope& scope, const syntax::Declarator& decl) {
  if (!error.where()) error = std::move(error).At(SourceLocation{decl.offset, 0, 0});
  std::string step;
  if (const auto* import = std::get_if<syntax::ImportDecl>(&decl.decl)) {
    step = absl::StrCat("import \"", import->name.name, "\"");
  } else if (const auto* exported = std::get_if<syntax::ExportDecl>(&decl.decl)) {
    step = absl::StrCat("export \"", exported->name.name, "\"");
  } else {
    step = absl::StrCat("type ", scope.types.size());
  }
  return std::move(error).Within(std::move(step));
}

}  // namespace

Result<AnyType> Validator::DefineComponentType(Scope& scope, const syntax::ComponentType& type) {
  Scope inner(type.is_instance ? Scope::Kind::kInstanceType : Scope::Kind::kComponentType, &scope);
  inner.types.reserve(type.decls.size());
  inner.exports.reserve(type.decls.size());
  inner.funcs.reserve(type.decls.size() / 2);
  for (const syntax::Declarator& decl : type.decls) {
    Status status = Declare(inner, decl);
    if (!status) return std::unexpected(LocateDecl(std::move(status).error(), inner, decl));
  }
  if (inner.private_export) {
    const auto index = static_cast<uint32_t>(scope.types.size());
    scope.private_types.Insert(index, /*has_private_part=*/true);
    scope.private_exports.Insert(index, *inner.private_export);
  }
  if (!type.is_instance) {
    TENON_ASSIGN_OR_RETURN(const ComponentTypeId id, Finish(inner));
    return AnyType(id);
  }
  TENON_ASSIGN_OR_RETURN(
      const InstanceTypeId id,
      types_.Add(InstanceType{std::move(inner.exports), std::move(inner.exported_resources)}));
  return AnyType(id);
}

Status Validator::Declare(Scope& scope, const syntax::Declarator& decl) {
  if (const auto* core = std::get_if<syntax::CoreTypeDef>(&decl.decl)) {
    return DefineCoreType(scope, *core);
  }
  if (const auto* def = std::get_if<syntax::TypeDef>(&decl.decl)) {
    TENON_ASSIGN_OR_RETURN(const AnyType type, DefineType(scope, *def));
    MarkPrivate(scope, *def, scope.types.size());
    scope.types.push_back(type);
    return {};
  }
  if (const auto* alias = std::get_if<syntax::Alias>(&decl.decl)) return Alias(scope, *alias);
  if (const auto* import = std::get_if<syntax::ImportDecl>(&decl.decl)) {
    return Import(scope, import->name, import->type);
  }
  const auto& exported = std::get<syntax::ExportDecl>(decl.decl);
  return ExportDecl(scope, exported.name, exported.type);
}

}  // namespace tenon::abi
