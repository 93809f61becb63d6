// Instantiation in the order of core: #exec-instantiation: match imports, allocate, evaluate
// initialisers, copy active segments, start.
#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

#include "absl/strings/str_cat.h"
#include "vm/runtime/constant.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/shared_bytes.h"
#include "vm/runtime/store.h"
#include "vm/valid/matching.h"

namespace tenon::vm {
namespace {

// core: #match-externtype
bool Matches(const ResolvedModule& module, const ResolvedImport& import, const Extern& given) {
  if (given.index() != static_cast<size_t>(import.kind)) return false;
  const TypeStore& types = *module.types;
  switch (import.kind) {
    case ExternKind::kFunc:
      return types.IsSubType(std::get<const Func*>(given)->type_id,
                             module.funcs[import.index].type_id);
    case ExternKind::kTable:
      return MatchesTable(types, std::get<TableInstance*>(given)->current_type(),
                          module.tables[import.index].type);
    case ExternKind::kMemory:
      return MatchesMemory(std::get<Memory*>(given)->current_type(), module.memories[import.index]);
    case ExternKind::kGlobal:
      return MatchesGlobal(types, std::get<GlobalRef>(given).type,
                           module.globals[import.index].type);
    case ExternKind::kTag:
      return std::get<const TagInstance*>(given)->type_id == module.tags[import.index].type_id;
  }
  return false;
}

// What is given, in words, for an import error.
const char* KindName(ExternKind kind) {
  switch (kind) {
    case ExternKind::kFunc: return "function";
    case ExternKind::kTable: return "table";
    case ExternKind::kMemory: return "memory";
    case ExternKind::kGlobal: return "global";
    case ExternKind::kTag: return "tag";
  }
  return "?";
}

}  // namespace

// Builds one instance; the store owns it from the first step, so a half-made instance is dropped
// like any other.
class Instantiator {
 public:
  Instantiator(Store& store, std::shared_ptr<LoadedModule> module, InstanceLabel label)
      : store_(store), module_(*module->resolved) {
    instance_ = store.instances_.emplace_back(new Instance()).get();
    instance_->store_ = &store;
    instance_->module_ = std::move(module);
    instance_->label_ = std::move(label);
  }

  Result<Instance*> Run(absl::Span<const Extern> imports) {
    TENON_RETURN_IF_ERROR(Charge());
    TENON_RETURN_IF_ERROR(TakeImports(imports));
    TENON_RETURN_IF_ERROR(AllocateObjects());
    // Compiled code relies on the heap's base, which does not change any more.
    if (NeedsHeap() && store_.heap() == nullptr) {
      return Fail(ErrorKind::kLimit, "the host has no room for a heap");
    }
    if (!AllocateContext()) return Fail(ErrorKind::kLimit, "out of memory for an instance");
    if (!InitGlobals() || !InitTables() || !EvaluateElems() || !CopyElems() || !CopyDatas()) {
      return Trapped();
    }
    switch (Start()) {
      case CallOutcome::kReturned: break;
      case CallOutcome::kTrapped: return Trapped();
      case CallOutcome::kThrew:
        return Fail(ErrorKind::kTrap, TrapText(TrapKind::kUncaughtException));
    }
    return instance_;
  }

 private:
  std::unexpected<Error> Trapped() const {
    return Fail(ErrorKind::kTrap, TrapText(static_cast<TrapKind>(store_.run().trap - 1)));
  }

  bool NeedsHeap() const {
    return !module_.tags.empty() ||
           std::any_of(module_.type_defs.begin(), module_.type_defs.end(),
                       [](const SubType* type) { return type->kind != SubType::Kind::kFunc; });
  }

  // Evaluating a long constant is charged as if it were held.
  static uint64_t Work(const ConstProgram& program) {
    return program.size() <= 1 ? 0 : program.size() * sizeof(ConstInstruction);
  }

  // What the host holds for one instance and initialises it with grows with the module, which may
  // be instantiated often.
  Status Charge() {
    TENON_RETURN_IF_ERROR(store_.CountInstance());
    uint64_t bytes = sizeof(Instance) + module_.funcs.size() * (sizeof(Func*) + sizeof(Func)) +
                     module_.globals.size() * (2 * sizeof(Slot) + sizeof(uint32_t)) +
                     module_.elems.size() * sizeof(std::vector<Slot>) + module_.datas.size() +
                     module_.tags.size() * (sizeof(TagInstance) + sizeof(TagInstance*));
    for (const ResolvedGlobal& global : module_.globals) bytes += Work(global.init);
    for (const ResolvedElem& elem : module_.elems) {
      bytes += elem.size() * sizeof(Slot) + Work(elem.table_offset);
      for (const ConstProgram& expr : elem.exprs) bytes += Work(expr);
    }
    for (const ResolvedData& data : module_.datas) {
      if (data.active) bytes += data.bytes.size() + Work(data.memory_offset);
    }
    if (store_.instance_bytes_left_.Take(bytes)) return {};
    return Fail(ErrorKind::kLimit,
                absl::StrCat("instances hold and begin with more than ",
                             store_.limits_.total_instance_bytes, " bytes in one store"));
  }

