// Any text as WIT: what parses is laid out, and laid out again is the same; what resolves prints,
// and what is printed resolves, to the same component types, and prints the same. Each of its
// worlds has bindings for C, or an error.
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "vm/base/status.h"
#include "wit/binary/encode.h"
#include "wit/bindgen/c.h"
#include "wit/resolve/print.h"
#include "wit/resolve/resolve.h"
#include "wit/syntax/format.h"
#include "wit/syntax/limits.h"
#include "wit/syntax/parser.h"

namespace tenon::wit {
namespace {

using Bytes = std::vector<uint8_t>;

Resolved<Packages> ResolveAll(const std::vector<SourceGroup>& groups) {
  return Resolve(groups, {.all = true});
}

std::vector<SourceGroup> Alone(std::string text) { return {{{{"x", std::move(text)}}, true}}; }

// With its dependencies, and nothing where it is longer than a text may be.
std::string Print(const Packages& packages) {
  std::string text = PrintPackages(packages, true);
  return text.size() > kMaxWitBytes ? "" : text;
}

// Worlds by name. All but documentation and gates, without the printer's help.
std::map<std::string, Bytes> EncodeWorlds(const Packages& packages) {
  std::map<std::string, Bytes> worlds;
  for (uint32_t i = 0; i < packages.worlds.size(); ++i) {
    const WorldIdx world(i);
    worlds[NameOf(packages, world)] = EncodeWorld(packages, world, StringEncoding::kUtf8);
  }
  return worlds;
}

std::string OrderOf(const Packages& packages) {
  std::string names;
  for (uint32_t i = 0; i < packages.interfaces.size(); ++i) {
    absl::StrAppend(&names, packages.interfaces[i].name, " ");
  }
  return names;
}

bool MeanTheSame(const Packages& a, const Packages& b) {
  if (EncodeWorlds(a) != EncodeWorlds(b)) return false;
  // What includes another world stands behind it, and where nothing is included anywhere.
  if (OrderOf(a) != OrderOf(b)) return true;
  const auto bytes = EncodePackage(a), others = EncodePackage(b);
  return bytes.has_value() == others.has_value() && (!bytes || *bytes == *others);
}

void CheckLayout(const ast::Document& document, absl::string_view formatted) {
  const auto again = ParseWit(formatted);
  TENON_CHECK(again.has_value());
  TENON_CHECK(again->comments.size() == document.comments.size());
  TENON_CHECK(FormatWit(*again) == formatted);
}

void CheckBindings(const Packages& packages) {
  for (uint32_t i = 0; i < packages.worlds.size(); ++i) {
    (void)BindC(packages, WorldIdx(i), {.is_utf16 = i % 2 != 0});
  }
}

void CheckPackages(const std::vector<SourceGroup>& groups, const std::string& formatted) {
  const auto packages = ResolveAll(groups);
  const auto laid_out_groups = Alone(formatted);
  const auto laid_out = ResolveAll(laid_out_groups);
  TENON_CHECK(packages.has_value() == laid_out.has_value());
  if (!packages) return;
  const std::string printed = Print(*packages);
  TENON_CHECK(Print(*laid_out) == printed);
  TENON_CHECK(MeanTheSame(*packages, *laid_out));
  const auto printed_groups = Alone(printed);
  const auto again = ResolveAll(printed_groups);
  // What a text may cost is more once it is written out.
  if (!again && again.error().error.kind() == ErrorKind::kLimit) return;
  TENON_CHECK(printed.empty() || (again && Print(*again) == printed));
  TENON_CHECK(printed.empty() || MeanTheSame(*packages, *again));
  CheckBindings(*packages);
}

}  // namespace
}  // namespace tenon::wit

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace tenon::wit;
  const std::string text(reinterpret_cast<const char*>(data), size);
  const auto document = ParseWit(text);
  if (!document) return 0;
  const std::string formatted = FormatWit(*document);
  CheckLayout(*document, formatted);
  CheckPackages(Alone(text), formatted);
  return 0;
}
