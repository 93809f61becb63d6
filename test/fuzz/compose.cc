// Components, as text or binary with a line of dashes between them, joined into one: the first with
// the others as plugs. Where all of them are valid, so is what comes out, with the imports and
// exports that are reported; or there is an error, and it is the same with the others' help.
#include "abi/compose/compose.h"

#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/text/parse.h"
#include "abi/valid/validate.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {
namespace {

using Component = std::unique_ptr<const ResolvedComponent>;

constexpr char kBetween[] = "\n----\n";
constexpr size_t kMaxParts = 5;

Result<Component> Validate(Bytes bytes, vm::TypeStore* types) {
  const vm::Features features = vm::Features::All();
  TENON_ASSIGN_OR_RETURN(auto component, DecodeComponent(std::move(bytes)));
  return ValidateComponent(std::move(component), types,
                           CoreLoader(types, features, vm::BodyValidation::kEager), features);
}

// Null where the part is no component, or not a valid one.
Component Load(absl::string_view part, vm::TypeStore* types) {
  Result<Bytes> bytes = Bytes(part.begin(), part.end());
  if (!IsComponent(*bytes)) bytes = ParseComponent(part);
  if (!bytes) return nullptr;
  auto component = Validate(*std::move(bytes), types);
  return component ? *std::move(component) : nullptr;
}

template <typename Items, typename NameOf>
std::vector<std::string> Sorted(const Items& items, NameOf name_of) {
  std::vector<std::string> names;
  for (const auto& item : items) names.emplace_back(name_of(item));
  std::sort(names.begin(), names.end());
  return names;
}

// What is said of the composition is what it is.
void Check(const Composition& made, absl::Span<const ComposePart> parts, vm::TypeStore* types) {
  const auto whole = Validate(made.bytes, types);
  if (!whole && whole.error().kind() == ErrorKind::kLimit) return;
  if (!whole) std::fprintf(stderr, "the composition: %s\n", whole.error().ToString().c_str());
  TENON_CHECK(whole.has_value());
  const Plan& plan = (*whole)->plan;
  const auto name_of = [](const auto& item) { return item.name; };
  TENON_CHECK(Sorted(plan.imports, name_of) == Sorted(made.open, name_of));
  TENON_CHECK(Sorted(plan.exports, name_of) ==
              Sorted(made.exports, [](const std::string& name) { return name; }));
  size_t wanted = 0, given = made.filled.size();
  for (const ComposePart& part : parts) wanted += part.component->plan.imports.size();
  for (const OpenImport& open : made.open) given += open.parts.size();
  TENON_CHECK(wanted == given);
}

void Run(absl::string_view input) {
  vm::TypeStore types;
  std::vector<Component> components;
  std::vector<ComposePart> parts;
  for (const absl::string_view text : absl::StrSplit(input, kBetween)) {
    Component component = Load(text, &types);
    if (component == nullptr || components.size() == kMaxParts) return;
    components.push_back(std::move(component));
    parts.push_back(
        {std::string(1, static_cast<char>('a' + parts.size())), components.back().get()});
  }
  const auto plugs = absl::MakeConstSpan(parts).subspan(1);
  const Result<Composition> made = Compose(parts[0], plugs, types);
  const Result<Composition> again = Compose(parts[0], plugs, types);
  TENON_CHECK(made.has_value() == again.has_value());
  if (!made) {
    TENON_CHECK(!made.error().message().empty());
    TENON_CHECK(made.error().ToString() == again.error().ToString());
    return;
  }
  TENON_CHECK(made->bytes == again->bytes);
  Check(*made, parts, &types);
}

}  // namespace
}  // namespace tenon::abi

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  tenon::abi::Run({reinterpret_cast<const char*>(data), size});
  return 0;
}
