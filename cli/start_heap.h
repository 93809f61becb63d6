// The heap of a process that lives for a millisecond, mostly spent in page faults and in malloc.
// Nothing depends on it but time.
#pragma once

namespace tenon::cli {

// Maps, in one call, the part of the heap that a short run touches, and hands out small objects
// from it from here on; that of a compiled file touches less. Null unless the runner is linked
// statically, and to be called once.
[[gnu::weak]] void MapStartHeap(bool is_compiled);

}  // namespace tenon::cli
