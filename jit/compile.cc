#include "jit/compile.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <deque>
#include <mutex>
#include <optional>
#include <thread>

#include "absl/algorithm/container.h"
#include "absl/strings/str_cat.h"
#include "jit/budget.h"
#include "jit/image/header.h"
#include "jit/image/link.h"
#include "jit/lower/module_lowering.h"
#include "jit/partition.h"
#include "jit/target/machine.h"
#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Support/raw_ostream.h"
#include "vm/runtime/memory_region.h"
#include "vm/sys/thread.h"

namespace tenon::jit {
namespace {

struct Object {
  llvm::SmallVector<char, 0> bytes;
  ObjectPositions positions;
};

// What is compiled of one core module.
struct ModuleWork {
  CompileReport& report;
  const std::vector<Partition> partitions;
};

// A thread's target machines, one a level: some of what generating code without optimising sets in
// a machine remains there.
class Machines {
 public:
  static Result<Machines> Make(const CompileOptions& options) {
    Machines machines(options);
    TENON_ASSIGN_OR_RETURN(machines.of_level_[static_cast<size_t>(options.level)],
                           MakeTargetMachine(options));
    return machines;
  }

  llvm::TargetMachine& of(OptLevel level) {
    std::unique_ptr<llvm::TargetMachine>& machine = of_level_[static_cast<size_t>(level)];
    if (machine != nullptr) return *machine;
    CompileOptions options = *options_;
    options.level = level;
    machine = *MakeTargetMachine(options);
    return *machine;
  }

 private:
  explicit Machines(const CompileOptions& options) : options_(&options) {}

  const CompileOptions* options_;
  std::array<std::unique_ptr<llvm::TargetMachine>, 1 + static_cast<size_t>(OptLevel::kSize)>
      of_level_;
};

// One compilation: what its threads share. Each writes what belongs to its partitions alone.
class Compilation {
 public:
  Compilation(const Program& program, const CompileOptions& options, Budget& budget,
              std::vector<CompileReport>& reports)
      : program_(program), options_(options), budget_(budget), worker_(budget.AddWorker()) {
    for (uint32_t i = 0; i < program.modules.size(); ++i) {
      const vm::ResolvedModule& module = *program.modules[i];
      Survey survey(module, options);
      std::vector<Partition> partitions = Divide(module, survey, options.level);
      work_.push_back({reports[i], std::move(partitions)});
      has_adapters_ &= !survey.has_throw();
      modules_.push_back({module, Symbols(module, i), std::move(survey)});
      for (const Partition& partition : work_.back().partitions) {
        parts_.push_back({i, &partition});
        total_ += partition.bytes;
        for (const vm::FuncIdx func : partition.funcs) reports[i].funcs.push_back({func, ""});
      }
    }
    objects_.resize(parts_.size());
    has_adapters_ &= program.wiring != nullptr && !program.wiring->adapters.empty();
  }

  Result<std::vector<uint8_t>> Run() {
    TENON_ASSIGN_OR_RETURN(Machines machines, Machines::Make(options_));
    std::vector<vm::sys::Thread> helpers;
    for (size_t i = 1; i < std::min<size_t>(ThreadCount(), parts_.size()); ++i) {
      auto helper = vm::sys::Thread::Start([this, &worker = budget_.AddWorker()] {
        Machines own = *Machines::Make(options_);
        Work(own, worker);
      });
      if (!helper) break;  // it only takes longer
      helpers.push_back(*std::move(helper));
    }
    Work(machines, worker_);
    helpers.clear();  // waits for them
    if (too_large_) return Fail(ErrorKind::kLimit, *too_large_);
    llvm::TargetMachine& machine = machines.of(OptLevel::k1);
    for (uint32_t i = 0; i < work_.size(); ++i) {
      Emit(machine, OptLevel::k1, worker_, &objects_.emplace_back(), [&](llvm::Module& ir) {
        Lower(machine, i, ir,
              [&](ModuleLowering& lowering) { lowering.WriteTable(work_[i].report); });
      });
    }
    if (has_adapters_) {
      Emit(machine, OptLevel::k1, worker_, &objects_.emplace_back(), [&](llvm::Module& ir) {
        Lower(machine, 0, ir, [&](ModuleLowering& lowering) { lowering.WriteAdapters(); });
      });
    }
    const size_t adapters = has_adapters_ ? program_.wiring->trampolines.size() : 0;
    Emit(machine, OptLevel::k1, worker_, &objects_.emplace_back(), [&](llvm::Module& ir) {
      BuildHeader(program_.modules, static_cast<uint32_t>(adapters), options_, machine, ir);
    });
    ObjectPositions positions;
    for (const Object& object : objects_) positions.Append(object.positions);
    std::vector<absl::string_view> objects;
    for (const Object& object : objects_) {
      objects.emplace_back(object.bytes.data(), object.bytes.size());
    }
    TENON_ASSIGN_OR_RETURN(LinkedImage image, LinkImage(objects, positions));
    vm::artifact::SealImage(program_.source, image.position_rows, &image.bytes);
    return std::move(image.bytes);
  }

 private:
  struct Part {
    uint32_t module;
    const Partition* partition;
  };

