// Names of files, each once, and of so many bytes at most: line tables refer to names, so that
// there may be far more of these than there are bytes of a module.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace tenon::vm {

// What all names of a module's files, or of a component's, may take, in bytes.
inline constexpr size_t kMaxFileNames = 4 << 20;

class FileTable {
 public:
  // Adds to `names`, which nobody else does; borrowed.
  FileTable(size_t max_bytes, std::deque<std::string>* names) : names_(*names), left_(max_bytes) {}

  // A name was too much.
  bool is_full() const { return is_full_; }
  // Nothing where it is full.
  std::optional<uint32_t> IndexOf(std::string name) {
    if (is_full_) return std::nullopt;
    if (const auto known = indices_.find(name); known != indices_.end()) return known->second;
    is_full_ = name.size() > left_;
    if (is_full_) return std::nullopt;
    left_ -= name.size();
    const auto index = static_cast<uint32_t>(names_.size());
    names_.push_back(std::move(name));
    indices_.emplace(names_.back(), index);
    return index;
  }

 private:
  std::deque<std::string>& names_;
  absl::flat_hash_map<absl::string_view, uint32_t>
      indices_;  // of `names_`, which stay where they are
  size_t left_;
  bool is_full_ = false;
};

}  // namespace tenon::vm
