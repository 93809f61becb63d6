#include "wit/syntax/format.h"

#include <iterator>
#include <utility>

#include "abi/syntax/names.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wit/syntax/comment_printer.h"

namespace tenon::wit {
namespace {

constexpr size_t kColumns = 100;

absl::string_view WordOf(ast::Type::Kind kind) {
  constexpr absl::string_view kWords[] = {"_",     "",    "",       "list",   "option", "result",
                                          "tuple", "map", "future", "stream", "own",    "borrow"};
  return kWords[static_cast<size_t>(kind)];
}

absl::string_view WordOf(ast::TypeDef::Kind kind) {
  constexpr absl::string_view kWords[] = {"type", "record", "variant", "flags", "enum", "resource"};
  return kWords[static_cast<size_t>(kind)];
}

std::string SpellGate(const ast::Gate& gate) {
  switch (gate.kind) {
    case ast::Gate::Kind::kSince: return absl::StrCat("@since(version = ", gate.value.text, ")");
    case ast::Gate::Kind::kDeprecated:
      return absl::StrCat("@deprecated(version = ", gate.value.text, ")");
    case ast::Gate::Kind::kUnstable: break;
  }
  return absl::StrCat("@unstable(feature = ", Spell(gate.value.text), ")");
}

std::string SpellRename(const ast::Rename& rename) {
  return absl::StrCat(Spell(rename.name.text), rename.as ? " as " : "",
                      rename.as ? Spell(rename.as->text) : "");
}

// "name: static async func"
std::string FuncStart(const ast::Func& func) {
  if (func.kind == ast::Func::Kind::kConstructor) return "constructor";
  return absl::StrCat(Spell(func.name.text), ": ",
                      func.kind == ast::Func::Kind::kStatic ? "static " : "",
                      func.is_async ? "async " : "", "func");
}

std::string SpellField(const ast::Field& field) {
  return absl::StrCat(Spell(field.name.text), ": ", Spell(*field.type));
}

class Formatter {
 public:
  explicit Formatter(const ast::Document& document) : out_(document) {}

  std::string Run(const std::vector<ast::Item>& items) {
    Items(items, true);
    return out_.Finish();
  }

 private:
  // Items of a file or package stand apart, but for one `use` behind another.
  void Items(const std::vector<ast::Item>& items, bool are_apart) {
    const ast::Item* before = nullptr;
    for (const ast::Item& item : items) {
      const bool are_uses = before != nullptr &&
                            std::holds_alternative<ast::TopLevelUse>(item.what) &&
                            std::holds_alternative<ast::TopLevelUse>(before->what);
      wants_blank_ = are_apart && before != nullptr && !are_uses;
      std::visit([&](const auto& what) { Print(item.head, what); }, item.what);
      before = &item;
    }
  }

  // Comments and gates, before a line that holds the item up to `header_end`.
  void Begin(const ast::Head& head, uint32_t header_end) {
    out_.BeginItem(head, header_end, wants_blank_);
    wants_blank_ = false;
    for (const ast::Gate& gate : head.gates) out_.Line(SpellGate(gate));
    if (head.external_id) out_.Line(absl::StrCat("@external-id(", head.external_id->text, ")"));
  }

  void Single(const ast::Head& head, absl::string_view text) {
    Begin(head, head.end);
    out_.EndLine(text, head.end);
  }

  void Block(const ast::Head& head, absl::string_view start, const ast::Body& body,
             bool are_apart = false) {
    Begin(head, body.begin);
    if (body.items.empty() && !out_.HasCommentIn(body.begin, body.end)) {
      out_.EndLine(absl::StrCat(start, " {}"), head.end);
      return;
    }
    out_.BeginBlock(absl::StrCat(start, " {"), body.begin + 1);
    Items(body.items, are_apart);
    out_.EndBlock("}", head.end);
  }

  bool Fits(absl::string_view line) const { return out_.width() + line.size() <= kColumns; }

  void Print(const ast::Head& head, const ast::PackageHeader& header) {
    Single(head, absl::StrCat("package ", Spell(header.name), ";"));
  }
  void Print(const ast::Head& head, const ast::NestedPackage& package) {
    Block(head, absl::StrCat("package ", Spell(package.name)), package.body, true);
  }
  void Print(const ast::Head& head, const ast::Interface& interface) {
    Block(head, absl::StrCat("interface ", Spell(interface.name.text)), interface.body);
  }
  void Print(const ast::Head& head, const ast::World& world) {
    Block(head, absl::StrCat("world ", Spell(world.name.text)), world.body);
  }
  void Print(const ast::Head& head, const ast::TopLevelUse& use) {
    Single(head, absl::StrCat("use ", Spell(use.path), use.as ? " as " : "",
                              use.as ? Spell(use.as->text) : "", ";"));
  }
  void Print(const ast::Head& head, const ast::Use& use) {
    Renames(head, absl::StrCat("use ", Spell(use.path), ".{"), use.names, "");
  }
  void Print(const ast::Head& head, const ast::Include& include) {
    if (include.names.empty())
      return Single(head, absl::StrCat("include ", Spell(include.path), ";"));
    Renames(head, absl::StrCat("include ", Spell(include.path), " with {"), include.names, " ");
  }

