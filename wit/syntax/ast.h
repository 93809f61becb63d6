// A WIT file as plain data, in the order it was written. Names are views of the text, offsets are
// bytes from its start. Names mean nothing yet: wit/resolve finds what they stand for.
// wit: "Lexical structure", from "Top-level items" on.
#pragma once

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "wit/syntax/lexer.h"
#include "wit/syntax/primitive.h"

namespace tenon::wit::ast {

struct Name {
  absl::string_view text;  // without %
  uint32_t offset = 0;
};

// [first, last) of Document::comments.
struct CommentRange {
  uint32_t first = 0;
  uint32_t last = 0;
};

struct Gate {
  enum class Kind : uint8_t { kSince, kUnstable, kDeprecated };
  Kind kind = Kind::kSince;
  Name value;  // a version, or of kUnstable a feature's name
};

// What may stand before an item, and where the item stands.
struct Head {
  uint32_t begin = 0;  // its first token, a gate say
  uint32_t end = 0;    // past its last token, a comma behind it included
  CommentRange comments;
  std::vector<Gate> gates;
  std::optional<Name> external_id;  // with its quotes
};

struct PackageName {
  Name space;
  Name name;
  std::optional<Name> version;
};

// `types`, or `wasi:http/types@0.2.0`.
struct Path {
  std::optional<PackageName> package;
  Name name;
  uint32_t offset() const { return package ? package->space.offset : name.offset; }
};

struct Type {
  enum class Kind : uint8_t {
    kNone,  // the `_` of a result
    kPrimitive,
    kNamed,
    kList,
    kOption,
    kResult,
    kTuple,
    kMap,
    kFuture,
    kStream,
    kOwn,
    kBorrow,
  };
  Kind kind = Kind::kNone;
  Primitive primitive = Primitive::kBool;
  uint32_t length = 0;      // of a list, if it is fixed
  Name name;                // kNamed, kOwn, kBorrow; else where it stands
  std::vector<Type> inner;  // kResult may have two, kFuture and kStream none
};

// A field, case, flag or parameter.
struct Field {
  Head head;
  Name name;
  std::optional<Type> type;
};

struct Func {
  enum class Kind : uint8_t { kPlain, kStatic, kConstructor };
  Kind kind = Kind::kPlain;
  bool is_async = false;
  Name name;                  // the word `constructor` for one
  uint32_t params_begin = 0;  // the parentheses
  uint32_t params_end = 0;
  std::vector<Field> params;
  std::optional<Type> result;
};

struct Item;

// What stands between braces.
struct Body {
  uint32_t begin = 0;  // the opening brace
  uint32_t end = 0;    // past the closing one
  std::vector<Item> items;
};

struct TypeDef {
  enum class Kind : uint8_t { kAlias, kRecord, kVariant, kFlags, kEnum, kResource };
  Kind kind = Kind::kAlias;
  Name name;
  Type type;           // kAlias
  uint32_t begin = 0;  // the braces, if there are any
  uint32_t end = 0;
  std::vector<Field> fields;  // fields, cases, flags
  std::vector<Item> methods;  // kResource: functions
};

struct Rename {
  Name name;
  std::optional<Name> as;
  const Name& result() const { return as ? *as : name; }
};

struct Use {
  Path path;
  std::vector<Rename> names;
};

struct Include {
  Path path;
  std::vector<Rename> names;
};

struct Extern {
  bool is_export = false;
  std::optional<Name> name;  // none where a path names an interface
  std::variant<Path, Func, Body> what;
};

struct Interface {
  Name name;
  Body body;
};

struct World {
  Name name;
  Body body;
};

struct TopLevelUse {
  Path path;
  std::optional<Name> as;
};

// `package a:b;`
struct PackageHeader {
  PackageName name;
};

struct NestedPackage {
  PackageName name;
  Body body;
};

struct Item {
  Head head;
  std::variant<PackageHeader, NestedPackage, TopLevelUse, Interface, World, Use, TypeDef, Func,
               Extern, Include>
      what;
};

struct Document {
  absl::string_view text;
  std::vector<Comment> comments;
  std::vector<Item> items;
};

}  // namespace tenon::wit::ast
