#include "vm/capi/types.h"

#include <algorithm>
#include <atomic>

#include "vm/interp/interpreter.h"
#include "vm/runtime/gc/reference.h"

namespace tenon::vm::capi {
namespace {

uint64_t NextEngineId() {
  static std::atomic<uint64_t> last = 0;
  return ++last;
}

wasm_valkind_t KindOf(const TypeStore& types, ValType type) {
  switch (type.kind()) {
    case ValType::Kind::kI32: return WASM_I32;
    case ValType::Kind::kI64: return WASM_I64;
    case ValType::Kind::kF32: return WASM_F32;
    case ValType::Kind::kF64: return WASM_F64;
    case ValType::Kind::kRef: return IsCollected(types, type) ? WASM_EXTERNREF : WASM_FUNCREF;
    case ValType::Kind::kV128:
    case ValType::Kind::kBot: break;
  }
  return kV128Kind;
}

void FillVec(SharedEngine& engine, const std::vector<ValType>& types, wasm_valtype_vec_t* out) {
  wasm_valtype_vec_new_uninitialized(out, types.size());
  for (size_t i = 0; i < out->size; ++i) {
    out->data[i] = new wasm_valtype_t(ValTypeOf(engine, types[i]));
  }
}

bool ReadVec(const SharedEngine& engine, const wasm_valtype_vec_t& vec, std::vector<ValType>* out) {
  for (size_t i = 0; i < vec.size; ++i) {
    if (vec.data[i] == nullptr || !ToValType(engine, *vec.data[i], &out->emplace_back())) {
      return false;
    }
  }
  return true;
}

// Limits beyond 32 bits show as the most there can be.
wasm_limits_t ToApi(const Limits& limits) {
  const auto shown = [](uint64_t number) {
    return static_cast<uint32_t>(std::min<uint64_t>(number, wasm_limits_max_default));
  };
  return {shown(limits.min), limits.has_max ? shown(limits.max) : wasm_limits_max_default};
}

Limits FromApi(const wasm_limits_t& limits) {
  const bool has_max = limits.max != wasm_limits_max_default;
  return {.min = limits.min, .max = has_max ? limits.max : 0, .has_max = has_max};
}

}  // namespace

SharedEngine::SharedEngine() : engine(InterpreterTier()), id(NextEngineId()) {}

wasm_valtype_t ValTypeOf(SharedEngine& engine, ValType type) {
  const bool has_id = type.is_ref() && type.heap().is_concrete();
  return {KindOf(engine.engine.types(), type), type, has_id ? engine.id : 0};
}

wasm_functype_t* NewFuncType(SharedEngine& engine, const FuncType& type) {
  auto* made = new wasm_functype_t();
  FillVec(engine, type.params, &made->params);
  FillVec(engine, type.results, &made->results);
  return made;
}

wasm_globaltype_t* NewGlobalType(SharedEngine& engine, const GlobalType& type) {
  auto* made = new wasm_globaltype_t();
  made->content = ValTypeOf(engine, type.type);
  made->mutability = type.is_mutable ? WASM_VAR : WASM_CONST;
  return made;
}

wasm_tabletype_t* NewTableType(SharedEngine& engine, const TableType& type) {
  auto* made = new wasm_tabletype_t();
  made->type = type;
  made->element = ValTypeOf(engine, type.element);
  made->limits = ToApi(type.limits);
  return made;
}

wasm_memorytype_t* NewMemoryType(const MemoryType& type) {
  auto* made = new wasm_memorytype_t();
  made->type = type;
  made->limits = ToApi(type.limits);
  return made;
}

wasm_externtype_t* NewExternType(SharedEngine& engine, const ResolvedImportType& type) {
  switch (static_cast<ExternKind>(type.index())) {
    case ExternKind::kFunc:
      return NewFuncType(engine, engine.engine.types().Get(std::get<0>(type)).func);
    case ExternKind::kTable: return NewTableType(engine, std::get<1>(type));
    case ExternKind::kMemory: return NewMemoryType(std::get<2>(type));
    case ExternKind::kGlobal: return NewGlobalType(engine, std::get<3>(type));
    case ExternKind::kTag: break;
  }
  return new wasm_externtype_t(kTagKind);
}

bool ToValType(const SharedEngine& engine, const wasm_valtype_t& type, ValType* out) {
  *out = type.type;
  return type.engine == 0 || type.engine == engine.id;
}

bool ToFuncType(const SharedEngine& engine, const wasm_functype_t& type, FuncType* out) {
  return ReadVec(engine, type.params, &out->params) && ReadVec(engine, type.results, &out->results);
}

}  // namespace tenon::vm::capi

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace

wasm_functype_t::~wasm_functype_t() {
  wasm_valtype_vec_delete(&params);
  wasm_valtype_vec_delete(&results);
}
wasm_functype_t* wasm_functype_t::Clone() const {
  auto* made = new wasm_functype_t();
  wasm_valtype_vec_copy(&made->params, &params);
  wasm_valtype_vec_copy(&made->results, &results);
  return made;
}
wasm_globaltype_t* wasm_globaltype_t::Clone() const { return new wasm_globaltype_t(*this); }
wasm_tabletype_t* wasm_tabletype_t::Clone() const { return new wasm_tabletype_t(*this); }
wasm_memorytype_t* wasm_memorytype_t::Clone() const { return new wasm_memorytype_t(*this); }

