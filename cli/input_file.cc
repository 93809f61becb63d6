#include "cli/input_file.h"

#include <unistd.h>

#include <cstring>

#include "abi/binary/decode.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "vm/syntax/limits.h"
#include "vm/sys/input_file.h"

namespace tenon::cli {
namespace {

bool IsWasm(absl::Span<const uint8_t> bytes) {
  constexpr uint8_t kMagic[] = {0, 'a', 's', 'm'};
  return bytes.size() >= sizeof kMagic && std::memcmp(bytes.data(), kMagic, sizeof kMagic) == 0;
}

}  // namespace

Result<std::vector<uint8_t>> ReadInputFile(const std::string& path) {
  // The guest keeps the standard input, which then is at its end.
  if (path == "-") return vm::sys::ReadInput(STDIN_FILENO, vm::kMaxModuleBytes);
  return vm::sys::ReadInputFile(path, vm::kMaxModuleBytes);
}

bool IsCoreModule(absl::Span<const uint8_t> bytes) {
  return bytes.size() >= 8 && IsWasm(bytes) && !abi::IsComponent(bytes);
}

std::string WhyNoComponent(absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return "the file is empty";
  if (IsCoreModule(bytes)) {
    return "a core module, not a component: there is no wasi:cli/run in it to run";
  }
  if (IsWasm(bytes)) return "a WebAssembly file that ends within its first eight bytes";
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  const absl::string_view start = absl::StripLeadingAsciiWhitespace(text);
  for (const char* form : {"(component", "(module", ";;", "(;"}) {
    if (absl::StartsWith(start, form)) {
      return "WebAssembly text, not a component: it must be turned into the binary format first";
    }
  }
  return "not a WebAssembly component: it does not begin with \"\\0asm\"";
}

}  // namespace tenon::cli
