#include "jit/compile.h"

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

#include "jit/image/link.h"
#include "jit/lower/module_lowering.h"
#include "jit/partition.h"
#include "jit/target/machine.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"

namespace tenon::jit {
namespace {

using Object = llvm::SmallVector<char, 0>;

// One compilation: what its threads share. Each writes what belongs to its partitions alone.
class Compilation {
 public:
  Compilation(const vm::ResolvedModule& module, const CompileOptions& options,
              CompileReport* report)
      : module_(module),
        options_(options),
        report_(*report),
        symbols_(module),
        partitions_(Divide(module)),
        objects_(partitions_.size() + 1) {
    for (const Partition& partition : partitions_) {
      total_ += partition.bytes;
      for (const vm::FuncIdx func : partition.funcs) report_.funcs.push_back({func, ""});
    }
  }

  Result<std::vector<uint8_t>> Run() {
    TENON_ASSIGN_OR_RETURN(std::unique_ptr<llvm::TargetMachine> machine,
                           MakeTargetMachine(options_));
    std::vector<std::thread> helpers;
    for (size_t i = 1; i < std::min<size_t>(ThreadCount(), partitions_.size()); ++i) {
      helpers.emplace_back([this] { Work(**MakeTargetMachine(options_)); });
    }
    Work(*machine);
    for (std::thread& helper : helpers) helper.join();
    Emit(*machine, &objects_.back(),
         [this](ModuleLowering& lowering) { lowering.WriteHeader(report_); });
    std::vector<absl::string_view> objects;
    for (const Object& object : objects_) objects.emplace_back(object.data(), object.size());
    return LinkImage(objects);
  }

 private:
  size_t ThreadCount() const {
    return options_.threads != 0 ? options_.threads : std::thread::hardware_concurrency();
  }

  // Takes partitions as long as there are any.
  void Work(llvm::TargetMachine& machine) {
    for (size_t i = next_++; i < partitions_.size(); i = next_++) {
      const Partition& partition = partitions_[i];
      Emit(machine, &objects_[i], [&](ModuleLowering& lowering) {
        for (const vm::FuncIdx func : partition.funcs) {
          report_.funcs[func.value() - module_.imported_funcs].reason = lowering.Lower(func);
        }
      });
      if (!options_.progress) continue;
      const std::lock_guard lock(progress_mutex_);
      done_ += partition.bytes;
      options_.progress(done_, total_);
    }
  }

  // An object of what `fill` lowers.
  template <typename Fill>
  void Emit(llvm::TargetMachine& machine, Object* object, Fill fill) {
    llvm::LLVMContext context;
    llvm::Module ir("module", context);
    ir.setTargetTriple(machine.getTargetTriple());
    ir.setDataLayout(machine.createDataLayout());
    ir.setPICLevel(llvm::PICLevel::SmallPIC);
    ModuleLowering lowering(module_, options_, machine, symbols_, &ir);
    fill(lowering);
    lowering.Finish();
    TENON_CHECK(!llvm::verifyModule(ir, &llvm::errs()));
    EmitObject(ir, machine, options_.level, object);
  }

  const vm::ResolvedModule& module_;
  const CompileOptions& options_;
  CompileReport& report_;
  const Symbols symbols_;
  const std::vector<Partition> partitions_;
  std::vector<Object> objects_;  // one a partition, then the header's
  std::atomic<size_t> next_ = 0;
  std::mutex progress_mutex_;
  uint64_t done_ = 0, total_ = 0;  // bytes of bodies
};

}  // namespace

Result<std::vector<uint8_t>> CompileModule(const vm::ResolvedModule& module,
                                           const CompileOptions& options, CompileReport* report) {
  CompileReport own_report;
  return Compilation(module, options, report != nullptr ? report : &own_report).Run();
}

}  // namespace tenon::jit
