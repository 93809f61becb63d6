#include "jit/image/header.h"

#include <algorithm>
#include <cstring>
#include <vector>

#include "absl/strings/str_cat.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/IR/Constants.h"
#include "llvm/IR/GlobalVariable.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "vm/artifact/format.h"
#include "vm/sys/cpu.h"

namespace tenon::jit {
namespace {

llvm::GlobalVariable* Declare(llvm::Module& into, const std::string& name) {
  auto* variable =
      new llvm::GlobalVariable(into, llvm::Type::getInt8Ty(into.getContext()), /*isConstant=*/true,
                               llvm::GlobalValue::ExternalLinkage, nullptr, name);
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setDSOLocal(true);
  return variable;
}

uint64_t NeededCpuFeatures(const llvm::TargetMachine& machine) {
  uint64_t needed = 0;
  const auto names = vm::sys::CpuFeatureNames();
  for (size_t i = 0; i < names.size(); ++i) {
    if (machine.getMCSubtargetInfo()->checkFeatures(absl::StrCat("+", names[i]))) {
      needed |= uint64_t{1} << i;
    }
  }
  return needed;
}

// What is known before the image is linked.
vm::artifact::Header HeaderOf(absl::Span<const vm::ResolvedModule* const> modules,
                              const CompileOptions& options, const llvm::TargetMachine& machine) {
  vm::artifact::Header header = {};
  std::memcpy(header.magic, vm::artifact::kMagic, sizeof header.magic);
  header.version = vm::artifact::kVersion;
  if (options.bounds == Bounds::kGuard) header.settings |= vm::artifact::kGuardedMemories;
  if (options.deterministic_simd) header.settings |= vm::artifact::kDeterministicSimd;
  if (options.trap_policy == TrapPolicy::kPrecise) header.settings |= vm::artifact::kPreciseTraps;
  if (options.relies_on_margins) header.settings |= vm::artifact::kReliesOnMargins;
  if (options.all_positions) header.settings |= vm::artifact::kAllPositions;
  header.layout = vm::artifact::LayoutHash();
  header.features = modules.empty() ? vm::Features().bits() : modules[0]->features.bits();
  header.cpu_features = NeededCpuFeatures(machine);
  const std::string cpu = machine.getTargetCPU().str();
  std::memcpy(header.cpu, cpu.data(), std::min(cpu.size(), sizeof header.cpu - 1));
  header.level = "0123s"[static_cast<size_t>(options.level)];
  header.module_count = static_cast<uint32_t>(modules.size());
  return header;
}

}  // namespace

std::string FuncTableName(uint32_t module) { return absl::StrCat("tenon_funcs_", module); }

llvm::Constant* OffsetInImage(llvm::GlobalValue* value) {
  llvm::LLVMContext& context = value->getContext();
  return llvm::ConstantExpr::getTrunc(
      llvm::ConstantExpr::getPtrToInt(value, llvm::Type::getInt64Ty(context)),
      llvm::Type::getInt32Ty(context));
}

llvm::GlobalVariable* Define(llvm::Module& into, const std::string& name, const char* section,
                             llvm::Constant* value) {
  auto* variable = new llvm::GlobalVariable(into, value->getType(), /*isConstant=*/true,
                                            llvm::GlobalValue::ExternalLinkage, value, name);
  variable->setVisibility(llvm::GlobalValue::HiddenVisibility);
  variable->setSection(section);
  variable->setAlignment(llvm::Align(8));
  variable->setDSOLocal(true);
  return variable;
}

// The structure's bytes, but for the fields that only the linker knows: as words, since those
// are words.
void BuildHeader(absl::Span<const vm::ResolvedModule* const> modules, uint32_t adapter_count,
                 const CompileOptions& options, const llvm::TargetMachine& machine,
                 llvm::Module& into) {
  llvm::IntegerType* word = llvm::Type::getInt32Ty(into.getContext());
  std::vector<llvm::Constant*> rows;
  for (uint32_t i = 0; i < modules.size(); ++i) {
    const size_t defined = modules[i]->funcs.size() - modules[i]->imported_funcs;
    rows.push_back(llvm::ConstantInt::get(word, defined));
    rows.push_back(OffsetInImage(Declare(into, FuncTableName(i))));
  }
  llvm::GlobalVariable* table =
      Define(into, "tenon_modules", kHeaderSection,
             llvm::ConstantArray::get(llvm::ArrayType::get(word, rows.size()), rows));

  using vm::artifact::Header;
  const Header header = HeaderOf(modules, options, machine);
  std::vector<uint32_t> words(sizeof header / sizeof(uint32_t));
  std::memcpy(words.data(), &header, sizeof header);
  std::vector<llvm::Constant*> fields;
  for (const uint32_t each : words) fields.push_back(llvm::ConstantInt::get(word, each));
  fields[offsetof(Header, modules) / sizeof(uint32_t)] = OffsetInImage(table);
  if (adapter_count != 0) {
    fields[offsetof(Header, adapters) / sizeof(uint32_t)] =
        OffsetInImage(Declare(into, kAdapterTable));
    fields[offsetof(Header, adapter_count) / sizeof(uint32_t)] =
        llvm::ConstantInt::get(word, adapter_count);
  }
  fields[offsetof(Header, checked_bytes) / sizeof(uint32_t)] =
      OffsetInImage(Declare(into, "tenon_checked_end"));
  Define(into, "tenon_header", kHeaderSection,
         llvm::ConstantArray::get(llvm::ArrayType::get(word, fields.size()), fields));
}

}  // namespace tenon::jit
