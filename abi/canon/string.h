// Strings in guest memory and the way from one encoding to another. abi: "load_string",
// "store_string".
//
// Reading decodes and checks at every step, also after a first check has passed, since source and
// destination may be one memory and realloc is guest code.
#pragma once

#include <cstdint>

#include "abi/canon/context.h"
#include "absl/strings/string_view.h"

namespace tenon::abi {

// A string whose extent and encoding were checked. The bytes are the host's or a guest memory's,
// which never moves.
struct LiftedString {
  enum class Encoding : uint8_t { kUtf8, kUtf16, kLatin1 };
  Encoding encoding = Encoding::kUtf8;
  bool from_latin1_utf16 = false;  // the guest chose between latin1 and utf16 itself
  const uint8_t* bytes = nullptr;
  uint64_t units = 0;  // code units, without tag

  uint64_t byte_length() const { return encoding == Encoding::kUtf16 ? 2 * units : units; }
};

// `units` is the tagged number of code units as the guest gave it. The first checks alignment and
// bounds, the second what stands there.
bool LocateString(CanonContext& cx, uint64_t address, uint64_t units, LiftedString* text);
bool CheckEncoding(CanonContext& cx, const LiftedString& text);
// Allocates in cx's memory and writes, with the reallocations that the specification prescribes.
bool StoreString(CanonContext& cx, const LiftedString& text, uint64_t* address, uint64_t* units);

// Host strings: UTF-8 on the host's side. The view is into guest memory when that holds UTF-8, else
// into cx.decoded.
bool LiftString(CanonContext& cx, uint64_t address, uint64_t units, absl::string_view* text);
bool LowerString(CanonContext& cx, absl::string_view text, uint64_t* address, uint64_t* units);

}  // namespace tenon::abi
