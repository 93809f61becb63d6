// A resource type at run time: its address is its identity. abi: "Resource State".
//
// A type that a component defines is made anew by each instantiation and owned by the instance. A
// type of the host is one object a C++ class (kHostResource), good for all stores.
#pragma once

#include "vm/runtime/context.h"

namespace tenon::abi {

class ComponentInstance;

struct ResourceType {
  ComponentInstance* impl = nullptr;        // null: the host implements it
  const vm::Func* destructor = nullptr;     // of a guest's type; null if it has none
  void (*destroy)(void* object) = nullptr;  // of a host's type

  constexpr bool is_host() const { return destroy != nullptr; }
};

template <typename T>
void DestroyHostObject(void* object) {
  delete static_cast<T*>(object);
}

// The resource type that the C++ class T implements.
template <typename T>
inline constexpr ResourceType kHostResource{nullptr, nullptr, &DestroyHostObject<T>};

// Stands in for a resource type that a component imports and the host lacks: no handle ever has it,
// so that all may share it.
inline constexpr ResourceType kAbsentResource{nullptr, nullptr, [](void*) {}};

}  // namespace tenon::abi
