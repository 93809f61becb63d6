// What a guest in C has to do with a world: types, resources and functions, each with its name in
// C, in an order in which everything stands behind what it needs. Made by BuildC, printed by
// PrintCHeader and PrintCSource. Types lie in memory as the canonical ABI wants them, so that
// nothing is converted there; what is passed flat is. abi: "Alignment", "Element Size",
// "Flattening"
#pragma once

#include <tenon/layout.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "vm/base/index.h"
#include "vm/syntax/types.h"
#include "wit/abi/shapes.h"

namespace tenon::wit {

using CTypeIdx = Index<struct CTypeTag>;

// A field of a record, case of a variant, name of an enum or flags.
struct CMember {
  std::string name;              // as a member of a struct or union
  std::optional<CTypeIdx> type;  // a case may have none
  std::string docs;
  std::string constant;  // the macro that stands for it; may be empty
};

// How values of a type are made. kHandle is a struct of a handle, kRep a pointer to a
// representation.
enum class CForm : uint8_t { kScalar, kHandle, kRep, kSequence, kArray, kRecord, kChoice };

struct CType {
  std::string name;  // "uint32_t", "demo_list_u8_t"
  std::string stem;  // what it is called in names of types made of it: "u32", "list_u8"
  std::string docs;
  CForm form = CForm::kScalar;
  std::optional<CTypeIdx> alias_of;  // a further name: what it is stands with `real`, not here
  CTypeIdx real;                     // itself; of an alias, what it is in the end
  bool is_builtin = false;           // C or the bindings' beginning declare it
  bool is_shared = true;             // made of primitives: belongs to no interface

  std::string base;     // the integer of a kScalar that is none; the tag's type of a kChoice;
                        // what a kRep points to
  std::string tag;      // kChoice: the member that tells which: "tag", "is_some", "is_err"
  std::string payload;  // kChoice: what stands before the cases' names: "val."; of options ""
  std::vector<CMember> members;  // kSequence and kArray: one, the element
  uint32_t length = 0;           // kArray
  bool is_flags = false;         // constants are bits

  abi::Layout layout;
  std::vector<uint32_t> offsets;  // of a record's members; of all cases' values
  std::vector<vm::ValType> flat;  // as Shape has it
  bool owns_memory = false;
  bool owns_handles = false;
  std::string free;  // the function that frees what a value owns: takes a pointer, a handle itself
};

// What a core module imports, or by its name alone exports.
struct CoreName {
  std::string module;
  std::string name;
};

struct CResource {
  std::string docs;
  CoreName core_drop, core_make, core_rep;
  std::string core_destroy;
  bool is_export = false;
  CTypeIdx own, borrow;
  // Functions in C.
  std::string drop_own;
  std::string drop_borrow, to_borrow;        // of imports
  std::string rep_type, make, rep, destroy;  // of exports
};

// How C has a result. kOption and kResult: a bool, and what comes with it behind pointers.
enum class CReturn : uint8_t { kNothing, kValue, kPointer, kOption, kResult };

struct CParam {
  std::string name;
  CTypeIdx type;
  bool by_pointer = false;
  bool is_maybe = false;  // an option: a pointer to its value, or NULL
};

struct CFunction {
  bool is_export = false;
  std::string name;
  CoreName core_name;
  std::string post_return;  // what the core module exports for it
  CoreSignature core;
  std::string docs;
  std::vector<CParam> params;
  std::optional<CTypeIdx> result;
  CReturn returns = CReturn::kNothing;
};

// What one interface brings, or the world itself: all behind the section before it.
struct CSection {
  std::string title;
  std::string docs;
  size_t types_end = 0, resources_end = 0, functions_end = 0;
};

struct CProgram {
  std::string name;   // of the world, in C
  std::string world;  // in WIT
  bool is_utf16 = false;
  std::vector<CType> types;  // each behind those it is made of
  std::vector<CResource> resources;
  std::vector<CFunction> functions;
  std::vector<CSection> sections;

  const CType& operator[](CTypeIdx i) const { return types[i.value()]; }
  const CType& Real(CTypeIdx i) const { return (*this)[(*this)[i].real]; }
};

}  // namespace tenon::wit
