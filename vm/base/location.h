// SourceLocation, which is part of every Error's public face: <tenon/error.h> defines it, and
// whoever makes locations includes this.
#pragma once

#include <tenon/error.h>  // IWYU pragma: export
