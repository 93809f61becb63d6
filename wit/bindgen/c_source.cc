#include <set>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/substitute.h"
#include "wit/bindgen/c.h"
#include "wit/bindgen/c_flat.h"
#include "wit/bindgen/c_functions.h"

namespace tenon::wit {
namespace {

constexpr absl::string_view kHead =
    R"(// Bindings of the world $0 for C, made by `tenon wit bindgen c`; do not edit.
$1

#include <stdlib.h>
#include <string.h>

// What the canonical ABI says of how values lie in memory.
#define LAYOUT(type, size, align) \
  _Static_assert(sizeof(type) == size && _Alignof(type) == align, "layout of " #type)
#define PLACE(type, member, offset) \
  _Static_assert(offsetof(type, member) == offset, "place of " #type "." #member)

LAYOUT(void *, 4, 4);
)";

constexpr absl::string_view kMemory = R"(
// Memory for what the host hands over. Another definition takes the place of this one.
__attribute__((__weak__, __export_name__("cabi_realloc")))
void *cabi_realloc(void *old, size_t old_size, size_t align, size_t new_size) {
  (void)old_size;
  if (new_size == 0) return (void *)align;
  void *block = realloc(old, new_size);
  if (block == NULL) abort();
  return block;
}
)";

// $0 the world, $1 a unit, $2 the type of a C string's, $3 its length
constexpr absl::string_view kStrings = R"(
void $0_string_set($0_string_t *ret, const $2 *s) {
  ret->ptr = ($1 *)s;
  ret->len = $3;
}

void $0_string_dup_n($0_string_t *ret, const $2 *s, size_t len) {
  ret->ptr = NULL;
  ret->len = len;
  if (len == 0) return;
  ret->ptr = malloc(len * sizeof *ret->ptr);
  if (ret->ptr == NULL) abort();
  memcpy(ret->ptr, s, len * sizeof *ret->ptr);
}

void $0_string_dup($0_string_t *ret, const $2 *s) { $0_string_dup_n(ret, s, $3); }

void $0_string_free($0_string_t *ret) {
  if (ret->len > 0) free(ret->ptr);
  ret->ptr = NULL;
  ret->len = 0;
}
)";

constexpr absl::string_view kStringLength = R"(
size_t $0_string_len(const char16_t *s) {
  size_t len = 0;
  while (s[len] != 0) ++len;
  return len;
}
)";

// $0 the core module, $1 the function in it, $2 the result, $3 the function in C
constexpr absl::string_view kHandleImport = R"(
__attribute__((__import_module__("$0"), __import_name__("$1")))
extern $2 __wasm_import_$3(int32_t);
)";

class SourcePrinter {
 public:
  explicit SourcePrinter(const CProgram& program) : program_(program) {}

  std::string Print() {
    absl::SubstituteAndAppend(&text_, kHead, program_.world,
                              absl::StrCat("#include \"", program_.name, ".h\""));
    for (const CType& type : program_.types) Layout(type);
    Append(kMemory);
    Strings();
    for (const CResource& resource : program_.resources) Of(resource);
    for (const CType& type : program_.types) Free(type);
    PostReturns();
    CFlat flat(program_);
    const std::string functions = PrintCFunctions(program_, flat);
    Append(flat.Functions(), functions);
    return std::move(text_);
  }

 private:
  template <typename... Texts>
  void Append(const Texts&... texts) {
    absl::StrAppend(&text_, texts...);
  }
  const std::string& Name(CTypeIdx type) const { return program_[type].name; }

  void Layout(const CType& type) {
    if (type.alias_of || (type.is_builtin && type.form == CForm::kScalar)) return;
    Append("LAYOUT(", type.name, ", ", type.layout.size, ", ", type.layout.align, ");\n");
    if (type.form == CForm::kChoice) {
      const bool has_payload = HasPayload(type);
      if (has_payload) Append("PLACE(", type.name, ", val, ", type.offsets[0], ");\n");
    } else if (type.form == CForm::kRecord) {
      for (size_t i = 1; i < type.members.size(); ++i) {
        Append("PLACE(", type.name, ", ", type.members[i].name, ", ", type.offsets[i], ");\n");
      }
    }
  }

