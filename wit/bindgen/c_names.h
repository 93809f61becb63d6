// Names of WIT as names of C: snake_case, never a keyword of C or C++, and in one scope never the
// same twice.
#pragma once

#include <cstdint>
#include <string>

#include "absl/container/flat_hash_map.h"
#include "absl/strings/string_view.h"

namespace tenon::wit {

// "read-via-XML" is read_via_xml, "0.2.0-rc.1" is 0_2_0_rc_1.
std::string SnakeCase(absl::string_view name);
// The same in capitals.
std::string ShoutCase(absl::string_view name);
// A member or parameter: what C or C++ has or the bindings use has '_' behind it.
std::string CIdentifier(absl::string_view name);

// The names of one scope of C.
class CNames {
 public:
  // The name, with the first free number of _2, _3, ... behind it where it is taken.
  std::string Claim(std::string name);
  bool Has(absl::string_view name) const { return taken_.contains(name); }

 private:
  absl::flat_hash_map<std::string, uint32_t> taken_;  // and the number that was tried last
};

}  // namespace tenon::wit
