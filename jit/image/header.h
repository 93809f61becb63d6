// What of an image is not code (vm/artifact/format.h): constants in sections of their own, which
// refer to functions by their offset in the image.
#pragma once

#include <cstdint>
#include <string>

#include "absl/types/span.h"
#include "jit/compile.h"
#include "llvm/IR/Module.h"
#include "llvm/Target/TargetMachine.h"
#include "vm/valid/resolved_module.h"

namespace tenon::jit {

inline constexpr char kFuncsSection[] = ".tenon.funcs";
inline constexpr char kHeaderSection[] = ".tenon.header";  // behind the header
inline constexpr char kAdapterTable[] = "tenon_adapters";

// The symbol of the table of functions of the module with that number.
std::string FuncTableName(uint32_t module);

// The address of what the module defines or declares, in 32 bits: images are linked at zero.
llvm::Constant* OffsetInImage(llvm::GlobalValue* value);
// A constant that other objects of the image may refer to by its name.
llvm::GlobalVariable* Define(llvm::Module& into, const std::string& name, const char* section,
                             llvm::Constant* value);

// Fills a module of its own with the header; the table of functions of each of the modules is
// defined elsewhere, and so is kAdapterTable unless it is empty.
void BuildHeader(absl::Span<const vm::ResolvedModule* const> modules, uint32_t adapter_count,
                 const CompileOptions& options, const llvm::TargetMachine& machine,
                 llvm::Module& into);

}  // namespace tenon::jit
