// The canonical built-ins that a core module may import besides those of resources, by the names
// that toolchains give them: "[waitable-set-new]", "[context-get-0]",
// "[async-lower][stream-read-1]f". A number in front of a function's name means one of the streams
// and futures in its signature; "[thread-new-indirect-v0]" takes functions of one i32 from the
// table that the main module exports as kThreadTable. The standard mangling has no names for them.
// abi: "Canonical Definitions"
#pragma once

#include <cstdint>
#include <optional>

#include "abi/syntax/canon.h"
#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"
#include "vm/syntax/types.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

inline constexpr char kThreadTable[] = "__indirect_function_table";

struct CoreBuiltin {
  using Encoding = abi::syntax::CanonOption::Kind;

  const abi::syntax::CanonBuiltinRow* row = nullptr;
  bool is_async = false;
  bool cancellable = false;
  uint32_t slot = 0;                    // of context.get and context.set
  Encoding encoding = Encoding::kUtf8;  // of an error context's message
  std::optional<TypeIdx> type;          // the stream or future

  bool is(abi::syntax::CanonBuiltinKind kind) const { return row->kind == kind; }
};

const abi::syntax::CanonBuiltinRow& RowOfBuiltin(abi::syntax::CanonBuiltinKind kind);

// A name taken apart. `payload` and `function` are of those about a stream or future alone.
struct BuiltinName {
  CoreBuiltin builtin;
  std::optional<uint32_t> payload;
  absl::string_view function;
};
// Nothing for other names, and for task.return, whose type follows from a function.
std::optional<BuiltinName> ParseBuiltinName(absl::string_view name);
// That of a name whose feature this version does not have (`gate`); null for all others.
const abi::syntax::CanonBuiltinRow* FindGatedBuiltin(absl::string_view name);
// Of all that ParseBuiltinName knows.
vm::FuncType BuiltinType(const CoreBuiltin& builtin);

// Streams and futures in signatures, by their number: those in the parameters, then in the result,
// what one is made of before itself.
class Payloads {
 public:
  explicit Payloads(const Packages& packages) : packages_(packages) {}
  std::optional<TypeIdx> Find(const Function& function, uint32_t number);

 private:
  uint64_t Count(const TypeRef& type);
  // Behind all names; nothing of a primitive type.
  std::optional<TypeIdx> DefinitionOf(const TypeRef& type) const;
  // Makes `number` smaller by those before it where it is not in this type.
  std::optional<TypeIdx> Find(const TypeRef& type, uint64_t* number);

  const Packages& packages_;
  absl::flat_hash_map<TypeIdx, uint64_t> counts_;
};

}  // namespace tenon::wit
