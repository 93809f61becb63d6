// A module as plain data, exactly as decoded or parsed and before validation: type indices are the
// module's own, constant expressions and function bodies are still bytes. core: #syntax-module
//
// Both producers (binary decoder, text parser) fill the same structure. Every ByteRange is one of
// Bytes(), which the module owns or shares, and names are views of them or of `texts`: a Module can
// be moved, and stays good as long as it lives.
#pragma once

#include <cstdint>
#include <forward_list>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/location.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// A range of Module::Bytes().
struct ByteRange {
  uint32_t offset = 0;
  uint32_t size = 0;
};

enum class ExternKind : uint8_t { kFunc = 0, kTable = 1, kMemory = 2, kGlobal = 3, kTag = 4 };

struct TagType {
  TypeIdx type;
};

// What an import asks for. The alternative's order is ExternKind's.
using ImportType = std::variant<TypeIdx, TableType, MemoryType, GlobalType, TagType>;

struct Import {
  absl::string_view module;
  absl::string_view name;
  ImportType type;
  uint32_t offset = 0;  // of the import in the binary, for messages

  ExternKind kind() const { return static_cast<ExternKind>(type.index()); }
};

struct Export {
  absl::string_view name;
  ExternKind kind = ExternKind::kFunc;
  uint32_t index = 0;
  uint32_t offset = 0;
};

// One rec group: `count` consecutive types. A lone type is a group of one.
struct RecGroup {
  uint32_t first = 0;
  uint32_t count = 1;
};

struct Table {
  TableType type;
  std::optional<ByteRange> init;  // constant expression with its `end`; else ref.null
};

struct Global {
  GlobalType type;
  ByteRange init;
};

// core: #syntax-elem. Items are function indices or constant expressions, never both.
struct ElemSegment {
  enum class Mode : uint8_t { kPassive, kActive, kDeclarative };
  Mode mode = Mode::kPassive;
  TableIdx table;
  ByteRange table_offset;  // constant expression, for kActive
  ValType type = ValType::kFuncRef;
  std::vector<FuncIdx> funcs;
  std::vector<ByteRange> exprs;
  uint32_t offset = 0;
};

// core: #syntax-data
struct DataSegment {
  bool active = false;
  MemoryIdx memory;
  ByteRange memory_offset;  // constant expression, when active
  ByteRange bytes;
};

// A defined function's code: locals declarations and instructions up to and with the final `end`.
struct FunctionBody {
  ByteRange code;
};

struct CustomSection {
  absl::string_view name;
  ByteRange content;
  int after_section = 0;  // id of the last non-custom section before it, 0 if none
};

// What messages need of the "name" custom section; the rest is name_section.h's. Names of functions
// stay encoded until one is asked for.
struct NameSection {
  std::string module;
  ByteRange functions;  // core: #binary-namemap
};

// Where in a text an instruction or field was written whose encoding begins at `offset`.
struct TextPosition {
  uint32_t offset = 0;  // in Module::bytes
  uint32_t text_offset = 0;
  uint32_t line = 0;
  uint32_t column = 0;
};

// Bytes that belong to something larger, a component's binary; `owner` keeps that.
struct SharedBytes {
  std::shared_ptr<const void> owner;
  absl::Span<const uint8_t> bytes;
};

struct Module {
  std::vector<uint8_t> bytes;  // the module's own; none when it has `shared` ones
  SharedBytes shared;
  std::forward_list<std::string> texts;  // names of a module from text
  std::vector<TextPosition> positions;   // of a module from text, by offset

  std::vector<SubType> types;  // until validation, which hands them to the type store
  std::vector<RecGroup> rec_groups;
  std::vector<Import> imports;
  std::vector<TypeIdx> functions;  // defined functions only, imports not counted
  std::vector<Table> tables;
  std::vector<MemoryType> memories;
  std::vector<Global> globals;
  std::vector<TagType> tags;
  std::vector<Export> exports;
  std::optional<FuncIdx> start;
  std::vector<ElemSegment> elems;
  std::optional<uint32_t> data_count;
  std::vector<DataSegment> datas;
  std::vector<FunctionBody> bodies;  // as many as `functions`
  std::vector<CustomSection> customs;
  NameSection names;

  absl::Span<const uint8_t> Bytes() const {
    return shared.owner != nullptr ? shared.bytes : absl::MakeConstSpan(bytes);
  }
  absl::Span<const uint8_t> Bytes(ByteRange range) const {
    return Bytes().subspan(range.offset, range.size);
  }
  // The place in the text, when there is one, of what is encoded at `offset`.
  std::optional<SourceLocation> Locate(uint64_t offset) const;
};

}  // namespace tenon::vm
