// A script of the official test format as data: a list of directives, each with its line. Modules
// written as text are parsed already; binary and quoted ones are still bytes. The format is that of
// the reference interpreter (WebAssembly/spec, interpreter/README.md, "Scripts").
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "cli/wast/matching.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"

namespace tenon::cli {

struct ScriptModule {
  enum class Form : uint8_t { kText, kBinary, kQuote };
  Form form = Form::kText;
  std::string name;                  // "$M", or empty
  bool is_definition = false;        // (module definition ..): validated, not instantiated
  std::string source;                // the bytes (kBinary) or the text (kQuote)
  std::optional<vm::Module> module;  // kText; taken by the runner
  std::optional<Error> error;        // kText that does not parse
};

struct Action {
  enum class Kind : uint8_t { kInvoke, kGet };
  Kind kind = Kind::kInvoke;
  std::string instance;  // "$M", or empty for the last one
  std::string name;      // of the export
  std::vector<ScriptValue> arguments;
};

struct Directive {
  enum class Kind : uint8_t {
    kModule,          // `module`
    kModuleInstance,  // `name` of the instance, `definition`
    kRegister,        // `text` as name, `name` of the instance
    kAction,          // `action`
    kAssertReturn,    // `action`, `expected`
    kAssertTrap,      // `action` or `module`, `text`
    kAssertExhaustion,
    kAssertException,
    kAssertMalformed,  // `module`, `text`; and so on
    kAssertInvalid,
    kAssertMalformedCustom,
    kAssertInvalidCustom,
    kAssertUnlinkable,
    kThread,  // `name` of the thread, `definition` of the instance it shares, `body`
    kWait,    // `name` of the thread
    kBroken,  // `error`: not of the format, or not supported
  };
  Kind kind = Kind::kBroken;
  uint32_t line = 0;
  std::string text;
  std::string name;
  std::string definition;
  std::optional<ScriptModule> module;
  std::optional<Action> action;
  std::vector<ResultPattern> expected;
  std::vector<Directive> body;
  std::optional<Error> error;
};

struct Script {
  std::vector<Directive> directives;
  std::optional<Error> error;  // why the text behind the last directive could not be read
};

// Parses a whole script. A directive that is not of the format becomes kBroken and the rest goes
// on behind its closing parenthesis; where that cannot be found, the script ends with an error.
Script ParseScript(absl::string_view text);

// Decodes or parses what is not yet. Takes the module's contents.
Result<vm::Module> ReadScriptModule(ScriptModule& module, const vm::Features& features);

}  // namespace tenon::cli
