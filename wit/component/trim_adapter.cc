#include "wit/component/trim_adapter.h"

#include <algorithm>
#include <optional>
#include <utility>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/str_cat.h"
#include "vm/binary/encoder.h"
#include "vm/binary/producers.h"
#include "vm/syntax/instruction_reader.h"
#include "vm/syntax/instruction_writer.h"
#include "vm/syntax/name_section.h"
#include "vm/syntax/section.h"
#include "wit/component/core_module.h"

namespace tenon::wit {
namespace {

using vm::ImmediateKind;
using vm::ValType;

// A realloc that only knows how to make a block of a page, by taking one.
constexpr char kPageRealloc[] =
    "(module (memory 0) (func (param i32 i32 i32 i32) (result i32) (local i32)"
    " (if (i32.or (i32.or (local.get 0) (local.get 1)) (i32.ne (local.get 3) (i32.const 65536)))"
    "   (then (unreachable)))"
    " (if (i32.eq (local.tee 4 (memory.grow (i32.const 1))) (i32.const -1)) (then (unreachable)))"
    " (i32.shl (local.get 4) (i32.const 16))))";

// Sets the stack pointer to the end of a block that realloc makes.
std::string SetStack(uint32_t pointer, uint32_t realloc) {
  return absl::StrCat("(global.set ", pointer, " (i32.add (i32.const 65536) (call ", realloc,
                      " (i32.const 0) (i32.const 0) (i32.const 8) (i32.const 65536))))");
}

// The same where it has not been done. While it is under way (1) realloc may call back in.
std::string SetStackOnce(uint32_t pointer, uint32_t state, uint32_t realloc) {
  return absl::StrCat("(if (i32.eqz (global.get ", state, ")) (then (global.set ", state,
                      " (i32.const 1)) ", SetStack(pointer, realloc), " (global.set ", state,
                      " (i32.const 2))))");
}

vm::FuncType ReallocType() { return {std::vector(4, ValType::kI32), {ValType::kI32}}; }

class Trimmer {
 public:
  Trimmer(const vm::Module& adapter, const absl::flat_hash_set<std::string>& wanted,
          absl::string_view realloc)
      : in_(adapter),
        imported_(CountImports(adapter, vm::ExternKind::kFunc)),
        wanted_(wanted),
        realloc_(realloc) {}

  Result<std::vector<uint8_t>> Run() {
    TENON_RETURN_IF_ERROR(CheckForm());
    TENON_RETURN_IF_ERROR(FindLive());
    FindGlobals();
    out_.types = in_.types;
    out_.rec_groups = in_.rec_groups;
    out_.memories = in_.memories;
    out_.globals = in_.globals;
    PlaceFunctions();
    TENON_RETURN_IF_ERROR(CopyBodies());
    AddStack();
    AddExports();
    AddNames();
    out_.bytes = std::move(bytes_);
    return vm::EncodeModule(out_);
  }

 private:
  // A function of the trimmed module.
  struct Added {
    vm::TypeIdx type;
    std::vector<uint8_t> code;
    const char* name;
  };

  Status CheckForm() const {
    // A table that nothing fills is of no use, and left out.
    if (in_.elems.empty() && in_.datas.empty() && in_.memories.empty()) return {};
    return Fail(ErrorKind::kInvalid, "an adapter may have no memories or segments");
  }

  // Calls visit(instruction) for each instruction of a body; false ends it.
  template <typename Visit>
  Status ForEachInstruction(absl::Span<const uint8_t> code, const Visit& visit) const {
    ByteReader reader(code);
    vm::ImmediateScratch scratch;
    if (!vm::ReadLocals(reader, vm::Features::All(), [](uint32_t, ValType) {})) {
      return reader.TakeFailure();
    }
    while (!reader.at_end()) {
      vm::Instruction instruction;
      if (!vm::ReadInstruction(reader, vm::Features::All(), &scratch, &instruction)) {
        return reader.TakeFailure();
      }
      visit(instruction);
    }
    return {};
  }

  static bool HasFunc(const vm::Instruction& instruction) {
    const ImmediateKind kind = vm::Info(instruction.op).immediate;
    return kind == ImmediateKind::kFunc || kind == ImmediateKind::kRefFunc;
  }

  void MarkFunction(uint32_t function) {
    if (function >= imported_ + in_.functions.size()) return;  // the validator will tell
    if (live_.insert(function).second) stack_.push_back(function);
  }

  Status FindLive() {
    for (const vm::Export& each : in_.exports) {
      if (each.kind == vm::ExternKind::kFunc && wanted_.contains(each.name)) {
        MarkFunction(each.index);
      }
    }
    while (!stack_.empty()) {
      const uint32_t function = stack_.back();
      stack_.pop_back();
      if (function < imported_) continue;
      TENON_RETURN_IF_ERROR(
          ForEachInstruction(BodyOf(function), [&](const vm::Instruction& instruction) {
            if (HasFunc(instruction)) MarkFunction(instruction.index);
            if (vm::Info(instruction.op).immediate == ImmediateKind::kGlobal) {
              live_globals_.insert(instruction.index);
            }
          }));
    }
    return {};
  }

