// Text of WIT, or bytes of a component. A world of a text survives being a component type, which is
// valid; what comes back prints to what resolves to the same. So does what a valid component says,
// or it is refused.
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "abi/binary/decode.h"
#include "abi/valid/validate.h"
#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/string_view.h"
#include "wit/abi/core_names.h"
#include "wit/binary/decode.h"
#include "wit/binary/encode.h"
#include "wit/resolve/print.h"
#include "wit/resolve/resolve.h"
#include "wit/syntax/limits.h"
#include "wit/syntax/parser.h"

namespace tenon::wit {
namespace {

using Bytes = std::vector<uint8_t>;

constexpr uint32_t kMaxWorlds = 4;

Result<DecodedWit> Decode(const Bytes& bytes) {
  TENON_ASSIGN_OR_RETURN(const auto component, abi::DecodeComponent(bytes));
  return DecodeWit(*component);
}

bool IsLimit(const Error& error) { return error.kind() == ErrorKind::kLimit; }

// What we encode is valid and says something, or is too much.
std::optional<DecodedWit> DecodeOwn(const Bytes& bytes) {
  vm::TypeStore types;
  auto component = abi::DecodeComponent(bytes);
  if (!component && IsLimit(component.error())) return std::nullopt;
  TENON_CHECK(component.has_value());
  Result<DecodedWit> decoded = DecodeWit(**component);
  const vm::Features features = vm::Features::All();
  const auto valid = abi::ValidateComponent(
      *std::move(component), &types, abi::CoreLoader(&types, features, vm::BodyValidation::kEager),
      features);
  const bool is_limit =
      (!valid && IsLimit(valid.error())) || (!decoded && IsLimit(decoded.error()));
  if (is_limit) return std::nullopt;
  if (!valid) std::fprintf(stderr, "invalid: %s\n", valid.error().ToString().c_str());
  if (!decoded) std::fprintf(stderr, "no WIT: %s\n", decoded.error().ToString().c_str());
  TENON_CHECK(valid.has_value() && decoded.has_value());
  return *std::move(decoded);
}

bool IsGate(absl::string_view line) {
  return absl::StartsWith(line, "@since") || absl::StartsWith(line, "@unstable") ||
         absl::StartsWith(line, "@deprecated");
}

// Line by line and sorted, since a binary has an order of its own.
class Lines {
 public:
  void Add(absl::string_view of, const std::vector<PrintedItem>& items) {
    for (const PrintedItem& item : items) {
      const std::string head = absl::StrCat(of, " ", item.kind, " ", item.name);
      lines_.push_back(head);
      if (item.kind == absl::string_view("interface")) continue;  // stands in the packages' list
      for (const absl::string_view line : absl::StrSplit(item.wit, '\n')) {
        if (!IsGate(absl::StripLeadingAsciiWhitespace(line))) {
          lines_.push_back(absl::StrCat(head, " ", line));
        }
      }
    }
  }
  std::string Text() && {
    std::sort(lines_.begin(), lines_.end());
    return absl::StrJoin(lines_, "\n") + "\n";
  }

 private:
  std::vector<std::string> lines_;
};

// And of its interfaces what they hold.
std::string LinesOf(const Packages& packages, WorldIdx world) {
  Lines lines;
  for (const auto* side : {&packages[world].imports, &packages[world].exports}) {
    for (const WorldItem& item : *side) {
      const auto* interface = std::get_if<InterfaceIdx>(&item.what);
      if (interface != nullptr) {
        lines.Add(ComponentName(packages, item), PrintItems(packages, *interface));
      }
    }
  }
  lines.Add("import", PrintImports(packages, world));
  lines.Add("export", PrintExports(packages, world));
  return std::move(lines).Text();
}

std::string LinesOf(const Packages& packages) {
  Lines lines;
  for (uint32_t i = 0; i < packages.interfaces.size(); ++i) {
    const InterfaceIdx index(i);
    if (packages[index].name.empty()) continue;  // inline: stands in its world
    lines.Add(NameOf(packages, index), PrintItems(packages, index));
  }
  std::string text = std::move(lines).Text();
  for (uint32_t i = 0; i < packages.worlds.size(); ++i) {
    absl::StrAppend(&text, NameOf(packages, WorldIdx(i)), "\n", LinesOf(packages, WorldIdx(i)));
  }
  return text;
}

void CheckSame(const std::string& a, const std::string& b) {
  if (a == b) return;
  std::fprintf(stderr, "--- one\n%s--- other\n%s", a.c_str(), b.c_str());
  TENON_CHECK(false);
}

// Printed and resolved it is what it was.
void CheckText(const Packages& packages) {
  const std::string text = PrintPackages(packages, true);
  if (text.size() > kMaxWitBytes) return;
  const std::vector<SourceGroup> groups = {{{{"x", text}}, true}};
  const auto again = Resolve(groups, {.all = true});
  if (again) {
    CheckSame(LinesOf(packages), LinesOf(*again));
  } else if (!IsLimit(again.error().error)) {
    std::fprintf(stderr, "%s\n%s\n", again.error().error.ToString().c_str(), text.c_str());
    TENON_CHECK(false);
  }
}

void CheckWorld(const Packages& packages, WorldIdx world, bool is_all_said) {
  const auto decoded = DecodeOwn(EncodeWorld(packages, world, StringEncoding::kUtf16));
  if (!decoded) return;
  TENON_CHECK(decoded->world.has_value() && decoded->encoding == StringEncoding::kUtf16);
  if (is_all_said) CheckSame(LinesOf(packages, world), LinesOf(decoded->packages, *decoded->world));
  CheckText(decoded->packages);
  const auto again =
      DecodeOwn(EncodeWorld(decoded->packages, *decoded->world, StringEncoding::kUtf8));
  if (!again) return;
  CheckSame(LinesOf(decoded->packages), LinesOf(again->packages));
}

void CheckPackage(const Packages& packages) {
  const auto bytes = EncodePackage(packages);
  if (!bytes) return;  // there are several
  const auto decoded = DecodeOwn(*bytes);
  if (decoded) CheckText(decoded->packages);
}

void RunText(const std::string& text) {
  const auto document = ParseWit(text);
  if (!document) return;
  const std::vector<SourceGroup> groups = {{{{"x", text}}, true}};
  const auto packages = Resolve(groups, {.all = true});
  if (!packages) return;
  for (uint32_t i = 0; i < packages->worlds.size() && i < kMaxWorlds; ++i) {
    CheckWorld(*packages, WorldIdx(i), document->comments.empty());
  }
  CheckPackage(*packages);
}

// Of one that is not valid anything may be said, or nothing.
void RunComponent(const Bytes& bytes) {
  const auto decoded = Decode(bytes);
  if (!decoded) return;
  vm::TypeStore types;
  const vm::Features features = vm::Features::All();
  auto component = abi::DecodeComponent(bytes);
  const bool is_valid = abi::ValidateComponent(
                            *std::move(component), &types,
                            abi::CoreLoader(&types, features, vm::BodyValidation::kEager), features)
                            .has_value();
  if (!is_valid) return;
  CheckText(decoded->packages);
  if (decoded->world) CheckWorld(decoded->packages, *decoded->world, true);
}

}  // namespace
}  // namespace tenon::wit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::vector<uint8_t> bytes(data, data + size);
  if (tenon::abi::IsComponent(bytes)) {
    tenon::wit::RunComponent(bytes);
  } else {
    tenon::wit::RunText({bytes.begin(), bytes.end()});
  }
  return 0;
}
