// Values as core values and back, as text of C. Options, results and variants have functions for
// it, which go over slots of 64 bits; whatever asks for one makes it part of Functions(). abi:
// "Flattening", "Flat Lifting", "Flat Lowering"
#pragma once

#include <set>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "wit/bindgen/c_program.h"

namespace tenon::wit {

absl::string_view CTypeOf(vm::ValType core);

// What `expr` has as a member, and its address; `expr` may be "(*pointer)".
std::string CMemberOf(absl::string_view expr, absl::string_view member);
std::string CAddressOf(absl::string_view expr);

class CFlat {
 public:
  explicit CFlat(const CProgram& program) : program_(program) {}

  // Appends the core values of `expr` to `args`, and to `before` the statements they need. `before`
  // is empty at the beginning of a function.
  void Lower(CTypeIdx type, const std::string& expr, std::string& before,
             std::vector<std::string>& args);
  // An expression of the type, made of its core values; what stands behind `=` where one is
  // declared.
  std::string Lift(CTypeIdx type, absl::Span<const std::string> args);
  std::string Initializer(CTypeIdx type, absl::Span<const std::string> args);

  // The functions that were asked for, each behind those it calls.
  std::string Functions();

 private:
  // A core value, or slots that a choice takes.
  struct Leaf {
    std::string expr;
    CTypeIdx type;  // its real one
  };
  void AddLeaves(CTypeIdx type, const std::string& expr, std::vector<Leaf>& leaves) const;
  std::string LowerLeaf(const Leaf& leaf) const;
  std::string LiftSlots(CTypeIdx type, size_t first);
  std::string LowerFunction(const CType& type);
  std::string LiftFunction(const CType& type);
  void Need(std::set<CTypeIdx>& functions, CTypeIdx type);

  const CProgram& program_;
  std::set<CTypeIdx> lowered_, lifted_;
};

}  // namespace tenon::wit
