#include "vm/capi/trap.h"

namespace tenon::vm::capi {
namespace {

wasm_frame_t* NewFrame(wasm_store_t& store, const Frame& frame) {
  auto* instance = const_cast<Instance*>(frame.instance);
  const ResolvedModule& module = instance->resolved();
  const size_t body = frame.func.value() - module.imported_funcs;
  return new wasm_frame_t{store.RefTo(instance), frame.func.value(),
                          frame.offset - module.module->bodies[body].code.offset, frame.offset};
}

// The trap that is to get more frames. What others hold as well stays as it is.
wasm_trap_t* Unshared(wasm_store_t& store, wasm_trap_t* trap) {
  if (trap->count == 1) return trap;
  auto* copy = new wasm_trap_t(&store, trap->message);
  for (const wasm_frame_t* frame : trap->frames) copy->frames.push_back(wasm_frame_copy(frame));
  Release(trap);
  return copy;
}

}  // namespace

wasm_trap_t* NewTrap(wasm_store_t* store, const Error& error) {
  return new wasm_trap_t(store, error.message());
}

void Raise(wasm_store_t& store, wasm_trap_t* trap) {
  if (store.vm->trapped()) return Release(trap);
  store.vm->SetTrap(TrapKind::kHost, trap->message);
  Release(std::exchange(store.raised, trap));
}

wasm_trap_t* TakeTrap(wasm_store_t& store) {
  const Trap taken = store.vm->TakeTrap();
  wasm_trap_t* trap = std::exchange(store.raised, nullptr);
  if (trap == nullptr || taken.kind != TrapKind::kHost) {
    Release(trap);
    trap = new wasm_trap_t(&store, taken.Message());
  }
  trap = Unshared(store, trap);
  for (const Frame& frame : taken.backtrace) {
    if (trap->frames.size() == kMaxBacktraceFrames) break;
    trap->frames.push_back(NewFrame(store, frame));
  }
  return trap;
}

}  // namespace tenon::vm::capi

using namespace tenon::vm::capi;  // NOLINT: the API's functions are of the global namespace

wasm_trap_t::~wasm_trap_t() {
  for (wasm_frame_t* frame : frames) wasm_frame_delete(frame);
}

wasm_trap_t* wasm_trap_new(wasm_store_t* store, const wasm_message_t* message) {
  if (store == nullptr) return nullptr;
  std::string text;
  if (message != nullptr && message->data != nullptr) text.assign(message->data, message->size);
  if (!text.empty() && text.back() == '\0') text.pop_back();
  return new wasm_trap_t(store, std::move(text));
}

void wasm_trap_message(const wasm_trap_t* trap, wasm_message_t* out) {
  if (trap == nullptr) return wasm_byte_vec_new_empty(out);
  wasm_byte_vec_new(out, trap->message.size() + 1, trap->message.c_str());
}

wasm_frame_t* wasm_trap_origin(const wasm_trap_t* trap) {
  if (trap == nullptr || trap->frames.empty()) return nullptr;
  return wasm_frame_copy(trap->frames.front());
}

void wasm_trap_trace(const wasm_trap_t* trap, wasm_frame_vec_t* out) {
  wasm_frame_vec_new_uninitialized(out, trap != nullptr ? trap->frames.size() : 0);
  for (size_t i = 0; i < out->size; ++i) out->data[i] = wasm_frame_copy(trap->frames[i]);
}

void wasm_frame_delete(wasm_frame_t* frame) {
  if (frame == nullptr) return;
  Release(frame->instance);
  delete frame;
}
wasm_frame_t* wasm_frame_copy(const wasm_frame_t* frame) {
  if (frame == nullptr) return nullptr;
  Retain(frame->instance);
  return new wasm_frame_t(*frame);
}
wasm_instance_t* wasm_frame_instance(const wasm_frame_t* frame) {
  return frame != nullptr ? frame->instance : nullptr;
}
uint32_t wasm_frame_func_index(const wasm_frame_t* frame) {
  return frame != nullptr ? frame->func_index : 0;
}
size_t wasm_frame_func_offset(const wasm_frame_t* frame) {
  return frame != nullptr ? frame->func_offset : 0;
}
size_t wasm_frame_module_offset(const wasm_frame_t* frame) {
  return frame != nullptr ? frame->module_offset : 0;
}
