#include "vm/runtime/instance.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "vm/runtime/store.h"

namespace tenon::vm {

std::vector<uint32_t> GlobalOffsets(const ResolvedModule& module, uint32_t* total_slots) {
  std::vector<uint32_t> offsets;
  offsets.reserve(module.globals.size() - module.imported_globals);
  uint32_t next = 0;
  for (size_t i = module.imported_globals; i < module.globals.size(); ++i) {
    offsets.push_back(next);
    next += SlotCount(module.globals[i].type.type);
  }
  *total_slots = next;
  return offsets;
}

const Store* StoreOf(const Func& func) {
  return func.host != nullptr ? func.host->store : func.context->run->store;
}

Instance::~Instance() { std::free(context_); }

void UseNative(Func& func, const Tier& tier) {
  if (func.code->entry.load(std::memory_order_acquire) != tier.native_entry()) return;
  func.call = func.code->native.call;
  func.tail = func.code->native.tail;
}

const Func* Instance::FuncRef(FuncIdx func) {
  const uint32_t imported = resolved().imported_funcs;
  if (func.value() < imported) return imported_funcs_[func.value()];
  Func*& ref = func_refs_[func.value() - imported];
  if (ref == nullptr) {
    const ResolvedFunc definition = resolved().funcs[func.value()];
    ref = &store_->funcs_.emplace_back();
    ref->context = context_;
    ref->code = module_->Code(func);
    UseNative(*ref, module_->engine->tier());
    ref->type = definition.type;
    ref->type_id = definition.type_id;
  }
  return ref;
}

GlobalRef Instance::Global(GlobalIdx global) {
  const GlobalType& type = resolved().globals[global.value()].type;
  const uint32_t imported = resolved().imported_globals;
  if (global.value() < imported) return GlobalRef{type, imported_globals_[global.value()], store_};
  return GlobalRef{type, context_->own_globals() + global_offsets_[global.value() - imported],
                   store_};
}

std::optional<Extern> Instance::Export(absl::string_view name) {
  const auto found = resolved().exports.find(name);
  if (found == resolved().exports.end()) return std::nullopt;
  const uint32_t index = found->second->index;
  switch (found->second->kind) {
    case ExternKind::kFunc: return FuncRef(FuncIdx(index));
    case ExternKind::kTable: return tables_[index];
    case ExternKind::kMemory: return memories_[index];
    case ExternKind::kGlobal: return Global(GlobalIdx(index));
    case ExternKind::kTag: return tags_[index];
  }
  return std::nullopt;
}

const Func* Instance::ExportedFunc(absl::string_view name) {
  const std::optional<Extern> found = Export(name);
  if (!found || !std::holds_alternative<const Func*>(*found)) return nullptr;
  return std::get<const Func*>(*found);
}

std::string Instance::NameOfOwn(const TagInstance& tag) const {
  const size_t imported = std::min<size_t>(resolved().imported_tags, tags_.size());
  const auto found = std::find(tags_.begin() + imported, tags_.end(), &tag);
  if (found == tags_.end()) return "";
  const auto index = static_cast<uint32_t>(found - tags_.begin());
  constexpr size_t kMaxShownName = 200;
  for (const vm::Export& each : resolved().module->exports) {
    if (each.kind == ExternKind::kTag && each.index == index && each.name.size() <= kMaxShownName) {
      return absl::StrCat("\"", each.name, "\"");
    }
  }
  return absl::StrCat(index);
}

absl::Span<const uint8_t> Instance::data_segment(uint32_t index) const {
  if (dropped_data_[index]) return {};
  return resolved().datas[index].bytes;
}

absl::Span<const Slot> Instance::elem_segment(uint32_t index) const {
  return elem_segments_[index];
}

}  // namespace tenon::vm
