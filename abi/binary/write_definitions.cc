// Types, names, aliases, instances and canonical functions, each as it stands in its section.
#include <optional>
#include <variant>

#include "abi/binary/write.h"
#include "vm/syntax/instruction_writer.h"

namespace tenon::abi {
namespace {

void AppendCount(size_t count, Bytes* out) { AppendVarU32(static_cast<uint32_t>(count), out); }

void AppendOptionalType(const std::optional<syntax::ValType>& type, Bytes* out) {
  out->push_back(type.has_value());
  if (type) AppendValType(*type, out);
}

void AppendLabeledTypes(absl::Span<const syntax::LabeledType> types, Bytes* out) {
  AppendCount(types.size(), out);
  for (const syntax::LabeledType& type : types) {
    AppendName(type.label, out);
    AppendValType(type.type, out);
  }
}

void AppendLabels(absl::Span<const absl::string_view> labels, Bytes* out) {
  AppendCount(labels.size(), out);
  for (const absl::string_view label : labels) AppendName(label, out);
}

uint8_t CodeOf(syntax::PrimType type) {
  // The enum has the codes' order.
  return type == syntax::PrimType::kErrorContext ? 0x64 : 0x7f - static_cast<uint8_t>(type);
}

// Types by their first byte.
void AppendResultList(const std::optional<syntax::ValType>& result, Bytes* out) {
  out->push_back(!result.has_value());
  if (result) return AppendValType(*result, out);
  out->push_back(0x00);
}

struct TypeAppender {
  Bytes* out;

  void operator()(syntax::PrimType type) const { out->push_back(CodeOf(type)); }
  void operator()(const syntax::RecordType& type) const {
    out->push_back(0x72);
    AppendLabeledTypes(type.fields, out);
  }
  void operator()(const syntax::VariantType& type) const {
    out->push_back(0x71);
    AppendCount(type.cases.size(), out);
    for (const syntax::Case& each : type.cases) {
      AppendName(each.label, out);
      AppendOptionalType(each.type, out);
      out->push_back(0x00);
    }
  }
  void operator()(const syntax::ListType& type) const {
    out->push_back(type.length ? 0x67 : 0x70);
    AppendValType(type.element, out);
    if (type.length) AppendVarU32(*type.length, out);
  }
  void operator()(const syntax::TupleType& type) const {
    out->push_back(0x6f);
    AppendCount(type.types.size(), out);
    for (const syntax::ValType& each : type.types) AppendValType(each, out);
  }
  void operator()(const syntax::FlagsType& type) const {
    out->push_back(0x6e);
    AppendLabels(type.labels, out);
  }
  void operator()(const syntax::EnumType& type) const {
    out->push_back(0x6d);
    AppendLabels(type.labels, out);
  }
  void operator()(const syntax::OptionType& type) const {
    out->push_back(0x6b);
    AppendValType(type.type, out);
  }
  void operator()(const syntax::ResultType& type) const {
    out->push_back(0x6a);
    AppendOptionalType(type.ok, out);
    AppendOptionalType(type.error, out);
  }
  void operator()(const syntax::OwnType& type) const {
    out->push_back(0x69);
    AppendVarU32(type.resource.value(), out);
  }
  void operator()(const syntax::BorrowType& type) const {
    out->push_back(0x68);
    AppendVarU32(type.resource.value(), out);
  }
  void operator()(const syntax::StreamType& type) const {
    out->push_back(0x66);
    AppendOptionalType(type.element, out);
  }
  void operator()(const syntax::FutureType& type) const {
    out->push_back(0x65);
    AppendOptionalType(type.element, out);
  }
  void operator()(const syntax::MapType& type) const {
    out->push_back(0x63);
    AppendValType(type.key, out);
    AppendValType(type.value, out);
  }
  void operator()(const syntax::FuncType& type) const {
    out->push_back(type.is_async ? 0x43 : 0x40);
    AppendLabeledTypes(type.params, out);
    AppendResultList(type.result, out);
  }
  void operator()(const syntax::ResourceType& type) const {
    out->push_back(0x3f);
    vm::InstructionWriter(out).WriteValType(type.rep);
    out->push_back(type.destructor.has_value());
    if (type.destructor) AppendVarU32(type.destructor->value(), out);
  }
  void operator()(const syntax::ComponentType*) const { TENON_CHECK(false); }
};

void AppendOptions(syntax::CanonOptions options, Bytes* out) {
  AppendCount(options.size(), out);
  for (const syntax::CanonOption& option : options) {
    out->push_back(static_cast<uint8_t>(option.kind));  // the enum has the codes' order
    if (syntax::RowOf(option).sort) AppendVarU32(option.index, out);
  }
}

struct CanonAppender {
  Bytes* out;

  void operator()(const syntax::CanonLift& lift) const {
    out->insert(out->end(), {0x00, 0x00});
    AppendVarU32(lift.func.value(), out);
    AppendOptions(lift.options, out);
    AppendVarU32(lift.type.value(), out);
  }
  void operator()(const syntax::CanonLower& lower) const {
    out->insert(out->end(), {0x01, 0x00});
    AppendVarU32(lower.func.value(), out);
    AppendOptions(lower.options, out);
  }
  void operator()(const syntax::CanonResource& resource) const {
    out->push_back(0x02 + static_cast<uint8_t>(resource.op));
    AppendVarU32(resource.type.value(), out);
  }
  void operator()(const syntax::CanonBuiltin* builtin) const {
    out->push_back(builtin->row->code);
    for (const char* letter = builtin->row->immediates; *letter != 0; ++letter) {
      AppendImmediate(*builtin, *letter);
    }
  }

