// Maps and sets of handles that are mostly small: a few keys are searched one by one, many through
// a hash index. Nothing is ever removed, and values move when one is added.
#pragma once

#include <cstdint>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/container/inlined_vector.h"

namespace tenon::abi {

template <typename K, typename V>
class SmallMap {
 public:
  bool empty() const { return entries_.empty(); }

  // Null when there is no such key.
  const V* Find(const K& key) const {
    if (!index_.empty()) {
      const auto found = index_.find(key);
      return found == index_.end() ? nullptr : &entries_[found->second].second;
    }
    for (const auto& entry : entries_) {
      if (entry.first == key) return &entry.second;
    }
    return nullptr;
  }
  V* Find(const K& key) { return const_cast<V*>(std::as_const(*this).Find(key)); }

  // False, and nothing changes, when the key is there already.
  bool Insert(const K& key, V value) {
    if (Find(key) != nullptr) return false;
    entries_.emplace_back(key, std::move(value));
    if (!index_.empty()) {
      index_.emplace(key, static_cast<uint32_t>(entries_.size() - 1));
    } else if (entries_.size() > kFew) {
      for (uint32_t i = 0; i < entries_.size(); ++i) index_.emplace(entries_[i].first, i);
    }
    return true;
  }
  void Set(const K& key, V value) {
    if (V* const found = Find(key)) {
      *found = std::move(value);
    } else {
      Insert(key, std::move(value));
    }
  }

 private:
  static constexpr size_t kFew = 16;

  absl::InlinedVector<std::pair<K, V>, 4> entries_;
  absl::flat_hash_map<K, uint32_t> index_;  // of all entries, once there are more than kFew
};

template <typename K>
class SmallSet {
 public:
  bool Contains(const K& key) const { return map_.Find(key) != nullptr; }
  // False when the key is there already.
  bool Insert(const K& key) { return map_.Insert(key, {}); }

 private:
  struct Nothing {};
  SmallMap<K, Nothing> map_;
};

}  // namespace tenon::abi
