// GuestOwn and GuestBorrow, for use inside: <tenon/guest_resource.h> has their meaning, and this
// the inside's names of them.
#pragma once

#include <tenon/guest_resource.h>  // IWYU pragma: export

#include "abi/canon/typed.h"

namespace tenon::abi {

using tenon::GuestBorrow;
using tenon::GuestOwn;

}  // namespace tenon::abi
