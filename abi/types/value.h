// A value of any component type as a tree, for those who know types only at run time: the command
// line, tools. Off the hot path: C++ types are lifted and lowered without it (canon/typed.h).
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "abi/types/type_table.h"

namespace tenon::abi {

// The type is not in the value. What a value of a type has:
//   bool, integers, char       bits; those of signed integers are extended to all 64
//   f32, f64                   bits, the number's own
//   flags                      bits; bit i is label i
//   string                     text, UTF-8
//   list, record, tuple        items: elements, fields, members
//   map                        items: its entries, each two items, key and value
//   variant, enum              bits: the case; items: its payload, if it has one
//   option, result             likewise: none 0, some 1; ok 0, err 1
//   own, borrow                bits: the resource's representation, its implementer's business
// Nothing is a value of a stream, a future or an error context: the host has none.
struct Value {
  uint64_t bits = 0;
  std::string text;
  std::vector<Value> items;
  bool operator==(const Value&) const = default;

  static Value Bits(uint64_t bits) { return {bits, {}, {}}; }
  static Value Text(std::string text) { return {0, std::move(text), {}}; }
  static Value Items(std::vector<Value> items) { return {0, {}, std::move(items)}; }
  static Value Case(uint64_t index) { return Bits(index); }
  static Value Case(uint64_t index, Value payload) {
    Value value = Bits(index);
    value.items.push_back(std::move(payload));
    return value;
  }
};

// True when `value` is one of `type`. Handles are taken as they are.
bool Fits(const TypeTable& types, ValType type, const Value& value);

}  // namespace tenon::abi
