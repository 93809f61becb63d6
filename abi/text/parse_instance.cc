// Instances of core modules and of components. abi: "Core Instance Definitions", "Instance
// Definitions"
#include "abi/text/component_parser.h"

namespace tenon::abi {
namespace {

void AppendItem(bool is_core, SortIndex item, Bytes* out) {
  is_core ? AppendCoreSortIndex(item, out) : AppendSortIndex(item, out);
}

}  // namespace

bool ComponentParser::ParseCoreInstanceField() {
  Id id;
  Bytes instance;
  uint32_t index;
  return TakeBinding(&id) && ParseInstanceDef(/*is_core=*/true, &instance) && ExpectClose() &&
         Write(ListedKind::kCoreInstance, instance, Sort::kCoreInstance, id, &index);
}

bool ComponentParser::ParseInstanceField() {
  Head head;
  Bytes instance;
  if (!ParseHead(Sort::kInstance, &head)) return false;
  if (head.import) return FinishImport(head, Sort::kInstance);
  if (!ParseInstanceDef(/*is_core=*/false, &instance) || !ExpectClose()) return false;
  Append(ListedKind::kInstance, instance);
  return FinishDefinition(head, Sort::kInstance);
}

// `(instantiate ...)` or `(export ...)*`
bool ComponentParser::ParseInstanceDef(bool is_core, Bytes* out) {
  if (!lexer.TakeOpen("instantiate")) return ParseExports(is_core, out);
  return ParseInstantiate(is_core, out) && ExpectClose();
}

bool ComponentParser::ParseInstantiate(bool is_core, Bytes* out) {
  uint32_t instantiated;
  Items arguments;
  if (!ParseRef(is_core ? Sort::kCoreModule : Sort::kComponent, &instantiated)) return false;
  for (; lexer.TakeOpen("with"); ++arguments.count) {
    SortIndex item;
    if (!ParseLabel(&arguments.bytes) || !ParseArgument(is_core, &item)) return false;
    AppendItem(is_core, item, &arguments.bytes);
    if (!ExpectClose()) return false;
  }
  out->push_back(0x00);
  AppendVarU32(instantiated, out);
  arguments.AppendTo(out);
  return true;
}

// An item, of a core module's an instance, or an instance written inline.
bool ComponentParser::ParseArgument(bool is_core, SortIndex* out) {
  out->sort = is_core ? Sort::kCoreInstance : Sort::kInstance;
  const vm::TokenKind behind = lexer.Peek(2).kind;
  const bool is_inline = lexer.PeekOpen("instance") && (behind == vm::TokenKind::kLeftParen ||
                                                        behind == vm::TokenKind::kRightParen);
  if (is_inline) {
    Bytes exports;
    lexer.TakeOpen("instance");
    const ListedKind kind = is_core ? ListedKind::kCoreInstance : ListedKind::kInstance;
    return ParseExports(is_core, &exports) && ExpectClose() &&
           Write(kind, exports, out->sort, {}, &out->index);
  }
  if (!is_core) return ParseItem(/*is_core=*/false, out);
  return ExpectOpen("instance") && ParseItemRest(Sort::kCoreInstance, &out->index);
}

bool ComponentParser::ParseExports(bool is_core, Bytes* out) {
  Items exports;
  for (; lexer.TakeOpen("export"); ++exports.count) {
    SortIndex item;
    const bool has_name = is_core ? ParseLabel(&exports.bytes) : ParseExternName(&exports.bytes);
    if (!has_name || !ParseItem(is_core, &item)) return false;
    AppendItem(is_core, item, &exports.bytes);
    if (!ExpectClose()) return false;
  }
  out->push_back(0x01);
  exports.AppendTo(out);
  return true;
}

}  // namespace tenon::abi
