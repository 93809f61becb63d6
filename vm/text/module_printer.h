// The state of printing one module, shared by printer.cc and print_fields.cc: what was counted of
// its index spaces, its names, and where the text goes.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vm/syntax/branch_hints.h"
#include "vm/syntax/section.h"
#include "vm/text/print_body.h"
#include "vm/text/printer.h"

namespace tenon::vm {

class ModulePrinter {
 public:
  ModulePrinter(const Module& module, const PrintOptions& options, TextOutput* out);

  Status Print();
  // What stands behind `(module $id`.
  Status PrintRest(absl::string_view id);

 private:
  // Begins a field, or something nested in one: a line, `(keyword`, and what binds the thing.
  void Begin(absl::string_view keyword, size_t depth = 1);
  void BeginBound(absl::string_view keyword, NameKind kind, uint32_t index);
  void End() { text().push_back(')'); }
  std::string& text() { return out_.text(); }
  void PrintCustoms(int order);
  void PrintFields();

  // print_fields.cc
  void PrintTypes();
  void PrintType(uint32_t index, size_t depth);
  void PrintImports();
  void PrintTables();
  void PrintMemories();
  void PrintTags();
  void PrintGlobals();
  void PrintExports();
  void PrintStart();
  void PrintElems();
  void PrintDatas();
  // ` (keyword i32.const 1 i32.const 2 i32.add)`, or ` (i32.const 1)` for a single instruction.
  void AppendConst(absl::string_view keyword, ByteRange code);
  // The index of the next thing of an extern kind: imports come first.
  uint32_t Next(ExternKind kind) { return next_[static_cast<int>(kind)]++; }

  // print_functions.cc
  void PrintFunctions();
  Status PrintFunction(uint32_t func, TypeIdx type, ByteRange code);
  Status PrintLocals(ByteReader& reader, uint32_t params, const NameTable& locals);
  void PrintSignature(const FuncType& type, const NameTable& locals);

  const Module& module_;
  const PrintOptions& options_;
  TextOutput& out_;
  const ModuleNames names_;
  const PrintContext context_;
  const std::vector<TypeIdx> func_types_;
  const std::optional<std::vector<FunctionHints>> hints_;
  uint32_t next_[5] = {};
  uint64_t total_locals_ = 0;
  Status status_;
};

}  // namespace tenon::vm
