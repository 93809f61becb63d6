// GuestOwn and GuestBorrow, for use inside; see <tenon/guest_resource.h>.
#pragma once

#include <tenon/guest_resource.h>  // IWYU pragma: export

#include "abi/canon/typed.h"

namespace tenon::abi {

using tenon::GuestBorrow;
using tenon::GuestOwn;

}  // namespace tenon::abi
