// Functions: signature, locals, body. core: #text-func
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"
#include "vm/text/module_printer.h"

namespace tenon::vm {

void ModulePrinter::PrintFunctions() {
  for (size_t i = 0; i < module_.functions.size() && i < module_.bodies.size(); ++i) {
    if (!out_.ok()) return;
    const uint32_t func = Next(ExternKind::kFunc);
    status_ = PrintFunction(func, module_.functions[i], module_.bodies[i].code);
    if (!status_) return;
  }
}

Status ModulePrinter::PrintFunction(uint32_t func, TypeIdx type, ByteRange code) {
  BeginBound("func", NameKind::kFunc, func);
  context_.AppendTypeUse(type.value(), &text());
  const bool has_type = type.value() < module_.types.size() &&
                        module_.types[type.value()].kind == SubType::Kind::kFunc;
  const FuncType none;
  const FuncType& signature = has_type ? module_.types[type.value()].func : none;
  const auto params = static_cast<uint32_t>(signature.params.size());

  NameTable locals;
  locals.Read(names_.Parts(module_, NameKind::kLocal, func), params + kMaxLocals);
  PrintSignature(signature, locals);
  ByteReader reader(module_.Bytes(code), code.offset);
  TENON_RETURN_IF_ERROR(PrintLocals(reader, params, locals));

  const auto begin = static_cast<uint32_t>(reader.offset());
  PrintedBody body{
      .code = {begin, code.offset + code.size - begin}, .start = code.offset, .context = context_};
  body.context.locals = &locals;
  ForEachName(
      names_.Parts(module_, NameKind::kLabel, func),
      [&](uint32_t block, absl::string_view name) { body.label_names.try_emplace(block, name); });
  if (hints_) {
    const auto hints = std::ranges::lower_bound(*hints_, func, {}, &FunctionHints::func);
    if (hints != hints_->end() && hints->func == func) body.hints = hints->hints;
  }
  if (options_.fold) {
    PrintFolded(body, func_types_, type, /*depth=*/2, &out_);
  } else {
    PrintFlat(body, /*depth=*/2, &out_);
  }
  if (body.code.size > 1) out_.NewLine(1);
  End();
  return {};
}

// In one parenthesis what has no name.
void ModulePrinter::PrintSignature(const FuncType& type, const NameTable& locals) {
  bool is_open = false;
  for (uint32_t i = 0; i < type.params.size(); ++i) {
    const bool has_name = locals.Has(i);
    if (is_open && has_name) End();
    if (!is_open || has_name) text() += " (param";
    locals.AppendBinding(i, /*with_number=*/false, &text());
    context_.AppendSpaced(type.params[i], &text());
    if (has_name) End();
    is_open = !has_name;
  }
  if (is_open) End();
  context_.AppendValTypes("result", type.results, &text());
}

// The same for locals, which stand in a line. As many as the parser takes.
Status ModulePrinter::PrintLocals(ByteReader& reader, uint32_t params, const NameTable& locals) {
  uint32_t index = params;
  bool is_open = false, is_first = true;
  uint64_t count_here = 0;
  const auto add = [&](uint32_t count, ValType type) {
    count_here += count;
    if (count_here > kMaxLocals) return;
    for (uint32_t i = 0; i < count; ++i, ++index) {
      const bool has_name = locals.Has(index);
      if (is_open && has_name) End();
      if (is_first) out_.NewLine(2);
      if (!is_open || has_name) text() += is_first ? "(local" : " (local";
      is_first = false;
      locals.AppendBinding(index, /*with_number=*/false, &text());
      context_.AppendSpaced(type, &text());
      if (has_name) End();
      is_open = !has_name;
    }
  };
  ReadLocals(reader, Features::All(), add);
  if (is_open) End();
  total_locals_ += count_here;
  if (count_here > kMaxLocals || total_locals_ > kMaxTotalLocals) {
    return Fail(ErrorKind::kLimit,
                count_here > kMaxLocals
                    ? absl::StrCat("more than ", kMaxLocals, " locals")
                    : absl::StrCat("more than ", kMaxTotalLocals, " locals in all functions"));
  }
  return {};
}

}  // namespace tenon::vm
