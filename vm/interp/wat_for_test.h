// Guests of the interpreter's tests, as text: loaded, and instantiated in a store. What is wrong
// with one fails the test and ends it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "gtest/gtest.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/runtime/store.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::vm {

inline std::shared_ptr<LoadedModule> LoadWat(Engine& engine, absl::string_view wat,
                                             BodyValidation mode = BodyValidation::kEager,
                                             std::string path = "m") {
  Result<Module> module = ParseModule(wat);
  EXPECT_TRUE(module.has_value()) << module.error().ToString() << "\n" << wat;
  auto resolved = ValidateModule(std::make_unique<Module>(std::move(*module)), &engine.types(),
                                 engine.features(), mode);
  EXPECT_TRUE(resolved.has_value()) << resolved.error().ToString() << "\n" << wat;
  return LoadedModule::Create(&engine, *resolved, std::move(path));
}

inline Instance* MakeInstance(Store& store, std::shared_ptr<LoadedModule> module,
                              absl::Span<const Extern> imports = {}) {
  auto instance = Instantiate(store, std::move(module), imports);
  EXPECT_TRUE(instance.has_value()) << instance.error().ToString();
  return *instance;
}

}  // namespace tenon::vm
