#include "vm/syntax/function_title.h"

#include <gtest/gtest.h>

#include <string>

namespace tenon::vm {
namespace {

TEST(FunctionTitleTest, NamesTheFunctionAsFarAsItIsKnown) {
  const std::string long_name(300, 'n');
  Module module;
  module.bytes = {1, 7, 1, 'f'};
  module.names.functions = {0, 4};
  for (const absl::string_view name : {absl::string_view(long_name), absl::string_view("run")}) {
    Export item;
    item.name = name;
    item.kind = ExternKind::kFunc;
    item.index = 8;
    module.exports.push_back(item);
  }
  module.exports.push_back(module.exports.back());
  module.exports.back().kind = ExternKind::kMemory;
  module.exports.back().index = 9;
  EXPECT_EQ(FunctionTitle(module, 7), "function 7 (f)");
  EXPECT_EQ(FunctionTitle(module, 8), "function 8 (export \"run\")");
  EXPECT_EQ(FunctionTitle(module, 9), "function 9");
}

}  // namespace
}  // namespace tenon::vm
