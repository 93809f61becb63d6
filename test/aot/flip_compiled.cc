// tenon_flip_compiled FILE.tenon COUNT [SEED]: runs copies of a compiled command, each with some
// bits of what loading relies on flipped, or cut short. Each must be refused, or print the same and
// exit alike. Counts both; exits with 1 where one is neither, where all were refused, and where the
// whole file does not run. Dies of what crashes.
#include <tenon/tenon.h>

#include <sys/mman.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "abi/api/reps.h"
#include "absl/strings/match.h"
#include "vm/artifact/format.h"
#include "vm/artifact/image.h"
#include "vm/sys/file.h"
#include "vm/sys/input_file.h"
#include "wasi/wasi.h"

namespace tenon {
namespace {

using Bytes = std::vector<uint8_t>;
using vm::artifact::Part;

// Everything but code and source: the checked bytes, functions, rows and plan.
std::vector<Part> TrustedParts(const Bytes& bytes) {
  const vm::artifact::Header* header = nullptr;
  for (size_t at = 0; header == nullptr; at += 8) {
    if (std::memcmp(bytes.data() + at, vm::artifact::kMagic, 8) == 0) {
      header = reinterpret_cast<const vm::artifact::Header*>(bytes.data() + at);
    }
  }
  std::vector<Part> parts = {{0, header->checked_bytes}};
  const auto* modules =
      reinterpret_cast<const vm::artifact::Module*>(bytes.data() + header->modules);
  for (uint32_t i = 0; i < header->module_count; ++i) {
    parts.push_back({modules[i].funcs, modules[i].func_count * sizeof(vm::artifact::Func)});
  }
  const uint64_t begin = header->trailer.offset;
  parts.push_back({begin + header->rows.offset, header->rows.size});
  parts.push_back({begin + header->plan.offset, header->plan.size});
  return parts;
}

// What a run of the file prints and how it ends; "refused" when it does not begin.
class Runner {
 public:
  Runner() : output_(memfd_create("output", MFD_CLOEXEC)) { AddWasi(linker_); }

  std::string Run(const Bytes& bytes) {
    auto file = vm::sys::File::OfBytes(bytes);
    if (!file) return "no memory";
    const auto image = vm::artifact::Image::Map(std::move(*file));
    if (!image) return "refused";
    const Engine engine(OptionsOf(**image));
    const Expected<Component> component = LoadCompiled(engine, *image);
    if (!component) return "refused";
    Store store(engine);
    WasiContext grants;
    grants.SetStandardStreams(0, output_, output_);
    if (!SetWasi(store, std::move(grants))) return "no grants";
    const Expected<Instance> instance = linker_.Instantiate(store, *component);
    if (!instance) return "refused";
    const auto run = instance->GetFunc<Expected<void, std::monostate>()>(
        "wasi:cli/run@" TENON_WASI_VERSION, "run");
    if (!run) return "refused";
    const auto outcome = run->Call();
    return TakeOutput() +
           (outcome ? outcome->has_value() ? "ok" : "failed" : outcome.error().message());
  }

 private:
  std::string TakeOutput() {
    char buffer[4096];
    const ssize_t size = pread(output_, buffer, sizeof buffer, 0);
    if (ftruncate(output_, 0) != 0 || lseek(output_, 0, SEEK_SET) != 0 || size < 0) std::abort();
    return std::string(buffer, static_cast<size_t>(size));
  }

  int output_;
  Linker linker_;
};

int Main(int argc, char** argv) {
  if (argc < 3) {
    std::fprintf(stderr, "usage: tenon_flip_compiled FILE.tenon COUNT [SEED]\n");
    return 2;
  }
  const auto bytes = vm::sys::ReadInputFile(argv[1], uint64_t{1} << 32);
  if (!bytes) {
    std::fprintf(stderr, "%s: %s\n", argv[1], bytes.error().ToString().c_str());
    return 2;
  }
  const std::vector<Part> parts = TrustedParts(*bytes);
  uint64_t total = 0;
  for (const Part& part : parts) total += part.size;
  std::mt19937_64 random(argc > 3 ? std::strtoull(argv[3], nullptr, 10) : 1);
  Runner runner;
  const std::string expected = runner.Run(*bytes);
  if (!absl::EndsWith(expected, "ok")) {
    std::fprintf(stderr, "%s: %s\n", argv[1], expected.c_str());
    return 1;
  }
  uint64_t refused = 0, same = 0, other = 0;
  for (uint64_t left = std::strtoull(argv[2], nullptr, 10); left != 0; --left) {
    Bytes damaged = *bytes;
    if (random() % 16 == 0) {
      damaged.resize(random() % damaged.size());
    } else {
      for (uint64_t flips = 1 + random() % 3; flips != 0; --flips) {
        uint64_t at = random() % total;
        for (const Part& part : parts) {
          if (at < part.size) {
            damaged[part.offset + at] ^= static_cast<uint8_t>(1 << random() % 8);
            break;
          }
          at -= part.size;
        }
      }
    }
    const std::string outcome = runner.Run(damaged);
    ++(outcome == "refused" ? refused : outcome == expected ? same : other);
    if (outcome != "refused" && outcome != expected) std::printf("%s\n", outcome.c_str());
  }
  std::printf("%llu refused, %llu the same, %llu neither\n",
              static_cast<unsigned long long>(refused), static_cast<unsigned long long>(same),
              static_cast<unsigned long long>(other));
  return other == 0 && same != 0 ? 0 : 1;
}

}  // namespace
}  // namespace tenon

int main(int argc, char** argv) { return tenon::Main(argc, argv); }
