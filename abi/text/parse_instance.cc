// Instances of components. abi: "Instance Definitions"
#include "abi/text/component_parser.h"

namespace tenon::abi {

bool ComponentParser::ParseInstanceField() {
  Head head;
  Bytes instance;
  if (!ParseHead(Sort::kInstance, &head)) return false;
  if (head.import) return FinishImport(head, Sort::kInstance);
  const bool ok = lexer.TakeOpen("instantiate") ? ParseInstantiate(&instance) && ExpectClose()
                                                : ParseExports(&instance);
  if (!ok || !ExpectClose()) return false;
  scope_->Append(ListedKind::kInstance, instance);
  return FinishDefinition(head, Sort::kInstance);
}

bool ComponentParser::ParseInstantiate(Bytes* out) {
  uint32_t component;
  Items arguments;
  if (!ParseRef(Sort::kComponent, &component)) return false;
  for (; lexer.TakeOpen("with"); ++arguments.count) {
    SortIndex item{Sort::kInstance, 0};
    if (!ParseLabel(&arguments.bytes)) return false;
    const vm::TokenKind behind = lexer.Peek(2).kind;
    const bool is_inline = lexer.PeekOpen("instance") && (behind == vm::TokenKind::kLeftParen ||
                                                          behind == vm::TokenKind::kRightParen);
    if (is_inline) {
      Bytes exports;
      lexer.TakeOpen("instance");
      if (!ParseExports(&exports) || !ExpectClose()) return false;
      if (!Write(ListedKind::kInstance, exports, Sort::kInstance, std::nullopt, &item.index))
        return false;
    } else if (!ParseItem(/*is_core=*/false, &item)) {
      return false;
    }
    AppendSortIndex(item, &arguments.bytes);
    if (!ExpectClose()) return false;
  }
  out->push_back(0x00);
  AppendVarU32(component, out);
  arguments.AppendTo(out);
  return true;
}

bool ComponentParser::ParseExports(Bytes* out) {
  Items exports;
  for (; lexer.TakeOpen("export"); ++exports.count) {
    SortIndex item;
    if (!ParseExternName(&exports.bytes) || !ParseItem(/*is_core=*/false, &item)) return false;
    AppendSortIndex(item, &exports.bytes);
    if (!ExpectClose()) return false;
  }
  out->push_back(0x01);
  exports.AppendTo(out);
  return true;
}

}  // namespace tenon::abi
