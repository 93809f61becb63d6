// For tests: a component instance whose memory and realloc are made by the host, so that the
// canonical ABI can be tested without a component.
#pragma once

#include <memory>
#include <string>

#include "abi/canon/context.h"
#include "abi/runtime/store.h"
#include "absl/strings/str_cat.h"
#include "vm/interp/interpreter.h"

namespace tenon::abi {

inline vm::Engine& TestEngine() {
  static vm::Engine engine(vm::InterpreterTier());
  return engine;
}

class TestGuest {
 public:
  explicit TestGuest(Store* store, StringEncoding encoding = StringEncoding::kUtf8,
                     ComponentInstance* parent = nullptr)
      : store_(store), instance_(store->NewInstance(parent)) {
    vm::MemoryType type;
    type.limits = {.min = 1, .max = 1, .has_max = true};
    options_.memory = *store->core().NewMemory(type);
    options_.encoding = encoding;
    const vm::ValType i32 = vm::ValType::kI32;
    options_.realloc = *store->core().NewHostFunc(vm::FuncType{{i32, i32, i32, i32}, {i32}},
                                                  &TestGuest::Realloc, this, "realloc");
  }

  CanonContext Context(CallScope* scope = nullptr) {
    return CanonContext(store_, instance_, &options_, scope);
  }
  ComponentInstance* instance() { return instance_; }
  CanonOptions& options() { return options_; }
  uint8_t* bytes() { return options_.memory->base(); }

  // "old size/alignment/new size" of each call of realloc.
  const std::string& reallocs() const { return reallocs_; }
  // Makes the next calls of realloc return this instead of fresh memory.
  void set_realloc_result(uint32_t result) { hostile_ = result; }

 private:
  static bool Realloc(vm::HostCall& call) {
    auto* self = static_cast<TestGuest*>(call.data);
    const auto old = vm::ReadSlot<uint32_t>(&call.slots[0]);
    const auto old_size = vm::ReadSlot<uint32_t>(&call.slots[1]);
    const auto align = vm::ReadSlot<uint32_t>(&call.slots[2]);
    const auto new_size = vm::ReadSlot<uint32_t>(&call.slots[3]);
    absl::StrAppend(&self->reallocs_, self->reallocs_.empty() ? "" : " ", old_size, "/", align, "/",
                    new_size);
    uint32_t result = old;
    if (self->hostile_) {
      result = *self->hostile_;
    } else if (new_size > old_size || old_size == 0) {
      result = (self->top_ + align - 1) / align * align;
      if (uint64_t{result} + new_size > self->options_.memory->size_bytes()) {
        call.store.SetTrap(vm::TrapKind::kOutOfMemory);
        return false;
      }
      self->top_ = result + new_size;
      std::memcpy(self->bytes() + result, self->bytes() + old, old_size);
    }
    vm::WriteSlot(&call.slots[0], result);
    return true;
  }

  Store* store_;
  ComponentInstance* instance_;
  CanonOptions options_;
  std::string reallocs_;
  std::optional<uint32_t> hostile_;
  uint32_t top_ = 4096;
};

}  // namespace tenon::abi
