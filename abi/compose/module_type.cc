#include "abi/compose/module_type.h"

#include <algorithm>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "vm/binary/encoder.h"

namespace tenon::abi {
namespace {

// Codes of declarators. abi: "Type Definitions" (Binary.md)
constexpr uint8_t kImportCode = 0x00, kTypeCode = 0x01, kExportCode = 0x03;

std::unexpected<Error> CannotWrite(absl::string_view what) {
  return Fail(ErrorKind::kLimit, absl::StrCat("not supported by this version: composing with an "
                                              "import of a core module left open that has ",
                                              what));
}

bool IsDefined(vm::ValType type) { return type.is_ref() && type.heap().is_concrete(); }

class DeclaratorWriter {
 public:
  explicit DeclaratorWriter(const vm::TypeStore& types) : types_(types) {}

  Status Import(const ModuleType::ImportItem& item) {
    TENON_ASSIGN_OR_RETURN(const vm::ImportType type, Extern(item.type));
    items_.bytes.push_back(kImportCode);
    AppendName(item.module, &items_.bytes);
    return Named(item.name, type);
  }
  Status Export(const ModuleType::ExportItem& item) {
    TENON_ASSIGN_OR_RETURN(const vm::ImportType type, Extern(item.type));
    items_.bytes.push_back(kExportCode);
    return Named(item.name, type);
  }
  const Items& items() const { return items_; }

 private:
  Status Named(absl::string_view name, const vm::ImportType& type) {
    AppendName(name, &items_.bytes);
    vm::EncodeExternType(type, &items_.bytes);
    ++items_.count;
    return {};
  }

  Result<vm::ImportType> Extern(const vm::ResolvedImportType& type) {
    constexpr size_t kFunc = 0, kTag = 4;
    if (type.index() == kFunc) {
      TENON_ASSIGN_OR_RETURN(const vm::TypeIdx index, Func(std::get<kFunc>(type)));
      return vm::ImportType(index);
    }
    if (type.index() == kTag) {
      TENON_ASSIGN_OR_RETURN(const vm::TypeIdx index, Func(std::get<kTag>(type)));
      return vm::ImportType(vm::TagType{index});
    }
    if (const auto* memory = std::get_if<vm::MemoryType>(&type)) {
      if (memory->page_size_log2 != vm::kWasmPageLog2) return CannotWrite("custom page sizes");
      return vm::ImportType(*memory);
    }
    if (const auto* table = std::get_if<vm::TableType>(&type)) {
      if (IsDefined(table->element)) return CannotWrite("references to types of its own");
      return vm::ImportType(*table);
    }
    const auto& global = std::get<vm::GlobalType>(type);
    if (IsDefined(global.type)) return CannotWrite("references to types of its own");
    return vm::ImportType(global);
  }

  // In front of whose type it is.
  Result<vm::TypeIdx> Func(vm::TypeId id) {
    const auto [place, is_new] = known_.try_emplace(id, static_cast<uint32_t>(known_.size()));
    if (!is_new) return place->second;
    const vm::SubType& type = types_.Get(id);
    const vm::FuncType& func = type.func;
    if (!type.is_final || type.supertype_count != 0 ||
        std::any_of(func.params.begin(), func.params.end(), IsDefined) ||
        std::any_of(func.results.begin(), func.results.end(), IsDefined)) {
      return CannotWrite("functions of types that others are defined by");
    }
    items_.bytes.push_back(kTypeCode);
    AppendCoreFuncType({func.params, func.results}, &items_.bytes);
    ++items_.count;
    return place->second;
  }

  const vm::TypeStore& types_;
  Items items_;
  absl::flat_hash_map<vm::TypeId, vm::TypeIdx> known_;
};

}  // namespace

Result<CoreTypeIdx> WriteModuleType(const ModuleType& type, const vm::TypeStore& core_types,
                                    ComponentWriter& writer) {
  DeclaratorWriter declarators(core_types);
  for (const auto& item : type.imports) TENON_RETURN_IF_ERROR(declarators.Import(item));
  for (const auto& item : type.exports) TENON_RETURN_IF_ERROR(declarators.Export(item));
  Bytes bytes;
  declarators.items().AppendTo(&bytes);
  return writer.AddCoreModuleType(bytes);
}

}  // namespace tenon::abi
