// Runs one script in a store of its own, directive by directive, and says which failed and why.
// Function bodies are validated when a module is defined. Nothing passes without having run: what
// the engine does not support fails with its reason.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "abi/link/component.h"
#include "absl/strings/string_view.h"
#include "vm/runtime/engine.h"

namespace tenon::cli {

struct ScriptOptions {
  // Compare kinds of errors and traps only, not the suite's texts.
  bool ignore_error_messages = false;
  // Collect garbage at every allocation.
  bool collect_always = false;
  vm::EngineSettings engine;
  // What takes a component's bytes, unless that is abi::LoadComponent with all bodies validated.
  Result<std::shared_ptr<const abi::CompiledComponent>> (*load_component)(
      vm::Engine* engine, std::vector<uint8_t> bytes) = nullptr;
};

struct ScriptFailure {
  uint32_t line = 0;    // of the directive, or of what is wrong in it; 0: the script as a whole
  uint32_t column = 0;  // of what is wrong; 0 when the directive is meant
  std::string message;
  std::string caret;  // the line of the text and a caret below, where there is a column
};

struct ScriptReport {
  size_t executed = 0;  // directives, failed ones included
  size_t failed = 0;    // of those
  // One for each failed directive, and one more for a script that could not be read to its end or
  // executed another number of directives than the text has.
  std::vector<ScriptFailure> failures;

  bool passed() const { return failures.empty(); }
};

ScriptReport RunScript(absl::string_view text, const ScriptOptions& options);

}  // namespace tenon::cli
