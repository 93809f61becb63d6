// The grammar of scripts over the token stream of the text format.
#include <utility>
#include <vector>

#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "cli/wast/component_value.h"
#include "cli/wast/parse_constant.h"
#include "cli/wast/script.h"
#include "vm/base/near_match.h"
#include "vm/binary/decoder.h"
#include "vm/text/lexer.h"
#include "vm/text/parser.h"

namespace tenon::cli {
namespace {

using vm::Lexer;
using vm::Token;
using vm::TokenKind;
using Kind = Directive::Kind;

// Moves behind the form that starts at the next token. False when it has no end.
bool SkipForm(Lexer& lexer) {
  size_t depth = 0;
  do {
    switch (lexer.Take().kind) {
      case TokenKind::kLeftParen:
      case TokenKind::kAnnotation: ++depth; break;
      case TokenKind::kRightParen:
        if (depth == 0) return false;
        --depth;
        break;
      case TokenKind::kEnd:
      case TokenKind::kError: return false;
      default: break;
    }
  } while (depth > 0);
  return true;
}

std::string TakeOptionalId(Lexer& lexer) {
  if (lexer.Peek().kind != TokenKind::kId) return "";
  return absl::StrCat("$", IdName(lexer.Take()));
}

Result<std::string> TakeString(Lexer& lexer) {
  if (lexer.Peek().kind != TokenKind::kString) return std::unexpected(lexer.UnexpectedToken());
  return StringValue(lexer.Take());
}

// Zero or more strings, joined.
std::string TakeStrings(Lexer& lexer) {
  std::string joined;
  while (lexer.Peek().kind == TokenKind::kString) {
    absl::StrAppend(&joined, StringValue(lexer.Take()));
  }
  return joined;
}

bool AtModule(Lexer& lexer) { return lexer.PeekOpen("module") || lexer.PeekOpen("component"); }

// The text of a module or a component from behind its name on.
Status ParseModuleText(const std::optional<Token>& id, Lexer& lexer, ScriptModule& module) {
  if (module.is_component) {
    TENON_ASSIGN_OR_RETURN(const auto bytes, abi::ParseComponent(id, lexer));
    module.source.assign(bytes.begin(), bytes.end());
  } else {
    TENON_ASSIGN_OR_RETURN(module.module, vm::ParseModule(id, lexer));
  }
  return {};
}

// `(module ...)` or `(component ...)` but for (module instance ..). A text that does not parse is
// no error here: the module has it, and the lexer stands behind the module.
Result<ScriptModule> ParseScriptModule(Lexer& lexer) {
  const Lexer start = lexer;
  ScriptModule module;
  module.is_component = lexer.TakeOpen("component");
  if (!module.is_component && !lexer.TakeOpen("module")) {
    return std::unexpected(lexer.UnexpectedToken());
  }
  module.is_definition = lexer.TakeKeyword("definition");
  std::optional<Token> id;
  if (lexer.Peek().kind == TokenKind::kId) id = lexer.Take();
  if (id) module.name = absl::StrCat("$", IdName(*id));
  if (lexer.TakeKeyword("binary")) {
    module.form = ScriptModule::Form::kBinary;
  } else if (lexer.TakeKeyword("quote")) {
    module.form = ScriptModule::Form::kQuote;
  }
  if (module.form != ScriptModule::Form::kText) {
    module.source = TakeStrings(lexer);
    TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));
    return module;
  }
  Status parsed = ParseModuleText(id, lexer, module);
  if (parsed) return module;
  lexer = start;
  if (!SkipForm(lexer)) return std::unexpected(std::move(parsed).error());
  module.error = std::move(parsed).error();
  return module;
}

// Constants up to what is none. Those of component types are skipped, and the error is what a
// module's function makes of them: a component's reads them when it is called.
template <typename T>
Status ParseConstants(Lexer& lexer, Result<T> (*parse)(Lexer&), std::vector<T>* out,
                      std::optional<Error>* no_core) {
  while (lexer.Peek().kind == TokenKind::kLeftParen) {
    const Lexer start = lexer;
    Result<T> value = parse(lexer);
    if (value) {
      out->push_back(*std::move(value));
      continue;
    }
    lexer = start;
    if (!IsComponentConstant(lexer.Peek(1)) || !SkipForm(lexer)) {
      return std::unexpected(std::move(value).error());
    }
    if (!*no_core) *no_core = std::move(value).error();
  }
  return {};
}

