#include "vm/base/near_match.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <vector>

#include "absl/strings/match.h"

namespace tenon {
namespace {

constexpr size_t kMaxLength = 200;        // of a word; comparing two takes their product at most
constexpr uint64_t kMaxWork = 4'000'000;  // pairs of letters that are compared for one word

// The distance, or `limit` if it is no less, which is known sooner: only pairs of places that lie
// less than `limit` apart can be on the way. Adds to `work` the pairs that were looked at.
size_t DistanceBelow(size_t limit, absl::string_view from, absl::string_view to, uint64_t* work) {
  const size_t difference = std::max(from.size(), to.size()) - std::min(from.size(), to.size());
  if (difference >= limit) return limit;
  // distances[j]: between the part of `from` read so far and the first j letters of `to`.
  std::vector<size_t> distances(to.size() + 1);
  std::iota(distances.begin(), distances.end(), size_t{0});
  for (size_t i = 0; i < from.size(); ++i) {
    const size_t begin = i + 1 < limit ? 0 : i + 1 - limit;
    const size_t end = std::min(to.size(), i + limit);
    size_t diagonal = distances[begin];
    distances[begin] = begin == 0 ? i + 1 : limit;
    size_t least = distances[begin];
    for (size_t j = begin; j < end; ++j) {
      const size_t replaced = diagonal + (from[i] == to[j] ? 0 : 1);
      diagonal = distances[j + 1];
      distances[j + 1] = std::min({replaced, diagonal + 1, distances[j] + 1});
      least = std::min(least, distances[j + 1]);
    }
    *work += end - begin;
    if (least >= limit) return limit;
  }
  return std::min(distances.back(), limit);
}

}  // namespace

size_t EditDistance(absl::string_view from, absl::string_view to) {
  uint64_t work = 0;
  return DistanceBelow(std::max(from.size(), to.size()) + 1, from, to, &work);
}

absl::string_view NearMatch(absl::string_view word, absl::Span<const absl::string_view> names) {
  if (word.empty() || word.size() > kMaxLength) return {};
  absl::string_view nearest;
  size_t limit = std::min(std::max(size_t{2}, word.size() / 3) + 1, word.size());
  uint64_t work = 0;
  for (const absl::string_view name : names) {
    if (absl::StartsWith(name, word)) return name;
    if (name.size() > kMaxLength || work > kMaxWork) continue;
    const size_t distance = DistanceBelow(limit, word, name, &work);
    if (distance >= limit) continue;
    nearest = name;
    limit = distance;
  }
  return nearest;
}

}  // namespace tenon
