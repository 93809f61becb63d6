#include "vm/base/near_match.h"

#include <algorithm>
#include <numeric>
#include <vector>

#include "absl/strings/match.h"

namespace tenon {

size_t EditDistance(absl::string_view from, absl::string_view to) {
  // distances[j]: between the part of `from` read so far and the first j letters of `to`.
  std::vector<size_t> distances(to.size() + 1);
  std::iota(distances.begin(), distances.end(), size_t{0});
  for (size_t i = 0; i < from.size(); ++i) {
    size_t diagonal = distances[0];
    distances[0] = i + 1;
    for (size_t j = 0; j < to.size(); ++j) {
      const size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = distances[j + 1];
      distances[j + 1] = std::min({replaced, diagonal + 1, distances[j] + 1});
    }
  }
  return distances.back();
}

absl::string_view NearMatch(absl::string_view word, absl::Span<const absl::string_view> names) {
  constexpr size_t kMaxLength = 200;  // the distance takes the product of both lengths
  if (word.empty() || word.size() > kMaxLength) return {};
  absl::string_view nearest;
  size_t limit = std::min(std::max(size_t{2}, word.size() / 3) + 1, word.size());
  for (const absl::string_view name : names) {
    if (absl::StartsWith(name, word)) return name;
    if (name.size() > kMaxLength) continue;
    const size_t distance = EditDistance(word, name);
    if (distance >= limit) continue;
    nearest = name;
    limit = distance;
  }
  return nearest;
}

}  // namespace tenon
