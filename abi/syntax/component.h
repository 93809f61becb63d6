// A component as plain data: its definitions in the order they were decoded, sections of one kind
// not merged. abi: "Component Definitions". Nothing is checked beyond the format; indices count the
// definitions before them, which is the validator's work (abi/valid), done once.
// The root owns the bytes and the arena. Nested modules and components are ranges of the bytes,
// names are views of them, and lists and nested definitions stand in the arena, so the whole tree
// is good as long as the root. Nesting is bounded by kMaxNestingDepth.
#pragma once

#include <cstdint>
#include <memory>
#include <type_traits>
#include <variant>
#include <vector>

#include "abi/syntax/arena.h"
#include "abi/syntax/canon.h"
#include "abi/syntax/index.h"
#include "abi/syntax/limits.h"
#include "abi/syntax/sort.h"
#include "abi/syntax/type.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace tenon::abi::syntax {

// A range of the root component's bytes.
struct ByteRange {
  uint64_t offset = 0;
  uint64_t size = 0;
};

// A nested core module, not yet decoded: its bytes with preamble.
struct CoreModule {
  ByteRange bytes;
};

struct CoreInstantiateArg {
  absl::string_view name;
  CoreInstanceIdx instance;
};
struct CoreInlineExport {
  absl::string_view name;
  SortIndex item;  // a core sort
};
struct CoreInstantiate {
  CoreModuleIdx module;
  absl::Span<const CoreInstantiateArg> args;
};
using CoreInstance = std::variant<CoreInstantiate, absl::Span<const CoreInlineExport>>;

struct InstantiateArg {
  absl::string_view name;
  SortIndex item;
};
struct InlineExport {
  Name name;
  SortIndex item;
};
struct Instantiate {
  ComponentIdx component;
  absl::Span<const InstantiateArg> args;
};
using Instance = std::variant<Instantiate, absl::Span<const InlineExport>>;

// Gated: component start functions and values.
struct Start {
  FuncIdx func;
  absl::Span<const ValueIdx> args;
  uint32_t results = 0;
};
struct Value {
  ValType type;
  ByteRange bytes;
};

struct Import {
  Name name;
  ExternType type;
};
struct Export {
  Name name;
  SortIndex item;
  const ExternType* type = nullptr;  // ascription, or null
};

struct Custom {
  absl::string_view name;
  ByteRange bytes;
};

struct Component;

struct Definition {
  std::variant<CoreModule, CoreInstance, CoreTypeDef, const Component*, Instance, Alias, TypeDef,
               Canon, Start, Import, Export, Value, Custom>
      def;
  uint32_t offset = 0;  // in the whole binary, for messages
};
static_assert(std::is_trivially_copyable_v<Definition>);

struct Component {
  ByteRange range;  // of this component in the root's bytes
  ByteRange names;  // the content of its name section (abi/binary/names.h); the last one's
  absl::Span<const Definition> definitions;
};

struct RootComponent : Component {
  std::shared_ptr<const std::vector<uint8_t>> bytes;  // shared with the core modules
  Arena arena;
};

// The bytes of a range; `root` is the component that has them.
inline vm::SharedBytes Bytes(const RootComponent& root, ByteRange range) {
  return {root.bytes, absl::MakeConstSpan(*root.bytes).subspan(range.offset, range.size)};
}

}  // namespace tenon::abi::syntax
