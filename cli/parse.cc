#include <memory>
#include <variant>

#include "abi/binary/decode.h"
#include "abi/text/print.h"
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

// The binary of a component's file.
Result<std::vector<uint8_t>> EncodeComponent(std::vector<uint8_t>& bytes,
                                             const vm::Features& features) {
  TENON_ASSIGN_OR_RETURN(ComponentFile file, ReadComponent(bytes, features));
  Status allowed = CheckFeatures(file.binary, features);
  if (allowed) return std::move(file.binary);
  return std::unexpected(InFile(std::move(allowed).error(), file, bytes, features));
}

// The binary of a module's or a component's text.
Result<std::vector<uint8_t>> Encode(std::vector<uint8_t>& bytes, const vm::Features& features) {
  const bool is_text = KindOf(bytes) == InputKind::kText;
  if (is_text && IsComponentFile(bytes)) return EncodeComponent(bytes, features);
  TENON_ASSIGN_OR_RETURN(const vm::Module module, OnlyWith(features, ParseText(bytes, features)));
  return vm::EncodeModule(module);
}

using Printable = std::variant<vm::Module, std::unique_ptr<const abi::syntax::RootComponent>>;

Result<Printable> ReadPrintable(std::vector<uint8_t>& bytes, const vm::Features& features) {
  if (!IsComponentFile(bytes)) return OnlyWith(features, ReadModule(bytes, features));
  TENON_ASSIGN_OR_RETURN(std::vector<uint8_t> binary, EncodeComponent(bytes, features));
  return abi::DecodeComponent(std::move(binary));
}

Status PrintTo(const Printable& printable, const PrintCommandOptions& options, vm::TextSink sink) {
  const vm::PrintOptions how{.fold = options.fold};
  if (const auto* module = std::get_if<vm::Module>(&printable)) {
    return vm::PrintModule(*module, how, sink);
  }
  return abi::PrintComponent(*std::get<1>(printable), how, options.features, sink);
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
  const auto printable = ReadPrintable(*bytes, options.features);
  if (!printable) return ComplainOfFile(options.file, *bytes, printable.error());
  auto output = OutputFile::Open(options.output);
  if (!output) return ComplainOfOutput(options.output, output.error());
  bool is_written = true;
  const Status printed = PrintTo(*printable, options, [&](absl::string_view piece) {
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
