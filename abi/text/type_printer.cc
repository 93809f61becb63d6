#include "abi/text/type_printer.h"

#include "absl/strings/str_cat.h"

#include "abi/syntax/names.h"

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
  if (names_ != nullptr) {
    const auto name = names_->values.find(type);
    if (name != names_->values.end()) return PrintIdentifier(name->second);
  }
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
    PrintIdentifier(params[i].first);
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

void TypePrinter::PrintIdentifier(absl::string_view name) {
  if (names_ != nullptr && IsWitKeyword(name)) Append("%");
  Append(name);
}

void TypePrinter::PrintLabeled(absl::string_view keyword, const TypeDef& def, const char* open,
                               const char* close) {
  Append(keyword);
  Append(" { ");
  for (size_t i = 0; i < def.labels.size() && !full(); ++i) {
    if (i != 0) Append(", ");
    PrintIdentifier(def.labels[i]);
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

// In WIT a resource's name alone is the owning handle.
void TypePrinter::PrintHandle(absl::string_view keyword, ResourceId resource) {
  absl::string_view name = types_.ResourceName(resource);
  bool named = false;
  if (names_ != nullptr) {
    const auto found = names_->resources.find(resource);
    named = found != names_->resources.end();
    if (named) name = found->second;
  }
  if (named && keyword == "own") return PrintIdentifier(name);
  Append(keyword);
  Append("<");
  PrintIdentifier(name.empty() ? "resource" : name);
  Append(">");
}

}  // namespace tenon::abi