  // Names in braces, `padding` within them: on one line or, where that is too long, a line each.
  void Renames(const ast::Head& head, absl::string_view start,
               const std::vector<ast::Rename>& names, absl::string_view padding) {
    std::vector<std::string> texts;
    for (const ast::Rename& name : names) texts.push_back(SpellRename(name));
    const std::string line =
        absl::StrCat(start, padding, absl::StrJoin(texts, ", "), padding, "};");
    if (Fits(line)) return Single(head, line);
    Begin(head, head.end);
    out_.Line(start);
    for (const std::string& text : texts) out_.Line(absl::StrCat("  ", text, ","));
    out_.EndLine("};", head.end);
  }

  void Print(const ast::Head& head, const ast::Extern& item) {
    std::string start = item.is_export ? "export " : "import ";
    if (item.name) absl::StrAppend(&start, Spell(item.name->text), ": ");
    if (const auto* path = std::get_if<ast::Path>(&item.what)) {
      Single(head, absl::StrCat(start, Spell(*path), ";"));
    } else if (const auto* body = std::get_if<ast::Body>(&item.what)) {
      Block(head, start + "interface", *body);
    } else {
      PrintFunc(head, item.is_export ? "export " : "import ", std::get<ast::Func>(item.what));
    }
  }

  void Print(const ast::Head& head, const ast::Func& func) { PrintFunc(head, "", func); }

  // Parameters stand on lines of their own if the line is too long or there are comments.
  void PrintFunc(const ast::Head& head, absl::string_view prefix, const ast::Func& func) {
    std::vector<std::string> params;
    for (const ast::Field& param : func.params) params.push_back(SpellField(param));
    const std::string start = absl::StrCat(prefix, FuncStart(func), "(");
    const std::string end =
        absl::StrCat(")", func.result ? " -> " : "", func.result ? Spell(*func.result) : "", ";");
    const std::string line = absl::StrCat(start, absl::StrJoin(params, ", "), end);
    const bool has_comment = out_.HasCommentIn(func.params_begin, func.params_end);
    if (!has_comment && (Fits(line) || params.empty())) return Single(head, line);
    Begin(head, func.params_begin);
    out_.BeginBlock(start, func.params_begin + 1);
    for (size_t i = 0; i < params.size(); ++i) {
      Single(func.params[i].head, absl::StrCat(params[i], ","));
    }
    out_.EndBlock(end, head.end);
  }

  void Print(const ast::Head& head, const ast::TypeDef& type) {
    const std::string start = absl::StrCat(WordOf(type.kind), " ", Spell(type.name.text));
    if (type.kind == ast::TypeDef::Kind::kAlias) {
      return Single(head, absl::StrCat(start, " = ", Spell(type.type), ";"));
    }
    const bool is_resource = type.kind == ast::TypeDef::Kind::kResource;
    if (is_resource && type.methods.empty() && !out_.HasCommentIn(type.begin, type.end)) {
      return Single(head, start + ";");
    }
    Begin(head, type.begin);
    out_.BeginBlock(start + " {", type.begin + 1);
    for (const ast::Field& field : type.fields) PrintField(type.kind, field);
    Items(type.methods, false);
    out_.EndBlock("}", head.end);
  }

  void PrintField(ast::TypeDef::Kind kind, const ast::Field& field) {
    if (kind == ast::TypeDef::Kind::kRecord) {
      return Single(field.head, absl::StrCat(SpellField(field), ","));
    }
    const std::string name = Spell(field.name.text);
    if (!field.type) return Single(field.head, name + ",");
    Single(field.head, absl::StrCat(name, "(", Spell(*field.type), "),"));
  }

  CommentPrinter out_;
  bool wants_blank_ = false;
};

void AppendType(const ast::Type& type, std::string& text) {
  using Kind = ast::Type::Kind;
  switch (type.kind) {
    case Kind::kPrimitive: absl::StrAppend(&text, NameOf(type.primitive)); return;
    case Kind::kNamed: absl::StrAppend(&text, Spell(type.name.text)); return;
    case Kind::kOwn:
    case Kind::kBorrow:
      absl::StrAppend(&text, WordOf(type.kind), "<", Spell(type.name.text), ">");
      return;
    default: break;
  }
  absl::StrAppend(&text, WordOf(type.kind));
  if (type.inner.empty()) return;
  text += '<';
  for (size_t i = 0; i < type.inner.size(); ++i) {
    if (i > 0) text += ", ";
    AppendType(type.inner[i], text);
  }
  if (type.length > 0) absl::StrAppend(&text, ", ", type.length);
  text += '>';
}

}  // namespace

std::string FormatWit(const ast::Document& document) {
  return Formatter(document).Run(document.items);
}

std::string Spell(absl::string_view name) {
  return absl::StrCat(abi::IsWitKeyword(name) ? "%" : "", name);
}

std::string Spell(const ast::PackageName& package) {
  return absl::StrCat(Spell(package.space.text), ":", Spell(package.name.text),
                      package.version ? "@" : "", package.version ? package.version->text : "");
}

std::string Spell(const ast::Path& path) {
  if (!path.package) return Spell(path.name.text);
  const ast::PackageName& package = *path.package;
  return absl::StrCat(Spell(package.space.text), ":", Spell(package.name.text), "/",
                      Spell(path.name.text), package.version ? "@" : "",
                      package.version ? package.version->text : "");
}

std::string Spell(const ast::Type& type) {
  std::string text;
  AppendType(type, text);
  return text;
}

}  // namespace tenon::wit
