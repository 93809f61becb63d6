#include "abi/runtime/async/waitable.h"

#include <gtest/gtest.h>

#include <memory>

#include "abi/runtime/async/channel.h"

namespace tenon::abi {
namespace {

class WaitableTest : public testing::Test {
 protected:
  std::unique_ptr<ChannelEnd> NewEnd(uint32_t handle) {
    auto channel = std::make_shared<Channel>();
    channel->type = ValType(TypeKind::kStream, 0);
    EXPECT_TRUE(objects_.Take(1));
    auto end = std::make_unique<ChannelEnd>(channel, true, &objects_);
    end->handle = handle;
    return end;
  }
  // Something happens to it.
  static void Tell(ChannelEnd& end) {
    end.Begin(nullptr, Buffer());
    end.Finish(CopyResult::kCompleted);
  }

  vm::Allowance objects_{10};
  WaitableSet first_{&objects_}, second_{&objects_};
};

TEST_F(WaitableTest, EventsAreDeliveredInOrderAndOnce) {
  const auto a = NewEnd(1), b = NewEnd(2);
  a->Join(&first_);
  b->Join(&first_);
  Tell(*b);
  Tell(*a);
  EXPECT_EQ(first_.TakeEvent().index, 2u);
  EXPECT_EQ(first_.TakeEvent().index, 1u);
  EXPECT_FALSE(first_.has_event());
}

TEST_F(WaitableTest, AnEventMovesWithItsWaitable) {
  const auto a = NewEnd(1);
  Tell(*a);
  a->Join(&first_);
  EXPECT_TRUE(first_.has_event());
  a->Join(&second_);
  EXPECT_FALSE(first_.has_event());
  EXPECT_EQ(first_.size(), 0u);
  EXPECT_EQ(second_.TakeEvent().code, EventCode::kStreamRead);
  a->Join(nullptr);
  EXPECT_EQ(second_.size(), 0u);
}

TEST_F(WaitableTest, AnEventIsTakenFromTheWaitableItself) {
  const auto a = NewEnd(1);
  a->Join(&first_);
  Tell(*a);
  a->TakeEvent();
  EXPECT_FALSE(first_.has_event());
}

TEST_F(WaitableTest, ObjectsGiveBackWhatTheyTook) {
  const uint64_t before = objects_.left();
  NewEnd(1).reset();
  EXPECT_EQ(objects_.left(), before);
}

}  // namespace
}  // namespace tenon::abi
