// Types of WIT as definitions in one scope of a component: each is written once, in front of what
// needs it. What a name means there, and where the types of other interfaces come from, differs
// between scopes: in an instance type names are exports, in a world imports.
// abi: "Type Definitions"; wit: "Package Format"
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "abi/binary/component_writer.h"
#include "absl/container/flat_hash_map.h"
#include "absl/functional/function_ref.h"
#include "wit/resolve/packages.h"

namespace tenon::wit {

class TypeEncoder {
 public:
  TypeEncoder(const Packages& packages, abi::ComponentWriter& writer)
      : packages_(packages), writer_(writer) {}
  TypeEncoder(const TypeEncoder&) = delete;
  virtual ~TypeEncoder() = default;

  abi::syntax::ValType Encode(TypeRef type);
  abi::TypeIdx Encode(TypeIdx type);
  abi::TypeIdx Encode(const Function& function);
  // Of a result that may be missing.
  std::optional<abi::syntax::ValType> Encode(const std::optional<TypeRef>& type);

  // What is known of a type from elsewhere.
  void SetIndex(TypeIdx type, abi::TypeIdx index) { known_[type] = index; }
  void Forget(TypeIdx type) { known_.erase(type); }
  // Whether the type was written; nothing is.
  std::optional<abi::TypeIdx> Find(TypeIdx type) const;

 protected:
  // Writes that the type's name is here that of a resource (kSubResource) or of a definition
  // (kEq); where names are not written it is the definition.
  virtual abi::TypeIdx Name(TypeIdx type, const abi::syntax::ExternType& what) = 0;
  // The index of a type that another interface has; nothing if it belongs here, as do all of its
  // interface.
  virtual std::optional<abi::TypeIdx> Foreign(TypeIdx type) = 0;

  const Packages& packages_;
  abi::ComponentWriter& writer_;

 private:
  const TypeIdx* AliasedHere(TypeIdx type) const;
  abi::TypeIdx EncodeOwn(TypeIdx type);
  abi::TypeIdx Define(const Type& type);
  // Equal definitions without names are one.
  abi::TypeIdx Add(const abi::syntax::TypeDef& definition, bool is_named);
  std::vector<abi::syntax::LabeledType> EncodeFields(const std::vector<Field>& fields);
  abi::TypeIdx DefineVariant(const Variant& variant);

  absl::flat_hash_map<TypeIdx, abi::TypeIdx> known_;
  std::map<abi::Bytes, abi::TypeIdx> unnamed_;
};

// What of an interface an instance type shows, in this order.
struct InterfacePart {
  std::vector<TypeIdx> types;
  std::vector<const Function*> functions;
};
InterfacePart AllOf(const Interface& interface);

// Writes an instance type into `outer`; `find_outer` is the index there of a type that another
// interface has.
abi::TypeIdx EncodeInstanceType(const Packages& packages, InterfaceIdx interface,
                                const InterfacePart& part,
                                absl::FunctionRef<abi::TypeIdx(TypeIdx)> find_outer,
                                abi::ComponentWriter& outer);

// A name with the attributes that an item in WIT gives it: `@external-id`, and for an interface
// under a plain name which one it is. It is used within the statement.
class ExternName {
 public:
  ExternName(std::string name, const About& about, std::string implements = "");
  ExternName(const Packages& packages, const WorldItem& item);
  operator abi::syntax::Name() const;  // NOLINT: implicit

 private:
  std::string name_;
  std::string external_id_;
  std::string implements_;
  abi::syntax::NameAttributes attributes_;
};

}  // namespace tenon::wit
