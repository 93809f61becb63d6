#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "abi/link/host.h"
#include "absl/strings/string_view.h"
#include "wasi/ctx/context.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

using abi::HostContext;

void AddEnvironment(abi::HostInterface& environment) {
  environment.Func("get-environment", [](HostContext& cx) {
    std::vector<std::tuple<absl::string_view, absl::string_view>> variables;
    for (const auto& [name, value] : GrantsOf(cx).environment()) {
      variables.emplace_back(name, value);
    }
    return variables;
  });
  environment.Func("get-arguments", [](HostContext& cx) {
    const std::vector<std::string>& arguments = GrantsOf(cx).arguments();
    return std::vector<absl::string_view>(arguments.begin(), arguments.end());
  });
  // A directory is granted by name, and none of them is "the current one".
  environment.Func("initial-cwd", [](HostContext&) { return std::optional<std::string>(); });
}

}  // namespace tenon::wasi
