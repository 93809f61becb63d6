#include "vm/valid/validate.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "vm/syntax/limits.h"
#include "vm/syntax/scan_bodies.h"
#include "vm/valid/module_validator.h"
#include "vm/valid/walker.h"

namespace tenon::vm {

Status ModuleValidator::ValidateBodies() {
  NullSink sink;
  for (size_t i = 0; i < module_.bodies.size(); ++i) {
    const FuncIdx func(resolved_.imported_funcs + static_cast<uint32_t>(i));
    TENON_RETURN_IF_ERROR(WalkFunction(resolved_, func, sink, scratch_));
    if (scratch_.total_locals > kMaxTotalLocals) {
      return Fail(ErrorKind::kLimit,
                  absl::StrCat("more than ", kMaxTotalLocals, " locals in all functions"));
    }
  }
  return {};
}

namespace {

// A place in a text says more than the function and the offset.
Error InText(const Module& module, Error error) {
  const std::optional<SourceLocation> where =
      error.where() ? module.Locate(error.where()->offset) : std::nullopt;
  return where ? Error(error.kind(), error.message(), *where) : std::move(error);
}

}  // namespace

Result<std::shared_ptr<ResolvedModule>> ValidateModule(std::unique_ptr<Module> module,
                                                       TypeStore* types, const Features& features,
                                                       BodyValidation mode) {
  auto resolved = std::make_shared<ResolvedModule>();
  std::vector<SubType> declared = std::move(module->types);
  resolved->module = std::move(module);
  resolved->features = features;
  resolved->types = types;
  ModuleValidator validator(*resolved);
  Status status = validator.ValidateFields(std::move(declared));
  if (status && mode == BodyValidation::kEager) status = validator.ValidateBodies();
  if (status) return resolved;
  if (!resolved->module->positions.empty()) {
    return std::unexpected<Error>(InText(*resolved->module, std::move(status).error()));
  }
  if (mode == BodyValidation::kEager && status.error().kind() != ErrorKind::kMalformed) {
    bool needs_data_count = false;
    TENON_RETURN_IF_ERROR(ScanBodies(*resolved->module, features, &needs_data_count));
    if (needs_data_count && !resolved->module->data_count) {
      return Fail(ErrorKind::kMalformed, "data count section required");
    }
  }
  return std::unexpected<Error>(std::move(status).error());
}

Result<TypeId> ValidateRecType(std::vector<SubType> group, absl::Span<const TypeId> known,
                               TypeStore* types, const Features& features) {
  ResolvedModule resolved;
  resolved.module = std::make_unique<Module>();
  resolved.features = features;
  resolved.types = types;
  return ModuleValidator(resolved).ResolveGroupAlone(absl::MakeSpan(group), known);
}

}  // namespace tenon::vm
