// The custom section "producers", of modules and components: which languages, tools and kits took
// part in making it. WebAssembly/tool-conventions: "Producers Section".
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/types/span.h"

namespace tenon::vm {

inline constexpr char kProducersSection[] = "producers";

struct Producer {
  std::string field;  // "language", "processed-by" or "sdk"
  std::string name;
  std::string version;  // may be empty
  bool operator==(const Producer&) const = default;
};

// More than anybody has tools, and longer than their names: a section that says more is not read.
inline constexpr size_t kMaxProducers = 500;
inline constexpr size_t kMaxProducerNameBytes = 1'000;

// In their order. Nothing where the content is not well-formed, or beyond the limits.
std::optional<std::vector<Producer>> ReadProducers(absl::Span<const uint8_t> content);

// Notes one more in a binary of a module or component, which is well-formed, in place of another
// version of it. What stood there stays, and the section is the last one then; a section that can't
// be read is left alone, and nothing is noted.
void AddProducer(Producer producer, std::vector<uint8_t>* binary);

}  // namespace tenon::vm
