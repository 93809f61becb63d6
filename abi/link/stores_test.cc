// Stores that call each other: a guest of one, a host function, a guest of the other, and so on.
// Each turn has a native stack of its own, so that the limit of the stack is that of the guest that
// runs.
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include "abi/link/test_component.h"

namespace tenon::abi {
namespace {

constexpr char kHostInterface[] = "test:host/f";

class StoresTest : public testing::TestWithParam<bool> {
 protected:
  StoresTest() {
    linker_.Interface(kHostInterface).Func("turn", [this](HostContext&) { Turn(); });
  }

  void Make(Store& store) {
    ComponentBuilder builder;
    const ComponentInstanceId id = builder.Child();
    const FuncTypeId type = builder.FuncType({});
    const CoreInstanceId core = builder.Core(
        R"((module (import "" "turn" (func $turn)) (func (export "run") (call $turn))))",
        {builder.Lower(id, builder.Import(kHostInterface, "turn", type), type)});
    builder.Export("run", builder.Lift(id, core, "run", type), type);
    instances_.push_back(*builder.Instantiate(store, linker_));
  }

  // The guest of the next turn, which lives in the other store.
  void Turn() {
    const size_t turn = next_++;
    if (turn >= instances_.size()) return;
    const auto done = instances_[turn]->Func<void()>("", "run")->Call();
    if (!done && failure_.empty()) failure_ = done.error().Message();
  }

  // `turns` guests, each called by the one before, and what the innermost failure says.
  std::string Run(size_t turns) {
    for (size_t i = 0; i < turns; ++i) Make(i % 2 == 0 ? a_ : b_);
    if (GetParam()) {  // maps the stack of b above that of a
      next_ = turns;
      EXPECT_TRUE(instances_[1]->Func<void()>("", "run")->Call());
    }
    next_ = 0;
    Turn();
    return failure_;
  }

  HostLinker linker_;
  Store a_{&TestEngine()}, b_{&TestEngine()};
  std::vector<std::unique_ptr<Instance>> instances_;
  size_t next_ = 0;
  std::string failure_;
};

TEST_P(StoresTest, GuestsOfTwoStoresMayCallEachOther) {
  EXPECT_EQ(Run(200), "");
  EXPECT_EQ(next_, 201u);
}

TEST_P(StoresTest, ButNotForEver) {
  EXPECT_NE(Run(201).find("stores call each other too deeply"), std::string::npos) << failure_;
  EXPECT_EQ(next_, 201u);
}

INSTANTIATE_TEST_SUITE_P(EitherStackOnTop, StoresTest, testing::Bool());

}  // namespace
}  // namespace tenon::abi
