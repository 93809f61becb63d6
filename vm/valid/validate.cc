#include "vm/valid/validate.h"

#include <utility>

#include "vm/valid/module_validator.h"
#include "vm/valid/walker.h"

namespace tenon::vm {

Status ModuleValidator::ValidateBodies() {
  NullSink sink;
  for (size_t i = 0; i < module_.bodies.size(); ++i) {
    const FuncIdx func(resolved_.imported_funcs + static_cast<uint32_t>(i));
    TENON_RETURN_IF_ERROR(WalkFunction(resolved_, func, sink, scratch_));
  }
  return {};
}

Status ModuleValidator::ScanBodies() {
  const absl::Span<const uint8_t> bytes = module_.bytes;
  bool needs_data_count = false;
  for (size_t i = 0; i < module_.bodies.size(); ++i) {
    const ByteRange code = module_.bodies[i].code;
    ByteReader reader(bytes.subspan(code.offset), code.offset);
    const bool read = ReadLocals(reader, resolved_.features, [](uint32_t, ValType) {}) &&
                      SkipExpression(reader, resolved_.features, &scratch_.immediates,
                                     &needs_data_count);
    if (read && reader.offset() != uint64_t{code.offset} + code.size) {
      reader.Fail("section size mismatch");
    }
    if (reader.ok()) continue;
    const FuncIdx func(resolved_.imported_funcs + static_cast<uint32_t>(i));
    return std::unexpected<Error>(
        DecodingError(reader).WithContext(FunctionContext(resolved_, func)));
  }
  if (needs_data_count && !module_.data_count) {
    return Fail(ErrorKind::kMalformed, "data count section required");
  }
  return {};
}

Result<std::shared_ptr<ResolvedModule>> ValidateModule(std::unique_ptr<Module> module,
                                                       TypeStore* types, const Features& features,
                                                       BodyValidation mode) {
  auto resolved = std::make_shared<ResolvedModule>();
  resolved->module = std::move(module);
  resolved->features = features;
  resolved->types = types;
  ModuleValidator validator(*resolved);
  Status status = validator.ValidateFields();
  if (status && mode == BodyValidation::kEager) status = validator.ValidateBodies();
  if (status) return resolved;
  if (mode == BodyValidation::kEager && status.error().kind() != ErrorKind::kMalformed) {
    TENON_RETURN_IF_ERROR(validator.ScanBodies());
  }
  return std::unexpected<Error>(std::move(status).error());
}

}  // namespace tenon::vm