  static bool HasPayload(const CType& choice) {
    for (const CMember& member : choice.members) {
      if (member.type) return true;
    }
    return false;
  }

  void Strings() {
    const bool wide = program_.is_utf16;
    if (wide) absl::SubstituteAndAppend(&text_, kStringLength, program_.name);
    absl::SubstituteAndAppend(&text_, kStrings, program_.name, wide ? "uint16_t" : "uint8_t",
                              wide ? "char16_t" : "char",
                              wide ? program_.name + "_string_len(s)" : "strlen(s)");
  }

  // --- Resources --------------------------------------------------------------------------------

  void Of(const CResource& resource) {
    const std::string &own = Name(resource.own), &borrow = Name(resource.borrow);
    Import(resource.core_drop, "void", resource.drop_own);
    const std::string drop =
        absl::StrCat(") {\n  __wasm_import_", resource.drop_own, "(handle.__handle);\n}\n");
    Append("\nvoid ", resource.drop_own, "(", own, " handle", drop);
    if (!resource.is_export) {
      Append("\nvoid ", resource.drop_borrow, "(", borrow, " handle", drop, "\n", borrow, " ",
             resource.to_borrow, "(", own, " handle) {\n  return (", borrow,
             "){handle.__handle};\n}\n");
      return;
    }
    const std::string& rep = resource.rep_type;
    Import(resource.core_make, "int32_t", resource.make);
    Append("\n", own, " ", resource.make, "(", rep, " *rep) {\n  return (", own, "){__wasm_import_",
           resource.make, "((int32_t)rep)};\n}\n");
    Import(resource.core_rep, "int32_t", resource.rep);
    Append("\n", rep, " *", resource.rep, "(", own, " handle) {\n  return (", rep,
           " *)__wasm_import_", resource.rep, "(handle.__handle);\n}\n");
    Append("\n__attribute__((__export_name__(\"", resource.core_destroy,
           "\")))\nvoid __wasm_export_", resource.destroy, "(", rep, " *rep) {\n  ",
           resource.destroy, "(rep);\n}\n");
  }

  void Import(const CoreName& core, absl::string_view result, absl::string_view name) {
    absl::SubstituteAndAppend(&text_, kHandleImport, core.module, core.name, result, name);
  }

  // --- Freeing ----------------------------------------------------------------------------------

  void Free(const CType& type) {
    if (type.free.empty() || type.form == CForm::kHandle || type.is_builtin) return;
    Append("\nvoid ", type.free, "(", type.name, " *ptr) {\n",
           type.alias_of ? FreeOf(*type.alias_of, "(*ptr)", "  ", true) : FreeBody(type, true),
           "}\n");
  }

  // A statement that frees what `expr` owns; with or without the handles it holds.
  std::string FreeOf(CTypeIdx index, const std::string& expr, absl::string_view indent,
                     bool with_handles) const {
    const CType& type = program_.Real(index);
    if (type.owns_handles && type.form == CForm::kHandle) {
      return with_handles ? absl::StrCat(indent, type.free, "(", expr, ");\n") : "";
    }
    if (!type.owns_memory && !(type.owns_handles && with_handles)) return "";
    const std::string function =
        with_handles || !type.owns_handles ? type.free : "__release_" + type.name;
    return absl::StrCat(indent, function, "(", CAddressOf(expr), ");\n");
  }

