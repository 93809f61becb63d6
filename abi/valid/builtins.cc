// The canonical built-ins of async, threads and error contexts. abi: "Canonical Definitions", from
// "canon context.get" on. Their immediates and core types are in canon_builtins.def.
#include <utility>

#include "abi/text/wit.h"
#include "abi/valid/validator.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

using Kind = syntax::CanonBuiltinKind;

vm::FuncType ParseCoreType(absl::string_view text) {
  vm::FuncType type;
  auto* list = &type.params;
  for (const char letter : text) {
    if (letter == '>') {
      list = &type.results;
    } else {
      list->push_back(letter == 'l' ? vm::ValType::kI64 : vm::ValType::kI32);
    }
  }
  return type;
}

bool HasImmediate(const syntax::CanonBuiltin& builtin, char letter) {
  return absl::StrContains(builtin.row->immediates, letter);
}

// What a built-in does with the memory of its caller.
struct MemoryUse {
  bool any = false;
  bool allocates = false;
};

MemoryUse MemoryUseOf(Kind kind, const TypeTable& types, ValType type) {
  switch (kind) {
    case Kind::kErrorContextNew: return {true, false};
    case Kind::kErrorContextDebugMessage: return {true, true};
    case Kind::kTaskReturn:
      return {type.has_value() && (types.Facts(type).has_pointer ||
                                   FlattenTaskReturn(types, type, false).spills_params),
              false};
    default: break;
  }
  const ValType element = types.Get(type).types[0];  // reads and writes of streams and futures
  if (!element.has_value()) return {};
  const bool is_read = kind == Kind::kStreamRead || kind == Kind::kFutureRead;
  return {true, is_read && types.Facts(element).has_pointer};
}

}  // namespace

// The type that a built-in is about, if it is about one.
Result<ValType> Validator::BuiltinType(const Scope& scope, const syntax::CanonBuiltin& builtin) {
  if (builtin.row->kind == Kind::kTaskReturn) return ResolveOptional(scope, builtin.result);
  if (!HasImmediate(builtin, 't')) return ValType();
  const bool is_stream = absl::StartsWith(builtin.row->name, "stream");
  TENON_ASSIGN_OR_RETURN(const AnyType any, TypeAt(scope, builtin.type.value()));
  const auto* type = std::get_if<ValType>(&any);
  if (type != nullptr && type->kind() == (is_stream ? TypeKind::kStream : TypeKind::kFuture)) {
    return *type;
  }
  return Invalid(absl::StrCat("`", builtin.row->name, "` requires a ",
                              is_stream ? "stream" : "future", " type, found ",
                              ToString(types_, any)));
}

Status Validator::CheckBuiltinOptions(const syntax::CanonBuiltin& builtin, ValType type,
                                      const BodyOptions& options) {
  const absl::string_view name = builtin.row->name;
  const auto refuse = [&](absl::string_view option) {
    return Invalid(
        absl::StrCat("canonical option `", option, "` cannot be specified for `", name, "`"));
  };
  const auto require = [&](absl::string_view option) {
    return Invalid(absl::StrCat("canonical option `", option, "` is required for `", name, "`"));
  };
  TENON_RETURN_IF_ERROR(RefuseLiftOptions(options, absl::StrCat("`", name, "`")));
  if (options.is_async && !HasImmediate(builtin, 't')) return refuse("async");
  if (options.realloc && builtin.row->kind == Kind::kTaskReturn) return refuse("realloc");
  const MemoryUse use = MemoryUseOf(builtin.row->kind, types_, type);
  if (use.any && !options.memory) return require("memory");
  if (use.allocates && !options.realloc) return require("realloc");
  return {};
}

Status Validator::CheckContextSlot(const syntax::CanonBuiltin& builtin) {
  if (builtin.value_type != vm::ValType::kI32) {
    return Invalid(absl::StrCat("`", builtin.row->name, "` has the type `i32`"));
  }
  if (builtin.slot < kContextSlots) return {};
  return Invalid(
      absl::StrCat("the slot of `", builtin.row->name, "` must be less than ", kContextSlots));
}

// abi: "canon thread.new-indirect"
Status Validator::CheckThreadStart(const Scope& scope, const syntax::CanonBuiltin& builtin) {
  TENON_ASSIGN_OR_RETURN(const CoreTypeDefId* def,
                         At(scope.core_types, builtin.core_type.value(), "core type"));
  const auto* id = std::get_if<vm::TypeId>(def);
  const vm::FuncType wanted{{vm::ValType::kI32}, {}};
  if (id == nullptr || core_types_.Get(*id).func != wanted) {
    return Invalid("start function must take a single `i32` argument and return nothing");
  }
  TENON_ASSIGN_OR_RETURN(const vm::TableType* table,
                         At(scope.core_tables, builtin.table.value(), "table"));
  if (table->address == vm::AddressType::kI64) {
    return NotSupported("64-bit tables in canonical definitions");
  }
  if (table->element == vm::ValType::kFuncRef) return {};
  return Invalid("the table of `thread.new-indirect` must hold `funcref`");
}

Status Validator::Builtin(Scope& scope, const syntax::CanonBuiltin& builtin) {
  const syntax::CanonBuiltinRow& row = *builtin.row;
  if (*row.gate != 0) return NotSupported(absl::StrCat(row.gate, " (canon ", row.name, ")"));
  BuiltinStep step;
  step.syntax = &builtin;
  TENON_ASSIGN_OR_RETURN(step.type, BuiltinType(scope, builtin));
  if (HasImmediate(builtin, 'o')) {
    TENON_ASSIGN_OR_RETURN(step.options, Options(scope, builtin.options));
    TENON_RETURN_IF_ERROR(CheckBuiltinOptions(builtin, step.type, step.options));
  }
  if (HasImmediate(builtin, 'm')) {
    const syntax::CanonOption memory{syntax::CanonOption::Kind::kMemory, builtin.memory.value()};
    TENON_ASSIGN_OR_RETURN(step.options, Options(scope, absl::MakeConstSpan(&memory, 1)));
  }
  if (HasImmediate(builtin, 'u')) TENON_RETURN_IF_ERROR(CheckContextSlot(builtin));
  if (HasImmediate(builtin, 'f')) TENON_RETURN_IF_ERROR(CheckThreadStart(scope, builtin));
  vm::FuncType core = row.kind == Kind::kTaskReturn
                          ? FlattenTaskReturn(types_, step.type, step.options.memory64).core
                          : ParseCoreType(row.core_type);
  TENON_ASSIGN_OR_RETURN(step.core_type, core_types_.InternFunc(std::move(core)));
  AppendCoreFunc(scope, step.core_type, step);
  return {};
}

}  // namespace tenon::abi
