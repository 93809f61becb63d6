// A component as plain data: its definitions in the order they were decoded, sections of one kind
// not merged. abi: "Component Definitions". Nothing is checked beyond the format; indices count the
// definitions before them, which is the validator's work (abi/valid), done once.
//
// The root owns the bytes; nested modules and components are ranges of them and names are views, so
// the whole tree is good as long as the root. Nesting is bounded by kMaxNestingDepth.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

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
  std::vector<CoreInstantiateArg> args;
};
using CoreInstance = std::variant<CoreInstantiate, std::vector<CoreInlineExport>>;

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
  std::vector<InstantiateArg> args;
};
using Instance = std::variant<Instantiate, std::vector<InlineExport>>;

// Gated: component start functions and values.
struct Start {
  FuncIdx func;
  std::vector<ValueIdx> args;
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
  std::optional<ExternType> type;  // ascription
};

struct Custom {
  absl::string_view name;
  ByteRange bytes;
};

struct Component;

struct Definition {
  uint64_t offset = 0;  // in the whole binary, for messages
  std::variant<CoreModule, CoreInstance, CoreTypeDef, std::unique_ptr<Component>, Instance, Alias,
               TypeDef, Canon, Start, Import, Export, Value, Custom>
      def;
};

struct Component {
  // The root's only, shared with its core modules; nothing in nested components.
  std::shared_ptr<const std::vector<uint8_t>> bytes;
  ByteRange range;  // of this component in the root's bytes
  std::vector<Definition> definitions;
};

// The bytes of a range; `root` is the component that has them.
inline vm::SharedBytes Bytes(const Component& root, ByteRange range) {
  return {root.bytes, absl::MakeConstSpan(*root.bytes).subspan(range.offset, range.size)};
}

}  // namespace tenon::abi::syntax
