// Writing of small component binaries in tests: sections from items, names and vectors.
// A test states the bytes it means; lengths are filled in. abi: "Component Binary Format"
#pragma once

#include <cstdint>
#include <initializer_list>
#include <vector>

#include "absl/strings/string_view.h"
#include "vm/base/leb128.h"

namespace tenon::abi {

using Bytes = std::vector<uint8_t>;

inline Bytes Cat(std::initializer_list<Bytes> parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}
inline Bytes Str(absl::string_view text) {
  Bytes bytes;
  AppendVarU32(static_cast<uint32_t>(text.size()), &bytes);
  bytes.insert(bytes.end(), text.begin(), text.end());
  return bytes;
}
inline Bytes ExternName(absl::string_view text) { return Cat({{0x00}, Str(text)}); }
inline Bytes Vec(std::initializer_list<Bytes> items) {
  Bytes bytes;
  AppendVarU32(static_cast<uint32_t>(items.size()), &bytes);
  return Cat({bytes, Cat(items)});
}
// A section of definitions.
inline Bytes Section(uint8_t id, std::initializer_list<Bytes> items) {
  const Bytes content = Vec(items);
  Bytes bytes = {id};
  AppendVarU32(static_cast<uint32_t>(content.size()), &bytes);
  return Cat({bytes, content});
}
// A section whose content is no vector: a module or a component.
inline Bytes Blob(uint8_t id, const Bytes& content) {
  Bytes bytes = {id};
  AppendVarU32(static_cast<uint32_t>(content.size()), &bytes);
  return Cat({bytes, content});
}
inline Bytes Component(std::initializer_list<Bytes> sections) {
  return Cat({{0x00, 'a', 's', 'm', 0x0d, 0x00, 0x01, 0x00}, Cat(sections)});
}
inline Bytes Module(std::initializer_list<Bytes> sections) {
  return Cat({{0x00, 'a', 's', 'm', 0x01, 0x00, 0x00, 0x00}, Cat(sections)});
}

}  // namespace tenon::abi
