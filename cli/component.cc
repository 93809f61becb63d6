// `tenon component`: core modules to components.
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/version.h"
#include "cli/wit_packages.h"
#include "vm/binary/encoder.h"
#include "vm/binary/producers.h"
#include "vm/syntax/type_store.h"
#include "wit/component/componentize.h"
#include "wit/component/targets.h"

namespace tenon::cli {
namespace {

using Bytes = std::vector<uint8_t>;

// The binary of a core module, of its text too.
OrExitCode<Bytes> ReadCore(const std::string& path) {
  auto bytes = ReadInputFile(path);
  if (!bytes) return std::unexpected(ComplainOfFile(path, {}, bytes.error()));
  if (KindOf(*bytes) == InputKind::kCoreModule) return std::move(*bytes);
  const auto module = ReadModule(*bytes, vm::Features::All());
  if (!module) return std::unexpected(ComplainOfFile(path, *bytes, module.error()));
  return vm::EncodeModule(*module);
}

// "NAME=FILE"; a file alone has the name that stands in front of its first dot.
wit::CoreInput SplitAdapter(const std::string& text) {
  const size_t equals = text.find('=');
  if (equals != text.npos) return {text.substr(0, equals), {}};
  const size_t begin = text.rfind('/') + 1;
  return {text.substr(begin, text.find('.', begin) - begin), {}};
}

OrExitCode<std::vector<wit::CoreInput>> ReadAdapters(const std::vector<std::string>& texts) {
  std::vector<wit::CoreInput> adapters;
  for (const std::string& text : texts) {
    wit::CoreInput& adapter = adapters.emplace_back(SplitAdapter(text));
    TENON_ASSIGN_OR_RETURN(adapter.bytes, ReadCore(text.substr(text.find('=') + 1)));
  }
  return adapters;
}

void NoteTenon(Bytes* binary) { vm::AddProducer({"processed-by", "tenon", kVersion}, binary); }

// What was made must hold: a core module's own mistakes show here.
int WriteChecked(const ComponentOptions& options, Bytes component) {
  vm::TypeStore types;
  NoteTenon(&component);
  const auto checked = CheckComponent(component, vm::Features::All(), &types);
  if (!checked) return ComplainOfFile(options.file, {}, checked.error());
  return WriteOutput(options.output, component);
}

// Packages, and the world in them that the options name.
OrExitCode<wit::DecodedWit> LoadWorld(const ComponentOptions& options) {
  TENON_ASSIGN_OR_RETURN(wit::DecodedWit wit, LoadWit(options.wit, options.deps, {}, options.json));
  TENON_ASSIGN_OR_RETURN(wit.world, ChooseWorld(wit, options.wit, options.world, options.json));
  return wit;
}

int New(const ComponentOptions& options) {
  auto main = ReadCore(options.file);
  if (!main) return main.error();
  auto adapters = ReadAdapters(options.adapters);
  if (!adapters) return adapters.error();
  auto component = wit::MakeComponent({"", std::move(*main)}, std::move(*adapters));
  if (!component) return ComplainOfFile(options.file, {}, component.error());
  return WriteChecked(options, *std::move(component));
}

int Embed(const ComponentOptions& options) {
  const auto wit = LoadWorld(options);
  if (!wit) return wit.error();
  auto core = ReadCore(options.file);
  if (!core) return core.error();
  auto embedded = wit::EmbedWorld(std::move(*core), wit->packages, *wit->world, options.encoding);
  if (!embedded) return ComplainOfFile(options.file, {}, embedded.error());
  NoteTenon(&*embedded);
  return WriteOutput(options.output, *embedded);
}

int Targets(const ComponentOptions& options) {
  const auto wit = LoadWorld(options);
  if (!wit) return wit.error();
  auto component = ReadInputFile(options.file);
  if (!component) return ReportError(options.json, options.file, {}, component.error());
  vm::TypeStore types;
  if (const auto valid = CheckComponent(*component, vm::Features::All(), &types); !valid) {
    return ReportError(options.json, options.file, *component, valid.error());
  }
  const wit::TargetsQuestion question =
      wit::MakeTargetsQuestion(wit->packages, *wit->world, *component);
  auto fits = CheckComponent(question.component, vm::Features::All(), &types);
  if (fits) return 0;
  const std::string& world = wit->packages[*wit->world].name;
  return ReportError(options.json, options.file, {},
                     wit::MisfitOf(std::move(fits).error(), world, question));
}

}  // namespace

int ComponentCommand(const ComponentOptions& options) {
  using Action = ComponentOptions::Action;
  const bool needs_wit = options.action != Action::kNew;
  if (options.action == Action::kNone) {
    return Complain("component: expected embed, new or targets", kExitUsage);
  }
  if (options.file.empty()) {
    return Complain(absl::StrCat("component: expected ", needs_wit ? "WIT and a file" : "a file"),
                    kExitUsage);
  }
  if (options.action == Action::kTargets) return Targets(options);
  if (const int refused = RefuseTerminal(options.output, "component"); refused != 0) {
    return refused;
  }
  return options.action == Action::kNew ? New(options) : Embed(options);
}

}  // namespace tenon::cli
