#include "wit/bindgen/c_functions.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "wit/bindgen/c_print.h"

namespace tenon::wit {
namespace {

// A structure of all parameters, which lie in memory where they are too many.
std::string ArgsStruct(const CProgram& program, const CFunction& function) {
  std::string text = "struct {\n";
  for (const CParam& param : function.params) {
    absl::StrAppend(&text, "    ", program[param.type].name, " ", param.name, ";\n");
  }
  return text + "  }";
}

// The core function's, with names where it is defined.
std::string PrintCore(const vm::FuncType& type, absl::string_view name, bool with_names) {
  std::vector<std::string> params;
  for (const vm::ValType param : type.params) {
    params.push_back(std::string(CTypeOf(param)));
    if (with_names) absl::StrAppend(&params.back(), " _arg", params.size() - 1);
  }
  if (params.empty()) params.push_back("void");
  return absl::StrCat(type.results.empty() ? "void" : CTypeOf(type.results[0]), " ", name, "(",
                      absl::StrJoin(params, ", "), ")");
}

// A function's body, and what it gives to the function that it calls.
class FunctionPrinter {
 public:
  FunctionPrinter(const CProgram& program, const CFunction& function, CFlat& flat)
      : program_(program), function_(function), flat_(flat), core_(function.core) {}

 protected:
  template <typename... Texts>
  void Append(const Texts&... texts) {
    absl::StrAppend(&body_, texts...);
  }

  const CProgram& program_;
  const CFunction& function_;
  CFlat& flat_;
  const CoreSignature& core_;
  std::string body_;
  std::vector<std::string> args_;
};

// --- Imports ------------------------------------------------------------------------------------

class ImportPrinter : FunctionPrinter {
 public:
  using FunctionPrinter::FunctionPrinter;

  std::string Print() {
    const std::string core_name = "__wasm_import_" + function_.name;
    Arguments();
    const std::string call = Call(core_name);
    return absl::StrCat("\n__attribute__((__import_module__(\"", function_.core_name.module,
                        "\"), __import_name__(\"", function_.core_name.name, "\")))\nextern ",
                        PrintCore(core_.type, core_name, false), ";\n\n",
                        CSignature(program_, function_), " {\n", body_, call, "}\n");
  }

 private:
  // Its value, from what C was given for it.
  std::string ValueOf(const CParam& param) {
    if (!param.is_maybe) return param.by_pointer ? absl::StrCat("(*", param.name, ")") : param.name;
    const std::string local = absl::StrCat("_", param.name);
    Append("  ", program_[param.type].name, " ", local, " = {.is_some = ", param.name,
           " != NULL};\n  if (", param.name, " != NULL) ", local, ".val = *", param.name, ";\n");
    return local;
  }

  void Arguments() {
    std::vector<std::string> values;
    for (const CParam& param : function_.params) values.push_back(ValueOf(param));
    if (core_.spills_params) {
      std::vector<std::string> members;
      for (std::string& value : values) {
        members.push_back(value[0] == '(' ? value.substr(1, value.size() - 2) : value);
      }
      Append("  ", ArgsStruct(program_, function_), " _args = {", absl::StrJoin(members, ", "),
             "};\n");
      args_.push_back("(int32_t)&_args");
      return;
    }
    for (size_t i = 0; i < values.size(); ++i) {
      flat_.Lower(function_.params[i].type, values[i], body_, args_);
    }
  }

  std::string Call(absl::string_view core_name) {
    if (!function_.result)
      return absl::StrCat("  ", core_name, "(", absl::StrJoin(args_, ", "), ");\n");
    const std::string& type = program_[*function_.result].name;
    const bool in_place = function_.returns == CReturn::kPointer;
    std::string text;
    if (core_.spills_result) {
      args_.push_back(in_place ? "(int32_t)ret" : "(int32_t)&_result");
      if (!in_place) absl::StrAppend(&text, "  ", type, " _result;\n");
    }
    const std::string call = absl::StrCat(core_name, "(", absl::StrJoin(args_, ", "), ")");
    if (core_.spills_result) return absl::StrCat(text, "  ", call, ";\n", in_place ? "" : Return());
    const std::string value = flat_.Lift(*function_.result, {call});
    if (function_.returns == CReturn::kValue) return absl::StrCat("  return ", value, ";\n");
    if (in_place) return absl::StrCat("  *ret = ", value, ";\n");
    return absl::StrCat("  const ", type,
                        " _result = ", flat_.Initializer(*function_.result, {call}), ";\n",
                        Return());
  }

