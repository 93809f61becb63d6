#include "wit/bindgen/c_flat.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"

namespace tenon::wit {
namespace {

using vm::ValType;

// How a core type is spelt, and goes into a slot of 64 bits and out of one.
struct CoreRow {
  ValType type;
  const char* c_type;
  const char* to_bits;
  const char* from_bits;
};
constexpr CoreRow kCores[] = {{ValType::kI32, "int32_t", "(uint32_t)", "(int32_t)"},
                              {ValType::kI64, "int64_t", "(uint64_t)", "(int64_t)"},
                              {ValType::kF32, "float", "__f32_to_bits", "__f32_of_bits"},
                              {ValType::kF64, "double", "__f64_to_bits", "__f64_of_bits"}};

const CoreRow& RowOf(ValType core) {
  for (const CoreRow& row : kCores) {
    if (row.type == core) return row;
  }
  return kCores[0];  // there are no others
}

bool IsFloat(ValType core) { return core == ValType::kF32 || core == ValType::kF64; }

constexpr absl::string_view kBits = R"(
static inline __attribute__((unused)) uint64_t __f32_to_bits(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline __attribute__((unused)) float __f32_of_bits(uint64_t slot) {
  const uint32_t bits = (uint32_t)slot;
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

static inline __attribute__((unused)) uint64_t __f64_to_bits(double value) {
  uint64_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

static inline __attribute__((unused)) double __f64_of_bits(uint64_t bits) {
  double value;
  memcpy(&value, &bits, sizeof value);
  return value;
}
)";

// A cast, or a call.
std::string Convert(absl::string_view how, absl::string_view expr) {
  return how[0] == '(' ? absl::StrCat(how, expr) : absl::StrCat(how, "(", expr, ")");
}
std::string ToBits(ValType core, absl::string_view expr) {
  return Convert(RowOf(core).to_bits, expr);
}
std::string FromBits(ValType core, absl::string_view expr) {
  return Convert(RowOf(core).from_bits, expr);
}

std::string Slot(size_t number) { return absl::StrCat("flat[", number, "]"); }

}  // namespace

absl::string_view CTypeOf(ValType core) { return RowOf(core).c_type; }

std::string CMemberOf(absl::string_view expr, absl::string_view member) {
  if (!absl::ConsumePrefix(&expr, "(*")) return absl::StrCat(expr, ".", member);
  return absl::StrCat(absl::StripSuffix(expr, ")"), "->", member);
}

std::string CAddressOf(absl::string_view expr) {
  if (!absl::ConsumePrefix(&expr, "(*")) return absl::StrCat("&", expr);
  return std::string(absl::StripSuffix(expr, ")"));
}

void CFlat::AddLeaves(CTypeIdx index, const std::string& expr, std::vector<Leaf>& leaves) const {
  const CType& type = program_.Real(index);
  switch (type.form) {
    case CForm::kRecord:
      for (const CMember& member : type.members) {
        AddLeaves(*member.type, CMemberOf(expr, member.name), leaves);
      }
      break;
    case CForm::kArray:
      for (uint32_t i = 0; i < type.length; ++i) {
        AddLeaves(*type.members[0].type, CMemberOf(expr, absl::StrCat("items[", i, "]")), leaves);
      }
      break;
    case CForm::kSequence:
      for (const char* word : {"ptr", "len"}) leaves.push_back({CMemberOf(expr, word), type.real});
      break;
    case CForm::kHandle: leaves.push_back({CMemberOf(expr, "__handle"), type.real}); break;
    default: leaves.push_back({expr, type.real});
  }
}

// Of all but choices.
std::string CFlat::LowerLeaf(const Leaf& leaf) const {
  const CType& type = program_[leaf.type];
  const ValType core = type.flat[0];
  const bool is_as_it_is = type.form == CForm::kHandle || IsFloat(core);
  return is_as_it_is ? leaf.expr : absl::StrCat("(", CTypeOf(core), ")", leaf.expr);
}

void CFlat::Lower(CTypeIdx index, const std::string& expr, std::string& before,
                  std::vector<std::string>& args) {
  std::vector<Leaf> leaves;
  AddLeaves(index, expr, leaves);
  for (const Leaf& leaf : leaves) {
    const CType& type = program_[leaf.type];
    if (type.form != CForm::kChoice) {
      args.push_back(LowerLeaf(leaf));
      continue;
    }
    Need(lowered_, leaf.type);
    const std::string flat = absl::StrCat("_flat", args.size());
    absl::StrAppend(&before, "  uint64_t ", flat, "[", type.flat.size(), "] = {0};\n  __lower_",
                    type.name, "(", CAddressOf(leaf.expr), ", ", flat, ");\n");
    for (size_t i = 0; i < type.flat.size(); ++i) {
      args.push_back(FromBits(type.flat[i], absl::StrCat(flat, "[", i, "]")));
    }
  }
}

std::string CFlat::Initializer(CTypeIdx index, absl::Span<const std::string> args) {
  const CType& type = program_.Real(index);
  std::vector<std::string> parts;
  const auto add = [&](CTypeIdx member) {
    const size_t count = program_.Real(member).flat.size();
    parts.push_back(Initializer(member, args.first(count)));
    args.remove_prefix(count);
  };
  switch (type.form) {
    case CForm::kScalar:
      if (IsFloat(type.flat[0])) return args[0];
      [[fallthrough]];
    case CForm::kRep: return absl::StrCat("(", type.name, ")", args[0]);
    case CForm::kHandle: return absl::StrCat("{", args[0], "}");
    case CForm::kSequence:
      return absl::StrCat("{(", program_[*type.members[0].type].name, " *)", args[0], ", (size_t)",
                          args[1], "}");
    case CForm::kRecord:
      for (const CMember& member : type.members) add(*member.type);
      return absl::StrCat("{", absl::StrJoin(parts, ", "), "}");
    case CForm::kArray:
      for (uint32_t i = 0; i < type.length; ++i) add(*type.members[0].type);
      return absl::StrCat("{{", absl::StrJoin(parts, ", "), "}}");
    case CForm::kChoice: break;
  }
  Need(lifted_, type.real);
  for (size_t i = 0; i < type.flat.size(); ++i) {
    parts.push_back(ToBits(type.flat[i], args[i]));
  }
  return absl::StrCat("__lift_", type.name, "((uint64_t[]){", absl::StrJoin(parts, ", "), "})");
}

std::string CFlat::Lift(CTypeIdx index, absl::Span<const std::string> args) {
  const std::string value = Initializer(index, args);
  return value[0] == '{' ? absl::StrCat("(", program_[index].name, ")", value) : value;
}

std::string CFlat::LiftSlots(CTypeIdx index, size_t first) {
  std::vector<std::string> args;
  for (const ValType core : program_.Real(index).flat) {
    args.push_back(FromBits(core, Slot(first + args.size())));
  }
  return Lift(index, args);
}

// With those it calls, which stand before it: a type stands behind what it is made of.
void CFlat::Need(std::set<CTypeIdx>& functions, CTypeIdx index) {
  const CType& type = program_.Real(index);
  if (type.form == CForm::kChoice && !functions.insert(type.real).second) return;
  if (type.form == CForm::kSequence) return;
  for (const CMember& member : type.members) {
    if (member.type) Need(functions, *member.type);
  }
}

std::string CFlat::LowerFunction(const CType& type) {
  std::string cases;
  for (size_t i = 0; i < type.members.size(); ++i) {
    const CMember& member = type.members[i];
    if (!member.type) continue;
    std::vector<Leaf> leaves;
    AddLeaves(*member.type, absl::StrCat("value->", type.payload, member.name), leaves);
    absl::StrAppend(&cases, "    case ", i, ":\n");
    size_t slot = 1;
    for (const Leaf& leaf : leaves) {
      const CType& part = program_[leaf.type];
      if (part.form == CForm::kChoice) {
        absl::StrAppend(&cases, "      __lower_", part.name, "(&", leaf.expr, ", flat + ", slot,
                        ");\n");
        slot += part.flat.size();
      } else {
        absl::StrAppend(&cases, "      ", Slot(slot++), " = ",
                        ToBits(part.flat[0], LowerLeaf(leaf)), ";\n");
      }
    }
    absl::StrAppend(&cases, "      break;\n");
  }
  if (!cases.empty()) cases = absl::StrCat("  switch (flat[0]) {\n", cases, "  }\n");
  return absl::StrCat("\nstatic void __lower_", type.name, "(const ", type.name,
                      " *value, uint64_t *flat) {\n  flat[0] = value->", type.tag, ";\n", cases,
                      "}\n");
}

std::string CFlat::LiftFunction(const CType& type) {
  std::string cases;
  for (size_t i = 0; i < type.members.size(); ++i) {
    const CMember& member = type.members[i];
    if (!member.type) continue;
    absl::StrAppend(&cases, "    case ", i, ": value.", type.payload, member.name, " = ",
                    LiftSlots(*member.type, 1), "; break;\n");
  }
  if (!cases.empty()) cases = absl::StrCat("  switch (flat[0]) {\n", cases, "  }\n");
  return absl::StrCat("\nstatic ", type.name, " __lift_", type.name, "(const uint64_t *flat) {\n  ",
                      type.name, " value = {.", type.tag, " = (", type.base, ")flat[0]};\n", cases,
                      "  return value;\n}\n");
}

std::string CFlat::Functions() {
  std::string text(lowered_.empty() && lifted_.empty() ? "" : kBits);
  for (const CTypeIdx type : lowered_) text += LowerFunction(program_[type]);
  for (const CTypeIdx type : lifted_) text += LiftFunction(program_[type]);
  return text;
}

}  // namespace tenon::wit
