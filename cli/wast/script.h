// A script of the official test format as data: a list of directives, each with its line. Modules
// written as text are parsed already; binary and quoted ones are still bytes. The format is that of
// the reference interpreter (WebAssembly/spec, interpreter/README.md, "Scripts"), with components
// as the component model's suite writes them.
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
#include "vm/text/lexer.h"

namespace tenon::cli {

// A module, or a component, whose text is bytes already.
struct ScriptModule {
  enum class Form : uint8_t { kText, kBinary, kQuote };
  Form form = Form::kText;
  bool is_component = false;
  std::string name;                  // "$M", or empty
  bool is_definition = false;        // (module definition ..): validated, not instantiated
  std::string source;                // the bytes or the text (kQuote)
  std::optional<vm::Module> module;  // kText of a module; taken by the runner
  std::optional<Error> error;        // kText that does not parse
};

struct Action {
  enum class Kind : uint8_t { kInvoke, kGet };
  Kind kind = Kind::kInvoke;
  std::string instance;  // "$M", or empty for the last one
  std::string name;      // of the export
  std::vector<ScriptValue> arguments;
  // Where the arguments stand, for a component, whose function says their types; and why they are
  // none that a module's function takes.
  std::optional<vm::Lexer> arguments_at;
  std::optional<Error> no_core_values;
};

struct Directive {
  enum class Kind : uint8_t {
    kModule,          // `module`
    kModuleInstance,  // `name` of the instance, `definition`
    kComponentInstance,
    kRegister,      // `text` as name, `name` of the instance
    kAction,        // `action`
    kAssertReturn,  // `action`, `expected`
    kAssertTrap,    // `action` or `module`, `text`
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
  std::optional<vm::Lexer> expected_at;  // as an action's arguments
  std::optional<Error> no_core_results;
  std::vector<Directive> body;
  std::optional<Error> error;
};

struct Script {
  std::vector<Directive> directives;
  std::optional<Error> error;  // why the text behind the last directive could not be read
};

// Parses a whole script, which the result borrows. A directive that is not of the format becomes
// kBroken and the rest goes on behind its closing parenthesis; where that cannot be found, the
// script ends with an error.
Script ParseScript(absl::string_view text);

// Decodes or parses what is not yet. Takes the module's contents.
Result<vm::Module> ReadScriptModule(ScriptModule& module, const vm::Features& features);
// The same for a component: its bytes.
Result<std::vector<uint8_t>> ReadScriptComponent(ScriptModule& component);

}  // namespace tenon::cli