// `(invoke $id? "name" args*)` or `(get $id? "name")`.
Result<Action> ParseAction(Lexer& lexer) {
  Action action;
  if (lexer.TakeOpen("get")) {
    action.kind = Action::Kind::kGet;
  } else if (!lexer.TakeOpen("invoke")) {
    return std::unexpected(lexer.UnexpectedToken());
  }
  action.instance = TakeOptionalId(lexer);
  TENON_ASSIGN_OR_RETURN(action.name, TakeString(lexer));
  action.arguments_at = lexer;
  if (action.kind == Action::Kind::kInvoke) {
    TENON_RETURN_IF_ERROR(
        ParseConstants(lexer, ParseScriptValue, &action.arguments, &action.no_core_values));
  }
  TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));
  return action;
}

// What stands in an assertion, in this order.
struct AssertionForm {
  const char* keyword;
  Kind kind;
  bool has_action;
  bool has_module;
  bool has_results;
  bool has_text;
};

constexpr AssertionForm kAssertions[] = {
    {"assert_return", Kind::kAssertReturn, true, false, true, false},
    {"assert_trap", Kind::kAssertTrap, true, true, false, true},
    {"assert_exhaustion", Kind::kAssertExhaustion, true, false, false, true},
    {"assert_exception", Kind::kAssertException, true, false, false, false},
    {"assert_malformed", Kind::kAssertMalformed, false, true, false, true},
    {"assert_invalid", Kind::kAssertInvalid, false, true, false, true},
    {"assert_malformed_custom", Kind::kAssertMalformedCustom, false, true, false, true},
    {"assert_invalid_custom", Kind::kAssertInvalidCustom, false, true, false, true},
    {"assert_unlinkable", Kind::kAssertUnlinkable, false, true, false, true},
};

Status ParseAssertion(Lexer& lexer, const AssertionForm& form, Directive& directive) {
  directive.kind = form.kind;
  if (form.has_module && AtModule(lexer)) {
    TENON_ASSIGN_OR_RETURN(directive.module, ParseScriptModule(lexer));
  } else if (form.has_action) {
    TENON_ASSIGN_OR_RETURN(directive.action, ParseAction(lexer));
  } else {
    return std::unexpected(lexer.UnexpectedToken());
  }
  directive.expected_at = lexer;
  if (form.has_results) {
    TENON_RETURN_IF_ERROR(
        ParseConstants(lexer, ParseResultPattern, &directive.expected, &directive.no_core_results));
  }
  if (form.has_text) {
    TENON_ASSIGN_OR_RETURN(directive.text, TakeString(lexer));
  }
  return ExpectRightParen(lexer);
}

Status ParseRegister(Lexer& lexer, Directive& directive) {
  directive.kind = Kind::kRegister;
  TENON_ASSIGN_OR_RETURN(directive.text, TakeString(lexer));
  directive.name = TakeOptionalId(lexer);
  return ExpectRightParen(lexer);
}

Status ParseModuleInstance(Lexer& lexer, Directive& directive) {
  lexer.Take();
  directive.kind = lexer.Take().Is("module") ? Kind::kModuleInstance : Kind::kComponentInstance;
  lexer.Take();
  directive.name = TakeOptionalId(lexer);
  directive.definition = TakeOptionalId(lexer);
  return ExpectRightParen(lexer);
}

Status ParseDirective(Lexer& lexer, int depth, Directive& directive);

// `(thread $t (shared (module $m))? directive*)`. A body that is not of the format makes the whole
// thread so.
Status ParseThread(Lexer& lexer, int depth, Directive& directive) {
  constexpr int kMaxDepth = 16;
  if (depth == kMaxDepth) {
    return Fail(ErrorKind::kLimit, "threads nest too deep", lexer.Peek().where());
  }
  directive.kind = Kind::kThread;
  directive.name = TakeOptionalId(lexer);
  if (lexer.TakeOpen("shared")) {
    if (!lexer.TakeOpen("module")) return std::unexpected(lexer.UnexpectedToken());
    directive.definition = TakeOptionalId(lexer);
    TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));
    TENON_RETURN_IF_ERROR(ExpectRightParen(lexer));
  }
  while (lexer.Peek().kind == TokenKind::kLeftParen) {
    Directive& inner = directive.body.emplace_back();
    inner.line = lexer.Peek().line;
    TENON_RETURN_IF_ERROR(ParseDirective(lexer, depth + 1, inner));
  }
  return ExpectRightParen(lexer);
}

Status ParseWait(Lexer& lexer, Directive& directive) {
  directive.kind = Kind::kWait;
  directive.name = TakeOptionalId(lexer);
  return ExpectRightParen(lexer);
}

