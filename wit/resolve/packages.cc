#include "wit/resolve/packages.h"

#include <iterator>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "wit/resolve/order.h"

namespace tenon::wit {
namespace {

int RankOf(const WorldItem& item) {
  if (item.name.empty() && std::holds_alternative<InterfaceIdx>(item.what)) return 0;
  return item.name.empty() || std::holds_alternative<TypeIdx>(item.what) ? 1 : 2;
}

void SortByRank(std::vector<WorldItem>& imports) {
  std::vector<WorldItem> by_rank[3];
  for (WorldItem& item : imports) by_rank[RankOf(item)].push_back(std::move(item));
  imports.clear();
  for (std::vector<WorldItem>& items : by_rank) {
    std::move(items.begin(), items.end(), std::back_inserter(imports));
  }
}

bool SortByUses(const Packages& packages, std::vector<WorldItem>& items) {
  absl::flat_hash_map<InterfaceIdx, uint32_t> places;
  for (uint32_t i = 0; i < items.size(); ++i) {
    const auto* interface = std::get_if<InterfaceIdx>(&items[i].what);
    if (interface != nullptr && items[i].name.empty()) places.emplace(*interface, i);
  }
  std::vector<std::vector<uint32_t>> needs(items.size());
  for (uint32_t i = 0; i < items.size(); ++i) {
    const auto* interface = std::get_if<InterfaceIdx>(&items[i].what);
    if (interface == nullptr) continue;
    for (const InterfaceIdx use : packages[*interface].uses) {
      if (const auto place = places.find(use); place != places.end()) {
        needs[i].push_back(place->second);
      }
    }
  }
  const Order order = OrderByNeeds(needs);
  if (!order.cycle.empty()) return false;
  std::vector<WorldItem> sorted;
  for (const uint32_t i : order.order) sorted.push_back(std::move(items[i]));
  items = std::move(sorted);
  return true;
}

}  // namespace

bool SortItems(const Packages& packages, World& world) {
  SortByRank(world.imports);
  return SortByUses(packages, world.imports) && SortByUses(packages, world.exports);
}

}  // namespace tenon::wit
