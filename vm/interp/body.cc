#include "vm/interp/body.h"

#include <algorithm>
#include <map>
#include <mutex>

namespace tenon::vm::interp {
namespace {

struct Registry {
  std::mutex mutex;
  std::map<const Word*, const Body*> by_start;
};

// Never destroyed: stores may outlive static destruction.
Registry& GetRegistry() {
  static Registry& registry = *new Registry();
  return registry;
}

}  // namespace

uint32_t Body::OffsetOf(const Word* ip, bool is_return_address) const {
  const uint32_t word = static_cast<uint32_t>(ip - code.get()) - (is_return_address ? 1 : 0);
  const auto after =
      std::upper_bound(positions.begin(), positions.end(), word,
                       [](uint32_t value, const CodePosition& p) { return value < p.word; });
  return after == positions.begin() ? 0 : std::prev(after)->offset;
}

void RegisterBody(const Body* body) {
  Registry& registry = GetRegistry();
  std::lock_guard lock(registry.mutex);
  registry.by_start[body->code.get()] = body;
}

void UnregisterBody(const Body* body) {
  Registry& registry = GetRegistry();
  std::lock_guard lock(registry.mutex);
  registry.by_start.erase(body->code.get());
}

const Body* FindBody(const Word* ip) {
  Registry& registry = GetRegistry();
  std::lock_guard lock(registry.mutex);
  auto after = registry.by_start.upper_bound(ip);
  if (after == registry.by_start.begin()) return nullptr;
  const Body* body = std::prev(after)->second;
  // A return address may stand just behind the last instruction.
  return ip <= body->code.get() + body->size ? body : nullptr;
}

}  // namespace tenon::vm::interp
