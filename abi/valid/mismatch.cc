#include "abi/valid/mismatch.h"

#include "abi/text/wit.h"
#include "absl/strings/str_cat.h"
#include "vm/syntax/extern_text.h"
#include "vm/valid/matching.h"

namespace tenon::abi {
namespace {

// What a kind of type is called, and its parts.
struct KindWords {
  const char* name;
  const char* parts;  // of several: "fields"
  const char* label;  // of one that has a label: "field name"
  const char* part;   // "record field", behind which its label or number stands
};

KindWords WordsOf(TypeKind kind) {
  switch (kind) {
    case TypeKind::kRecord: return {"record", "fields", "field name", "record field"};
    case TypeKind::kVariant: return {"variant", "cases", "case named", "variant case"};
    case TypeKind::kTuple: return {"tuple", "types", "", "tuple field"};
    case TypeKind::kList: return {"list", "", "", "list element"};
    case TypeKind::kFixedList: return {"fixed-length list", "elements", "", "list element"};
    case TypeKind::kMap: return {"map", "", "", "map entry"};
    case TypeKind::kOption: return {"option", "", "", "option payload"};
    case TypeKind::kFlags: return {"flags", "", "", ""};
    case TypeKind::kEnum: return {"enum", "", "", ""};
    case TypeKind::kResult: return {"result", "", "", ""};
    case TypeKind::kOwn: return {"own", "", "", ""};
    case TypeKind::kBorrow: return {"borrow", "", "", ""};
    case TypeKind::kStream: return {"stream", "", "", "stream element"};
    case TypeKind::kFuture: return {"future", "", "", "future element"};
    default: return {"primitive", "", "", ""};
  }
}

// Steps down from type to part until something differs. A way that gets long is cut.
class Finder {
 public:
  explicit Finder(const TypeTable& types) : types_(types) {}

  std::string Functions(const FuncType& found, const FuncType& expected) {
    if (found.is_async != expected.is_async) {
      return expected.is_async ? "expected async func, found func"
                               : "expected func, found async func";
    }
    if (found.params.size() != expected.params.size()) {
      return Counts(found.params.size(), expected.params.size(), "parameters");
    }
    for (size_t i = 0; i < found.params.size(); ++i) {
      const auto& [name, type] = found.params[i];
      const auto& [expected_name, expected_type] = expected.params[i];
      if (name != expected_name) return Labels("parameter named", name, expected_name);
      if (type != expected_type) {
        Enter(absl::StrCat("function parameter `", name, "`"));
        return Values(type, expected_type);
      }
    }
    if (found.result.has_value() != expected.result.has_value()) {
      return absl::StrCat("expected a result, found none in the function type ",
                          found.result.has_value() ? "expected" : "found");
    }
    path_ = "type mismatch with result type: ";
    return Values(found.result, expected.result);
  }

  std::string Values(ValType found, ValType expected) {
    if (found.kind() != expected.kind()) return Kinds(found, expected);
    const TypeDef& def = types_.Get(found);
    const TypeDef& expected_def = types_.Get(expected);
    switch (def.kind) {
      case TypeKind::kFlags: return absl::StrCat(path_, "mismatch in flags elements");
      case TypeKind::kEnum: return absl::StrCat(path_, "mismatch in enum elements");
      case TypeKind::kOwn:
      case TypeKind::kBorrow: return absl::StrCat(path_, "resource types are not the same");
      case TypeKind::kResult: return Results(def, expected_def);
      default: return Parts(def, expected_def);
    }
  }

 private:
  static constexpr size_t kMaxPath = 300;

  void Enter(absl::string_view part) {
    if (path_.size() < kMaxPath) absl::StrAppend(&path_, "type mismatch in ", part, ": ");
  }

