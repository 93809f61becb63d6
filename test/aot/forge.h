// Compiled files that were made by nobody: with version and digests that fit, so that whoever reads
// the rest sees it. What such a file holds is never run.
#pragma once

#include <cstdint>
#include <vector>

namespace tenon {

// False where the parts that have a digest are not in the file: it is refused as it is.
bool Forge(std::vector<uint8_t>* file);

// Maps what was forged and loads what it says it has, component or module, and what is read of the
// source when a function is interpreted.
bool LoadForged(const std::vector<uint8_t>& file);

}  // namespace tenon
