#include "abi/text/wit.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {
namespace {

// A type may have a million nodes; a message shows the first few.
constexpr size_t kMaxLength = 400;

// Appends types to a text until it is long enough.
class Printer {
 public:
  explicit Printer(const TypeTable& types) : types_(types) {}

  void Print(ValType type) {
    if (full()) return;
    if (!type.has_value()) return Append("_");
    if (IsPrimitive(type.kind())) return Append(kPrimitives[static_cast<int>(type.kind())]);
    const TypeDef& def = types_.Get(type);
    switch (type.kind()) {
      case TypeKind::kRecord:
        return Labeled("record", def, ": ", "");
      case TypeKind::kVariant:
        return Labeled("variant", def, "(", ")");
      case TypeKind::kFlags:
        return Labeled("flags", def, "", "");
      case TypeKind::kEnum:
        return Labeled("enum", def, "", "");
      case TypeKind::kList:
        return Applied("list", def);
      case TypeKind::kTuple:
        return Applied("tuple", def);
      case TypeKind::kOption:
        return Applied("option", def);
      case TypeKind::kResult:
        return Result(def);
      case TypeKind::kBorrow:
        return Handle("borrow<", def.resource);
      default:
        return Handle("own<", def.resource);
    }
  }

  void Print(FuncTypeId id) {
    const FuncType& type = types_.Get(id);
    Append("func(");
    for (size_t i = 0; i < type.params.size() && !full(); ++i) {
      absl::StrAppend(&text_, i == 0 ? "" : ", ", type.params[i].first, ": ");
      Print(type.params[i].second);
    }
    Append(")");
    if (!type.result.has_value()) return;
    Append(" -> ");
    Print(type.result);
  }

  std::string Take() {
    if (text_.size() > kMaxLength) {
      text_.resize(kMaxLength);
      text_ += "...";
    }
    return std::move(text_);
  }

 private:
  static constexpr const char* kPrimitives[] = {"bool", "s8",  "u8",  "s16", "u16",  "s32",   "u32",
                                                "s64",  "u64", "f32", "f64", "char", "string"};

  bool full() const { return text_.size() > kMaxLength; }
  void Append(absl::string_view piece) { absl::StrAppend(&text_, piece); }

  void Labeled(absl::string_view keyword, const TypeDef& def, const char* open, const char* close) {
    absl::StrAppend(&text_, keyword, " { ");
    for (size_t i = 0; i < def.labels.size() && !full(); ++i) {
      absl::StrAppend(&text_, i == 0 ? "" : ", ", def.labels[i]);
      if (i >= def.types.size() || !def.types[i].has_value()) continue;
      Append(open);
      Print(def.types[i]);
      Append(close);
    }
    Append(" }");
  }

  void Applied(absl::string_view keyword, const TypeDef& def) {
    absl::StrAppend(&text_, keyword, "<");
    for (size_t i = 0; i < def.types.size() && !full(); ++i) {
      if (i != 0) Append(", ");
      Print(def.types[i]);
    }
    Append(">");
  }

  void Result(const TypeDef& def) {
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

  void Handle(absl::string_view open, ResourceId resource) {
    const absl::string_view name = types_.ResourceName(resource);
    absl::StrAppend(&text_, open, name.empty() ? "resource" : name, ">");
  }

  const TypeTable& types_;
  std::string text_;
};

}  // namespace

std::string ToString(const TypeTable& types, ValType type) {
  Printer printer(types);
  printer.Print(type);
  return printer.Take();
}

std::string ToString(const TypeTable& types, FuncTypeId type) {
  Printer printer(types);
  printer.Print(type);
  return printer.Take();
}

std::string ToString(const TypeTable& types, const AnyType& type) {
  if (const auto* value = std::get_if<ValType>(&type)) return ToString(types, *value);
  if (const auto* func = std::get_if<FuncTypeId>(&type)) return ToString(types, *func);
  if (std::holds_alternative<InstanceTypeId>(type)) return "instance type";
  if (std::holds_alternative<ComponentTypeId>(type)) return "component type";
  const absl::string_view name = types.ResourceName(std::get<ResourceId>(type));
  return name.empty() ? "resource" : absl::StrCat("resource ", name);
}

std::string ToString(const TypeTable& types, const ExternType& type) {
  if (const auto* func = std::get_if<FuncTypeId>(&type)) return ToString(types, *func);
  if (const auto* item = std::get_if<TypeItem>(&type)) {
    return absl::StrCat("type ", ToString(types, item->type));
  }
  return SortName(SortOf(type));
}

}  // namespace tenon::abi
