// abi: "Canonical Definitions".
#include "abi/text/wit.h"
#include "abi/types/flat.h"
#include "abi/valid/validator.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace tenon::abi {

Status Validator::CheckCoreFunc(const Scope& scope, CoreFuncIdx func, const vm::FuncType& wanted,
                                absl::string_view what) {
  TENON_ASSIGN_OR_RETURN(const vm::TypeId* id, At(scope.core_funcs, func.value(), "core function"));
  const vm::SubType& found = core_types_.Get(*id);
  if (found.kind == vm::SubType::Kind::kFunc && found.func == wanted) return {};
  return Invalid(absl::StrCat(what, ": core function of type ", vm::ToString(wanted),
                              " expected, found ", vm::ToString(found.func)));
}

namespace {

constexpr absl::string_view kNeedsAsyncType =
    "the `async` canonical option requires an async function type";

struct RawOptions {
  std::optional<StringEncoding> encoding;
  std::optional<uint32_t> memory, realloc, post_return, callback, async;
};

Status SetOnce(std::optional<uint32_t>* slot, uint32_t value, absl::string_view name) {
  if (slot->has_value()) {
    return Invalid(absl::StrCat("canonical option `", name, "` is specified more than once"));
  }
  *slot = value;
  return {};
}

Status SetEncoding(RawOptions* out, StringEncoding encoding) {
  static constexpr const char* kNames[] = {"utf8", "utf16", "latin1-utf16"};
  if (out->encoding) {
    return Invalid(
        absl::StrCat("canonical encoding option `", kNames[static_cast<int>(*out->encoding)],
                     "` conflicts with option `", kNames[static_cast<int>(encoding)], "`"));
  }
  out->encoding = encoding;
  return {};
}

Status Add(const syntax::CanonOption& option, RawOptions* out) {
  using Kind = syntax::CanonOption::Kind;
  switch (option.kind) {
    case Kind::kUtf8: return SetEncoding(out, StringEncoding::kUtf8);
    case Kind::kUtf16: return SetEncoding(out, StringEncoding::kUtf16);
    case Kind::kLatin1Utf16: return SetEncoding(out, StringEncoding::kLatin1Utf16);
    case Kind::kMemory: return SetOnce(&out->memory, option.index, "memory");
    case Kind::kRealloc: return SetOnce(&out->realloc, option.index, "realloc");
    case Kind::kPostReturn: return SetOnce(&out->post_return, option.index, "post-return");
    case Kind::kAsync: return SetOnce(&out->async, 1, "async");
    default: return SetOnce(&out->callback, option.index, "callback");
  }
}

// "[I32, I64]", as the suite has it.
std::string DebugText(const std::vector<vm::ValType>& types) {
  return absl::StrCat("[",
                      absl::StrJoin(types, ", ",
                                    [](std::string* out, vm::ValType type) {
                                      absl::StrAppend(out,
                                                      absl::AsciiStrToUpper(vm::ToString(type)));
                                    }),
                      "]");
}

}  // namespace

Result<BodyOptions> Validator::Options(const Scope& scope, syntax::CanonOptions options) {
  RawOptions raw;
  for (const syntax::CanonOption& option : options) TENON_RETURN_IF_ERROR(Add(option, &raw));
  BodyOptions result;
  result.encoding = raw.encoding.value_or(StringEncoding::kUtf8);
  if (raw.memory) {
    TENON_ASSIGN_OR_RETURN(const vm::MemoryType* memory,
                           At(scope.core_memories, *raw.memory, "memory"));
    if (memory->shared) return NotSupported("shared memories in canonical options");
    if (memory->address == vm::AddressType::kI64)
      return NotSupported("64-bit memories in canonical options");
    result.memory = CoreMemoryIdx(*raw.memory);
  }
  if (raw.realloc) {
    if (!raw.memory)
      return Invalid("canonical option `realloc` requires `memory` to also be specified");
    static constexpr vm::ValType kAddress = vm::ValType::kI32;
    static const vm::FuncType& wanted =
        *new vm::FuncType{{kAddress, kAddress, kAddress, kAddress}, {kAddress}};
    result.realloc = CoreFuncIdx(*raw.realloc);
    TENON_RETURN_IF_ERROR(CheckCoreFunc(
        scope, *result.realloc, wanted,
        "canonical option `realloc` uses a core function with an incorrect signature"));
  }
  if (raw.post_return) result.post_return = CoreFuncIdx(*raw.post_return);
  if (raw.callback) result.callback = CoreFuncIdx(*raw.callback);
  result.is_async = raw.async.has_value();
  return result;
}

