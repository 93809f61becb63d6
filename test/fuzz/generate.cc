// tenon_generate: modules made by the generator, and what they do here.
//
//   tenon_generate [--first SEED] [--count N] [--legacy] -o DIRECTORY
//
// Writes DIRECTORY/SEED.wasm for each seed, and DIRECTORY/observed.json: a list of
// {"module": "SEED.wasm", "instantiation": .., "calls": [{"name", "arguments", "outcome"}],
// "state": [..]}, in the words of observe.h. Modules are portable, with what V8 has (README.md).
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/string_view.h"
#include "test/fuzz/generator/generator.h"
#include "test/fuzz/observe.h"

namespace tenon::vm {
namespace {

struct Arguments {
  uint64_t first = 0;
  uint64_t count = 1;
  bool legacy = false;
  std::string directory;
};

bool Parse(int argc, char** argv, Arguments* out) {
  for (int i = 1; i < argc; ++i) {
    const absl::string_view option = argv[i];
    if (option == "--legacy") {
      out->legacy = true;
      continue;
    }
    if (i + 1 == argc) return false;
    const absl::string_view value = argv[++i];
    if (option == "--first" && absl::SimpleAtoi(value, &out->first)) continue;
    if (option == "--count" && absl::SimpleAtoi(value, &out->count)) continue;
    if (option != "-o") return false;
    out->directory = std::string(value);
  }
  return !out->directory.empty();
}

// What V8 has. It does not take both forms of exceptions in one module.
GeneratorOptions Options(bool legacy) {
  GeneratorOptions options{
      .features = Features(), .exception_references = !legacy, .portable = true};
  options.features.Set(Feature::kRelaxedSimd, false);
  options.features.Set(Feature::kThreads, true);
  options.features.Set(Feature::kLegacyExceptions, legacy);
  return options;
}

// No text here has anything that JSON escapes.
std::string Strings(const std::vector<std::string>& list) {
  return list.empty() ? "[]" : absl::StrCat("[\"", absl::StrJoin(list, "\", \""), "\"]");
}

std::string ToJson(absl::string_view module, const Observation& observation) {
  std::string calls;
  for (const ObservedCall& call : observation.calls) {
    absl::StrAppend(&calls, calls.empty() ? "" : ",", "\n  {\"name\": \"", call.name,
                    "\", \"arguments\": ", Strings(call.arguments), ", \"outcome\": \"",
                    call.outcome, "\"}");
  }
  return absl::StrCat("{\"module\": \"", module, "\", \"instantiation\": \"",
                      observation.instantiation, "\",\n \"calls\": [", calls,
                      "],\n \"state\": ", Strings(observation.state), "}");
}

int Main(int argc, char** argv) {
  Arguments arguments;
  if (!Parse(argc, argv, &arguments)) {
    std::cerr << "usage: tenon_generate [--first SEED] [--count N] [--legacy] -o DIRECTORY\n";
    return 2;
  }
  const GeneratorOptions options = Options(arguments.legacy);
  std::ofstream observed(absl::StrCat(arguments.directory, "/observed.json"));
  for (uint64_t i = 0; i < arguments.count; ++i) {
    const uint64_t seed = arguments.first + i;
    const std::vector<uint8_t> bytes = GenerateModule(seed, options);
    const std::string name = absl::StrCat(seed, ".wasm");
    std::ofstream(absl::StrCat(arguments.directory, "/", name), std::ios::binary)
        .write(reinterpret_cast<const char*>(bytes.data()), bytes.size());
    const Observation observation = Observe(bytes, {.engine = {.features = options.features}});
    observed << (i == 0 ? "[" : ",\n") << ToJson(name, observation);
  }
  observed << "]\n";
  return observed.good() ? 0 : 1;
}

}  // namespace
}  // namespace tenon::vm

int main(int argc, char** argv) { return tenon::vm::Main(argc, argv); }