  // Hands out an option or result in pieces.
  std::string Return() const {
    const CType& type = program_.Real(*function_.result);
    if (function_.returns == CReturn::kOption) {
      return "  if (_result.is_some) *ret = _result.val;\n  return _result.is_some;\n";
    }
    std::string text;
    if (type.members[0].type) text += "  if (!_result.is_err) *ret = _result.val.ok;\n";
    if (type.members[1].type) text += "  if (_result.is_err) *err = _result.val.err;\n";
    return text + "  return !_result.is_err;\n";
  }
};

// --- Exports ------------------------------------------------------------------------------------

class ExportPrinter : FunctionPrinter {
 public:
  using FunctionPrinter::FunctionPrinter;

  std::string Print() {
    Parameters();
    Call();
    return absl::StrCat("\n__attribute__((__export_name__(\"", function_.core_name.name, "\")))\n",
                        PrintCore(core_.type, "__wasm_export_" + function_.name, true), " {\n",
                        body_, "}\n");
  }

 private:
  // Each parameter as a local, of which the function gets the address; scalars as they are.
  void Parameters() {
    size_t next = 0;
    if (core_.spills_params) {
      Append("  typedef ", ArgsStruct(program_, function_), " _args_t;\n",
             "  const _args_t _args = *(const _args_t *)_arg0;\n  free((void *)_arg0);\n");
    }
    for (const CParam& param : function_.params) {
      const std::string& type = program_[param.type].name;
      std::string value = absl::StrCat("_args.", param.name);
      if (!core_.spills_params) {
        std::vector<std::string> args;
        for (size_t i = program_.Real(param.type).flat.size(); i > 0; --i) {
          args.push_back(absl::StrCat("_arg", next++));
        }
        value =
            param.by_pointer ? flat_.Initializer(param.type, args) : flat_.Lift(param.type, args);
      }
      if (!param.by_pointer) {
        args_.push_back(std::move(value));
        continue;
      }
      const std::string local = absl::StrCat("_", param.name);
      Append("  ", type, " ", local, " = ", value, ";\n");
      args_.push_back(param.is_maybe ? absl::StrCat(local, ".is_some ? &", local, ".val : NULL")
                                     : absl::StrCat("&", local));
    }
  }

  std::string CallText() const {
    return absl::StrCat(function_.name, "(", absl::StrJoin(args_, ", "), ")");
  }

  void Call() {
    if (function_.returns == CReturn::kNothing) return Append("  ", CallText(), ";\n");
    if (function_.returns == CReturn::kValue) {
      Append("  const ", program_[*function_.result].name, " _result = ", CallText(), ";\n");
    } else {
      // What is returned by its address lives on until it is read.
      Append("  ", core_.spills_result ? "static " : "", program_[*function_.result].name,
             " _result;\n");
      Collect();
    }
    if (core_.spills_result) return Append("  return (int32_t)&_result;\n");
    std::vector<std::string> values;
    flat_.Lower(*function_.result, "_result", body_, values);
    Append("  return ", values[0], ";\n");
  }

  // Calls it, and puts the pieces of an option or result together.
  void Collect() {
    const CType& type = program_.Real(*function_.result);
    if (function_.returns == CReturn::kPointer) {
      args_.push_back("&_result");
      return Append("  ", CallText(), ";\n");
    }
    if (function_.returns == CReturn::kOption) {
      args_.push_back("&_result.val");
      return Append("  _result.is_some = ", CallText(), ";\n");
    }
    // `ret` and `err` do not share a place as long as the function runs.
    std::string after;
    for (size_t i = 0; i < 2; ++i) {
      const CMember& member = type.members[i];
      if (!member.type) continue;
      Append("  ", program_[*member.type].name, " _", member.name, ";\n");
      args_.push_back(absl::StrCat("&_", member.name));
      absl::StrAppend(&after, "  if (", i == 0 ? "!" : "", "_result.is_err) _result.val.",
                      member.name, " = _", member.name, ";\n");
    }
    Append("  _result.is_err = !", CallText(), ";\n", after);
  }
};

}  // namespace

std::string PrintCFunctions(const CProgram& program, CFlat& flat) {
  std::string text;
  for (const CFunction& function : program.functions) {
    text += function.is_export ? ExportPrinter(program, function, flat).Print()
                               : ImportPrinter(program, function, flat).Print();
  }
  return text;
}

}  // namespace tenon::wit
