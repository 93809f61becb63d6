// The names and types of a module's imports and exports. core: #syntax-import, #syntax-export
#include <wasm.h>

struct wasm_importtype_t {
  wasm_name_t module;
  wasm_name_t name;
  wasm_externtype_t* type;
};

struct wasm_exporttype_t {
  wasm_name_t name;
  wasm_externtype_t* type;
};

namespace {

// Takes over a name.
wasm_name_t Take(wasm_name_t* name) { return name != nullptr ? *name : wasm_name_t{0, nullptr}; }

wasm_name_t Copy(const wasm_name_t& name) {
  wasm_name_t copy;
  wasm_name_copy(&copy, &name);
  return copy;
}

}  // namespace

wasm_importtype_t* wasm_importtype_new(wasm_name_t* module, wasm_name_t* name,
                                       wasm_externtype_t* type) {
  return new wasm_importtype_t{Take(module), Take(name), type};
}
void wasm_importtype_delete(wasm_importtype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->module);
  wasm_name_delete(&type->name);
  wasm_externtype_delete(type->type);
  delete type;
}
wasm_importtype_t* wasm_importtype_copy(const wasm_importtype_t* type) {
  if (type == nullptr) return nullptr;
  return new wasm_importtype_t{Copy(type->module), Copy(type->name),
                               wasm_externtype_copy(type->type)};
}
const wasm_name_t* wasm_importtype_module(const wasm_importtype_t* type) {
  return type != nullptr ? &type->module : nullptr;
}
const wasm_name_t* wasm_importtype_name(const wasm_importtype_t* type) {
  return type != nullptr ? &type->name : nullptr;
}
const wasm_externtype_t* wasm_importtype_type(const wasm_importtype_t* type) {
  return type != nullptr ? type->type : nullptr;
}

wasm_exporttype_t* wasm_exporttype_new(wasm_name_t* name, wasm_externtype_t* type) {
  return new wasm_exporttype_t{Take(name), type};
}
void wasm_exporttype_delete(wasm_exporttype_t* type) {
  if (type == nullptr) return;
  wasm_name_delete(&type->name);
  wasm_externtype_delete(type->type);
  delete type;
}
wasm_exporttype_t* wasm_exporttype_copy(const wasm_exporttype_t* type) {
  if (type == nullptr) return nullptr;
  return new wasm_exporttype_t{Copy(type->name), wasm_externtype_copy(type->type)};
}
const wasm_name_t* wasm_exporttype_name(const wasm_exporttype_t* type) {
  return type != nullptr ? &type->name : nullptr;
}
const wasm_externtype_t* wasm_exporttype_type(const wasm_exporttype_t* type) {
  return type != nullptr ? type->type : nullptr;
}
