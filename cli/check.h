// Input files told by their content, decoded or parsed and validated as a whole, every function's
// body included, as `tenon validate` and `tenon inspect` do it.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "abi/syntax/text_mark.h"
#include "abi/valid/resolved_component.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"
#include "vm/syntax/module.h"
#include "vm/syntax/type_store.h"
#include "vm/valid/resolved_module.h"

namespace tenon::cli {

// A core module, in the binary format or as text. Takes a binary's bytes over and leaves a text,
// for the message that shows a line of it.
Result<vm::Module> ReadModule(std::vector<uint8_t>& bytes, const vm::Features& features);

// A core module's text alone. What holds nothing is the empty module.
Result<vm::Module> ParseText(absl::Span<const uint8_t> bytes, const vm::Features& features);

// Whether it is a component in the binary format or as text.
bool IsComponentFile(absl::Span<const uint8_t> bytes);

// The binary of a component's file, and for a text the places of what stands in it.
struct ComponentFile {
  std::vector<uint8_t> binary;
  std::vector<abi::TextMark> marks;
};
// Takes a binary's bytes over and leaves a text, as ReadModule.
Result<ComponentFile> ReadComponent(std::vector<uint8_t>& bytes, const vm::Features& features);
// An error about the component's binary as one about the file.
Error InFile(Error error, const ComponentFile& component, absl::Span<const uint8_t> bytes,
             const vm::Features& features);

// A component's binary, and a file's. `types` outlives the result.
Result<std::unique_ptr<const abi::ResolvedComponent>> CheckComponent(std::vector<uint8_t> binary,
                                                                     const vm::Features& features,
                                                                     vm::TypeStore* types);
Result<std::unique_ptr<const abi::ResolvedComponent>> CheckComponentFile(
    std::vector<uint8_t>& bytes, const vm::Features& features, vm::TypeStore* types);
Result<std::shared_ptr<const vm::ResolvedModule>> CheckModule(std::vector<uint8_t>& bytes,
                                                              const vm::Features& features,
                                                              vm::TypeStore* types);

// The file, whichever it is. Takes a binary's bytes over, and leaves a text.
Status CheckFile(std::vector<uint8_t>& bytes, const vm::Features& features);

// Whether the module, or the component's binary, does without what is off. It may be invalid in
// other ways.
Status CheckFeatures(const vm::Module& module, const vm::Features& features);
Status CheckFeatures(const std::vector<uint8_t>& component, const vm::Features& features);

}  // namespace tenon::cli
