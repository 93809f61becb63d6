#include <algorithm>
#include <cstdio>
#include <deque>

#include "abi/api/reps.h"
#include "abi/text/wave_lexer.h"
#include "abi/text/wave_parse.h"
#include "abi/text/wave_print.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "cli/check.h"
#include "cli/input_file.h"
#include "cli/invoke.h"
#include "cli/load_timeout.h"
#include "cli/output_file.h"
#include "cli/tiers.h"
#include "vm/artifact/load.h"
#include "vm/binary/decoder.h"
#include "vm/binary/encoder.h"
#include "vm/runtime/instance.h"
#include "vm/runtime/module.h"
#include "vm/valid/validate.h"

namespace tenon::cli {
namespace {

Status HasNoImports(const vm::Module& module) {
  if (module.imports.empty()) return {};
  const vm::Import& import = module.imports[0];
  return Fail(ErrorKind::kUnlinkable,
              absl::StrCat("import \"", import.module, "\" \"", import.name,
                           "\": a core module is invoked without anything to import"));
}

Result<std::shared_ptr<vm::LoadedModule>> Load(vm::Engine& engine, std::vector<uint8_t>& bytes,
                                               vm::BodyValidation mode) {
  const auto validate = [&](vm::Module module) {
    return vm::ValidateModule(std::make_unique<vm::Module>(std::move(module)), &engine.types(),
                              engine.features(), mode);
  };
  const bool is_text = KindOf(bytes) == InputKind::kText;
  TENON_ASSIGN_OR_RETURN(vm::Module syntax, ReadModule(bytes, engine.features()));
  TENON_RETURN_IF_ERROR(HasNoImports(syntax));
  std::vector<uint8_t> binary;
  if (is_text) binary = vm::EncodeModule(syntax);
  TENON_ASSIGN_OR_RETURN(auto resolved, validate(std::move(syntax)));
  if (is_text) {  // what a backtrace names are places in a binary
    TENON_ASSIGN_OR_RETURN(syntax, vm::DecodeModule(std::move(binary), engine.features()));
    TENON_ASSIGN_OR_RETURN(resolved, validate(std::move(syntax)));
  }
  return vm::LoadedModule::Create(&engine, std::move(resolved), "");
}

Result<std::shared_ptr<vm::LoadedModule>> LoadCompiled(
    vm::Engine& engine, const std::shared_ptr<const vm::artifact::Image>& image) {
  TENON_ASSIGN_OR_RETURN(auto module, vm::artifact::LoadModule(&engine, image));
  TENON_RETURN_IF_ERROR(HasNoImports(*module->resolved->module));
  return module;
}

// A core function seen as a component's. Its type's names are the parameters' numbers.
struct Signature {
  abi::TypeTable types;
  std::deque<std::string> names;
  std::vector<abi::ValType> results;
  abi::FuncType type;
};

std::optional<abi::ValType> ComponentType(vm::ValType type) {
  if (type == vm::ValType::kI32) return abi::TypeKind::kS32;
  if (type == vm::ValType::kI64) return abi::TypeKind::kS64;
  if (type == vm::ValType::kF32) return abi::TypeKind::kF32;
  if (type == vm::ValType::kF64) return abi::TypeKind::kF64;
  return std::nullopt;
}

// False when a type has no counterpart.
bool Describe(const vm::FuncType& core, Signature* signature) {
  for (const vm::ValType param : core.params) {
    const auto type = ComponentType(param);
    if (!type) return false;
    signature->names.push_back(absl::StrCat(signature->names.size() + 1));
    signature->type.params.emplace_back(signature->names.back(), *type);
  }
  for (const vm::ValType result : core.results) {
    const auto type = ComponentType(result);
    if (!type) return false;
    signature->results.push_back(*type);
  }
  return true;
}

Result<const vm::Export*> FindFunc(const vm::Module& module, const std::string& text,
                                   const abi::WaveCall& call) {
  std::vector<absl::string_view> names;
  for (const vm::Export& item : module.exports) {
    if (item.kind != vm::ExternKind::kFunc) continue;
    if (item.name == call.name) return &item;
    names.push_back(item.name);
  }
  return abi::WaveFailure(text, call.name.data() - text.data(), UnknownFunc(call.name, names));
}

struct ModuleInvocation {
  uint32_t func = 0;
  Signature signature;
  std::vector<abi::Value> arguments;
};

Status Prepare(const vm::LoadedModule& module, const std::string& text, ModuleInvocation* out) {
  const vm::ResolvedModule& resolved = *module.resolved;
  TENON_ASSIGN_OR_RETURN(const abi::WaveCall call, abi::ParseWaveCall(text));
  TENON_ASSIGN_OR_RETURN(const vm::Export* item, FindFunc(*resolved.module, text, call));
  out->func = item->index;
  if (!Describe(*resolved.funcs[item->index].type, &out->signature)) {
    return abi::WaveFailure(text, call.name.data() - text.data(),
                            "the function takes or returns vectors or references, which can't be "
                            "written");
  }
  TENON_ASSIGN_OR_RETURN(
      out->arguments,
      abi::ParseWaveArguments(out->signature.types, out->signature.type, text, call.arguments));
  return {};
}

std::string PrintResults(const Signature& signature, const std::vector<vm::Slot>& slots) {
  std::vector<std::string> texts;
  for (size_t i = 0; i < signature.results.size(); ++i) {
    const abi::ValType type = signature.results[i];
    const bool is_64 = type == abi::TypeKind::kS64 || type == abi::TypeKind::kF64;
    uint64_t bits = is_64 ? slots[i].bits : vm::ReadSlot<uint32_t>(&slots[i]);
    if (type == abi::TypeKind::kS32) bits = static_cast<uint64_t>(static_cast<int32_t>(bits));
    texts.push_back(abi::PrintWave(signature.types, type, abi::Value::Bits(bits)));
  }
  return texts.size() == 1 ? texts[0] : absl::StrCat("(", absl::StrJoin(texts, ", "), ")");
}

}  // namespace

int InvokeModule(const RunOptions& options, vm::Store& store, std::vector<uint8_t>& bytes,
                 const std::shared_ptr<const vm::artifact::Image>& image) {
  const std::string& file = options.file;
  const std::string& text = options.invoke;
  const auto module = image != nullptr ? LoadCompiled(store.engine(), image)
                                       : Load(store.engine(), bytes,
                                              options.validate_all ? vm::BodyValidation::kEager
                                                                   : vm::BodyValidation::kLazy);
  if (!module) return ComplainOfFile(file, bytes, module.error());
  ModuleInvocation invocation;
  const Status prepared = Prepare(**module, text, &invocation);
  if (!prepared) return ComplainOfInvocation(text, prepared.error());
  StopLoadTimeout();
  const Status told = TellTools(options, image.get(), {&*module, 1}, /*may_tier_up=*/false);
  if (!told) return ComplainOfFile(file, {}, told.error());
  const auto instance = vm::Instantiate(store, *module, {});
  if (!instance) {
    if (store.threw()) store.TrapException();
    if (store.trapped()) return ReportTrap(options, ToTrap(store.TakeTrap()));
    return ComplainOfFile(file, {}, instance.error());
  }
  const size_t params = invocation.arguments.size(), results = invocation.signature.results.size();
  std::vector<vm::Slot> slots(std::max({params, results, size_t{1}}));
  for (size_t i = 0; i < params; ++i) slots[i].bits = invocation.arguments[i].bits;
  if (!store.InvokeOrTrap(*(*instance)->FuncRef(vm::FuncIdx(invocation.func)), slots.data())) {
    return ReportTrap(options, ToTrap(store.TakeTrap()));
  }
  PutText(absl::StrCat(PrintResults(invocation.signature, slots), "\n"));
  return 0;
}

}  // namespace tenon::cli
