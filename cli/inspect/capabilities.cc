#include "cli/inspect/capabilities.h"

#include <variant>

#include "abi/link/host.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "wasi/wasi.h"

namespace tenon::cli {
namespace {

struct Capability {
  const char* words;
  absl::string_view interfaces;  // what their names begin with
  absl::string_view function;    // empty: any
};

constexpr Capability kCapabilities[] = {
    {"files", "wasi:filesystem/", ""},
    {"network", "wasi:sockets/", ""},
    {"HTTP", "wasi:http/", ""},
    {"environment variables", "wasi:cli/environment@", "get-environment"},
    {"command-line arguments", "wasi:cli/environment@", "get-arguments"},
    {"working directory", "wasi:cli/environment@", "initial-cwd"},
    {"standard input", "wasi:cli/stdin@", ""},
    {"standard output", "wasi:cli/stdout@", ""},
    {"standard error", "wasi:cli/stderr@", ""},
    {"terminal", "wasi:cli/terminal-", ""},
    {"clocks", "wasi:clocks/", ""},
    {"randomness", "wasi:random/", ""},
    {"exit", "wasi:cli/exit@", ""},
};

// Calls `visit(import, function)` for each function that the component imports; the function's name
// is empty where the import itself is one.
template <typename Visit>
void ForEachFunc(const abi::TypeTable& types, const abi::Plan& plan, Visit visit) {
  for (const abi::PlanImport& import : plan.imports) {
    if (std::holds_alternative<abi::FuncTypeId>(import.type)) visit(import.name, "");
    const auto* instance = std::get_if<abi::InstanceTypeId>(&import.type);
    if (instance == nullptr) continue;
    for (const abi::NamedItem& item : types.Get(*instance).exports) {
      if (std::holds_alternative<abi::FuncTypeId>(item.type)) visit(import.name, item.name);
    }
  }
}

bool Asks(const Capability& capability, absl::string_view import, absl::string_view function) {
  return absl::StartsWith(import, capability.interfaces) &&
         (capability.function.empty() || capability.function == function);
}

}  // namespace

std::vector<std::string> Capabilities(const abi::TypeTable& types, const abi::Plan& plan) {
  std::vector<std::string> words;
  for (const Capability& capability : kCapabilities) {
    bool asked = false;
    ForEachFunc(types, plan, [&](absl::string_view import, absl::string_view function) {
      asked = asked || Asks(capability, import, function);
    });
    if (asked) words.push_back(capability.words);
  }
  return words;
}

std::vector<std::string> UnknownImports(const abi::TypeTable& types, const abi::Plan& plan) {
  abi::HostLinker host;
  wasi::AddToLinker(host);
  std::vector<std::string> unknown;
  ForEachFunc(types, plan, [&](absl::string_view import, absl::string_view function) {
    const bool is_plain = function.empty();
    const abi::HostInterface* interface = is_plain ? &host.root() : host.Find(import);
    std::string name(import);
    if (interface != nullptr) {
      if (interface->table().FindFunc(is_plain ? import : function) != nullptr) return;
      if (!is_plain) absl::StrAppend(&name, "#", function);
    }
    // The functions of an interface come one after another.
    if (unknown.empty() || unknown.back() != name) unknown.push_back(std::move(name));
  });
  return unknown;
}

}  // namespace tenon::cli
