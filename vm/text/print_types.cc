// Types: what is imported, exported or defined. core: #text-externtype, #text-types
#include "absl/strings/str_cat.h"
#include "vm/text/print_instruction.h"

namespace tenon::vm {
namespace {

void AppendLimits(const Limits& limits, AddressType address, std::string* out) {
  if (address == AddressType::kI64) absl::StrAppend(out, " i64");
  absl::StrAppend(out, " ", limits.min);
  if (limits.has_max) absl::StrAppend(out, " ", limits.max);
}

}  // namespace

void AppendMemoryType(const MemoryType& type, std::string* out) {
  constexpr uint8_t kUsualPage = 16;
  AppendLimits(type.limits, type.address, out);
  if (type.shared) absl::StrAppend(out, " shared");
  if (type.page_size_log2 != kUsualPage) {
    absl::StrAppend(out, " (pagesize ", uint64_t{1} << type.page_size_log2, ")");
  }
}

void PrintContext::AppendTableType(const TableType& type, std::string* out) const {
  AppendLimits(type.limits, type.address, out);
  AppendSpaced(type.element, out);
}

void PrintContext::AppendGlobalType(const GlobalType& type, std::string* out) const {
  if (type.is_mutable) absl::StrAppend(out, " (mut");
  AppendSpaced(type.type, out);
  if (type.is_mutable) out->push_back(')');
}

void PrintContext::AppendExternType(const ImportType& type, std::string* out) const {
  switch (static_cast<ExternKind>(type.index())) {
    case ExternKind::kFunc: AppendTypeUse(std::get<TypeIdx>(type).value(), out); break;
    case ExternKind::kTable: AppendTableType(std::get<TableType>(type), out); break;
    case ExternKind::kMemory: AppendMemoryType(std::get<MemoryType>(type), out); break;
    case ExternKind::kGlobal: AppendGlobalType(std::get<GlobalType>(type), out); break;
    case ExternKind::kTag: AppendTypeUse(std::get<TagType>(type).type.value(), out); break;
  }
}

void PrintContext::AppendSubType(const SubType& type, bool with_sub, const NameTable& fields,
                                 std::string* out) const {
  if (with_sub) {
    absl::StrAppend(out, type.is_final ? " (sub final" : " (sub");
    for (int i = 0; i < type.supertype_count; ++i) {
      AppendIndex(NameKind::kType, type.supertype, out);
    }
  }
  switch (type.kind) {
    case SubType::Kind::kFunc:
      absl::StrAppend(out, " (func");
      AppendValTypes("param", type.func.params, out);
      AppendValTypes("result", type.func.results, out);
      break;
    case SubType::Kind::kStruct: AppendStruct(type, fields, out); break;
    case SubType::Kind::kArray:
      absl::StrAppend(out, " (array");
      AppendFieldType(type.fields[0], out);
      break;
  }
  absl::StrAppend(out, with_sub ? "))" : ")");
}

void PrintContext::AppendStruct(const SubType& type, const NameTable& fields,
                                std::string* out) const {
  absl::StrAppend(out, " (struct");
  for (uint32_t i = 0; i < type.fields.size(); ++i) {
    absl::StrAppend(out, " (field");
    fields.AppendBinding(i, /*with_number=*/false, out);
    AppendFieldType(type.fields[i], out);
    out->push_back(')');
  }
}

void PrintContext::AppendFieldType(const FieldType& type, std::string* out) const {
  if (type.is_mutable) absl::StrAppend(out, " (mut");
  switch (type.storage.packed) {
    case StorageType::Packed::kNone: AppendSpaced(type.storage.type, out); break;
    case StorageType::Packed::kI8: absl::StrAppend(out, " i8"); break;
    case StorageType::Packed::kI16: absl::StrAppend(out, " i16"); break;
  }
  if (type.is_mutable) out->push_back(')');
}

}  // namespace tenon::vm
