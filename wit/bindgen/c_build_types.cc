#include <iterator>
#include <type_traits>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "wit/bindgen/c_builder.h"

namespace tenon::wit {
namespace {

constexpr uint64_t kMaxValueBytes = abi::kMaxListByteLength;

// Primitives in their order: their C types, and what stands for them in names.
struct BuiltinRow {
  Primitive type;
  const char* name;
  const char* stem;
};
constexpr BuiltinRow kBuiltins[] = {
    {Primitive::kBool, "bool", "bool"},   {Primitive::kS8, "int8_t", "s8"},
    {Primitive::kU8, "uint8_t", "u8"},    {Primitive::kS16, "int16_t", "s16"},
    {Primitive::kU16, "uint16_t", "u16"}, {Primitive::kS32, "int32_t", "s32"},
    {Primitive::kU32, "uint32_t", "u32"}, {Primitive::kS64, "int64_t", "s64"},
    {Primitive::kU64, "uint64_t", "u64"}, {Primitive::kF32, "float", "f32"},
    {Primitive::kF64, "double", "f64"},   {Primitive::kChar, "uint32_t", "char32"},
};
constexpr bool AreInOrder() {
  for (size_t i = 0; i < std::size(kBuiltins); ++i) {
    if (static_cast<size_t>(kBuiltins[i].type) != i) return false;
  }
  return std::size(kBuiltins) == static_cast<size_t>(Primitive::kString);
}
static_assert(AreInOrder());

CTypeIdx BuiltinOf(Primitive type) { return CTypeIdx(static_cast<uint32_t>(type)); }

const char* UnsignedOf(uint32_t bytes) {
  return bytes == 1 ? "uint8_t" : bytes == 2 ? "uint16_t" : "uint32_t";
}

CType MadeOf(CForm form, const Shape& shape) {
  CType type{.form = form};
  type.layout = shape.layout;
  type.flat = shape.flat;
  return type;
}

std::vector<CMember> MembersOf(const std::vector<Field>& fields) {
  std::vector<CMember> members;
  for (const Field& field : fields) {
    members.push_back({CIdentifier(field.name), {}, field.docs, ""});
  }
  return members;
}

constexpr absl::string_view kNotYet = ", which C bindings cannot have yet";

}  // namespace

void CBuilder::AddBuiltins() {
  for (const BuiltinRow& row : kBuiltins) {
    CType type = MadeOf(CForm::kScalar, shapes_[row.type]);
    type.name = row.name;
    type.stem = row.stem;
    type.is_builtin = true;
    (void)Add(std::move(type));
  }
  const std::string prefix = absl::StrCat(program_.name, "_string_");
  for (const char* end : {"t", "set", "dup", "dup_n", "len", "free"}) {
    names_.Claim(absl::StrCat(prefix, end));
  }
  CType string = MadeOf(CForm::kSequence, shapes_[Primitive::kString]);
  string.name = prefix + "t";
  string.stem = "string";
  string.is_builtin = true;
  string.free = prefix + "free";
  const Primitive unit = program_.is_utf16 ? Primitive::kU16 : Primitive::kU8;
  string.members = {{"ptr", BuiltinOf(unit), "", ""}};
  (void)Add(std::move(string));
}

std::unexpected<Error> CBuilder::Refuse(absl::string_view what) const {
  const std::string& scope = scopes_[scope_.value()].name;
  return Fail(ErrorKind::kLimit, absl::StrCat(scope, scope.empty() ? "" : "#", item_, ": ", what));
}

Status CBuilder::Charge(size_t cost) {
  cost_ += cost;
  return cost_ <= kMaxCost ? Status() : Refuse(kTooMuch);
}

// Offsets, and what its values own, of a type whose parts are known.
bool CBuilder::Place(CType& type) const {
  abi::RecordLayout record;
  abi::VariantLayout choice(static_cast<uint32_t>(type.members.size()));
  for (const CMember& member : type.members) {
    if (!member.type) continue;
    const CType& part = program_.Real(*member.type);
    type.owns_memory |= part.owns_memory;
    type.owns_handles |= part.owns_handles;
    choice.Place(part.layout);
    if (type.form == CForm::kRecord) type.offsets.push_back(record.Place(part.layout));
    if (record.Finish().size > kMaxValueBytes) return false;
    if (type.form == CForm::kArray && uint64_t{part.layout.size} * type.length > kMaxValueBytes) {
      return false;
    }
  }
  type.owns_memory |= type.form == CForm::kSequence;
  if (type.form == CForm::kChoice) type.offsets = {choice.payload_offset()};
  if (type.form == CForm::kRecord) type.layout = record.Finish();
  return true;
}

Result<CTypeIdx> CBuilder::Add(CType type) {
  TENON_RETURN_IF_ERROR(Charge(1 + type.members.size()));
  const CTypeIdx index(static_cast<uint32_t>(program_.types.size()));
  if (type.alias_of) {
    type.real = program_[*type.alias_of].real;
  } else {
    type.real = index;
    if (!Place(type)) return Refuse("a value of it is larger than values may be");
  }
  const CType& shape = type.alias_of ? program_[type.real] : type;
  const bool owns = shape.owns_memory || shape.owns_handles;
  if (owns && type.free.empty() && shape.form != CForm::kHandle) {
    type.free = names_.Claim(absl::StrCat(absl::StripSuffix(type.name, "_t"), "_free"));
  }
  program_.types.push_back(std::move(type));
  return index;
}

std::string CBuilder::Declare(absl::string_view stem, bool is_shared) {
  const std::string& prefix = is_shared ? program_.name : scopes_[scope_.value()].prefix;
  return names_.Claim(absl::StrCat(prefix, "_", stem, "_t"));
}

CBuilder::ScopeIdx CBuilder::HomeOf(TypeIdx type) const {
  const auto* interface = std::get_if<InterfaceIdx>(&packages_[type].owner);
  const Scope& here = scopes_[scope_.value()];
  if (interface == nullptr) return ScopeIdx(0);
  if (here.interface == *interface) return scope_;
  const auto exported = exports_.find(*interface);
  if (here.is_export && exported != exports_.end()) return exported->second;
  return imports_.at(*interface);
}

// --- Types with a name --------------------------------------------------------------------------

// A macro for each member, by the names they have in WIT.
void CBuilder::AddConstants(CType& type, absl::string_view name, const std::vector<Field>& fields) {
  for (size_t i = 0; i < fields.size(); ++i) {
    type.members[i].constant = names_.Claim(
        ShoutCase(absl::StrCat(scopes_[scope_.value()].prefix, "_", name, "_", fields[i].name)));
  }
}

// An enum or flags: an integer under another name.
CType CBuilder::IntegerOf(uint32_t bytes, const std::vector<Field>& names) const {
  CType type{.base = UnsignedOf(bytes), .members = MembersOf(names)};
  type.layout = abi::ScalarLayout(bytes);
  type.flat = {vm::ValType::kI32};
  return type;
}

Result<CType> CBuilder::Define(const Record& record, absl::string_view) {
  CType type{.form = CForm::kRecord, .members = MembersOf(record.fields)};
  for (size_t i = 0; i < record.fields.size(); ++i) {
    TENON_ASSIGN_OR_RETURN(type.members[i].type, RefIfAny(record.fields[i].type));
  }
  return type;
}

Result<CType> CBuilder::Define(const Variant& variant, absl::string_view name) {
  const uint32_t tag_bytes = abi::DiscriminantBytes(static_cast<uint32_t>(variant.cases.size()));
  CType type{
      .form = CForm::kChoice, .base = UnsignedOf(tag_bytes), .tag = "tag", .payload = "val."};
  type.members = MembersOf(variant.cases);
  for (size_t i = 0; i < variant.cases.size(); ++i) {
    TENON_ASSIGN_OR_RETURN(type.members[i].type, RefIfAny(variant.cases[i].type));
  }
  AddConstants(type, name, variant.cases);
  return type;
}

Result<CType> CBuilder::Define(const Enum& cases, absl::string_view name) {
  const auto count = static_cast<uint32_t>(cases.cases.size());
  CType type = IntegerOf(abi::DiscriminantBytes(count), cases.cases);
  AddConstants(type, name, cases.cases);
  return type;
}

Result<CType> CBuilder::Define(const Flags& flags, absl::string_view name) {
  if (flags.flags.size() > 32) return Refuse("it has more than 32 flags");
  CType type = IntegerOf(abi::FlagsBytes(static_cast<uint32_t>(flags.flags.size())), flags.flags);
  type.is_flags = true;
  AddConstants(type, name, flags.flags);
  return type;
}

template <typename Other>
Result<CType> CBuilder::Define(const Other&, absl::string_view) {
  return Refuse("it has no name of its own");
}

Status CBuilder::AddNamed(TypeIdx index, absl::string_view name) {
  const Type& type = packages_[index];
  item_ = std::string(name);
  if (const auto* alias = std::get_if<Alias>(&type.what)) return AddAlias(index, name, *alias);
  if (std::holds_alternative<Resource>(type.what)) return AddResource(index, name);
  TENON_ASSIGN_OR_RETURN(
      CType made, std::visit([&](const auto& what) { return Define(what, name); }, type.what));
  made.layout = shapes_[index].layout;
  made.flat = shapes_[index].flat;
  made.stem = SnakeCase(name);
  made.name = Declare(made.stem, false);
  made.docs = type.about.docs;
  made.is_shared = false;
  TENON_ASSIGN_OR_RETURN(const CTypeIdx added, Add(std::move(made)));
  named_.emplace(Key(index, scope_), added);
  return {};
}

// Of a resource there are two types, of its handles.
Status CBuilder::AddAlias(TypeIdx index, absl::string_view name, const Alias& alias) {
  const auto* target = std::get_if<TypeIdx>(&alias.of);
  if (target != nullptr && !packages_[*target].name.empty()) {
    const auto handles = handles_.find(Key(*target, HomeOf(*target)));
    if (handles != handles_.end()) return AddHandles(index, name, handles->second);
  }
  CType type{.stem = SnakeCase(name), .docs = packages_[index].about.docs, .is_shared = false};
  TENON_ASSIGN_OR_RETURN(type.alias_of, Ref(alias.of));
  type.name = Declare(type.stem, false);
  TENON_ASSIGN_OR_RETURN(const CTypeIdx added, Add(std::move(type)));
  named_.emplace(Key(index, scope_), added);
  return {};
}

// --- Resources ----------------------------------------------------------------------------------

Result<CTypeIdx> CBuilder::AddHandle(std::string stem, CType type) {
  type.is_shared = false;
  type.name = Declare(stem, false);
  type.stem = std::move(stem);
  return Add(std::move(type));
}

Status CBuilder::AddHandles(TypeIdx index, absl::string_view name, const Handles& of) {
  Handles made;
  for (const bool is_own : {true, false}) {
    CType type;
    type.alias_of = is_own ? of.own : of.borrow;
    CTypeIdx& added = is_own ? made.own : made.borrow;
    TENON_ASSIGN_OR_RETURN(
        added,
        AddHandle(absl::StrCat(is_own ? "own_" : "borrow_", SnakeCase(name)), std::move(type)));
  }
  handles_.emplace(Key(index, scope_), made);
  return {};
}

Status CBuilder::AddResource(TypeIdx index, absl::string_view name) {
  const Scope& scope = scopes_[scope_.value()];
  const std::string stem = SnakeCase(name), base = absl::StrCat(scope.prefix, "_", stem);
  CResource resource{.docs = packages_[index].about.docs, .is_export = scope.is_export};
  resource.drop_own = names_.Claim(base + "_drop_own");
  resource.core_drop = CoreNameOf(CoreRole::kResourceDrop, index);
  CType own = MadeOf(CForm::kHandle, {{vm::ValType::kI32}, abi::ScalarLayout(4)});
  CType borrow = own;
  own.owns_handles = true;
  own.free = resource.drop_own;
  if (scope.is_export) {
    resource.core_make = CoreNameOf(CoreRole::kResourceNew, index);
    resource.core_rep = CoreNameOf(CoreRole::kResourceRep, index);
    resource.core_destroy = CoreNameOf(CoreRole::kDestructor, index).name;
    borrow.form = CForm::kRep;
    borrow.base = resource.rep_type = names_.Claim(base + "_t");
    resource.make = names_.Claim(base + "_new");
    resource.rep = names_.Claim(base + "_rep");
    resource.destroy = names_.Claim(base + "_destructor");
  } else {
    resource.drop_borrow = names_.Claim(base + "_drop_borrow");
    resource.to_borrow = names_.Claim(absl::StrCat(scope.prefix, "_borrow_", stem));
  }
  TENON_ASSIGN_OR_RETURN(resource.own, AddHandle("own_" + stem, std::move(own)));
  TENON_ASSIGN_OR_RETURN(resource.borrow, AddHandle("borrow_" + stem, std::move(borrow)));
  handles_.emplace(Key(index, scope_), Handles{resource.own, resource.borrow});
  program_.resources.push_back(std::move(resource));
  return {};
}

// --- Types without a name -----------------------------------------------------------------------

Result<CTypeIdx> CBuilder::Ref(const TypeRef& ref) {
  if (const auto* primitive = std::get_if<Primitive>(&ref)) {
    if (*primitive == Primitive::kErrorContext) {
      return Refuse(absl::StrCat("it has an error-context", kNotYet));
    }
    return BuiltinOf(*primitive);
  }
  const TypeIdx type = std::get<TypeIdx>(ref);
  if (!packages_[type].name.empty()) return named_.at(Key(type, HomeOf(type)));
  return std::visit([&](const auto& what) { return Unnamed(what, shapes_[type]); },
                    packages_[type].what);
}

Result<std::optional<CTypeIdx>> CBuilder::RefIfAny(const std::optional<TypeRef>& ref) {
  if (!ref) return std::nullopt;
  TENON_ASSIGN_OR_RETURN(const CTypeIdx type, Ref(*ref));
  return type;
}

// Such types are the same where they are made of the same, for the same interface. Primitives
// belong to none, and what is made of them alone has the world's name; results are an interface's
// always.
Result<CTypeIdx> CBuilder::AddUnnamed(absl::string_view word, CType type,
                                      const std::vector<Part>& parts) {
  type.stem = std::string(word);
  type.is_shared = word != "result";
  std::string key(word);
  for (const auto& [member, part] : parts) {
    type.members[member].type = part;
    absl::StrAppend(&type.stem, "_", part ? program_[*part].stem : "void");
    absl::StrAppend(&key, " ", part ? absl::StrCat(part->value()) : "void");
    if (part) type.is_shared &= program_[*part].is_shared;
  }
  if (!type.is_shared) absl::StrAppend(&key, " in ", scope_.value());
  const auto known = unnamed_.find(key);
  if (known != unnamed_.end()) return known->second;
  type.name = Declare(type.stem, type.is_shared);
  TENON_ASSIGN_OR_RETURN(const CTypeIdx added, Add(std::move(type)));
  unnamed_.emplace(std::move(key), added);
  return added;
}

Result<CTypeIdx> CBuilder::Unnamed(const List& list, const Shape& shape) {
  TENON_ASSIGN_OR_RETURN(const CTypeIdx element, Ref(list.element));
  const bool is_array = list.length > 0;
  CType type = MadeOf(is_array ? CForm::kArray : CForm::kSequence, shape);
  type.length = list.length;
  type.members.push_back({is_array ? "items" : "ptr", {}, "", ""});
  const std::string word = is_array ? absl::StrCat("list", list.length) : "list";
  return AddUnnamed(word, std::move(type), {{0, element}});
}

Result<CTypeIdx> CBuilder::Unnamed(const Map& map, const Shape& shape) {
  TENON_ASSIGN_OR_RETURN(const CTypeIdx key, Ref(map.key));
  TENON_ASSIGN_OR_RETURN(const CTypeIdx value, Ref(map.value));
  CType entry{.form = CForm::kRecord, .members = {{"key", {}, "", ""}, {"value", {}, "", ""}}};
  TENON_ASSIGN_OR_RETURN(const CTypeIdx element,
                         AddUnnamed("map_entry", std::move(entry), {{0, key}, {1, value}}));
  CType type = MadeOf(CForm::kSequence, shape);
  type.members = {{"ptr", {}, "", ""}};
  return AddUnnamed("map", std::move(type), {{0, element}});
}

Result<CTypeIdx> CBuilder::Unnamed(const Tuple& tuple, const Shape& shape) {
  CType type = MadeOf(CForm::kRecord, shape);
  std::vector<Part> parts;
  for (const TypeRef& member : tuple.members) {
    TENON_ASSIGN_OR_RETURN(const CTypeIdx part, Ref(member));
    type.members.push_back({absl::StrCat("f", parts.size()), {}, "", ""});
    parts.push_back({parts.size(), part});
  }
  return AddUnnamed(absl::StrCat("tuple", parts.size()), std::move(type), parts);
}

Result<CTypeIdx> CBuilder::Unnamed(const Option& option, const Shape& shape) {
  TENON_ASSIGN_OR_RETURN(const CTypeIdx some, Ref(option.some));
  CType type = MadeOf(CForm::kChoice, shape);
  type.base = "bool";
  type.tag = "is_some";
  type.members = {{"none", {}, "", ""}, {"val", {}, "", ""}};
  return AddUnnamed("option", std::move(type), {{1, some}});
}

Result<CTypeIdx> CBuilder::Unnamed(const ResultType& result, const Shape& shape) {
  TENON_ASSIGN_OR_RETURN(const std::optional<CTypeIdx> ok, RefIfAny(result.ok));
  TENON_ASSIGN_OR_RETURN(const std::optional<CTypeIdx> error, RefIfAny(result.error));
  CType type = MadeOf(CForm::kChoice, shape);
  type.base = "bool";
  type.tag = "is_err";
  type.payload = "val.";
  type.members = {{"ok", {}, "", ""}, {"err", {}, "", ""}};
  return AddUnnamed("result", std::move(type), {{0, ok}, {1, error}});
}

Result<CTypeIdx> CBuilder::Unnamed(const Handle& handle, const Shape&) {
  const Handles& handles = handles_.at(Key(handle.resource, HomeOf(handle.resource)));
  return handle.is_borrow ? handles.borrow : handles.own;
}

template <typename Other>
Result<CTypeIdx> CBuilder::Unnamed(const Other&, const Shape&) {
  constexpr bool kIsFuture = std::is_same_v<Other, Future>;
  return Refuse(absl::StrCat("it has a ", kIsFuture ? "future" : "stream", kNotYet));
}

}  // namespace tenon::wit