  bool IsOurs(const Extern& given) const {
    switch (static_cast<ExternKind>(given.index())) {
      case ExternKind::kFunc: return StoreOf(*std::get<const Func*>(given)) == &store_;
      case ExternKind::kTable:
        return std::get<TableInstance*>(given)->entries_left() == &store_.table_entries_left_;
      case ExternKind::kMemory:
        return std::get<Memory*>(given)->bytes_left() == &store_.memory_bytes_left_;
      case ExternKind::kGlobal: return std::get<GlobalRef>(given).store == &store_;
      case ExternKind::kTag: return std::get<const TagInstance*>(given)->store == &store_;
    }
    return false;
  }

  // See Margins.
  Status CheckMargin(const ResolvedImport& import, const Memory& memory) const {
    const bool is_declared_with_margin =
        module_.memories[import.index].limits.min <= kMaxPagesWithMargin;
    if (!memory.region()->is_guarded() || !is_declared_with_margin ||
        memory.region()->has_margin() || instance_->module_->margins.DoWithoutThem()) {
      return {};
    }
    return Fail(ErrorKind::kLimit,
                absl::StrCat("compiled code can't import a memory of 65536 pages that is declared "
                             "with fewer, as import \"",
                             import.syntax->module, "\" \"", import.syntax->name, "\" is"));
  }

  Status TakeImports(absl::Span<const Extern> imports) {
    TENON_CHECK(imports.size() == module_.imports.size());
    instance_->imported_funcs_.reserve(module_.imported_funcs);
    instance_->imported_globals_.reserve(module_.imported_globals);
    for (size_t i = 0; i < imports.size(); ++i) {
      const ResolvedImport& import = module_.imports[i];
      if (!IsOurs(imports[i])) {
        return Fail(ErrorKind::kUsage,
                    absl::StrCat("what was given for import \"", import.syntax->module, "\" \"",
                                 import.syntax->name, "\" belongs to another store"));
      }
      if (!Matches(module_, import, imports[i])) {
        return Fail(ErrorKind::kUnlinkable,
                    absl::StrCat("incompatible import type for \"", import.syntax->module, "\" \"",
                                 import.syntax->name, "\": expected a ", KindName(import.kind),
                                 " of the declared type, given a ",
                                 KindName(static_cast<ExternKind>(imports[i].index()))));
      }
      switch (import.kind) {
        case ExternKind::kFunc:
          instance_->imported_funcs_.push_back(std::get<const Func*>(imports[i]));
          break;
        case ExternKind::kTable:
          instance_->tables_.push_back(std::get<TableInstance*>(imports[i]));
          break;
        case ExternKind::kMemory:
          TENON_RETURN_IF_ERROR(CheckMargin(import, *std::get<Memory*>(imports[i])));
          instance_->memories_.push_back(std::get<Memory*>(imports[i]));
          break;
        case ExternKind::kGlobal:
          instance_->imported_globals_.push_back(std::get<GlobalRef>(imports[i]).cell);
          break;
        case ExternKind::kTag:
          instance_->tags_.push_back(std::get<const TagInstance*>(imports[i]));
          break;
      }
    }
    return {};
  }

  Status AllocateObjects() {
    for (size_t i = module_.imported_memories; i < module_.memories.size(); ++i) {
      TENON_ASSIGN_OR_RETURN(Memory * memory, store_.NewMemory(module_.memories[i]));
      instance_->memories_.push_back(memory);
    }
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      TENON_ASSIGN_OR_RETURN(TableInstance * table,
                             store_.NewTable(module_.tables[i].type, Slot{0}));
      instance_->tables_.push_back(table);
    }
    for (size_t i = module_.imported_tags; i < module_.tags.size(); ++i) {
      instance_->tags_.push_back(store_.NewTag(module_.tags[i].type_id));
    }
    return {};
  }

  bool AllocateContext() {
    uint32_t global_slots = 0;
    instance_->global_offsets_ = GlobalOffsets(module_, &global_slots);
    void* block = std::calloc(1, sizeof(Context) + global_slots * sizeof(Slot));
    if (block == nullptr) return false;
    Context* context = new (block) Context();
    instance_->context_ = context;
    context->run = &store_.run();
    if (!instance_->memories_.empty()) {
      context->memory0 = instance_->memories_.front()->base();
      context->memory0_size = instance_->memories_.front()->region()->size_cell();
    }
    context->memories = instance_->memories_.data();
    context->tables = instance_->tables_.data();
    context->tags = instance_->tags_.data();
    context->type_ids = module_.type_ids.data();
    context->imported_funcs = instance_->imported_funcs_.data();
    context->imported_globals = instance_->imported_globals_.data();
    context->instance = instance_;
    const size_t defined = module_.funcs.size() - module_.imported_funcs;
    instance_->func_refs_.reset(
        static_cast<Func**>(std::calloc(std::max<size_t>(defined, 1), sizeof(Func*))));
    if (instance_->func_refs_ == nullptr) return false;
    instance_->dropped_data_.assign(module_.datas.size(), false);
    return true;
  }