  std::string FreeBody(const CType& type, bool with_handles) const {
    if (type.form == CForm::kSequence || type.form == CForm::kArray) {
      return FreeElements(type, with_handles);
    }
    std::string text;
    for (size_t i = 0; i < type.members.size(); ++i) {
      const CMember& member = type.members[i];
      const bool is_choice = type.form == CForm::kChoice;
      if (!member.type) continue;
      const std::string free =
          FreeOf(*member.type, absl::StrCat("ptr->", type.payload, member.name),
                 is_choice ? "      " : "  ", with_handles);
      if (free.empty()) continue;
      absl::StrAppend(&text, is_choice ? absl::StrCat("    case ", i, ":\n") : "", free,
                      is_choice ? "      break;\n" : "");
    }
    if (type.form != CForm::kChoice) return text;
    return absl::StrCat("  switch ((uint32_t)ptr->", type.tag, ") {\n", text, "  }\n");
  }

  std::string FreeElements(const CType& type, bool with_handles) const {
    const bool is_list = type.form == CForm::kSequence;
    const std::string element = absl::StrCat("ptr->", type.members[0].name, "[i]");
    const std::string free = FreeOf(*type.members[0].type, element, "    ", with_handles);
    std::string text;
    if (!free.empty()) {
      absl::StrAppend(&text, "  for (size_t i = 0; i < ",
                      is_list ? "ptr->len" : absl::StrCat(type.length), "; ++i) {\n", free,
                      "  }\n");
    }
    if (is_list)
      text += "  if (ptr->len > 0) free(ptr->ptr);\n  ptr->ptr = NULL;\n  ptr->len = 0;\n";
    return text;
  }

  // What frees memory alone, of `type` and what it holds, since handles in it are someone else's by
  // now.
  void Release(CTypeIdx index, std::set<CTypeIdx>& known) {
    const CType& type = program_.Real(index);
    if (!type.owns_memory || !type.owns_handles || !known.insert(type.real).second) return;
    for (const CMember& member : type.members) {
      if (member.type) Release(*member.type, known);
    }
    Append("\nstatic void __release_", type.name, "(", type.name, " *ptr) {\n",
           FreeBody(type, false), "}\n");
  }

  void PostReturns() {
    std::set<CTypeIdx> known;
    for (const CFunction& function : program_.functions) {
      if (!function.is_export || !function.result) continue;
      if (!program_.Real(*function.result).owns_memory) continue;
      Release(*function.result, known);
      Append("\n__attribute__((__weak__, __export_name__(\"", function.post_return,
             "\")))\nvoid __wasm_export_", function.name, "_post_return(", Name(*function.result),
             " *result) {\n", FreeOf(*function.result, "(*result)", "  ", false), "}\n");
    }
  }

  const CProgram& program_;
  std::string text_;
};

// As a custom section, by the assembler; it says how many bytes there are.
std::string ComponentType(const CProgram& program, absl::Span<const uint8_t> bytes) {
  if (bytes.empty()) return "";
  std::string text = absl::StrCat(
      "\n// The world's type, for whoever makes a component of the module.\n"
      "__asm__(\n    \".section \\\".custom_section.component-type:",
      program.name, "\\\",\\\"\\\",@\\n\"\n");
  constexpr size_t kLine = 24;
  for (size_t at = 0; at < bytes.size(); at += kLine) {
    absl::StrAppend(&text, "    \".ascii \\\"");
    for (const uint8_t byte : bytes.subspan(at, kLine)) {
      const bool is_plain =
          byte >= ' ' && byte < 0x7f && byte != '"' && byte != '\\' && byte != '?';
      if (is_plain) {
        text += static_cast<char>(byte);
      } else {
        absl::StrAppendFormat(&text, "\\\\%03o", byte);
      }
    }
    absl::StrAppend(&text, "\\\"\\n\"\n");
  }
  return text + "    \".text\\n\");\n";
}

}  // namespace

std::string PrintCSource(const CProgram& program, absl::Span<const uint8_t> component_type) {
  return SourcePrinter(program).Print() + ComponentType(program, component_type);
}

}  // namespace tenon::wit
