#include "abi/text/wit.h"

#include "abi/text/type_printer.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {
namespace {

// A type may have a million nodes; a message shows the first few.
constexpr size_t kMaxLength = 400;

template <typename Type>
std::string Print(const TypeTable& types, Type type) {
  TypePrinter printer(types, kMaxLength);
  printer.Print(type);
  std::string text = printer.Take();
  if (text.size() > kMaxLength) {
    text.resize(kMaxLength);
    text += "...";
  }
  return text;
}

}  // namespace

std::string ToString(const TypeTable& types, ValType type) { return Print(types, type); }

std::string ToString(const TypeTable& types, FuncTypeId type) { return Print(types, type); }

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
