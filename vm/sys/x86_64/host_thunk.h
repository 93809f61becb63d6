// The machine's part of vm/sys/native.h, in C++ files as well as in assembler: where the run block
// has what thunks need. vm/runtime/context.h checks these.
#pragma once

#define TENON_RUN_ENTRY 16
#define TENON_RUN_NATIVE 104  // of NativeState

#ifndef __ASSEMBLER__
#define TENON_HOST_THUNK(name, function)                                        \
  asm(".pushsection .text." #name                                               \
      ",\"ax\",@progbits\n"                                                     \
      ".globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" #name \
      ":\n endbr64\n lea " #function                                            \
      "(%rip), %r10\n"                                                          \
      " jmp tenon_sys_call_host\n.size " #name ", .-" #name "\n.popsection")
#define TENON_CHECKED_HOST_THUNK(name, function)                                \
  asm(".pushsection .text." #name                                               \
      ",\"ax\",@progbits\n"                                                     \
      ".globl " #name "\n.hidden " #name "\n.type " #name ", @function\n" #name \
      ":\n endbr64\n lea " #function                                            \
      "(%rip), %r10\n"                                                          \
      " jmp tenon_sys_call_host_checked\n.size " #name ", .-" #name "\n.popsection")
#endif
