// Where in a text something stands that was made of it: the offset of its bytes and its place. With
// these a message about the bytes is one about the text. In the order of offsets.
#pragma once

#include <cstdint>

#include "vm/base/location.h"

namespace tenon::abi {

struct TextMark {
  uint32_t offset = 0;
  bool is_core_module = false;  // then `where` is what stands behind `(core module $id`
  SourceLocation where = {};
};

}  // namespace tenon::abi