// What the options `async`, `callback` and `post-return` ask of a lift. abi: "canonopt Validation"
Status Validator::CheckLiftOptions(const Scope& scope, const FuncType& type, const FlatFunc& flat,
                                   const BodyOptions& options) {
  if (options.is_async && !type.is_async) return Invalid(kNeedsAsyncType);
  if (options.callback) {
    constexpr vm::ValType kI32 = vm::ValType::kI32;
    if (!options.is_async) return Invalid("canonical option `callback` requires `async`");
    TENON_RETURN_IF_ERROR(CheckCoreFunc(scope, *options.callback, {{kI32, kI32, kI32}, {kI32}},
                                        "canonical option `callback`"));
  }
  if (!options.post_return) return {};
  if (options.is_async) return Invalid("canonical option `post-return` excludes `async`");
  return CheckCoreFunc(scope, *options.post_return, {flat.core.results, {}},
                       "canonical option `post-return` uses a core function with an incorrect "
                       "signature");
}

Status Validator::RefuseLiftOptions(const BodyOptions& options, absl::string_view where) {
  if (!options.post_return && !options.callback) return {};
  return Invalid(absl::StrCat("canonical option `",
                              options.post_return ? "post-return" : "callback",
                              "` cannot be specified for ", where));
}

// Memory and realloc must be there when values pass through memory. abi: "canon lift", "canon
// lower"
Status Validator::CheckNeeds(FuncTypeId id, CallContext context, const FlatFunc& flat,
                             const BodyOptions& options) {
  const FuncType& type = types_.Get(id);
  bool params_in_memory = flat.spills_params;
  for (const auto& [label, param] : type.params) {
    params_in_memory |= types_.Facts(param).has_pointer;
  }
  const bool result_pointer = type.result.has_value() && types_.Facts(type.result).has_pointer;
  const bool needs_memory = params_in_memory || result_pointer || flat.spills_result;
  const bool needs_realloc = context == CallContext::kLift ? params_in_memory : result_pointer;
  if (needs_memory && !options.memory) {
    return Invalid(
        absl::StrCat("canonical option `memory` is required for ", ToString(types_, id)));
  }
  if (needs_realloc && !options.realloc) {
    return Invalid(
        absl::StrCat("canonical option `realloc` is required for ", ToString(types_, id)));
  }
  return {};
}

// A core function that is lifted has the type that the component's flattens to.
Status Validator::CheckLifted(const Scope& scope, CoreFuncIdx func, const vm::FuncType& flat) {
  TENON_ASSIGN_OR_RETURN(const vm::TypeId* id, At(scope.core_funcs, func.value(), "core function"));
  const vm::FuncType& found = core_types_.Get(*id).func;
  if (found == flat) return {};
  const bool is_params = found.params != flat.params;
  const auto& flat_list = is_params ? flat.params : flat.results;
  const auto& found_list = is_params ? found.params : found.results;
  return Invalid(absl::StrCat("lowered ", is_params ? "parameter" : "result", " types `",
                              DebugText(flat_list), "` do not match ",
                              is_params ? "parameter" : "result", " types `", DebugText(found_list),
                              "` of the core function: `canon lift` needs one of type ",
                              vm::ToString(flat), ", found ", vm::ToString(found)));
}

