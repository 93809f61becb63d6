#include "abi/text/type_printer.h"

#include "absl/strings/str_cat.h"

namespace tenon::abi {
namespace {

constexpr const char* kPrimitives[] = {
#define PRIMITIVE(name, text, code, is_key) text,
#include "abi/syntax/primitive_types.def"
};

}  // namespace

void TypePrinter::Print(ValType type) {
  if (full()) return;
  if (!type.has_value()) return Append("_");
  if (IsPrimitive(type.kind())) return Append(kPrimitives[static_cast<int>(type.kind())]);
  PrintDefinition(type);
}

void TypePrinter::PrintDefinition(ValType type) {
  const TypeDef& def = types_.Get(type);
  switch (type.kind()) {
    case TypeKind::kRecord: return PrintLabeled("record", def, ": ", "");
    case TypeKind::kVariant: return PrintLabeled("variant", def, "(", ")");
    case TypeKind::kFlags: return PrintLabeled("flags", def, "", "");
    case TypeKind::kEnum: return PrintLabeled("enum", def, "", "");
    case TypeKind::kList: return PrintApplied("list", def);
    case TypeKind::kFixedList: return PrintFixedList(def);
    case TypeKind::kMap: return PrintApplied("map", types_.Get(def.types[0]));
    case TypeKind::kTuple: return PrintApplied("tuple", def);
    case TypeKind::kOption: return PrintApplied("option", def);
    case TypeKind::kStream: return PrintApplied("stream", def);
    case TypeKind::kFuture: return PrintApplied("future", def);
    case TypeKind::kResult: return PrintResultType(def);
    case TypeKind::kBorrow: return PrintHandle("borrow", def.resource);
    default: return PrintHandle("own", def.resource);
  }
}

void TypePrinter::Print(FuncTypeId id) {
  const FuncType& type = types_.Get(id);
  Append(type.is_async ? "async func" : "func");
  PrintParams(type.params);
  PrintResult(type.result);
}

void TypePrinter::PrintParams(absl::Span<const std::pair<absl::string_view, ValType>> params) {
  Append("(");
  for (size_t i = 0; i < params.size() && !full(); ++i) {
    if (i != 0) Append(", ");
    Append(params[i].first);
    Append(": ");
    Print(params[i].second);
  }
  Append(")");
}

void TypePrinter::PrintResult(ValType result) {
  if (!result.has_value()) return;
  Append(" -> ");
  Print(result);
}

void TypePrinter::PrintLabeled(absl::string_view keyword, const TypeDef& def, const char* open,
                               const char* close) {
  Append(keyword);
  Append(" { ");
  for (size_t i = 0; i < def.labels.size() && !full(); ++i) {
    if (i != 0) Append(", ");
    Append(def.labels[i]);
    if (i >= def.types.size() || !def.types[i].has_value()) continue;
    Append(open);
    Print(def.types[i]);
    Append(close);
  }
  Append(" }");
}

void TypePrinter::PrintApplied(absl::string_view keyword, const TypeDef& def) {
  Append(keyword);
  if (!def.types[0].has_value()) return;  // a stream or future of nothing
  Append("<");
  for (size_t i = 0; i < def.types.size() && !full(); ++i) {
    if (i != 0) Append(", ");
    Print(def.types[i]);
  }
  Append(">");
}

void TypePrinter::PrintFixedList(const TypeDef& def) {
  Append("list<");
  Print(def.types[0]);
  absl::StrAppend(&text_, ", ", def.length, ">");
}

void TypePrinter::PrintResultType(const TypeDef& def) {
  const bool ok = def.types[0].has_value(), error = def.types[1].has_value();
  Append("result");
  if (!ok && !error) return;
  Append("<");
  Print(def.types[0]);
  if (error) {
    Append(", ");
    Print(def.types[1]);
  }
  Append(">");
}

void TypePrinter::PrintHandle(absl::string_view keyword, ResourceId resource) {
  const absl::string_view name = types_.ResourceName(resource);
  Append(keyword);
  Append("<");
  Append(name.empty() ? "resource" : name);
  Append(">");
}

}  // namespace tenon::abi
