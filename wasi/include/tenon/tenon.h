// All of Tenon's public headers.
#pragma once

#include <tenon/engine.h>          // IWYU pragma: export
#include <tenon/error.h>           // IWYU pragma: export
#include <tenon/expected.h>        // IWYU pragma: export
#include <tenon/guest_resource.h>  // IWYU pragma: export
#include <tenon/host.h>            // IWYU pragma: export
#include <tenon/instance.h>        // IWYU pragma: export
#include <tenon/linker.h>          // IWYU pragma: export
#include <tenon/store.h>           // IWYU pragma: export
#include <tenon/wasi.h>            // IWYU pragma: export