  absl::Span<const uint8_t> BodyOf(uint32_t function) const {
    return in_.Bytes(in_.bodies[function - imported_].code);
  }

  // Visits a part of the adapter's names.
  void ForEachName(vm::NameKind kind,
                   absl::FunctionRef<void(uint32_t, absl::string_view)> visit) const {
    for (const vm::CustomSection& custom : in_.customs) {
      if (custom.name != "name") continue;
      const vm::NameParts parts = vm::SplitNames(in_, custom.content);
      vm::ForEachName(in_.Bytes(parts[static_cast<size_t>(kind)]), visit);
    }
  }

  void FindGlobals() {
    const uint32_t first = CountImports(in_, vm::ExternKind::kGlobal);
    ForEachName(vm::NameKind::kGlobal, [&](uint32_t index, absl::string_view name) {
      if (!live_globals_.contains(index) || index < first) return;
      if (index - first >= in_.globals.size()) return;
      const vm::GlobalType& type = in_.globals[index - first].type;
      if (!type.is_mutable || type.type != ValType::kI32) return;
      if (name == "__stack_pointer") stack_pointer_ = index;
      if (name == "allocation_state") allocation_state_ = index;
    });
  }

  bool IsRealloc(const vm::Import& import) const {
    return import.module == kMainModule &&
           (import.name == "cabi_realloc" || import.name == "canonical_abi_realloc");
  }

  vm::TypeIdx AddType(const vm::FuncType& type) {
    const auto index = static_cast<uint32_t>(out_.types.size());
    out_.types.push_back({.func = type});
    out_.rec_groups.push_back({index, 1});
    return vm::TypeIdx(index);
  }

  void Append(Added function) {
    out_.functions.push_back(function.type);
    added_.push_back(std::move(function));
  }
  // The index of the next defined function.
  uint32_t Next() const { return kept_ + static_cast<uint32_t>(added_.size()); }

  // Imports first, then functions, of which only a realloc that is not imported is new.
  void PlaceFunctions() {
    uint32_t index = 0;
    std::optional<std::pair<uint32_t, vm::TypeIdx>> missing_realloc;
    for (const vm::Import& import : in_.imports) {
      const auto* type = std::get_if<vm::TypeIdx>(&import.type);
      vm::Import kept = import;
      if (type != nullptr) {
        const uint32_t old = index++;
        if (!live_.contains(old)) continue;
        if (IsRealloc(import) && realloc_.empty()) {
          missing_realloc = {old, *type};
          continue;
        }
        if (IsRealloc(import)) kept.name = realloc_;
        places_[old] = kept_++;
        if (IsRealloc(import)) realloc_index_ = places_[old];
      }
      out_.imports.push_back(kept);
    }
    if (!realloc_.empty() && stack_pointer_ && !realloc_index_) {
      realloc_index_ = kept_++;
      out_.imports.push_back({kMainModule, realloc_, AddType(ReallocType())});
    }
    if (missing_realloc) {
      places_[missing_realloc->first] = Next();
      realloc_index_ = Next();
      Append({missing_realloc->second, CodeOf(kPageRealloc), "realloc_by_pages"});
    }
  }

  bool IsLazy() const { return stack_pointer_ && allocation_state_ && !realloc_.empty(); }

  Status CopyBodies() {
    const auto count = static_cast<uint32_t>(in_.functions.size());
    for (uint32_t i = 0, next = Next(); i < count; ++i) {
      if (live_.contains(imported_ + i)) places_[imported_ + i] = next++;
    }
    // Whoever comes in from outside has a stack then.
    const uint32_t allocate = Next() + static_cast<uint32_t>(live_.size()) - LiveImports();
    absl::flat_hash_set<uint32_t> entries;
    for (const vm::Export& each : in_.exports) {
      if (each.kind == vm::ExternKind::kFunc && wanted_.contains(each.name)) {
        entries.insert(each.index);
      }
    }
    for (uint32_t i = 0; i < count; ++i) {
      const uint32_t old = imported_ + i;
      if (!live_.contains(old)) continue;
      const bool prepends = IsLazy() && entries.contains(old);
      std::vector<uint8_t> code;
      TENON_RETURN_IF_ERROR(
          Rewrite(BodyOf(old), prepends ? std::optional(allocate) : std::nullopt, &code));
      Append({in_.functions[i], std::move(code), nullptr});
    }
    return {};
  }

  uint32_t LiveImports() const {
    uint32_t live = 0;
    for (uint32_t i = 0; i < imported_; ++i) live += live_.contains(i);
    return live;
  }

