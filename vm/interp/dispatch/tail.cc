#include "vm/interp/dispatch.h"
#include "vm/interp/word.h"

namespace tenon::vm::interp {

void RunGuest(EntryRecord* record, const sys::GuestRegisters& registers) {
  const Word* ip = static_cast<const Word*>(registers.ip);
  sys::EnterGuest(record, &registers, reinterpret_cast<const void*>(ip->handler));
}

}  // namespace tenon::vm::interp
