// A server that hands each request to a plugin, and outlives whatever the plugin does. Requests are
// lines of standard input, "PLUGIN USER LIMIT SAMPLE...", and each is answered by one line.
#include <tenon/tenon.h>

#include <chrono>
#include <cstdio>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

struct Request {
  std::string user;
  uint32_t limit = 0;
};

template <>
struct tenon::RecordOf<Request> {
  static constexpr auto kFields =
      std::make_tuple(Field("user", &Request::user), Field("limit", &Request::limit));
};

using Reply = tenon::Expected<std::string, std::string>;
using Handle = Reply(Request, std::vector<uint32_t>);

namespace {

class PluginHost {
 public:
  explicit PluginHost(std::string directory) : directory_(std::move(directory)) {
    linker_.Root().Func("log", [](std::string_view text) { std::cout << "log: " << text << "\n"; });
  }

  // An instance of its own for each request: what one leaves behind no other sees.
  tenon::Expected<Reply> Answer(const std::string& plugin, Request request,
                                std::vector<uint32_t> samples) {
    auto component = Load(plugin);
    if (!component) return tenon::Unexpected(std::move(component).error());
    tenon::Store store(engine_, {.memory_bytes = 16 << 20});
    if (auto set = store.SetTimeout(std::chrono::milliseconds(200)); !set) {
      return tenon::Unexpected(std::move(set).error());
    }
    auto instance = linker_.Instantiate(store, *component);
    if (!instance) return tenon::Unexpected(std::move(instance).error());
    auto handle = instance->GetFunc<Handle>("handle");
    if (!handle) return tenon::Unexpected(std::move(handle).error());
    return handle->Call(std::move(request), std::move(samples));
  }

 private:
  // Plugins are checked once, when they are first asked for.
  tenon::Expected<tenon::Component> Load(const std::string& plugin) {
    if (const auto known = plugins_.find(plugin); known != plugins_.end()) return known->second;
    // A request's word may not lead out of the plugins' directory.
    if (plugin.find('/') != std::string::npos) {
      return tenon::Unexpected(tenon::Error(tenon::ErrorKind::kUsage, "no such plugin"));
    }
    auto component = tenon::Component::FromFile(engine_, directory_ + "/" + plugin + ".wasm");
    if (component) plugins_.emplace(plugin, *component);
    return component;
  }

  std::string directory_;
  tenon::Engine engine_;
  tenon::Linker linker_;
  std::map<std::string, tenon::Component> plugins_;
};

void Print(const tenon::Expected<Reply>& answer) {
  if (!answer) {
    const tenon::Trap* trap = answer.error().trap();
    std::cout << (trap != nullptr ? "plugin ended: " + trap->message : answer.error().ToString());
  } else if (*answer) {
    std::cout << "ok: " << **answer;
  } else {
    std::cout << "refused: " << (*answer).error();
  }
  std::cout << std::endl;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return std::fputs("usage: plugin-host PLUGIN_DIRECTORY\n", stderr), 2;
  PluginHost host(argv[1]);
  for (std::string line; std::getline(std::cin, line);) {
    std::istringstream words(line);
    std::string plugin;
    Request request;
    std::vector<uint32_t> samples;
    words >> plugin >> request.user >> request.limit;
    for (uint32_t sample; words >> sample;) samples.push_back(sample);
    Print(host.Answer(plugin, std::move(request), std::move(samples)));
  }
}