Error UnknownDirective(Lexer& lexer) {
  const Token name = lexer.Peek(1);
  if (lexer.Peek().kind != TokenKind::kLeftParen || name.kind == TokenKind::kEnd) {
    return lexer.UnexpectedToken();
  }
  std::vector<absl::string_view> known = {"module", "component", "register", "invoke",
                                          "get",    "thread",    "wait"};
  for (const AssertionForm& form : kAssertions) known.push_back(form.keyword);
  std::string message = absl::StrCat("unknown directive ", name.text);
  const absl::string_view near = NearMatch(name.text, known);
  if (!near.empty()) absl::StrAppend(&message, "; did you mean '", near, "'?");
  return Error(ErrorKind::kMalformed, message, name.where());
}

// `depth`: of threads around it.
Status ParseDirective(Lexer& lexer, int depth, Directive& directive) {
  if (AtModule(lexer)) {
    if (lexer.Peek(2).Is("instance")) return ParseModuleInstance(lexer, directive);
    directive.kind = Kind::kModule;
    TENON_ASSIGN_OR_RETURN(directive.module, ParseScriptModule(lexer));
    return {};
  }
  if (lexer.PeekOpen("invoke") || lexer.PeekOpen("get")) {
    directive.kind = Kind::kAction;
    TENON_ASSIGN_OR_RETURN(directive.action, ParseAction(lexer));
    return {};
  }
  if (lexer.TakeOpen("register")) return ParseRegister(lexer, directive);
  if (lexer.TakeOpen("thread")) return ParseThread(lexer, depth, directive);
  if (lexer.TakeOpen("wait")) return ParseWait(lexer, directive);
  for (const AssertionForm& form : kAssertions) {
    if (lexer.TakeOpen(form.keyword)) return ParseAssertion(lexer, form, directive);
  }
  for (const char* keyword : {"script", "input", "output"}) {
    if (lexer.PeekOpen(keyword)) {
      return Fail(ErrorKind::kMalformed, absl::StrCat("not supported: ", keyword),
                  lexer.Peek().where());
    }
  }
  return std::unexpected(UnknownDirective(lexer));
}

// True when the file is a module without its parentheses.
bool StartsWithField(Lexer lexer) {
  for (const char* field : {"type", "rec", "import", "func", "table", "memory", "global", "export",
                            "start", "elem", "data", "tag"}) {
    if (lexer.PeekOpen(field)) return true;
  }
  return false;
}

Script ParseBareModule(absl::string_view text) {
  Directive directive = {.kind = Kind::kModule, .line = 1};
  directive.module.emplace();
  Result<vm::Module> parsed = vm::ParseModule(text);
  if (parsed) {
    directive.module->module = *std::move(parsed);
  } else {
    directive.module->error = std::move(parsed).error();
  }
  Script script;
  script.directives.push_back(std::move(directive));
  return script;
}

}  // namespace

Script ParseScript(absl::string_view text) {
  Lexer lexer(text);
  if (StartsWithField(lexer)) return ParseBareModule(text);
  Script script;
  while (lexer.Peek().kind != TokenKind::kEnd) {
    const Lexer start = lexer;
    Directive directive = {.line = lexer.Peek().line};
    Status parsed = ParseDirective(lexer, /*depth=*/0, directive);
    if (!parsed) {
      lexer = start;
      if (lexer.Peek().kind != TokenKind::kLeftParen || !SkipForm(lexer)) {
        script.error = std::move(parsed).error();
        return script;
      }
      directive.kind = Kind::kBroken;
      directive.error = std::move(parsed).error();
    }
    script.directives.push_back(std::move(directive));
  }
  return script;
}

Result<std::vector<uint8_t>> ReadScriptComponent(ScriptModule& component) {
  if (component.error) return std::unexpected(*std::move(component.error));
  if (component.form == ScriptModule::Form::kQuote) return abi::ParseComponent(component.source);
  return std::vector<uint8_t>(component.source.begin(), component.source.end());
}

Result<vm::Module> ReadScriptModule(ScriptModule& module, const vm::Features& features) {
  switch (module.form) {
    case ScriptModule::Form::kText:
      if (module.error) return std::unexpected(*std::move(module.error));
      return *std::move(module.module);
    case ScriptModule::Form::kBinary:
      return vm::DecodeModule(std::vector<uint8_t>(module.source.begin(), module.source.end()),
                              features);
    case ScriptModule::Form::kQuote: return vm::ParseModule(module.source, features);
  }
  return Fail(ErrorKind::kUsage, "unknown form of module");
}

}  // namespace tenon::cli
