#include "vm/syntax/types.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace tenon::vm {

std::string ToString(HeapType type) {
  switch (type.kind()) {
    case HeapKind::kFunc: return "func";
    case HeapKind::kNoFunc: return "nofunc";
    case HeapKind::kExtern: return "extern";
    case HeapKind::kNoExtern: return "noextern";
    case HeapKind::kAny: return "any";
    case HeapKind::kEq: return "eq";
    case HeapKind::kI31: return "i31";
    case HeapKind::kStruct: return "struct";
    case HeapKind::kArray: return "array";
    case HeapKind::kNone: return "none";
    case HeapKind::kExn: return "exn";
    case HeapKind::kNoExn: return "noexn";
    case HeapKind::kConcrete: return absl::StrCat(type.index());
    case HeapKind::kBot: return "bot";
  }
  return "?";
}

bool SubType::is_defaultable() const {
  return std::ranges::all_of(
      fields, [](const FieldType& field) { return field.storage.type.is_defaultable(); });
}

std::string ToString(ValType type) {
  switch (type.kind()) {
    case ValType::Kind::kBot: return "bot";
    case ValType::Kind::kI32: return "i32";
    case ValType::Kind::kI64: return "i64";
    case ValType::Kind::kF32: return "f32";
    case ValType::Kind::kF64: return "f64";
    case ValType::Kind::kV128: return "v128";
    case ValType::Kind::kRef: break;
  }
  if (type == ValType::kFuncRef) return "funcref";
  if (type == ValType::kExternRef) return "externref";
  return absl::StrCat("(ref ", type.nullable() ? "null " : "", ToString(type.heap()), ")");
}

std::string ToString(const std::vector<ValType>& types) {
  std::string text = "[";
  for (size_t i = 0; i < types.size(); ++i) {
    absl::StrAppend(&text, i == 0 ? "" : " ", ToString(types[i]));
  }
  return text + "]";
}

std::string ToString(const FuncType& type) {
  return absl::StrCat(ToString(type.params), " -> ", ToString(type.results));
}

}  // namespace tenon::vm
