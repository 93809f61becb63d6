// What a guest may do with a directory that it is granted, and with all beneath it. Rights come
// from the grant and are only ever lost.
#pragma once

namespace tenon {

enum class DirectoryAccess : unsigned char { kReadOnly, kReadWrite };

}  // namespace tenon
