#include <string>
#include <tuple>
#include <vector>

#include "abi/link/host.h"
#include "wasi/ctx/context.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

void AddPreopens(abi::HostInterface& preopens) {
  preopens.Func("get-directories", [](abi::HostContext& cx) {
    std::vector<std::tuple<abi::Own<Descriptor>, std::string>> directories;
    for (const Preopen& preopen : GrantsOf(cx).preopens()) {
      directories.emplace_back(abi::MakeOwn<Descriptor>(preopen.directory), preopen.guest_path);
    }
    return directories;
  });
}

}  // namespace tenon::wasi
