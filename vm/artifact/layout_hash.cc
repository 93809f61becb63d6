#include "vm/artifact/format.h"

#include "absl/strings/string_view.h"

namespace tenon::vm::artifact {
namespace {

// A line for every row that compiled code relies on.
constexpr absl::string_view kRows =
#define FUNC_FIELD(type, name, offset) "func " #name " " #offset "\n"
#define RUN_FIELD(type, name, offset) "run " #name " " #offset "\n"
#define CONTEXT_FIELD(type, name, offset) "context " #name " " #offset "\n"
#define ADAPTER_FIELD(type, name, offset) "adapter " #name " " #offset "\n"
#define MEMORY_FIELD(type, name, offset) "memory " #name " " #offset "\n"
#define TABLE_FIELD(type, name, offset) "table " #name " " #offset "\n"
#include "vm/runtime/vmctx.def"
#define BUILTIN(name, result, parameters) "builtin " #name " " #result " " #parameters "\n"
#include "vm/runtime/builtins.def"
    ;

// FNV-1a.
constexpr uint64_t Hash(absl::string_view text) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  return hash;
}

}  // namespace

uint64_t LayoutHash() {
  static constexpr uint64_t kHash = Hash(kRows);
  return kHash;
}

}  // namespace tenon::vm::artifact