  std::string Counts(size_t found, size_t expected, const char* what) const {
    return absl::StrCat(path_, "expected ", expected, " ", what, ", found ", found);
  }
  std::string Labels(const char* what, absl::string_view found, absl::string_view expected) const {
    return absl::StrCat(path_, "expected ", what, " `", expected, "`, found `", found, "`");
  }

  std::string NameOf(ValType type) const {
    return IsPrimitive(type.kind()) ? ToString(types_, type) : WordsOf(type.kind()).name;
  }

  std::string Kinds(ValType found, ValType expected) const {
    if (IsPrimitive(found.kind()) && IsPrimitive(expected.kind())) {
      return absl::StrCat(path_, "expected primitive `", NameOf(expected), "` found primitive `",
                          NameOf(found), "`");
    }
    // Alone, a primitive type is a definition.
    return absl::StrCat(path_, "expected ",
                        path_.empty() ? WordsOf(expected.kind()).name : NameOf(expected),
                        ", found ", NameOf(found));
  }

  // Parts in order: how many, what they are called, what they are.
  std::string Parts(const TypeDef& found, const TypeDef& expected) {
    const KindWords words = WordsOf(found.kind);
    if (PartCount(found) != PartCount(expected)) {
      return Counts(PartCount(found), PartCount(expected), words.parts);
    }
    for (size_t i = 0; i < found.types.size(); ++i) {
      const bool has_labels = !found.labels.empty();
      if (has_labels && found.labels[i] != expected.labels[i]) {
        return Labels(words.label, found.labels[i], expected.labels[i]);
      }
      const ValType part = found.types[i], expected_part = expected.types[i];
      if (part == expected_part) continue;
      if (!part.has_value() || !expected_part.has_value()) {
        if (!has_labels) return absl::StrCat(path_, "one ", words.part, " has no type");
        return absl::StrCat(
            path_, "expected case `", found.labels[i],
            part.has_value() ? "` to have no type" : "` to have a type, found none");
      }
      const bool has_number = found.kind == TypeKind::kTuple;
      Enter(absl::StrCat(words.part, has_labels   ? absl::StrCat(" `", found.labels[i], "`")
                                     : has_number ? absl::StrCat(" ", i)
                                                  : ""));
      return Values(part, expected_part);
    }
    return absl::StrCat(path_, "type mismatch");
  }

  std::string Results(const TypeDef& found, const TypeDef& expected) {
    const int part = found.types[0] != expected.types[0] ? 0 : 1;
    const char* const name = part == 0 ? "ok" : "err";
    const ValType type = found.types[part], expected_type = expected.types[part];
    if (!expected_type.has_value()) {
      return absl::StrCat(path_, "expected ", name, " type to not be present");
    }
    if (!type.has_value()) return absl::StrCat(path_, "expected ", name, " type, but found none");
    Enter(absl::StrCat(name, " variant"));
    return Values(type, expected_type);
  }

