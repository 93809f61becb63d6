#include "abi/text/parse.h"
#include "absl/strings/str_cat.h"
#include "cli/check.h"
#include "cli/commands.h"
#include "cli/input_file.h"
#include "cli/output_file.h"
#include "vm/binary/encoder.h"
#include "vm/text/printer.h"

namespace tenon::cli {
namespace {

Result<vm::Module> OnlyWith(const vm::Features& features, Result<vm::Module> module) {
  if (module) TENON_RETURN_IF_ERROR(CheckFeatures(*module, features));
  return module;
}

// The binary of a module's or a component's text.
Result<std::vector<uint8_t>> Encode(absl::Span<const uint8_t> bytes, const vm::Features& features) {
  const absl::string_view text(reinterpret_cast<const char*>(bytes.data()), bytes.size());
  if (KindOf(bytes) == InputKind::kText && abi::IsComponentText(text)) {
    TENON_ASSIGN_OR_RETURN(auto binary, abi::ParseComponent(text, features));
    TENON_RETURN_IF_ERROR(CheckFeatures(binary, features));
    return binary;
  }
  TENON_ASSIGN_OR_RETURN(const vm::Module module, OnlyWith(features, ParseText(bytes, features)));
  return vm::EncodeModule(module);
}

}  // namespace

int Parse(const ParseOptions& options) {
  if (const int refused = RefuseTerminal(options.output, "parse"); refused != 0) return refused;
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ComplainOfFile(options.file, {}, bytes.error());
  const auto binary = Encode(*bytes, options.features);
  if (!binary) return ComplainOfFile(options.file, *bytes, binary.error());
  return WriteOutput(options.output, *binary);
}

int Print(const PrintCommandOptions& options) {
  auto bytes = ReadInputFile(options.file);
  if (!bytes) return ComplainOfFile(options.file, {}, bytes.error());
  const auto module = OnlyWith(options.features, ReadModule(*bytes, options.features));
  if (!module) return ComplainOfFile(options.file, *bytes, module.error());
  auto output = OutputFile::Open(options.output);
  if (!output) return ComplainOfOutput(options.output, output.error());
  bool is_written = true;
  const Status printed =
      vm::PrintModule(*module, {.fold = options.fold}, [&](absl::string_view piece) {
        Status written = output->Write(piece);
        is_written = written.has_value();
        return written;
      });
  if (!is_written) return ComplainOfOutput(options.output, printed.error());
  if (!printed) return ComplainOfFile(options.file, {}, printed.error());
  const Status committed = output->Commit();
  return committed ? 0 : ComplainOfOutput(options.output, committed.error());
}

}  // namespace tenon::cli