  size_t ThreadCount() const {
    return options_.threads != 0 ? options_.threads : std::thread::hardware_concurrency();
  }

  // Takes parts as long as there are any.
  void Work(Machines& machines, Budget::Worker& worker) {
    for (size_t i = next_++; i < parts_.size(); i = next_++) {
      const Partition& partition = *parts_[i].partition;
      const ProgramModule& module = modules_[parts_[i].module];
      CompileReport& report = work_[parts_[i].module].report;
      llvm::TargetMachine& machine = machines.of(partition.level);
      worker.Begin();
      Emit(machine, partition.level, worker, &objects_[i], [&](llvm::Module& ir) {
        Lower(machine, parts_[i].module, ir, [&](ModuleLowering& lowering) {
          for (const vm::FuncIdx func : partition.funcs) {
            worker.Enter(module.symbols.of(func));
            report.funcs[func.value() - module.source.imported_funcs].reason = lowering.Lower(func);
          }
        });
      });
      worker.End();
      Account(i);
    }
  }

  // A part is done. Where the whole becomes too large no other is begun.
  void Account(size_t i) {
    const Partition& partition = *parts_[i].partition;
    const std::lock_guard lock(progress_mutex_);
    output_ += objects_[i].bytes.size() + objects_[i].positions.rows.size();
    if (options_.output_bytes != 0 && output_ > options_.output_bytes && !too_large_) {
      too_large_ = absl::StrCat("compiled, it takes more than ", options_.output_bytes >> 20,
                                " MiB, at function ",
                                modules_[parts_[i].module].symbols.of(partition.funcs.back()));
      next_ = parts_.size();
    }
    done_ += partition.bytes;
    if (options_.progress) options_.progress(done_, total_);
  }

  template <typename Fill>
  void Lower(llvm::TargetMachine& machine, uint32_t module, llvm::Module& ir, Fill fill) {
    ModuleLowering lowering({modules_, program_.wiring, has_adapters_}, module, options_, machine,
                            &ir);
    fill(lowering);
    lowering.Finish();
  }

  // An object of what `fill` makes.
  template <typename Fill>
  void Emit(llvm::TargetMachine& machine, OptLevel level, Budget::Worker& worker, Object* object,
            Fill fill) {
    llvm::LLVMContext context;
    llvm::Module ir("module", context);
    ir.setTargetTriple(machine.getTargetTriple());
    ir.setDataLayout(machine.createDataLayout());
    ir.setPICLevel(llvm::PICLevel::SmallPIC);
    fill(ir);
    TENON_CHECK(!llvm::verifyModule(ir, &llvm::errs()));
    EmitObject(
        ir, machine, level, [&](llvm::StringRef func) { worker.Enter({func.data(), func.size()}); },
        &object->bytes, &object->positions);
  }

  const Program& program_;
  const CompileOptions& options_;
  Budget& budget_;
  Budget::Worker& worker_;       // of the thread that runs all this
  std::deque<ModuleWork> work_;  // by module
  std::deque<ProgramModule> modules_;
  // An exception must not pass an adapter: it would be caught on the other side.
  bool has_adapters_ = true;
  std::vector<Part> parts_;     // of all modules
  std::deque<Object> objects_;  // one a part, then those of tables and header
  std::atomic<size_t> next_ = 0;
  std::mutex progress_mutex_;
  uint64_t done_ = 0, total_ = 0;  // bytes of bodies
  uint64_t output_ = 0;            // bytes of what was made of them
  std::optional<std::string> too_large_;
};

// Whether one of the modules may import a memory without a margin from another.
bool DefinesWithoutMargin(const Program& program) {
  return absl::c_any_of(program.modules, [](const vm::ResolvedModule* module) {
    return absl::c_any_of(
        absl::MakeSpan(module->memories).subspan(module->imported_memories),
        [](const vm::MemoryType& type) { return type.limits.min > vm::kMaxPagesWithMargin; });
  });
}

}  // namespace

Result<std::vector<uint8_t>> Compile(const Program& program, const CompileOptions& options,
                                     std::vector<CompileReport>* reports, Budget* budget) {
  std::vector<CompileReport> own_reports;
  if (reports == nullptr) reports = &own_reports;
  reports->assign(program.modules.size(), {});
  CompileOptions settled = options;
  settled.relies_on_margins = options.relies_on_margins && options.bounds == Bounds::kGuard &&
                              options.trap_policy == TrapPolicy::kComponent &&
                              !DefinesWithoutMargin(program);
  std::optional<Budget> own_budget;
  if (budget == nullptr) {
    budget = &own_budget.emplace(settled);
    TENON_RETURN_IF_ERROR(budget->Start());
  }
  return Compilation(program, settled, *budget, *reports).Run();
}

Result<std::vector<uint8_t>> CompileModule(const vm::ResolvedModule& module,
                                           const CompileOptions& options, CompileReport* report) {
  const vm::ResolvedModule* const modules[] = {&module};
  std::vector<CompileReport> reports;
  auto image = Compile({modules, {}}, options, &reports);
  if (report != nullptr) *report = std::move(reports[0]);
  return image;
}

}  // namespace tenon::jit
