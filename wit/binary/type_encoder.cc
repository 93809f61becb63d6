#include "wit/binary/type_encoder.h"

#include <utility>

#include "absl/strings/strip.h"
#include "wit/abi/core_names.h"
#include "wit/resolve/print.h"

namespace tenon::wit {
namespace {

namespace syntax = abi::syntax;

syntax::PrimType PrimTypeOf(Primitive type) {
  static_assert(static_cast<int>(Primitive::kErrorContext) ==
                    static_cast<int>(syntax::PrimType::kErrorContext),
                "the same order");
  return static_cast<syntax::PrimType>(type);
}

std::vector<absl::string_view> LabelsOf(const std::vector<Field>& fields) {
  std::vector<absl::string_view> labels;
  for (const Field& field : fields) labels.push_back(field.name);
  return labels;
}

std::string Unquoted(absl::string_view text) {
  return std::string(absl::StripSuffix(absl::StripPrefix(text, "\""), "\""));
}

// Within an instance type: its own types are exports, others aliases of the scope around it.
class InstanceTypeEncoder : public TypeEncoder {
 public:
  InstanceTypeEncoder(const Packages& packages, InterfaceIdx interface,
                      absl::FunctionRef<abi::TypeIdx(TypeIdx)> find_outer,
                      abi::ComponentWriter& writer)
      : TypeEncoder(packages, writer), interface_(interface), find_outer_(find_outer) {}

 protected:
  abi::TypeIdx Name(TypeIdx type, const syntax::ExternType& what) override {
    const ExternName name(packages_[type].name, packages_[type].about);
    return abi::TypeIdx(writer_.Add(syntax::ExportDecl{name, what}));
  }
  std::optional<abi::TypeIdx> Foreign(TypeIdx type) override {
    const auto* owner = std::get_if<InterfaceIdx>(&packages_[type].owner);
    if (owner == nullptr || *owner == interface_) return std::nullopt;
    const abi::TypeIdx outer = find_outer_(type);
    return abi::TypeIdx(writer_.Add(syntax::Alias{.sort = abi::Sort::kType,
                                                  .target = syntax::Alias::Target::kOuter,
                                                  .outer_count = 1,
                                                  .outer_index = outer.value()}));
  }

