// Runs a generated module and writes down all that a host can see of it, so that two runs can be
// compared: of two settings of an engine, or of two engines.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "absl/types/span.h"
#include "vm/runtime/engine.h"
#include "vm/syntax/types.h"

namespace tenon::vm {

// A number without its NaN's bits, which are nobody's promise: "i32:2a", "f64:nan".
std::string FormatNumber(ValType type, uint64_t bits);

struct ObservedCall {
  std::string name;
  std::vector<std::string> arguments;
  // "returns i32:2a f32:nan", "trap unreachable", "exception e1", "exception ?"
  std::string outcome;
  bool operator==(const ObservedCall&) const = default;
};

struct Observation {
  std::string instantiation;        // an outcome; without results when there are calls
  std::vector<ObservedCall> calls;  // of every exported function, some times
  std::vector<std::string> state;   // after them: "g1 i64:7", "m0 65536 811c9dc5", "t0 8"
  bool operator==(const Observation&) const = default;
};

struct RunSettings {
  EngineSettings engine;
  bool collect_always = false;
};

// Of a module that GenerateModule made. Anything but running as a valid module does is fatal.
Observation Observe(absl::Span<const uint8_t> bytes, const RunSettings& settings);

// All of it as lines.
std::string ToString(const Observation& observation);

}  // namespace tenon::vm