  // A body with the functions' new indices, which begins with a call of `first`.
  Status Rewrite(absl::Span<const uint8_t> body, std::optional<uint32_t> first,
                 std::vector<uint8_t>* out) const {
    vm::InstructionWriter writer(out);
    ByteReader reader(body);
    if (!vm::ReadLocals(reader, vm::Features::All(), [](uint32_t, ValType) {})) {
      return reader.TakeFailure();
    }
    out->insert(out->end(), body.begin(), body.end() - reader.remaining());
    if (first) writer.Write({.op = vm::Opcode::Call, .index = *first});
    return ForEachInstruction(body, [&](vm::Instruction& instruction) {
      if (HasFunc(instruction)) {
        const auto place = places_.find(instruction.index);
        if (place != places_.end()) instruction.index = place->second;
      }
      writer.Write(instruction);
    });
  }

  void AddStack() {
    if (stack_pointer_) {
      if (!IsLazy() && (!realloc_index_ || !allocation_state_)) {
        // The main module's realloc could call back into an adapter that has no stack yet.
        realloc_index_ = Next();
        Append({AddType(ReallocType()), CodeOf(kPageRealloc), "realloc_by_pages"});
      }
      const std::string set =
          allocation_state_ ? SetStackOnce(*stack_pointer_, *allocation_state_, *realloc_index_)
                            : SetStack(*stack_pointer_, *realloc_index_);
      if (!IsLazy()) out_.start = vm::FuncIdx(Next());
      Append({AddType({}), CodeOf(absl::StrCat("(module (func ", set, "))")), "allocate_stack"});
    }
    const auto original = in_.Bytes();
    bytes_.assign(original.begin(), original.end());
    for (const Added& function : added_) {
      out_.bodies.push_back(
          {{static_cast<uint32_t>(bytes_.size()), static_cast<uint32_t>(function.code.size())}});
      bytes_.insert(bytes_.end(), function.code.begin(), function.code.end());
    }
  }

  void AddExports() {
    for (vm::Export each : in_.exports) {
      if (!wanted_.contains(each.name)) continue;
      if (each.kind != vm::ExternKind::kFunc) continue;
      const auto place = places_.find(each.index);
      if (place == places_.end()) continue;  // there is no such function
      each.index = place->second;
      out_.exports.push_back(each);
    }
  }

  void AddNames() {
    std::vector<vm::IndexedName> functions, globals;
    ForEachName(vm::NameKind::kFunc, [&](uint32_t index, absl::string_view name) {
      const auto place = places_.find(index);
      if (place != places_.end()) functions.push_back({place->second, std::string(name)});
    });
    for (uint32_t i = 0; i < added_.size(); ++i) {
      if (added_[i].name != nullptr) functions.push_back({kept_ + i, added_[i].name});
    }
    std::sort(functions.begin(), functions.end(),
              [](const auto& a, const auto& b) { return a.index < b.index; });
    ForEachName(vm::NameKind::kGlobal, [&](uint32_t index, absl::string_view name) {
      globals.push_back({index, std::string(name)});
    });
    const auto begin = static_cast<uint32_t>(bytes_.size());
    vm::NameSectionWriter writer(&bytes_);
    writer.Write(vm::NameKind::kFunc, functions);
    writer.Write(vm::NameKind::kGlobal, globals);
    const auto size = static_cast<uint32_t>(bytes_.size()) - begin;
    out_.customs.push_back({"name", {begin, size}, static_cast<int>(vm::SectionId::kCode)});
    for (const vm::CustomSection& custom : in_.customs) {
      if (custom.name != vm::kProducersSection) continue;
      const auto content = in_.Bytes(custom.content);
      const auto place = static_cast<uint32_t>(bytes_.size());
      bytes_.insert(bytes_.end(), content.begin(), content.end());
      out_.customs.push_back({vm::kProducersSection,
                              {place, custom.content.size},
                              static_cast<int>(vm::SectionId::kCode)});
    }
  }

  const vm::Module& in_;
  const uint32_t imported_;  // functions, of which so many are kept:
  uint32_t kept_ = 0;
  const absl::flat_hash_set<std::string>& wanted_;
  const absl::string_view realloc_;
  absl::flat_hash_set<uint32_t> live_, live_globals_;
  std::vector<uint32_t> stack_;
  std::optional<uint32_t> stack_pointer_, allocation_state_;
  std::optional<uint32_t> realloc_index_;           // in the trimmed module
  absl::flat_hash_map<uint32_t, uint32_t> places_;  // of functions, by their old index
  vm::Module out_;
  std::vector<Added> added_;  // by defined function
  std::vector<uint8_t> bytes_;
};

}  // namespace

Result<std::vector<uint8_t>> TrimAdapter(const vm::Module& adapter,
                                         const absl::flat_hash_set<std::string>& wanted,
                                         absl::string_view realloc) {
  return Trimmer(adapter, wanted, realloc).Run();
}

}  // namespace tenon::wit
