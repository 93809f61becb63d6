// What WIT means, as plain data: packages, their interfaces and worlds, and types, in one list each
// and behind typed indices. It owns its strings. Whatever refers to another thing of the same
// kind refers to a smaller index. wit: "WIT Packages and use", "Name resolution"
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "vm/base/index.h"
#include "wit/syntax/primitive.h"

namespace tenon::wit {

using PackageIdx = Index<struct PackageTag>;
using InterfaceIdx = Index<struct InterfaceTag>;
using WorldIdx = Index<struct WorldTag>;
using TypeIdx = Index<struct TypeTag>;

// What is said of an item; texts are empty where nothing is.
struct About {
  std::string docs;     // lines without marks
  std::string since;    // a version
  std::string feature;  // that it needs
  std::string deprecated;
  std::string external_id;  // as it is written, quotes included

  bool operator==(const About&) const = default;
};

using TypeRef = std::variant<Primitive, TypeIdx>;

// A field, case, flag or parameter.
struct Field {
  std::string name;
  std::optional<TypeRef> type;
  std::string docs;
};

// A `type` or `use`: a further name.
struct Alias {
  TypeRef of;
};
struct Record {
  std::vector<Field> fields;
};
struct Variant {
  std::vector<Field> cases;
};
struct Flags {
  std::vector<Field> flags;
};
struct Enum {
  std::vector<Field> cases;
};
struct Resource {};
struct Handle {
  bool is_borrow = false;
  TypeIdx resource;  // or an alias of one
};
struct List {
  TypeRef element;
  uint32_t length = 0;  // 0: any
};
struct Option {
  TypeRef some;
};
struct ResultType {
  std::optional<TypeRef> ok;
  std::optional<TypeRef> error;
};
struct Tuple {
  std::vector<TypeRef> members;
};
struct Map {
  Primitive key = Primitive::kBool;
  TypeRef value;
};
struct Future {
  std::optional<TypeRef> element;
};
struct Stream {
  std::optional<TypeRef> element;
};

struct Type {
  std::string name;  // empty: not named
  std::variant<Alias, Record, Variant, Flags, Enum, Resource, Handle, List, Option, ResultType,
               Tuple, Map, Future, Stream>
      what;
  std::variant<std::monostate, InterfaceIdx, WorldIdx> owner;  // who names it
  About about;
};

struct Function {
  enum class Kind : uint8_t { kPlain, kMethod, kStatic, kConstructor };
  Kind kind = Kind::kPlain;
  std::string name;  // empty for constructors
  TypeIdx resource;  // of all but kPlain
  bool is_async = false;
  std::vector<Field> params;      // a method's `self` included
  std::optional<TypeRef> result;  // a constructor's included
  About about;
};

struct Interface {
  PackageIdx package;
  std::string name;  // empty where a world has it inline
  std::vector<TypeIdx> types;
  std::vector<Function> functions;
  std::vector<InterfaceIdx> uses;  // whose types it uses, each once
  About about;
};

struct WorldItem {
  std::string name;  // empty: an interface by its own name
  std::variant<InterfaceIdx, Function, TypeIdx> what;
  About about;
};

struct World {
  PackageIdx package;
  std::string name;
  std::vector<WorldItem> imports;  // types of the world among them
  std::vector<WorldItem> exports;
  About about;
};

struct Package {
  std::string space;
  std::string name;
  std::string version;  // empty: none
  std::string docs;
  bool is_root = false;  // else a dependency
  std::vector<InterfaceIdx> interfaces;
  std::vector<WorldIdx> worlds;
};

struct Packages {
  std::vector<Package> packages;
  std::vector<Interface> interfaces;
  std::vector<World> worlds;
  std::vector<Type> types;

  const Package& operator[](PackageIdx i) const { return packages[i.value()]; }
  const Interface& operator[](InterfaceIdx i) const { return interfaces[i.value()]; }
  const World& operator[](WorldIdx i) const { return worlds[i.value()]; }
  const Type& operator[](TypeIdx i) const { return types[i.value()]; }
};

// The order of a world's items. Imports: interfaces, types of the world and what belongs to them,
// then what has a name of its own. On both sides an interface stands behind those it uses; false
// if some use each other, which only a binary can say.
[[nodiscard]] bool SortItems(const Packages& packages, World& world);

}  // namespace tenon::wit
