#include "cli/wast/component_store.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "cli/wast/component_value.h"
#include "cli/wast/parse_constant.h"
#include "vm/interp/interpreter.h"

namespace tenon::cli {
namespace {

// The constants that stand from `at` on, one for each of the parameters.
Result<std::vector<abi::Value>> ParseArguments(vm::Lexer at, const abi::ValueFunc& func) {
  std::vector<abi::Value> arguments;
  for (const auto& [name, type] : func.type().params) {
    TENON_ASSIGN_OR_RETURN(abi::Value value, ParseComponentValue(at, func.types(), type));
    arguments.push_back(std::move(value));
  }
  TENON_RETURN_IF_ERROR(ExpectRightParen(at));
  return arguments;
}

}  // namespace

ComponentStore::ComponentStore(const ScriptOptions& options)
    : options_(options), engine_(vm::InterpreterTier(), options.engine), store_(&engine_) {}

Result<ComponentStore::Loaded> ComponentStore::Load(ScriptModule& component) {
  TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> bytes, ReadScriptComponent(component));
  if (options_.load_component != nullptr) {
    return options_.load_component(&engine_, std::move(bytes));
  }
  return abi::LoadComponent(&engine_, std::move(bytes), vm::BodyValidation::kEager);
}

Result<abi::Instance*> ComponentStore::Instantiate(Loaded component) {
  auto instance = abi::Instantiate(store_, std::move(component), linker_);
  if (instance) {
    all_instances_.push_back(*std::move(instance));
    return all_instances_.back().get();
  }
  if (instance.error().kind() != ErrorKind::kTrap) {
    return std::unexpected(std::move(instance).error());
  }
  return Fail(ErrorKind::kTrap, store_.core().TakeTrap().Message());
}

void ComponentStore::SetDefinition(absl::string_view name, Loaded component) {
  definitions_[""] = component;
  if (!name.empty()) definitions_[name] = std::move(component);
}

void ComponentStore::SetInstance(absl::string_view name, abi::Instance* instance) {
  instances_[""] = instance;
  if (!name.empty()) instances_[name] = instance;
}

Result<ComponentStore::Loaded> ComponentStore::Definition(absl::string_view name) const {
  const auto found = definitions_.find(name);
  if (found != definitions_.end() && found->second != nullptr) return found->second;
  return Fail(ErrorKind::kUsage, absl::StrCat("no component definition ", name));
}

Result<ComponentOutcome> ComponentStore::Run(const Action& action) {
  const auto found = instances_.find(action.instance);
  if (found == instances_.end() || found->second == nullptr) {
    return Fail(ErrorKind::kUsage, absl::StrCat("no component instance ", action.instance));
  }
  if (action.kind != Action::Kind::kInvoke) {
    return Fail(ErrorKind::kUsage, "a component has no globals");
  }
  TENON_ASSIGN_OR_RETURN(const abi::ValueFunc func, found->second->UntypedFunc("", action.name));
  TENON_ASSIGN_OR_RETURN(const auto arguments, ParseArguments(*action.arguments_at, func));
  ComponentOutcome outcome{func, {}, std::nullopt};
  std::expected<abi::Value, vm::Trap> result = func.Call(arguments);
  if (result) {
    outcome.result = *std::move(result);
  } else {
    outcome.trap = std::move(result).error();
  }
  return outcome;
}

}  // namespace tenon::cli
