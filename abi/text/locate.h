// An error about a component's bytes as one about the text that they were made of: a message of the
// decoder or validator has an offset that nobody sees.
#pragma once

#include "abi/syntax/text_mark.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "vm/base/status.h"
#include "vm/syntax/features.h"

namespace tenon::abi {

// At the definition whose bytes have the error's offset; in a core module, at the instruction. The
// error itself where nothing is known of its place.
Error LocateInText(Error error, absl::string_view text, absl::Span<const TextMark> marks,
                   const vm::Features& features);

}  // namespace tenon::abi
