#include "cli/input_file.h"

#include <unistd.h>

#include <cstring>

#include "abi/binary/decode.h"
#include "vm/syntax/limits.h"
#include "vm/sys/input_file.h"
#include "vm/text/lexer.h"

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

bool IsText(absl::Span<const uint8_t> bytes) {
  if (bytes.empty() || bytes[0] == 0) return false;
  vm::Lexer lexer({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  const vm::TokenKind first = lexer.Peek().kind;
  return first == vm::TokenKind::kLeftParen || first == vm::TokenKind::kAnnotation;
}

std::string WhyNoComponent(absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return "the file is empty";
  if (IsCoreModule(bytes) || IsText(bytes)) {
    return "a core module, not a component: there is no wasi:cli/run in it to run";
  }
  if (IsWasm(bytes)) return "a WebAssembly file that ends within its first eight bytes";
  return "not a WebAssembly component: it does not begin with \"\\0asm\"";
}

}  // namespace tenon::cli
