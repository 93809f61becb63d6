// A function of any component type that goes through two components: host -> A -> B -> host, and
// its result back. A and B hand on what they get; what else they do is core text that the caller
// gives. abi: "Canonical Definitions".
//
// Between the host and a guest values pass as ValueCodec has them, between the guests by a copy
// plan, each guest with a string encoding of its own.
#pragma once

#include <deque>
#include <expected>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "abi/link/test_component.h"
#include "abi/types/value.h"

namespace tenon::abi {

// A guest's core text beside what all have. Each piece leaves the operand stack as it was, but may
// trap; it may use the memory, $top, which realloc gives out next, and what is said below.
struct ChainGuest {
  StringEncoding encoding = StringEncoding::kUtf8;
  uint32_t max_pages = 1024;
  std::string fields;       // of the module that has the memory and realloc
  std::string realloc;      // locals $old, $old_size, $align, $size; may return a result
  std::string before;       // what $next is called with are locals 0, 1, ...
  std::string after;        // the result, if any, is the local $result
  std::string post_return;  // the body; no function if empty
};

class AbiChain {
 public:
  struct Thing {};  // the host's resource
  static constexpr ResourceId kThing{0};

  explicit AbiChain(StoreLimits limits = {});

  TypeTable& types() { return *types_; }
  const TypeTable& types() const { return *types_; }
  Store& store() { return store_; }
  // Interns a function of at most 20 parameters.
  FuncTypeId FuncType(std::vector<ValType> params, ValType result) {
    return builder_.FuncType(std::move(params), result);
  }
  // What the guests export, and what they import as $next and by call_indirect of their $next type.
  vm::FuncType CoreType(FuncTypeId type, CallContext context) const;
  // Once the types are made. `host` is what B calls. B is in a component with A, or `apart`, in one
  // that A's is linked with.
  void Link(FuncTypeId type, const ChainGuest& a, const ChainGuest& b, bool apart,
            std::function<Value(std::vector<Value>)> host);
  std::expected<Value, vm::Trap> Call(absl::Span<const Value> arguments);

 private:
  static bool CallHost(const void* self, CanonContext& cx, vm::Slot* slots);
  const canon::TypeShape* Shape(ValType type);
  canon::FuncShape* FuncShape(const abi::FuncType& type);
  FuncRef LinkApart(FuncTypeId type, const ChainGuest& b);

  vm::Engine engine_;
  Store store_;
  HostLinker linker_;
  ComponentBuilder builder_;
  TypeTable* types_;
  std::deque<canon::TypeShape> shapes_;
  std::deque<std::vector<const canon::TypeShape*>> lists_of_shapes_;
  canon::FuncShape shape_;
  const abi::FuncType* type_ = nullptr;
  std::function<Value(std::vector<Value>)> host_;
  std::unique_ptr<Instance> instance_;
};

}  // namespace tenon::abi
