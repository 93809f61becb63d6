#include "wit/resolve/order.h"

#include <algorithm>

namespace tenon::wit {
namespace {

enum class State : uint8_t { kNew, kOpen, kDone };

struct Frame {
  uint32_t thing;
  size_t next = 0;  // of its needs
};

}  // namespace

Order OrderByNeeds(const std::vector<std::vector<uint32_t>>& needs) {
  Order result;
  std::vector<State> states(needs.size(), State::kNew);
  std::vector<Frame> stack;
  for (uint32_t start = 0; start < needs.size(); ++start) {
    if (states[start] == State::kNew) stack.push_back({start});
    while (!stack.empty()) {
      Frame& top = stack.back();
      states[top.thing] = State::kOpen;
      if (top.next == needs[top.thing].size()) {
        states[top.thing] = State::kDone;
        result.order.push_back(top.thing);
        stack.pop_back();
        continue;
      }
      const uint32_t need = needs[top.thing][top.next++];
      if (states[need] == State::kNew) stack.push_back({need});
      if (states[need] != State::kOpen) continue;
      auto from = std::find_if(stack.begin(), stack.end(),
                               [&](const Frame& frame) { return frame.thing == need; });
      for (; from != stack.end(); ++from) result.cycle.push_back(from->thing);
      return result;
    }
  }
  return result;
}

}  // namespace tenon::wit
