#include "cli/check.h"

#include <utility>

#include "abi/binary/decode.h"
#include "abi/text/locate.h"
#include "abi/text/parse.h"
#include "abi/valid/validate.h"
#include "absl/strings/string_view.h"
#include "cli/feature_advice.h"
#include "cli/input_file.h"
#include "vm/binary/decoder.h"
#include "vm/text/lexer.h"
#include "vm/text/parser.h"
#include "vm/valid/validate.h"

namespace tenon::cli {

namespace {

absl::string_view AsText(absl::Span<const uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// The error if it is about a feature.
template <typename T>
Status OnlyWhatIsOff(Result<T> checked) {
  if (checked || FeatureAdvice(checked.error().message()).empty()) return {};
  return std::unexpected(std::move(checked).error());
}

}  // namespace

Result<vm::Module> ReadModule(std::vector<uint8_t>& bytes, const vm::Features& features) {
  switch (KindOf(bytes)) {
    case InputKind::kCoreModule: return vm::DecodeModule(std::move(bytes), features);
    case InputKind::kText: return ParseText(bytes, features);
    case InputKind::kComponent:
      return Fail(ErrorKind::kMalformed,
                  "a component, not a core module; 'tenon inspect' shows what it has");
    default: return Fail(ErrorKind::kMalformed, WhyUnreadable(bytes));
  }
}

Result<vm::Module> ParseText(absl::Span<const uint8_t> bytes, const vm::Features& features) {
  switch (KindOf(bytes)) {
    case InputKind::kCoreModule:
    case InputKind::kComponent: return Fail(ErrorKind::kMalformed, "a binary already, not text");
    case InputKind::kOtherBinary: return Fail(ErrorKind::kMalformed, "a binary file, not text");
    case InputKind::kText:
    case InputKind::kEmpty:
    case InputKind::kOtherText: break;
  }
  vm::Lexer lexer(AsText(bytes));
  if (lexer.PeekOpen("component")) {
    return Fail(ErrorKind::kMalformed, "a component's text; 'tenon parse' makes a component of it",
                lexer.Peek(1).where());
  }
  return vm::ParseModule(AsText(bytes), features);
}

Result<std::shared_ptr<const vm::ResolvedModule>> CheckModule(std::vector<uint8_t>& bytes,
                                                              const vm::Features& features,
                                                              vm::TypeStore* types) {
  TENON_ASSIGN_OR_RETURN(vm::Module module, ReadModule(bytes, features));
  return vm::ValidateModule(std::make_unique<vm::Module>(std::move(module)), types, features,
                            vm::BodyValidation::kEager);
}

bool IsComponentFile(absl::Span<const uint8_t> bytes) {
  const InputKind kind = KindOf(bytes);
  return kind == InputKind::kComponent ||
         (kind == InputKind::kText && abi::IsComponentText(AsText(bytes)));
}

Result<ComponentFile> ReadComponent(std::vector<uint8_t>& bytes, const vm::Features& features) {
  ComponentFile component;
  if (KindOf(bytes) == InputKind::kComponent) {
    component.binary = std::move(bytes);
  } else {
    TENON_ASSIGN_OR_RETURN(component.binary,
                           abi::ParseComponent(AsText(bytes), features, &component.marks));
  }
  return component;
}

Error InFile(Error error, const ComponentFile& component, absl::Span<const uint8_t> bytes,
             const vm::Features& features) {
  return abi::LocateInText(std::move(error), AsText(bytes), component.marks, features);
}

Result<std::unique_ptr<const abi::ResolvedComponent>> CheckComponent(std::vector<uint8_t> binary,
                                                                     const vm::Features& features,
                                                                     vm::TypeStore* types) {
  TENON_ASSIGN_OR_RETURN(auto component, abi::DecodeComponent(std::move(binary)));
  return abi::ValidateComponent(std::move(component), types,
                                abi::CoreLoader(types, features, vm::BodyValidation::kEager),
                                features);
}

Result<std::unique_ptr<const abi::ResolvedComponent>> CheckComponentFile(
    std::vector<uint8_t>& bytes, const vm::Features& features, vm::TypeStore* types) {
  TENON_ASSIGN_OR_RETURN(ComponentFile file, ReadComponent(bytes, features));
  auto checked = CheckComponent(std::move(file.binary), features, types);
  if (checked) return checked;
  return std::unexpected(InFile(std::move(checked).error(), file, bytes, features));
}

Status CheckFile(std::vector<uint8_t>& bytes, const vm::Features& features) {
  vm::TypeStore types;
  if (IsComponentFile(bytes)) {
    TENON_RETURN_IF_ERROR(CheckComponentFile(bytes, features, &types));
  } else {
    TENON_RETURN_IF_ERROR(CheckModule(bytes, features, &types));
  }
  return {};
}

Status CheckFeatures(const vm::Module& module, const vm::Features& features) {
  vm::TypeStore types;
  return OnlyWhatIsOff(vm::ValidateModule(std::make_unique<vm::Module>(module), &types, features,
                                          vm::BodyValidation::kEager));
}

Status CheckFeatures(const std::vector<uint8_t>& component, const vm::Features& features) {
  vm::TypeStore types;
  return OnlyWhatIsOff(CheckComponent(component, features, &types));
}

}  // namespace tenon::cli