Status Validator::Lift(Scope& scope, const syntax::CanonLift& lift) {
  TENON_ASSIGN_OR_RETURN(const AnyType any, TypeAt(scope, lift.type.value()));
  const auto* type = std::get_if<FuncTypeId>(&any);
  if (type == nullptr) {
    return Invalid(absl::StrCat("type index ", lift.type.value(), " is not a function type"));
  }
  TENON_ASSIGN_OR_RETURN(const BodyOptions options, Options(scope, lift.options));
  const CallAbi abi = !options.is_async  ? CallAbi::kSync
                      : options.callback ? CallAbi::kAsyncCallback
                                         : CallAbi::kAsync;
  const FlatFunc flat = FlattenFunc(types_, *type, CallContext::kLift, options.memory64, abi);
  TENON_RETURN_IF_ERROR(CheckLiftOptions(scope, types_.Get(*type), flat, options));
  TENON_RETURN_IF_ERROR(CheckLifted(scope, lift.func, flat.core));
  TENON_RETURN_IF_ERROR(CheckNeeds(*type, CallContext::kLift, flat, options));
  TENON_ASSIGN_OR_RETURN(const uint32_t index, Append(scope, ExternType(*type)));
  if (scope.private_types.Find(lift.type.value()) != nullptr) scope.private_funcs.Insert(index);
  AddStep(scope, index, LiftStep{lift.func, *type, options});
  return {};
}

Status Validator::Lower(Scope& scope, const syntax::CanonLower& lower) {
  TENON_ASSIGN_OR_RETURN(const FuncTypeId* type, At(scope.funcs, lower.func.value(), "function"));
  TENON_ASSIGN_OR_RETURN(const BodyOptions options, Options(scope, lower.options));
  TENON_RETURN_IF_ERROR(RefuseLiftOptions(options, "lowerings"));
  if (options.is_async && !types_.Get(*type).is_async) return Invalid(kNeedsAsyncType);
  FlatFunc flat = FlattenFunc(types_, *type, CallContext::kLower, options.memory64,
                              options.is_async ? CallAbi::kAsync : CallAbi::kSync);
  TENON_RETURN_IF_ERROR(CheckNeeds(*type, CallContext::kLower, flat, options));
  TENON_ASSIGN_OR_RETURN(const vm::TypeId core, core_types_.InternFunc(std::move(flat.core)));
  AppendCoreFunc(scope, core, LowerStep{lower.func, *type, core, options});
  return {};
}

Status Validator::ResourceFunc(Scope& scope, const syntax::CanonResource& canon) {
  using Op = syntax::CanonResource::Op;
  TENON_ASSIGN_OR_RETURN(const ResourceId resource, ResolveResource(scope, canon.type));
  vm::FuncType type;
  const vm::ValType* local = scope.local_resources.Find(resource);
  if (canon.op != Op::kDrop && local == nullptr) {
    return Invalid(absl::StrCat("type index ", canon.type.value(), " is not a local resource"));
  }
  switch (canon.op) {
    case Op::kNew: type = {{*local}, {vm::ValType::kI32}}; break;
    case Op::kRep: type = {{vm::ValType::kI32}, {*local}}; break;
    case Op::kDrop: type.params = {vm::ValType::kI32}; break;
  }
  TENON_ASSIGN_OR_RETURN(const vm::TypeId core, core_types_.InternFunc(std::move(type)));
  AppendCoreFunc(scope, core, ResourceFuncStep{canon.op, resource, core});
  return {};
}

Status Validator::Canon(Scope& scope, const syntax::Canon& canon) {
  if (scope.core_funcs.size() >= kMaxFunctions) {
    return Fail(ErrorKind::kLimit,
                absl::StrCat("too many core functions: the limit is ", kMaxFunctions));
  }
  if (const auto* lift = std::get_if<syntax::CanonLift>(&canon)) return Lift(scope, *lift);
  if (const auto* lower = std::get_if<syntax::CanonLower>(&canon)) return Lower(scope, *lower);
  if (const auto* resource = std::get_if<syntax::CanonResource>(&canon)) {
    return ResourceFunc(scope, *resource);
  }
  return Builtin(scope, *std::get<const syntax::CanonBuiltin*>(canon));
}

}  // namespace tenon::abi
