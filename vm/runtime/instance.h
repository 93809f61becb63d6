// A module instance and the linking of its imports. core: #module-instances, #exec-instantiation
// An instance is owned by its store and never moves; it keeps its module alive.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/runtime/context.h"
#include "vm/runtime/module.h"

namespace tenon::vm {

class Marker;

struct GlobalRef {
  GlobalType type;
  Slot* cell = nullptr;  // two slots for a v128
  const Store* store = nullptr;
};

// An external value: what an import is given and an export yields. Borrowed from the store. The
// alternative's order is ExternKind's.
using Extern = std::variant<const Func*, TableInstance*, Memory*, GlobalRef, const TagInstance*>;

// Who names instances for messages; asked when there is one to write.
class InstanceNames {
 public:
  virtual ~InstanceNames() = default;
  virtual std::string NameOf(uint32_t instance) const = 0;
};
// What an instance is called there. Without names it goes by its module's.
struct InstanceLabel {
  std::shared_ptr<const InstanceNames> names;
  uint32_t instance = 0;
};

class Instance {
 public:
  ~Instance();

  Store& store() const { return *store_; }
  const LoadedModule& module() const { return *module_; }
  const ResolvedModule& resolved() const { return *module_->resolved; }
  Context* context() const { return context_; }
  std::string Name() const {
    return label_.names != nullptr ? label_.names->NameOf(label_.instance) : module_->path;
  }

  // The function object of any function of the module, created when first asked for.
  const Func* FuncRef(FuncIdx func);
  GlobalRef Global(GlobalIdx global);
  Memory* memory(MemoryIdx memory) const { return memories_[memory.value()]; }
  const TagInstance* tag(TagIdx tag) const { return tags_[tag.value()]; }
  // A tag that the module defines, for messages: "\"e\"" by its first export, else "2" by its
  // index; empty for another's.
  std::string NameOfOwn(const TagInstance& tag) const;
  TableInstance* table(TableIdx table) const { return tables_[table.value()]; }

  std::optional<Extern> Export(absl::string_view name);
  const Func* ExportedFunc(absl::string_view name);  // null if there is none

  // What its globals and element segments refer to.
  void MarkRoots(Marker& marker) const;

  // Segments for memory.init and table.init; empty once dropped.
  absl::Span<const uint8_t> data_segment(uint32_t index) const;
  absl::Span<const Slot> elem_segment(uint32_t index) const;
  void DropData(uint32_t index) { dropped_data_[index] = true; }
  void DropElem(uint32_t index) {
    elem_segments_[index].clear();
    elem_segments_[index].shrink_to_fit();
  }

 private:
  friend class Instantiator;
  Instance() = default;

  Store* store_ = nullptr;
  std::shared_ptr<LoadedModule> module_;
  InstanceLabel label_;
  Context* context_ = nullptr;            // owned; header and globals in one block
  std::vector<uint32_t> global_offsets_;  // in slots from own_globals(), by GlobalIdx minus imports
  // By FuncIdx minus imports; null until asked for. The store's.
  std::unique_ptr<Func*[], FreeMemory> func_refs_;
  std::vector<const Func*> imported_funcs_;
  std::vector<Slot*> imported_globals_;
  std::vector<Memory*> memories_;
  std::vector<TableInstance*> tables_;
  std::vector<const TagInstance*> tags_;
  std::vector<bool> dropped_data_;
  std::vector<std::vector<Slot>> elem_segments_;
};

// Lets compiled code call what has got machine code directly. By the store's thread.
void UseNative(Func& func, const Tier& tier);

// Offset in slots of each own global from Context::own_globals(), by GlobalIdx minus imports. A
// pure function of the module.
std::vector<uint32_t> GlobalOffsets(const ResolvedModule& module, uint32_t* total_slots);

// Instantiates with one external value per import, in import order. Type mismatches are
// kUnlinkable ("incompatible import type"); a trap in a segment or the start function is kTrap, and
// then Store::TakeTrap has it, and so is an exception of the start function, which is then pending
// (Store::threw). The instance is owned by the store either way. kLimit: the store's totals are
// used up. A module of another engine is kUsage (its type ids would mean other types here), and so
// is an external value of another store.
Result<Instance*> Instantiate(Store& store, std::shared_ptr<LoadedModule> module,
                              absl::Span<const Extern> imports, InstanceLabel label = {});

}  // namespace tenon::vm