 private:
  // One of those whose letters canon_builtins.def explains; of core value types i32 alone.
  void AppendImmediate(const syntax::CanonBuiltin& builtin, char letter) const {
    switch (letter) {
      case 't': return AppendVarU32(builtin.type.value(), out);
      case 'o': return AppendOptions(builtin.options, out);
      case 'a': return out->push_back(builtin.is_async);
      case 'c': return out->push_back(builtin.cancellable);
      case 'u': return AppendVarU32(builtin.slot, out);
      case 'm': return AppendVarU32(builtin.memory.value(), out);
      case 'v': TENON_CHECK(builtin.value_type == vm::ValType::kI32); return out->push_back(0x7f);
      case 'r': return AppendResultList(builtin.result, out);
      case 'f': return AppendVarU32(builtin.core_type.value(), out);
      case 'b': return AppendVarU32(builtin.table.value(), out);
      default: TENON_CHECK(false);  // 's': those of shared-everything-threads are not written
    }
  }
};

}  // namespace

void AppendValType(const syntax::ValType& type, Bytes* out) {
  if (const auto* index = std::get_if<TypeIdx>(&type)) return AppendVarS64(index->value(), out);
  out->push_back(CodeOf(std::get<syntax::PrimType>(type)));
}

void AppendTypeDef(const syntax::TypeDef& type, Bytes* out) { std::visit(TypeAppender{out}, type); }

void AppendCoreFuncType(const syntax::CoreFuncType& type, Bytes* out) {
  out->push_back(0x60);
  for (const absl::Span<const vm::ValType> types : {type.params, type.results}) {
    AppendVarU32(static_cast<uint32_t>(types.size()), out);
    for (const vm::ValType each : types) vm::InstructionWriter(out).WriteValType(each);
  }
}

void AppendExternName(const syntax::Name& name, Bytes* out) {
  Items attributes;
  if (name.attributes != nullptr) {
    const std::optional<absl::string_view> values[] = {
        name.attributes->implements, name.attributes->version_suffix, name.attributes->external_id};
    for (uint8_t code = 0; code < std::size(values); ++code) {
      if (!values[code]) continue;
      ++attributes.count;
      attributes.bytes.push_back(code);
      AppendName(*values[code], &attributes.bytes);
    }
  }
  out->push_back(attributes.count == 0 ? 0x00 : 0x02);
  AppendName(name.name, out);
  if (attributes.count != 0) attributes.AppendTo(out);
}

void AppendExternType(const syntax::ExternType& type, Bytes* out) {
  AppendSort(type.sort, out);
  if (type.sort == Sort::kType) {
    out->push_back(type.bound == syntax::ExternType::Bound::kEq ? 0x00 : 0x01);
    if (type.bound != syntax::ExternType::Bound::kEq) return;
  }
  AppendVarU32(type.index, out);
}

void AppendAlias(const syntax::Alias& alias, Bytes* out) {
  AppendSort(alias.sort, out);
  out->push_back(static_cast<uint8_t>(alias.target));  // the enum has the codes' order
  if (alias.target == syntax::Alias::Target::kOuter) {
    AppendVarU32(alias.outer_count, out);
    AppendVarU32(alias.outer_index, out);
  } else {
    AppendVarU32(alias.instance, out);
    AppendName(alias.name, out);
  }
}

void AppendCanon(const syntax::Canon& canon, Bytes* out) { std::visit(CanonAppender{out}, canon); }

void AppendCoreInstance(const syntax::CoreInstance& instance, Bytes* out) {
  if (const auto* made = std::get_if<syntax::CoreInstantiate>(&instance)) {
    out->push_back(0x00);
    AppendVarU32(made->module.value(), out);
    AppendCount(made->args.size(), out);
    for (const syntax::CoreInstantiateArg& arg : made->args) {
      AppendName(arg.name, out);
      AppendCoreSortIndex({Sort::kCoreInstance, arg.instance.value()}, out);
    }
    return;
  }
  const auto exports = std::get<absl::Span<const syntax::CoreInlineExport>>(instance);
  out->push_back(0x01);
  AppendCount(exports.size(), out);
  for (const syntax::CoreInlineExport& each : exports) {
    AppendName(each.name, out);
    AppendCoreSortIndex(each.item, out);
  }
}

void AppendInstance(const syntax::Instance& instance, Bytes* out) {
  if (const auto* made = std::get_if<syntax::Instantiate>(&instance)) {
    out->push_back(0x00);
    AppendVarU32(made->component.value(), out);
    AppendCount(made->args.size(), out);
    for (const syntax::InstantiateArg& arg : made->args) {
      AppendName(arg.name, out);
      AppendSortIndex(arg.item, out);
    }
    return;
  }
  const auto exports = std::get<absl::Span<const syntax::InlineExport>>(instance);
  out->push_back(0x01);
  AppendCount(exports.size(), out);
  for (const syntax::InlineExport& each : exports) {
    AppendExternName(each.name, out);
    AppendSortIndex(each.item, out);
  }
}

}  // namespace tenon::abi
