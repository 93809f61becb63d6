// What the type objects of the C API hold (vm/include/wasm.h). core: #external-types
// Plain values of no store. A type that came from a module keeps exactly what it is, so that an
// object made of it fits that module's import even where the API's own words are too few.
#pragma once

#include <wasm.h>

#include <cstdint>
#include <memory>

#include "vm/runtime/engine.h"
#include "vm/valid/resolved_module.h"

namespace tenon::vm::capi {

// Beside those of the header: types that can be passed on, of which the API has no values.
inline constexpr wasm_valkind_t kV128Kind = WASM_F64 + 1;
inline constexpr wasm_externkind_t kTagKind = WASM_EXTERN_MEMORY + 1;

// An engine, and a number that no other engine of the process has or had.
struct SharedEngine {
  SharedEngine();
  Engine engine;
  const uint64_t id;
};

}  // namespace tenon::vm::capi

struct wasm_engine_t {
  std::shared_ptr<tenon::vm::capi::SharedEngine> shared;
};

struct wasm_valtype_t {
  wasm_valkind_t kind;
  tenon::vm::ValType type;
  uint64_t engine = 0;  // whose TypeId is in `type`; 0: it has none
};

struct wasm_externtype_t {
  explicit wasm_externtype_t(wasm_externkind_t kind) : kind(kind) {}
  virtual ~wasm_externtype_t() = default;
  virtual wasm_externtype_t* Clone() const { return new wasm_externtype_t(kind); }
  const wasm_externkind_t kind;
};

struct wasm_functype_t final : wasm_externtype_t {
  wasm_functype_t() : wasm_externtype_t(WASM_EXTERN_FUNC) {}
  ~wasm_functype_t() override;
  wasm_functype_t* Clone() const override;
  wasm_valtype_vec_t params = WASM_EMPTY_VEC;
  wasm_valtype_vec_t results = WASM_EMPTY_VEC;
};

struct wasm_globaltype_t final : wasm_externtype_t {
  wasm_globaltype_t() : wasm_externtype_t(WASM_EXTERN_GLOBAL) {}
  wasm_globaltype_t* Clone() const override;
  wasm_valtype_t content;
  wasm_mutability_t mutability = WASM_CONST;
};

struct wasm_tabletype_t final : wasm_externtype_t {
  wasm_tabletype_t() : wasm_externtype_t(WASM_EXTERN_TABLE) {}
  wasm_tabletype_t* Clone() const override;
  tenon::vm::TableType type;  // its element is the other one
  wasm_valtype_t element;
  wasm_limits_t limits;
};

struct wasm_memorytype_t final : wasm_externtype_t {
  wasm_memorytype_t() : wasm_externtype_t(WASM_EXTERN_MEMORY) {}
  wasm_memorytype_t* Clone() const override;
  tenon::vm::MemoryType type;
  wasm_limits_t limits;
};

namespace tenon::vm::capi {

// Of canonical types of that engine.
wasm_valtype_t ValTypeOf(SharedEngine& engine, ValType type);
wasm_functype_t* NewFuncType(SharedEngine& engine, const FuncType& type);
wasm_globaltype_t* NewGlobalType(SharedEngine& engine, const GlobalType& type);
wasm_tabletype_t* NewTableType(SharedEngine& engine, const TableType& type);
wasm_memorytype_t* NewMemoryType(const MemoryType& type);
wasm_externtype_t* NewExternType(SharedEngine& engine, const ResolvedImportType& type);

// Back again; false when it is a type of another engine.
bool ToValType(const SharedEngine& engine, const wasm_valtype_t& type, ValType* out);
bool ToFuncType(const SharedEngine& engine, const wasm_functype_t& type, FuncType* out);

}  // namespace tenon::vm::capi
