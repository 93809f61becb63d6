#include "vm/capi/module.h"

#include <cstring>

#include "vm/binary/decoder.h"
#include "vm/valid/matching.h"
#include "vm/valid/validate.h"

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace
namespace vm = tenon::vm;

namespace {

// What a serialized module begins with; the module's bytes follow.
struct Header {
  char magic[8] = {'\0', 't', 'e', 'n', 'o', 'n', 'm', 1};  // the last one is the version
  uint64_t size = 0;  // of the module: a part of one is often a module too
};

tenon::Result<std::shared_ptr<vm::ResolvedModule>> Validate(vm::Engine& engine,
                                                            absl::Span<const uint8_t> bytes) {
  TENON_ASSIGN_OR_RETURN(
      vm::Module module,
      vm::DecodeModule(std::vector<uint8_t>(bytes.begin(), bytes.end()), engine.features()));
  return vm::ValidateModule(std::make_unique<vm::Module>(std::move(module)), &engine.types(),
                            engine.features(), vm::BodyValidation::kEager);
}

wasm_module_t* Load(wasm_store_t* store, absl::Span<const uint8_t> bytes) {
  auto resolved = Validate(store->engine->engine, bytes);
  if (!resolved) return nullptr;
  return new wasm_module_t(
      store,
      {store->engine, vm::LoadedModule::Create(&store->engine->engine, std::move(*resolved), "")});
}

absl::Span<const uint8_t> BytesOf(const wasm_byte_vec_t* vec) {
  if (vec == nullptr || vec->data == nullptr) return {};
  return {reinterpret_cast<const uint8_t*>(vec->data), vec->size};
}

wasm_name_t NameOf(absl::string_view text) {
  wasm_name_t name;
  wasm_name_new(&name, text.size(), text.data());
  return name;
}

}  // namespace

wasm_module_t* wasm_module_new(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  return store != nullptr ? Load(store, BytesOf(binary)) : nullptr;
}

bool wasm_module_validate(wasm_store_t* store, const wasm_byte_vec_t* binary) {
  return store != nullptr && Validate(store->engine->engine, BytesOf(binary)).has_value();
}

void wasm_module_imports(const wasm_module_t* module, wasm_importtype_vec_t* out) {
  if (module == nullptr) return wasm_importtype_vec_new_empty(out);
  const vm::ResolvedModule& resolved = *module->shared.module->resolved;
  wasm_importtype_vec_new_uninitialized(out, resolved.imports.size());
  for (size_t i = 0; i < out->size; ++i) {
    const vm::ResolvedImport& import = resolved.imports[i];
    wasm_name_t from = NameOf(import.syntax->module);
    wasm_name_t name = NameOf(import.syntax->name);
    out->data[i] = wasm_importtype_new(
        &from, &name,
        NewExternType(*module->shared.engine, ExternTypeOf(resolved, import.kind, import.index)));
  }
}

void wasm_module_exports(const wasm_module_t* module, wasm_exporttype_vec_t* out) {
  if (module == nullptr) return wasm_exporttype_vec_new_empty(out);
  const vm::ResolvedModule& resolved = *module->shared.module->resolved;
  const std::vector<vm::Export>& exports = resolved.module->exports;
  wasm_exporttype_vec_new_uninitialized(out, exports.size());
  for (size_t i = 0; i < out->size; ++i) {
    wasm_name_t name = NameOf(exports[i].name);
    out->data[i] = wasm_exporttype_new(
        &name, NewExternType(*module->shared.engine,
                             ExternTypeOf(resolved, exports[i].kind, exports[i].index)));
  }
}

void wasm_module_serialize(const wasm_module_t* module, wasm_byte_vec_t* out) {
  if (module == nullptr) return wasm_byte_vec_new_empty(out);
  const auto bytes = module->shared.module->resolved->module->Bytes();
  Header header;
  header.size = bytes.size();
  wasm_byte_vec_new_uninitialized(out, sizeof header + bytes.size());
  if (out->size == 0) return;
  std::memcpy(out->data, &header, sizeof header);
  std::memcpy(out->data + sizeof header, bytes.data(), bytes.size());
}

wasm_module_t* wasm_module_deserialize(wasm_store_t* store, const wasm_byte_vec_t* serialized) {
  const auto bytes = BytesOf(serialized);
  Header header;
  if (store == nullptr || bytes.size() < sizeof header) return nullptr;
  header.size = bytes.size() - sizeof header;
  if (std::memcmp(bytes.data(), &header, sizeof header) != 0) return nullptr;
  return Load(store, bytes.subspan(sizeof header));
}

wasm_shared_module_t* wasm_module_share(const wasm_module_t* module) {
  return module != nullptr ? new wasm_shared_module_t(module->shared) : nullptr;
}
void wasm_shared_module_delete(wasm_shared_module_t* shared) { delete shared; }

// Types have no meaning beyond their engine, so another one's module is made again.
wasm_module_t* wasm_module_obtain(wasm_store_t* store, const wasm_shared_module_t* shared) {
  if (store == nullptr || shared == nullptr) return nullptr;
  if (shared->engine == store->engine) return new wasm_module_t(store, *shared);
  return Load(store, shared->module->resolved->module->Bytes());
}
