// All of Tenon's public headers in C++; what else stands beside them is what their templates are
// made of. <wasm.h> is the C API.
#pragma once

#include <tenon/abi.h>               // IWYU pragma: export
#include <tenon/bounds.h>            // IWYU pragma: export
#include <tenon/compound.h>          // IWYU pragma: export
#include <tenon/directory_access.h>  // IWYU pragma: export
#include <tenon/engine.h>            // IWYU pragma: export
#include <tenon/error.h>             // IWYU pragma: export
#include <tenon/expected.h>          // IWYU pragma: export
#include <tenon/func.h>              // IWYU pragma: export
#include <tenon/guest_resource.h>    // IWYU pragma: export
#include <tenon/host.h>              // IWYU pragma: export
#include <tenon/instance.h>          // IWYU pragma: export
#include <tenon/linker.h>            // IWYU pragma: export
#include <tenon/store.h>             // IWYU pragma: export
#include <tenon/wasi.h>              // IWYU pragma: export
