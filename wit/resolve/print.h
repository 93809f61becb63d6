// Packages as WIT, in the layout of FormatWit: what was resolved, with every import written out.
// Resolved again with all features, the text gives the same packages.
#pragma once

#include <string>
#include <vector>

#include "wit/resolve/packages.h"

namespace tenon::wit {

// One document: a single root by its header, other packages nested. Dependencies follow the roots,
// those of WASI last, or are left out.
std::string PrintPackages(const Packages& packages, bool with_dependencies);

// "wasi:io@0.2.0", "wasi:io/streams@0.2.0"
std::string NameOf(const Package& package);
std::string NameOf(const Packages& packages, InterfaceIdx interface);
std::string NameOf(const Packages& packages, WorldIdx world);

// An item's lines, without its documentation and gates. A resource holds its methods.
struct PrintedItem {
  const char* kind;  // "use", "type", "resource", "function" or "interface"
  std::string name;  // an interface's with its package
  std::string wit;   // without `import` and `export`
};
std::vector<PrintedItem> PrintItems(const Packages& packages, InterfaceIdx interface);
std::vector<PrintedItem> PrintImports(const Packages& packages, WorldIdx world);
std::vector<PrintedItem> PrintExports(const Packages& packages, WorldIdx world);

}  // namespace tenon::wit
