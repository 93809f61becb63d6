// Maps and sets of names for scopes that are mostly small: a few names are searched one by one,
// many through a hash index. Names are views and must outlive the map. Order is that of insertion.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/container/flat_hash_map.h"
#include "absl/container/flat_hash_set.h"
#include "absl/container/inlined_vector.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::abi {

template <typename T>
class NameMap {
 public:
  using Entry = std::pair<absl::string_view, T>;

  void Reserve(size_t count) { entries_.reserve(count); }
  size_t size() const { return entries_.size(); }
  auto begin() const { return entries_.begin(); }
  auto end() const { return entries_.end(); }

  // False, and nothing changes, when the name is there already.
  bool Insert(absl::string_view name, T value) {
    if (Find(name) != nullptr) return false;
    Add(name, std::move(value));
    return true;
  }

  // For a name that is known to be new.
  void Add(absl::string_view name, T value) {
    entries_.emplace_back(name, std::move(value));
    if (index_ != nullptr) {
      index_->emplace(name, static_cast<uint32_t>(entries_.size() - 1));
    } else if (entries_.size() > kFew) {
      BuildIndex();
    }
  }

  // Null when there is no such name; good until the next insertion.
  const T* Find(absl::string_view name) const {
    if (index_ != nullptr) {
      const auto found = index_->find(name);
      return found == index_->end() ? nullptr : &entries_[found->second].second;
    }
    for (const Entry& entry : entries_) {
      if (entry.first == name) return &entry.second;
    }
    return nullptr;
  }

  T* Find(absl::string_view name) { return const_cast<T*>(std::as_const(*this).Find(name)); }
  // Of a name that is there.
  const T& At(absl::string_view name) const {
    const T* found = Find(name);
    TENON_CHECK(found != nullptr);
    return *found;
  }

 private:
  static constexpr size_t kFew = 32;

  void BuildIndex() {
    index_ = std::make_unique<absl::flat_hash_map<absl::string_view, uint32_t>>();
    for (uint32_t i = 0; i < entries_.size(); ++i) index_->emplace(entries_[i].first, i);
  }

  std::vector<Entry> entries_;
  std::unique_ptr<absl::flat_hash_map<absl::string_view, uint32_t>> index_;
};

// Names that must differ even when case is ignored.
class UniqueNames {
 public:
  // False when an equal name is there already.
  bool Insert(absl::string_view name);

 private:
  static constexpr size_t kFew = 40;

  absl::InlinedVector<absl::string_view, 8> few_;
  absl::flat_hash_set<std::string> many_;  // in lower case; holds all once there are more than kFew
};

}  // namespace tenon::abi
