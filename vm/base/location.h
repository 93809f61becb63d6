// SourceLocation, which is part of every Error's public face.
#pragma once

#include <tenon/error.h>  // IWYU pragma: export
