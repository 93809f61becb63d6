#include "wasi/io/error.h"
#include "abi/link/host.h"
#include "wasi/wasi.h"

namespace tenon::wasi {

void AddError(abi::HostInterface& error) {
  error.Resource<IoError>("error");
  error.Func("[method]error.to-debug-string",
             [](abi::HostContext&, abi::Borrow<IoError> self) { return self->ToDebugString(); });
}

}  // namespace tenon::wasi
