// Streams, futures and error contexts as values. abi: lift_async_value, lower_stream, lower_future,
// lift_error_context, lower_error_context.
#pragma once

#include <cstdint>

#include "abi/canon/context.h"
#include "abi/types/type_table.h"

namespace tenon::abi {

// Takes the readable end of a stream or future from its instance and gives it to another one; an
// error context both have. `type_bits` is the type's. False after a trap.
bool PassAsync(CanonContext& from, CanonContext& to, const TypeTable& types, uint32_t type_bits,
               uint32_t index, uint32_t* passed);
// What a guest hands the host, which has no use for it: traps.
bool RefuseAsync(CanonContext& from, const TypeTable& types, ValType type, uint32_t index);

}  // namespace tenon::abi
