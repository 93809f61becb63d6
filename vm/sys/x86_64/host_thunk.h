// The machine's part of vm/sys/native.h, in C++ files as well as in assembler: where the run block
// has what thunks need. vm/runtime/context.h checks these.
#pragma once

#define TENON_RUN_ENTRY 16
#define TENON_RUN_TRAP 64
#define TENON_RUN_PENDING_KILL 68
#define TENON_RUN_EXCEPTION 88
#define TENON_RUN_NATIVE 104  // of NativeState

#ifndef __ASSEMBLER__
#define TENON_ANY_HOST_THUNK(name, function, how)                               \
  asm(".pushsection .text." #name                                               \
      ",\"ax\",@progbits\n"                                                     \
      ".globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" #name \
      ":\n endbr64\n lea " #function                                            \
      "(%rip), %r10\n"                                                          \
      " jmp " #how "\n.size " #name ", .-" #name "\n.popsection")
#define TENON_HOST_THUNK(name, function) TENON_ANY_HOST_THUNK(name, function, tenon_sys_call_host)
#define TENON_CHECKED_HOST_THUNK(name, function) \
  TENON_ANY_HOST_THUNK(name, function, tenon_sys_call_host_checked)
#define TENON_NONZERO_HOST_THUNK(name, function) \
  TENON_ANY_HOST_THUNK(name, function, tenon_sys_call_host_nonzero)
#endif