  // Nothing: no room in the heap, and the trap is set.
  std::optional<V128> Evaluate(const ConstProgram& program) {
    return EvaluateConstant(*instance_, program);
  }

  bool InitGlobals() {
    for (size_t i = module_.imported_globals; i < module_.globals.size(); ++i) {
      const GlobalRef global = instance_->Global(GlobalIdx(static_cast<uint32_t>(i)));
      const std::optional<V128> value = Evaluate(module_.globals[i].init);
      if (!value) return false;
      std::memcpy(global.cell, &*value, SlotCount(global.type.type) * sizeof(Slot));
    }
    return true;
  }

  bool InitTables() {
    for (size_t i = module_.imported_tables; i < module_.tables.size(); ++i) {
      if (module_.tables[i].init.empty()) continue;
      const std::optional<V128> init = Evaluate(module_.tables[i].init);
      if (!init) return false;
      TableInstance* table = instance_->tables_[i];
      std::fill_n(table->data(), table->size(), Slot{init->Lane<uint64_t>(0)});
    }
    return true;
  }

  bool EvaluateElems() {
    for (const ResolvedElem& elem : module_.elems) {
      std::vector<Slot>& segment = instance_->elem_segments_.emplace_back();
      segment.reserve(elem.size());
      for (FuncIdx func : elem.funcs) {
        segment.push_back(Slot{reinterpret_cast<uintptr_t>(instance_->FuncRef(func))});
      }
      for (const ConstProgram& expr : elem.exprs) {
        const std::optional<V128> value = Evaluate(expr);
        if (!value) return false;
        segment.push_back(Slot{value->Lane<uint64_t>(0)});
      }
    }
    return true;
  }

  bool CopyElems() {
    for (size_t i = 0; i < module_.elems.size(); ++i) {
      const ResolvedElem& elem = module_.elems[i];
      if (elem.mode == ElemSegment::Mode::kPassive) continue;
      if (elem.mode == ElemSegment::Mode::kActive) {
        TableInstance* table = instance_->tables_[elem.table.value()];
        const uint64_t offset = EvaluateOffset(elem.table_offset, table->type().address);
        const auto segment = instance_->elem_segment(static_cast<uint32_t>(i));
        if (offset > table->size() || segment.size() > table->size() - offset) {
          store_.SetTrap(TrapKind::kOutOfBoundsTableAccess);
          return false;
        }
        std::copy(segment.begin(), segment.end(), table->data() + offset);
      }
      instance_->DropElem(static_cast<uint32_t>(i));
    }
    return true;
  }

  bool CopyDatas() {
    for (size_t i = 0; i < module_.datas.size(); ++i) {
      const ResolvedData& data = module_.datas[i];
      if (!data.active) continue;
      Memory* memory = instance_->memories_[data.memory.value()];
      const auto bytes = instance_->data_segment(static_cast<uint32_t>(i));
      const auto target =
          memory->Slice(EvaluateOffset(data.memory_offset, memory->type().address), bytes.size());
      if (!target) {
        store_.SetTrap(TrapKind::kOutOfBoundsMemoryAccess);
        return false;
      }
      if (memory->type().shared) {
        SharedMove(target->data(), bytes.data(), bytes.size());
      } else if (!bytes.empty()) {
        std::memcpy(target->data(), bytes.data(), bytes.size());
      }
      instance_->DropData(static_cast<uint32_t>(i));
    }
    return true;
  }

  uint64_t EvaluateOffset(const ConstProgram& program, AddressType address) {
    const V128 value = *Evaluate(program);  // a number: nothing is allocated
    return address == AddressType::kI64 ? value.Lane<uint64_t>(0) : value.Lane<uint32_t>(0);
  }

  CallOutcome Start() {
    if (!module_.start) return CallOutcome::kReturned;
    Slot none;
    return store_.Invoke(*instance_->FuncRef(*module_.start), &none);
  }

  Store& store_;
  const ResolvedModule& module_;
  Instance* instance_ = nullptr;
};

Result<Instance*> Instantiate(Store& store, std::shared_ptr<LoadedModule> module,
                              absl::Span<const Extern> imports, InstanceLabel label) {
  if (module->engine != &store.engine()) {
    return Fail(ErrorKind::kUsage, "the module was loaded for another engine than the store's");
  }
  return Instantiator(store, std::move(module), std::move(label)).Run(imports);
}

}  // namespace tenon::vm
