// Sizes and times as the command line writes them: a whole number and a unit. What does not fit
// 64 bits or the bounds given is an error that says what was expected.
#pragma once

#include <cstdint>

#include "absl/strings/string_view.h"
#include "vm/base/status.h"

namespace tenon::cli {

// "65536", "512k", "64M", "2G": bytes, in powers of 1,024. From `least` to `most`, which errors
// name.
Result<uint64_t> ParseSize(absl::string_view text, uint64_t least, uint64_t most);

// "500ms", "2s", "1m", "1h": nanoseconds, more than none and at most a year.
Result<uint64_t> ParseDuration(absl::string_view text);

}  // namespace tenon::cli
