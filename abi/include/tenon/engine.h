// What all components and stores of a program share, and a component made ready to be instantiated.
// Both are handles: copies are the same thing, from any thread, alive as long as anything uses it.
#pragma once

#include <tenon/bounds.h>
#include <tenon/expected.h>

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace tenon {

struct EngineRep;
struct ComponentRep;

// Which proposals of core WebAssembly the modules of components may use. At first all of core 3.0.
class Features {
 public:
  constexpr Features() = default;
  // Core 3.0 with changes, by the flags of `tenon run --features`: "threads,-simd" is one more and
  // one less. Fails with kUsage at an unknown one.
  static Expected<Features> FromList(std::string_view list);

  uint64_t rep() const { return changes_; }
  static constexpr Features FromRep(uint64_t rep) {
    Features features;
    features.changes_ = rep;
    return features;
  }

 private:
  uint64_t changes_ = 0;  // a bit for each whose default is turned
};

struct EngineOptions {
  Bounds bounds = Bounds::kGuard;
  Features features;
};

class Engine {
 public:
  Engine() : Engine(EngineOptions()) {}
  explicit Engine(EngineOptions options);

  const std::shared_ptr<EngineRep>& rep() const { return rep_; }

 private:
  std::shared_ptr<EngineRep> rep_;
};

// When the bodies of functions are validated. With kLazy each is when it is first called, and an
// invalid one traps.
enum class Validation : uint8_t { kEager, kLazy };

class Component {
 public:
  // Decodes and validates a component, whose bytes it takes or reads. kMalformed, kInvalid or
  // kLimit when it is wrong or too much, with the offset; kIo when the file can't be read; kUsage
  // when the engine was moved from. What FromFile says begins with the path.
  static Expected<Component> FromBytes(const Engine& engine, std::vector<uint8_t> bytes,
                                       Validation validation = Validation::kEager);
  static Expected<Component> FromFile(const Engine& engine, const std::string& path,
                                      Validation validation = Validation::kEager);
  // Maps what `tenon compile` made of a component. It is native code: who can write the file
  // decides what this process does. kMalformed: it is no such file, or damaged; kUsage: it was
  // compiled by another version, for another processor or for other options than the engine's; kIo.
  static Expected<Component> FromCompiledFile(const Engine& engine, const std::string& path);

  explicit Component(std::shared_ptr<const ComponentRep> rep) : rep_(std::move(rep)) {}
  const std::shared_ptr<const ComponentRep>& rep() const { return rep_; }

 private:
  std::shared_ptr<const ComponentRep> rep_;
};

}  // namespace tenon
