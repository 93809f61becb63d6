// A component's imports and exports as WIT: the world, and the interfaces it speaks of.
//
// It is made from validated types, in which an alias of an unnamed type is that type, and equal
// types are one. So a signature shows `u64` where its source said `filesize` (the alias itself is
// listed), and a type that an earlier interface has under the same name is a `use` of that one.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "abi/types/type_table.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"

namespace tenon::abi {

struct WitItem {
  // kOther: what WIT has no word for, a core module or component; its text is a comment.
  enum class Kind : uint8_t { kUse, kType, kResource, kFunction, kInterface, kOther };
  Kind kind = Kind::kOther;
  absl::string_view name;  // of the component's bytes
  // Lines of WIT, not indented: the declaration without `import` or `export`. A resource has its
  // methods in it, an interface without a package its items.
  std::string text;
};

struct WitInterface {
  absl::string_view name;  // "wasi:io/streams@0.2.12"
  std::vector<WitItem> items;
};

struct WitWorld {
  std::vector<WitItem> types;    // imported or exported by the world itself
  std::vector<WitItem> imports;  // functions, interfaces and others
  std::vector<WitItem> exports;
  // Those with a package, in the order of their first use. One that is both imported and exported
  // is here once, with the items of both.
  std::vector<WitInterface> interfaces;
};

// Types may be written out to more than any reader wants: kLimit beyond kMaxWitLength.
inline constexpr size_t kMaxWitLength = size_t{16} << 20;
Result<WitWorld> DescribeWorld(const TypeTable& types, absl::Span<const NamedItem> imports,
                               absl::Span<const NamedItem> exports);

// One document: package root:component with the world, then the other packages.
std::string ToString(const WitWorld& world);

}  // namespace tenon::abi
