#include "vm/syntax/scan_bodies.h"

#include <algorithm>

#include "vm/syntax/function_title.h"
#include "vm/syntax/instruction_reader.h"

namespace tenon::vm {

Status ScanBodies(const Module& module, const Features& features, bool* needs_data_count) {
  const absl::Span<const uint8_t> bytes = module.Bytes();
  ImmediateScratch scratch;
  for (size_t i = 0; i < module.bodies.size(); ++i) {
    // Read to the body's own end, wherever the declared one is; see SectionDecoder::reader.
    const ByteRange code = module.bodies[i].code;
    ByteReader reader(bytes.subspan(code.offset), code.offset);
    const bool read = ReadLocals(reader, features, [](uint32_t, ValType) {}) &&
                      SkipExpression(reader, features, &scratch, needs_data_count);
    if (read && reader.offset() != uint64_t{code.offset} + code.size) {
      reader.Fail("section size mismatch");
    }
    if (reader.ok()) continue;
    const auto imported =
        std::count_if(module.imports.begin(), module.imports.end(),
                      [](const Import& import) { return import.kind() == ExternKind::kFunc; });
    return std::unexpected<Error>(DecodingError(reader).WithContext(
        FunctionTitle(module, static_cast<uint32_t>(static_cast<size_t>(imported) + i))));
  }
  return {};
}

}  // namespace tenon::vm
