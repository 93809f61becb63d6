#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "absl/strings/substitute.h"
#include "wit/bindgen/c.h"
#include "wit/bindgen/c_names.h"
#include "wit/bindgen/c_print.h"

namespace tenon::wit {
namespace {

constexpr absl::string_view kRules =
    R"(// Bindings of the world $0 for C, made by `tenon wit bindgen c`; do not edit.
//
// Who frees what:
// - What an import returns is yours. *_free frees a value and all that it holds: strings and lists
//   are of malloc, and own handles are dropped.
// - What you pass to an import stays yours, but for own handles, which are gone then.
// - What an export is given is yours. A handle that is borrowed from an import is dropped with
//   *_drop_borrow before the export returns; a pointer to your own resource is only lent.
// - What an export returns is freed for you afterwards: its strings and lists must be of malloc.
//   Own handles in it are the caller's.
// - An empty string or list needs no memory.
//
)";

constexpr absl::string_view kStringTypes =
    R"(
// A string: `len` $2, not ended by a 0.
typedef struct $0_string_t {
  $1 *ptr;
  size_t len;
} $0_string_t;

// Refers to `s`, which ends with a 0, without a copy: not to be freed.
void $0_string_set($0_string_t *ret, const $3 *s);
// Copies `s`, which ends with a 0.
void $0_string_dup($0_string_t *ret, const $3 *s);
// Copies `len` $2 of `s`.
void $0_string_dup_n($0_string_t *ret, const $3 *s, size_t len);
void $0_string_free($0_string_t *ret);
)";

class HeaderPrinter {
 public:
  explicit HeaderPrinter(const CProgram& program) : program_(program) {}

  std::string Print() {
    const std::string guard = absl::StrCat("BINDINGS_", ShoutCase(program_.name), "_H");
    absl::SubstituteAndAppend(&text_, kRules, program_.world);
    absl::StrAppend(&text_, "#ifndef ", guard, "\n#define ", guard, "\n\n#include <stdbool.h>\n",
                    "#include <stddef.h>\n#include <stdint.h>\n",
                    program_.is_utf16 ? "#include <uchar.h>\n" : "",
                    "\n#ifdef __cplusplus\nextern \"C\" {\n#endif\n");
    absl::SubstituteAndAppend(&text_, kStringTypes, program_.name,
                              program_.is_utf16 ? "uint16_t" : "uint8_t",
                              program_.is_utf16 ? "units of UTF-16" : "bytes of UTF-8",
                              program_.is_utf16 ? "char16_t" : "char");
    CSection before;
    for (const CSection& section : program_.sections) {
      Section(before, section);
      before = section;
    }
    absl::StrAppend(&text_, "\n#ifdef __cplusplus\n}\n#endif\n\n#endif  // ", guard, "\n");
    return std::move(text_);
  }

 private:
  template <typename... Texts>
  void Append(const Texts&... texts) {
    absl::StrAppend(&text_, texts...);
  }
  const std::string& Name(CTypeIdx type) const { return program_[type].name; }

  void Section(const CSection& from, const CSection& to) {
    const size_t size = text_.size();
    for (size_t i = from.resources_end; i < to.resources_end; ++i) {
      const CResource& resource = program_.resources[i];
      if (resource.is_export) {
        Append("\n", CComment(resource.docs, ""), "// Yours to define.\ntypedef struct ",
               resource.rep_type, " ", resource.rep_type, ";\n");
      }
    }
    for (size_t i = from.types_end; i < to.types_end; ++i) Type(program_.types[i]);
    for (size_t i = from.resources_end; i < to.resources_end; ++i) Of(program_.resources[i]);
    for (size_t i = from.functions_end; i < to.functions_end; ++i) Of(program_.functions[i]);
    if (text_.size() == size || to.title.empty()) return;
    text_.insert(size, absl::StrCat("\n// --- ", to.title, "\n", CComment(to.docs, "")));
  }

  void Type(const CType& type) {
    if (type.is_builtin) return;
    Append("\n", CComment(type.docs, ""));
    if (type.alias_of) {
      Append("typedef ", Name(*type.alias_of), " ", type.name, ";\n");
    } else {
      Declare(type);
    }
    if (!type.free.empty() && type.form != CForm::kHandle) {
      Append("void ", type.free, "(", type.name, " *ptr);\n");
    }
  }

  void Declare(const CType& type) {
    switch (type.form) {
      case CForm::kScalar: Append("typedef ", type.base, " ", type.name, ";\n"); break;
      case CForm::kRep: Append("typedef ", type.base, " *", type.name, ";\n"); break;
      case CForm::kHandle: Struct(type, "  int32_t __handle;\n"); break;
      case CForm::kSequence:
        Struct(type, absl::StrCat("  ", Name(*type.members[0].type), " *ptr;\n  size_t len;\n"));
        break;
      case CForm::kArray:
        Struct(type,
               absl::StrCat("  ", Name(*type.members[0].type), " items[", type.length, "];\n"));
        break;
      case CForm::kRecord: Struct(type, Members(type, "  ")); break;
      case CForm::kChoice: Struct(type, Choice(type)); break;
    }
    for (size_t i = 0; i < type.members.size(); ++i) {
      const CMember& member = type.members[i];
      if (member.constant.empty()) continue;
      Append(CComment(type.form == CForm::kChoice && member.type ? "" : member.docs, ""),
             "#define ", member.constant, " ",
             type.is_flags ? absl::StrCat("(1u << ", i, ")") : absl::StrCat(i), "\n");
    }
  }