wasm_valtype_t* wasm_valtype_new(wasm_valkind_t kind) {
  using tenon::vm::ValType;
  switch (kind) {
    case WASM_I32: return new wasm_valtype_t{kind, ValType::kI32};
    case WASM_I64: return new wasm_valtype_t{kind, ValType::kI64};
    case WASM_F32: return new wasm_valtype_t{kind, ValType::kF32};
    case WASM_F64: return new wasm_valtype_t{kind, ValType::kF64};
    case WASM_EXTERNREF: return new wasm_valtype_t{kind, ValType::kExternRef};
    case WASM_FUNCREF: return new wasm_valtype_t{kind, ValType::kFuncRef};
    default: return nullptr;
  }
}
void wasm_valtype_delete(wasm_valtype_t* type) { delete type; }
wasm_valtype_t* wasm_valtype_copy(const wasm_valtype_t* type) {
  return type != nullptr ? new wasm_valtype_t(*type) : nullptr;
}
wasm_valkind_t wasm_valtype_kind(const wasm_valtype_t* type) {
  return type != nullptr ? type->kind : static_cast<wasm_valkind_t>(WASM_I32);
}

wasm_functype_t* wasm_functype_new(wasm_valtype_vec_t* params, wasm_valtype_vec_t* results) {
  auto* made = new wasm_functype_t();
  if (params != nullptr) made->params = *params;
  if (results != nullptr) made->results = *results;
  return made;
}
const wasm_valtype_vec_t* wasm_functype_params(const wasm_functype_t* type) {
  return type != nullptr ? &type->params : nullptr;
}
const wasm_valtype_vec_t* wasm_functype_results(const wasm_functype_t* type) {
  return type != nullptr ? &type->results : nullptr;
}

wasm_globaltype_t* wasm_globaltype_new(wasm_valtype_t* content, wasm_mutability_t mutability) {
  if (content == nullptr) return nullptr;
  auto* made = new wasm_globaltype_t();
  made->content = *content;
  made->mutability = mutability;
  delete content;
  return made;
}
const wasm_valtype_t* wasm_globaltype_content(const wasm_globaltype_t* type) {
  return type != nullptr ? &type->content : nullptr;
}
wasm_mutability_t wasm_globaltype_mutability(const wasm_globaltype_t* type) {
  return type != nullptr ? type->mutability : static_cast<wasm_mutability_t>(WASM_CONST);
}

wasm_tabletype_t* wasm_tabletype_new(wasm_valtype_t* element, const wasm_limits_t* limits) {
  const std::unique_ptr<wasm_valtype_t> given(element);
  if (element == nullptr || limits == nullptr) return nullptr;
  auto* made = new wasm_tabletype_t();
  made->type.limits = FromApi(*limits);
  made->type.element = element->type;
  made->element = *element;
  made->limits = *limits;
  return made;
}
const wasm_valtype_t* wasm_tabletype_element(const wasm_tabletype_t* type) {
  return type != nullptr ? &type->element : nullptr;
}
const wasm_limits_t* wasm_tabletype_limits(const wasm_tabletype_t* type) {
  return type != nullptr ? &type->limits : nullptr;
}

wasm_memorytype_t* wasm_memorytype_new(const wasm_limits_t* limits) {
  if (limits == nullptr) return nullptr;
  auto* made = new wasm_memorytype_t();
  made->type.limits = FromApi(*limits);
  made->limits = *limits;
  return made;
}
const wasm_limits_t* wasm_memorytype_limits(const wasm_memorytype_t* type) {
  return type != nullptr ? &type->limits : nullptr;
}

wasm_externkind_t wasm_externtype_kind(const wasm_externtype_t* type) {
  return type != nullptr ? type->kind : static_cast<wasm_externkind_t>(WASM_EXTERN_FUNC);
}

#define DEFINE_COPY(name)                                            \
  void wasm_##name##_delete(wasm_##name##_t* type) { delete type; }  \
  wasm_##name##_t* wasm_##name##_copy(const wasm_##name##_t* type) { \
    return type != nullptr ? type->Clone() : nullptr;                \
  }
DEFINE_COPY(externtype)

#define DEFINE_EXTERNTYPE(name, kind_of_it)                                                 \
  DEFINE_COPY(name)                                                                         \
  wasm_externtype_t* wasm_##name##_as_externtype(wasm_##name##_t* type) { return type; }    \
  const wasm_externtype_t* wasm_##name##_as_externtype_const(const wasm_##name##_t* type) { \
    return type;                                                                            \
  }                                                                                         \
  const wasm_##name##_t* wasm_externtype_as_##name##_const(const wasm_externtype_t* type) { \
    const bool is_one = type != nullptr && type->kind == kind_of_it;                        \
    return is_one ? static_cast<const wasm_##name##_t*>(type) : nullptr;                    \
  }                                                                                         \
  wasm_##name##_t* wasm_externtype_as_##name(wasm_externtype_t* type) {                     \
    return const_cast<wasm_##name##_t*>(wasm_externtype_as_##name##_const(type));           \
  }
DEFINE_EXTERNTYPE(functype, WASM_EXTERN_FUNC)
DEFINE_EXTERNTYPE(globaltype, WASM_EXTERN_GLOBAL)
DEFINE_EXTERNTYPE(tabletype, WASM_EXTERN_TABLE)
DEFINE_EXTERNTYPE(memorytype, WASM_EXTERN_MEMORY)
