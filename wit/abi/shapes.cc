#include "wit/abi/shapes.h"

#include <algorithm>
#include <utility>

namespace tenon::wit {
namespace {

using vm::ValType;

constexpr size_t kMostFlat = abi::kMaxFlatParams + 1;

void Append(const Shape& part, Shape* whole) {
  for (const ValType type : part.flat) {
    if (whole->flat.size() < kMostFlat) whole->flat.push_back(type);
  }
  whole->has_string |= part.has_string;
  whole->has_pointer |= part.has_pointer;
}

// The type that holds either of two cases' values. abi: "Flattening", join.
ValType Join(ValType a, ValType b) {
  if (a == b) return a;
  const auto is_32 = [](ValType type) { return type == ValType::kI32 || type == ValType::kF32; };
  return is_32(a) && is_32(b) ? ValType::kI32 : ValType::kI64;
}

Shape Scalar(uint32_t bytes, ValType type) { return {{type}, abi::ScalarLayout(bytes)}; }
Shape PointerPair(bool is_string) {
  return {{ValType::kI32, ValType::kI32}, abi::PointerPairLayout(4), is_string, true};
}

Shape PrimitiveShape(Primitive type) {
  switch (type) {
    case Primitive::kBool:
    case Primitive::kS8:
    case Primitive::kU8: return Scalar(1, ValType::kI32);
    case Primitive::kS16:
    case Primitive::kU16: return Scalar(2, ValType::kI32);
    case Primitive::kS32:
    case Primitive::kU32:
    case Primitive::kChar:
    case Primitive::kErrorContext: return Scalar(4, ValType::kI32);
    case Primitive::kS64:
    case Primitive::kU64: return Scalar(8, ValType::kI64);
    case Primitive::kF32: return Scalar(4, ValType::kF32);
    case Primitive::kF64: return Scalar(8, ValType::kF64);
    case Primitive::kString: return PointerPair(true);
  }
  return {};
}

const Shape& ShapeOf(Primitive type) {
  static const auto& kShapes = *new std::vector<Shape>([] {
    std::vector<Shape> shapes;
#define PRIMITIVE(name, text, code, is_key) shapes.push_back(PrimitiveShape(Primitive::k##name));
#include "abi/syntax/primitive_types.def"
    return shapes;
  }());
  return kShapes[static_cast<size_t>(type)];
}

}  // namespace

std::vector<std::optional<TypeRef>> PayloadsOf(const Type& type) {
  std::vector<std::optional<TypeRef>> payloads;
  if (const auto* variant = std::get_if<Variant>(&type.what)) {
    for (const Field& field : variant->cases) payloads.push_back(field.type);
  } else if (const auto* cases = std::get_if<Enum>(&type.what)) {
    payloads.resize(cases->cases.size());
  } else if (const auto* option = std::get_if<Option>(&type.what)) {
    payloads = {std::nullopt, option->some};
  } else if (const auto* result = std::get_if<ResultType>(&type.what)) {
    payloads = {result->ok, result->error};
  }
  return payloads;
}

Shapes::Shapes(const Packages& packages) : packages_(packages) {
  // What a type refers to has a smaller index.
  shapes_.reserve(packages.types.size());
  for (const Type& type : packages.types) shapes_.push_back(Compute(type));
}

const Shape& Shapes::operator[](TypeRef type) const {
  const auto* index = std::get_if<TypeIdx>(&type);
  return index == nullptr ? ShapeOf(std::get<Primitive>(type)) : shapes_[index->value()];
}

TypeIdx Shapes::Definition(TypeIdx type) const {
  while (const auto* alias = std::get_if<Alias>(&packages_[type].what)) {
    const auto* of = std::get_if<TypeIdx>(&alias->of);
    if (of == nullptr) break;
    type = *of;
  }
  return type;
}

abi::VariantLayout Shapes::GetVariant(TypeIdx type) const {
  const auto payloads = PayloadsOf(packages_[Definition(type)]);
  abi::VariantLayout layout(static_cast<uint32_t>(payloads.size()));
  for (const auto& payload : payloads) {
    if (payload) layout.Place((*this)[*payload].layout);
  }
  return layout;
}

Shape Shapes::RecordShape(const std::vector<TypeRef>& fields) const {
  Shape shape;
  abi::RecordLayout layout;
  for (const TypeRef& field : fields) {
    Append((*this)[field], &shape);
    layout.Place((*this)[field].layout);
  }
  shape.layout = layout.Finish();
  return shape;
}

Shape Shapes::CasesShape(const std::vector<std::optional<TypeRef>>& cases) const {
  Shape shape;
  abi::VariantLayout layout(static_cast<uint32_t>(cases.size()));
  shape.flat = {ValType::kI32};  // the discriminant
  for (const auto& payload : cases) {
    if (!payload) continue;
    const Shape& part = (*this)[*payload];
    layout.Place(part.layout);
    shape.has_string |= part.has_string;
    shape.has_pointer |= part.has_pointer;
    for (size_t i = 0; i < part.flat.size() && i + 1 < kMostFlat; ++i) {
      if (i + 1 < shape.flat.size()) {
        shape.flat[i + 1] = Join(shape.flat[i + 1], part.flat[i]);
      } else {
        shape.flat.push_back(part.flat[i]);
      }
    }
  }
  shape.layout = layout.Finish();
  return shape;
}

Shape Shapes::Compute(const Type& type) const {
  if (const auto* alias = std::get_if<Alias>(&type.what)) return (*this)[alias->of];
  if (const auto* record = std::get_if<Record>(&type.what)) {
    std::vector<TypeRef> fields;
    for (const Field& field : record->fields) fields.push_back(*field.type);
    return RecordShape(fields);
  }
  if (const auto* tuple = std::get_if<Tuple>(&type.what)) return RecordShape(tuple->members);
  if (const auto* flags = std::get_if<Flags>(&type.what)) {
    return Scalar(abi::FlagsBytes(static_cast<uint32_t>(flags->flags.size())), ValType::kI32);
  }
  if (const auto* list = std::get_if<List>(&type.what); list != nullptr && list->length > 0) {
    // As a tuple of as many members, of which the flat form shows the first few.
    Shape shape =
        RecordShape(std::vector<TypeRef>(std::min<size_t>(list->length, kMostFlat), list->element));
    const abi::Layout element = (*this)[list->element].layout;
    shape.layout.size = element.size * list->length;
    return shape;
  }
  if (std::holds_alternative<List>(type.what) || std::holds_alternative<Map>(type.what)) {
    Shape shape = PointerPair(false);
    if (const auto* list = std::get_if<List>(&type.what)) {
      shape.has_string = (*this)[list->element].has_string;
    } else {
      const auto& map = std::get<Map>(type.what);
      shape.has_string = ShapeOf(map.key).has_string || (*this)[map.value].has_string;
    }
    return shape;
  }
  if (const auto cases = PayloadsOf(type); !cases.empty()) return CasesShape(cases);
  return Scalar(4, ValType::kI32);  // handles, streams and futures
}

namespace {

struct CallShape {
  Shape params, result;
};
CallShape CallShapeOf(const Shapes& shapes, const Function& function) {
  CallShape call;
  for (const Field& param : function.params) Append(shapes[*param.type], &call.params);
  if (function.result) call.result = shapes[*function.result];
  return call;
}

// abi: "Canonical ABI", flatten_functype
void Flatten(CallShape call, CallSide side, CoreSignature* signature) {
  const size_t most_params =
      side == CallSide::kAsyncLower ? abi::kMaxFlatAsyncParams : abi::kMaxFlatParams;
  signature->spills_params = call.params.flat.size() > most_params;
  signature->spills_result = !IsAsync(side) && call.result.flat.size() > abi::kMaxFlatResults;
  if (side == CallSide::kAsyncLower) signature->spills_result = !call.result.flat.empty();
  if (signature->spills_params) call.params.flat = {ValType::kI32};
  if (signature->spills_result) call.result.flat = {ValType::kI32};
  signature->type = {std::move(call.params.flat), {}};
  if (signature->spills_result && IsLower(side)) signature->type.params.push_back(ValType::kI32);
  if (!IsAsync(side) && !(signature->spills_result && IsLower(side))) {
    signature->type.results = std::move(call.result.flat);
  }
  // How far the call got, or what the callback is to wait for.
  if (IsAsync(side) && side != CallSide::kStackfulLift) signature->type.results = {ValType::kI32};
}

}  // namespace

// Of the canonical options which are needed: abi: "Canonical Definitions"
CoreSignature SignatureOf(const Shapes& shapes, const Function& function, CallSide side) {
  const CallShape call = CallShapeOf(shapes, function);
  CoreSignature signature;
  Flatten(call, side, &signature);
  const Shape& into_guest = IsLower(side) ? call.result : call.params;
  signature.needs_realloc = into_guest.has_pointer || (!IsLower(side) && signature.spills_params);
  const bool is_async_lift = IsAsync(side) && !IsLower(side);
  signature.needs_memory = call.params.has_pointer || call.result.has_pointer ||
                           signature.spills_params || signature.spills_result ||
                           (is_async_lift && call.result.flat.size() > abi::kMaxFlatParams);
  signature.needs_encoding = call.params.has_string || call.result.has_string;
  return signature;
}

CoreSignature TaskReturnSignature(const Shapes& shapes, const Function& function) {
  CoreSignature signature = SignatureOf(shapes, function, CallSide::kStackfulLift);
  signature.type = {CallShapeOf(shapes, function).result.flat, {}};
  signature.spills_params = signature.type.params.size() > abi::kMaxFlatParams;
  if (signature.spills_params) signature.type.params = {ValType::kI32};
  signature.needs_realloc = false;
  return signature;
}

}  // namespace tenon::wit
