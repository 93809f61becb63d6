#include "wit/resolve/packages.h"

#include <iterator>
#include <utility>

namespace tenon::wit {
namespace {

int RankOf(const WorldItem& item) {
  if (item.name.empty() && std::holds_alternative<InterfaceIdx>(item.what)) return 0;
  return item.name.empty() || std::holds_alternative<TypeIdx>(item.what) ? 1 : 2;
}

}  // namespace

void SortImports(std::vector<WorldItem>& imports) {
  std::vector<WorldItem> by_rank[3];
  for (WorldItem& item : imports) by_rank[RankOf(item)].push_back(std::move(item));
  imports.clear();
  for (std::vector<WorldItem>& items : by_rank) {
    std::move(items.begin(), items.end(), std::back_inserter(imports));
  }
}

}  // namespace tenon::wit