  void Struct(const CType& type, absl::string_view body) {
    Append("typedef struct ", type.name, " {\n", body, "} ", type.name, ";\n");
  }

  std::string Members(const CType& type, absl::string_view indent) const {
    std::string text;
    for (const CMember& member : type.members) {
      if (!member.type) continue;
      absl::StrAppend(&text, CComment(member.docs, indent), indent, Name(*member.type), " ",
                      member.name, ";\n");
    }
    return text;
  }

  std::string Choice(const CType& type) const {
    const std::string tag = absl::StrCat("  ", type.base, " ", type.tag, ";\n");
    if (type.payload.empty()) return tag + Members(type, "  ");
    const std::string members = Members(type, "    ");
    return members.empty() ? tag : absl::StrCat(tag, "  union {\n", members, "  } val;\n");
  }

  void Of(const CResource& resource) {
    const std::string &own = Name(resource.own), &borrow = Name(resource.borrow);
    Append("\nvoid ", resource.drop_own, "(", own, " handle);\n");
    if (!resource.is_export) {
      Append("// For handles that an export was given; not for those of ", resource.to_borrow,
             ".\n", "void ", resource.drop_borrow, "(", borrow, " handle);\n", borrow, " ",
             resource.to_borrow, "(", own, " handle);\n");
      return;
    }
    const std::string& rep = resource.rep_type;
    Append(own, " ", resource.make, "(", rep, " *rep);\n", rep, " *", resource.rep, "(", own,
           " handle);\n// Yours to define: called when the last handle is dropped.\nvoid ",
           resource.destroy, "(", rep, " *rep);\n");
  }

  void Of(const CFunction& function) {
    Append("\n", CComment(function.docs, ""), function.is_export ? "// Yours to define.\n" : "",
           CSignature(program_, function), ";\n");
  }

  const CProgram& program_;
  std::string text_;
};

// "demo_list_u8_t *", or "uint32_t " for what is passed as it is.
std::string Declarator(const CProgram& program, CTypeIdx type, bool by_pointer) {
  return absl::StrCat(program[type].name, by_pointer ? " *" : " ");
}

}  // namespace

// A line may not end with what goes on in the next one, nor begin a new one.
std::string CComment(absl::string_view docs, absl::string_view indent) {
  if (docs.empty()) return "";
  std::string text;
  for (const absl::string_view line : absl::StrSplit(docs, '\n')) {
    const bool goes_on = absl::EndsWith(line, "\\") || absl::EndsWith(line, "\?\?/");
    absl::StrAppend(&text, indent, "///", line.empty() ? "" : " ",
                    absl::StrReplaceAll(line, {{"\r", " "}}), goes_on ? " ." : "", "\n");
  }
  return text;
}

std::string CSignature(const CProgram& program, const CFunction& function) {
  std::vector<std::string> params;
  for (const CParam& param : function.params) {
    const CType& type = program.Real(param.type);
    const CTypeIdx passed = param.is_maybe ? *type.members[1].type : param.type;
    params.push_back(absl::StrCat(function.is_export || !param.by_pointer ? "" : "const ",
                                  Declarator(program, passed, param.by_pointer), param.name));
  }
  const auto add_out = [&](const std::optional<CTypeIdx>& type, absl::string_view name) {
    if (type) params.push_back(Declarator(program, *type, true) + std::string(name));
  };
  std::string returned = "void ";
  switch (function.returns) {
    case CReturn::kNothing: break;
    case CReturn::kValue: returned = Declarator(program, *function.result, false); break;
    case CReturn::kPointer: add_out(function.result, "ret"); break;
    case CReturn::kOption:
    case CReturn::kResult: {
      const CType& shape = program.Real(*function.result);
      returned = "bool ";
      if (function.returns == CReturn::kResult) add_out(shape.members[0].type, "ret");
      add_out(shape.members[1].type, function.returns == CReturn::kResult ? "err" : "ret");
    }
  }
  const std::string head = absl::StrCat(returned, function.name, "(");
  if (params.empty()) return head + "void)";
  const std::string line = absl::StrCat(head, absl::StrJoin(params, ", "), ")");
  if (line.size() < 100) return line;
  return absl::StrCat(head, "\n    ", absl::StrJoin(params, ",\n    "), ")");
}

std::string PrintCHeader(const CProgram& program) { return HeaderPrinter(program).Print(); }

}  // namespace tenon::wit
