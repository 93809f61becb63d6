// For tests: the bytes of guests, and of components put together by abi::Compose. What is wrong
// with one of them is a failure of the test.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <iterator>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/compose/compose.h"
#include "abi/valid/validate.h"

namespace tenon::abi {

inline std::vector<uint8_t> ReadGuest(const std::string& name) {
  std::ifstream file(TENON_GUESTS_DIR "/" + name + ".wasm", std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

// The first with its imports filled by the others.
inline std::vector<uint8_t> Composed(const std::vector<std::vector<uint8_t>>& files) {
  vm::TypeStore types;
  std::vector<std::unique_ptr<const ResolvedComponent>> components;
  std::vector<ComposePart> parts;
  for (const std::vector<uint8_t>& file : files) {
    auto syntax = DecodeComponent(file);
    EXPECT_TRUE(syntax) << syntax.error().ToString();
    auto component = ValidateComponent(
        *std::move(syntax), &types, CoreLoader(&types, vm::Features(), vm::BodyValidation::kLazy));
    EXPECT_TRUE(component) << component.error().ToString();
    components.push_back(*std::move(component));
    parts.push_back({"part" + std::to_string(parts.size()), components.back().get()});
  }
  auto made = Compose(parts[0], absl::MakeConstSpan(parts).subspan(1), types);
  EXPECT_TRUE(made) << made.error().ToString();
  return made ? std::move(made->bytes) : std::vector<uint8_t>();
}

}  // namespace tenon::abi
