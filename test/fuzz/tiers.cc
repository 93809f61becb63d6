// A module that a generator makes of the bytes (generator/) does the same in the interpreter and in
// compiled code with precise traps. The last byte chooses how it is compiled.
#include <cstdint>
#include <cstdio>
#include <vector>

#include "cli/compiled_wast/compile_on_load.h"
#include "test/aot/compare_tiers.h"
#include "test/fuzz/generator/generator.h"
#include "vm/base/status.h"

namespace tenon {
namespace {

jit::CompileOptions ChooseOptions(uint8_t choice) {
  constexpr jit::OptLevel kLevels[] = {jit::OptLevel::k2, jit::OptLevel::k0, jit::OptLevel::k1,
                                       jit::OptLevel::k3};
  jit::CompileOptions options{.level = kLevels[choice & 3]};
  if ((choice & 4) != 0) options.bounds = Bounds::kExplicit;
  if ((choice & 8) != 0) CompileHalf(choice >> 4, &options);
  return options;
}

}  // namespace
}  // namespace tenon

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> module = tenon::vm::GenerateModule({data, size});
  const uint8_t choice = size == 0 ? 0 : data[size - 1];
  const auto found = tenon::CompareTiers(module, tenon::ChooseOptions(choice));
  if (!found.difference.empty()) std::fprintf(stderr, "%s", found.difference.c_str());
  TENON_CHECK(found.difference.empty());
  return 0;
}