 private:
  const InterfaceIdx interface_;
  const absl::FunctionRef<abi::TypeIdx(TypeIdx)> find_outer_;
};

}  // namespace

ExternName::ExternName(std::string name, const About& about, std::string implements)
    : name_(std::move(name)),
      external_id_(Unquoted(about.external_id)),
      implements_(std::move(implements)) {
  if (!external_id_.empty()) attributes_.external_id = external_id_;
  if (!implements_.empty()) attributes_.implements = implements_;
}

ExternName::ExternName(const Packages& packages, const WorldItem& item)
    : ExternName(ComponentName(packages, item), item.about, [&]() -> std::string {
        const auto* interface = std::get_if<InterfaceIdx>(&item.what);
        const bool is_plain = interface != nullptr && !item.name.empty();
        return is_plain && !packages[*interface].name.empty() ? NameOf(packages, *interface) : "";
      }()) {}

ExternName::operator syntax::Name() const {
  const bool has_any = attributes_.external_id || attributes_.implements;
  return {name_, has_any ? &attributes_ : nullptr};
}

std::optional<abi::TypeIdx> TypeEncoder::Find(TypeIdx type) const {
  const auto found = known_.find(type);
  return found == known_.end() ? std::nullopt : std::optional(found->second);
}

syntax::ValType TypeEncoder::Encode(TypeRef type) {
  if (const auto* primitive = std::get_if<Primitive>(&type)) return PrimTypeOf(*primitive);
  return Encode(std::get<TypeIdx>(type));
}

std::optional<syntax::ValType> TypeEncoder::Encode(const std::optional<TypeRef>& type) {
  if (!type) return std::nullopt;
  return Encode(*type);
}

// Names of names in one interface make long chains: what stands at their end comes first.
abi::TypeIdx TypeEncoder::Encode(TypeIdx index) {
  if (const std::optional<abi::TypeIdx> found = Find(index)) return *found;
  if (const std::optional<abi::TypeIdx> foreign = Foreign(index)) return known_[index] = *foreign;
  std::vector<TypeIdx> chain = {index};
  while (const TypeIdx* next = AliasedHere(chain.back())) chain.push_back(*next);
  for (; !chain.empty(); chain.pop_back()) known_[chain.back()] = EncodeOwn(chain.back());
  return known_[index];
}

// What an alias names, if that belongs to the same interface and is not written yet.
const TypeIdx* TypeEncoder::AliasedHere(TypeIdx type) const {
  const auto* alias = std::get_if<Alias>(&packages_[type].what);
  const auto* of = alias == nullptr ? nullptr : std::get_if<TypeIdx>(&alias->of);
  const bool is_here = of != nullptr && packages_[*of].owner == packages_[type].owner;
  return is_here && !known_.contains(*of) ? of : nullptr;
}

abi::TypeIdx TypeEncoder::EncodeOwn(TypeIdx index) {
  const Type& type = packages_[index];
  if (std::holds_alternative<Resource>(type.what)) {
    return Name(index, {abi::Sort::kType, syntax::ExternType::Bound::kSubResource});
  }
  const abi::TypeIdx defined = Define(type);
  if (type.name.empty()) return defined;
  return Name(index, {.sort = abi::Sort::kType, .index = defined.value()});
}

abi::TypeIdx TypeEncoder::Add(const syntax::TypeDef& definition, bool is_named) {
  if (is_named) return writer_.Add(definition);
  abi::Bytes bytes;
  abi::AppendTypeDef(definition, &bytes);
  const auto found = unnamed_.find(bytes);
  if (found != unnamed_.end()) return found->second;
  return unnamed_.emplace(std::move(bytes), writer_.Add(definition)).first->second;
}

std::vector<syntax::LabeledType> TypeEncoder::EncodeFields(const std::vector<Field>& fields) {
  std::vector<syntax::LabeledType> encoded;
  for (const Field& field : fields) encoded.push_back({field.name, Encode(*field.type)});
  return encoded;
}

abi::TypeIdx TypeEncoder::DefineVariant(const Variant& variant) {
  std::vector<syntax::Case> cases;
  for (const Field& field : variant.cases) cases.push_back({field.name, Encode(field.type)});
  return Add(syntax::VariantType{cases}, true);
}

// A type that has a name gets a definition of its own.
abi::TypeIdx TypeEncoder::Define(const Type& type) {
  const bool is_named = !type.name.empty();
  const auto& what = type.what;
  if (const auto* alias = std::get_if<Alias>(&what)) {
    if (const auto* of = std::get_if<TypeIdx>(&alias->of)) return Encode(*of);
    return Add(PrimTypeOf(std::get<Primitive>(alias->of)), is_named);
  }
  if (const auto* record = std::get_if<Record>(&what)) {
    const auto fields = EncodeFields(record->fields);
    return Add(syntax::RecordType{fields}, is_named);
  }
  if (const auto* variant = std::get_if<Variant>(&what)) return DefineVariant(*variant);
  if (const auto* flags = std::get_if<Flags>(&what)) {
    const auto labels = LabelsOf(flags->flags);
    return Add(syntax::FlagsType{labels}, is_named);
  }
  if (const auto* cases = std::get_if<Enum>(&what)) {
    const auto labels = LabelsOf(cases->cases);
    return Add(syntax::EnumType{labels}, is_named);
  }
  if (const auto* handle = std::get_if<Handle>(&what)) {
    const abi::TypeIdx resource = Encode(handle->resource);
    if (handle->is_borrow) return Add(syntax::BorrowType{resource}, is_named);
    return Add(syntax::OwnType{resource}, is_named);
  }
  if (const auto* list = std::get_if<List>(&what)) {
    const auto length = list->length > 0 ? std::optional(list->length) : std::nullopt;
    return Add(syntax::ListType{Encode(list->element), length}, is_named);
  }
  if (const auto* option = std::get_if<Option>(&what)) {
    return Add(syntax::OptionType{Encode(option->some)}, is_named);
  }
  if (const auto* result = std::get_if<ResultType>(&what)) {
    const auto ok = Encode(result->ok);
    return Add(syntax::ResultType{ok, Encode(result->error)}, is_named);
  }
  if (const auto* tuple = std::get_if<Tuple>(&what)) {
    std::vector<syntax::ValType> members;
    for (const TypeRef& member : tuple->members) members.push_back(Encode(member));
    return Add(syntax::TupleType{members}, is_named);
  }
  if (const auto* map = std::get_if<Map>(&what)) {
    return Add(syntax::MapType{PrimTypeOf(map->key), Encode(map->value)}, is_named);
  }
  if (const auto* future = std::get_if<Future>(&what)) {
    return Add(syntax::FutureType{Encode(future->element)}, is_named);
  }
  return Add(syntax::StreamType{Encode(std::get<Stream>(what).element)}, is_named);
}

abi::TypeIdx TypeEncoder::Encode(const Function& function) {
  const auto params = EncodeFields(function.params);
  return Add(syntax::FuncType{params, Encode(function.result), function.is_async}, false);
}

InterfacePart AllOf(const Interface& interface) {
  InterfacePart part;
  part.types = interface.types;
  for (const Function& function : interface.functions) part.functions.push_back(&function);
  return part;
}

abi::TypeIdx EncodeInstanceType(const Packages& packages, InterfaceIdx interface,
                                const InterfacePart& part,
                                absl::FunctionRef<abi::TypeIdx(TypeIdx)> find_outer,
                                abi::ComponentWriter& outer) {
  abi::ComponentWriter writer(abi::ScopeKind::kType);
  InstanceTypeEncoder encoder(packages, interface, find_outer, writer);
  for (const TypeIdx type : part.types) encoder.Encode(type);
  for (const Function* function : part.functions) {
    const abi::TypeIdx type = encoder.Encode(*function);
    const ExternName name(ComponentName(packages, *function), function->about);
    writer.Add(syntax::ExportDecl{name, {.sort = abi::Sort::kFunc, .index = type.value()}});
  }
  return outer.AddInstanceType(writer);
}

}  // namespace tenon::wit