  const TypeTable& types_;
  std::string path_;
};

const char* SortOf(const AnyType& type) {
  static constexpr const char* kNames[] = {"defined type", "function", "instance", "component",
                                           "resource"};
  return kNames[type.index()];
}

std::string TypeDifference(const TypeTable& types, const AnyType& found, const AnyType& expected) {
  if (found.index() != expected.index()) {
    return absl::StrCat("expected ", SortOf(expected), ", found ", SortOf(found));
  }
  if (const auto* value = std::get_if<ValType>(&found)) {
    return Finder(types).Values(*value, std::get<ValType>(expected));
  }
  if (const auto* func = std::get_if<FuncTypeId>(&found)) {
    return Finder(types).Functions(types.Get(*func), types.Get(std::get<FuncTypeId>(expected)));
  }
  return "resource types are not the same";
}

// In parentheses, whole.
std::string CoreText(const vm::TypeStore& types, const vm::ResolvedImportType& type) {
  const auto func = [&](vm::TypeId id) -> const vm::FuncType* {
    const vm::SubType& sub = types.Get(id);
    return sub.kind == vm::SubType::Kind::kFunc ? &sub.func : nullptr;
  };
  switch (static_cast<vm::ExternKind>(type.index())) {
    case vm::ExternKind::kTable: return vm::ExternText(std::get<1>(type));
    case vm::ExternKind::kMemory: return vm::ExternText(std::get<2>(type));
    case vm::ExternKind::kGlobal: return vm::ExternText(std::get<3>(type));
    case vm::ExternKind::kFunc:
      if (const auto* found = func(std::get<0>(type))) return vm::ExternText(*found);
      break;
    case vm::ExternKind::kTag:
      if (const auto* found = func(std::get<4>(type))) return vm::TagText(*found);
      break;
  }
  return "another type";
}

std::string TableDifference(const vm::TableType& found, const vm::TableType& expected) {
  if (found.address != expected.address) return "mismatch in the index type of tables";
  if (!vm::MatchesLimits(found.limits, expected.limits)) return "mismatch in table limits";
  return absl::StrCat("expected table element type ", vm::ToString(expected.element), ", found ",
                      vm::ToString(found.element));
}

std::string MemoryDifference(const vm::MemoryType& found, const vm::MemoryType& expected) {
  if (found.shared != expected.shared) return "mismatch in the shared flag for memories";
  if (found.address != expected.address) return "mismatch in the index type of memories";
  if (found.page_size_log2 != expected.page_size_log2) return "mismatch in the page size";
  return "mismatch in memory limits";
}

std::string GlobalDifference(const vm::GlobalType& found, const vm::GlobalType& expected) {
  if (found.is_mutable != expected.is_mutable) return "mismatch in the mutability of globals";
  return absl::StrCat("expected global type ", vm::ToString(expected.type), ", found ",
                      vm::ToString(found.type));
}

}  // namespace

std::string Difference(const TypeTable& types, const ExternType& found,
                       const ExternType& expected) {
  if (const auto* func = std::get_if<FuncTypeId>(&found)) {
    return TypeDifference(types, *func, std::get<FuncTypeId>(expected));
  }
  return TypeDifference(types, std::get<TypeItem>(found).type, std::get<TypeItem>(expected).type);
}

std::string CoreDifference(const vm::TypeStore& types, const vm::ResolvedImportType& found,
                           const vm::ResolvedImportType& expected) {
  static constexpr const char* kSorts[] = {"func", "table", "memory", "global", "tag"};
  if (found.index() != expected.index()) {
    return absl::StrCat("expected ", kSorts[expected.index()], ", found ", kSorts[found.index()]);
  }
  switch (static_cast<vm::ExternKind>(expected.index())) {
    case vm::ExternKind::kTable: return TableDifference(std::get<1>(found), std::get<1>(expected));
    case vm::ExternKind::kMemory:
      return MemoryDifference(std::get<2>(found), std::get<2>(expected));
    case vm::ExternKind::kGlobal:
      return GlobalDifference(std::get<3>(found), std::get<3>(expected));
    case vm::ExternKind::kFunc:
    case vm::ExternKind::kTag: break;
  }
  return absl::StrCat("expected: ", CoreText(types, expected), ", found: ", CoreText(types, found));
}

std::string CoreImportStep(absl::string_view module, absl::string_view name) {
  return absl::StrCat("core import \"", module, "\" \"", name, "\"");
}

std::string CoreExportStep(absl::string_view name) {
  return absl::StrCat("core export \"", name, "\"");
}

Diagnosis DiagnoseCore(const vm::TypeStore& types, const vm::ResolvedImportType& found,
                       const vm::ResolvedImportType& expected) {
  Diagnosis diagnosis;
  diagnosis.code = found.index() == expected.index() ? "type-mismatch" : "other-kind";
  diagnosis.expected = CoreText(types, expected);
  diagnosis.found = CoreText(types, found);
  return diagnosis;
}

}  // namespace tenon::abi
