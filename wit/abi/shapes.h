// What types are to core WebAssembly: the core types they flatten to, how they lie in memory, and
// whether values of them need a memory; and with that the core signature of a function.
// abi: "Flattening", "Alignment", "Element Size". For memories with 32-bit addresses.
#pragma once

#include <tenon/layout.h>

#include <cstdint>
#include <optional>
#include <vector>

#include "vm/syntax/types.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

struct Shape {
  std::vector<vm::ValType> flat;  // where more than kMaxFlatParams, one more than that
  abi::Layout layout;
  bool has_string = false;
  bool has_pointer = false;  // a string or a list
};

// The shapes of all types of some packages, each computed once.
class Shapes {
 public:
  explicit Shapes(const Packages& packages);

  const Shape& operator[](TypeRef type) const;
  // The layout of a variant, option, result or enum, aliases aside.
  abi::VariantLayout GetVariant(TypeIdx type) const;
  // A type that is a name of another: the one that says what it is.
  TypeIdx Definition(TypeIdx type) const;

 private:
  Shape Compute(const Type& type) const;
  Shape RecordShape(const std::vector<TypeRef>& fields) const;
  Shape CasesShape(const std::vector<std::optional<TypeRef>>& cases) const;

  const Packages& packages_;
  std::vector<Shape> shapes_;  // by type
};

// The payloads of a variant's, option's, result's or enum's cases; nothing of other types.
std::vector<std::optional<TypeRef>> PayloadsOf(const Type& type);

// As a guest imports a function, and as it exports one; of async functions either may be async too:
// an import that does not wait, an export with a callback, or one that waits with frames.
enum class CallSide : uint8_t { kLower, kLift, kAsyncLower, kAsyncLift, kStackfulLift };
constexpr bool IsLower(CallSide side) {
  return side == CallSide::kLower || side == CallSide::kAsyncLower;
}
constexpr bool IsAsync(CallSide side) {
  return side != CallSide::kLower && side != CallSide::kLift;
}

// A function's core signature.
struct CoreSignature {
  vm::FuncType type;
  bool spills_params = false;  // they lie in memory, and a pointer to them is passed
  // Lowered: where to put it is a last parameter; lifted: a pointer to it.
  bool spills_result = false;
  // Of the canonical options: what the call needs.
  bool needs_memory = false;
  bool needs_realloc = false;
  bool needs_encoding = false;
};
CoreSignature SignatureOf(const Shapes& shapes, const Function& function, CallSide side);
// Of the built-in by which an export that was lifted async gives its result. What it needs is what
// the lift needs: their options must be the same.
CoreSignature TaskReturnSignature(const Shapes& shapes, const Function& function);

}  // namespace tenon::wit
