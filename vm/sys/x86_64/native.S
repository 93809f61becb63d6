// See vm/sys/native.h. Compiled code has its context in r13, where swiftself is; the context's first
// word is the run block.
#include "vm/sys/x86_64/host_thunk.h"

#define NATIVE_SP TENON_RUN_NATIVE
#define HOST_SP TENON_RUN_NATIVE + 8
#define LEFT_PC TENON_RUN_NATIVE + 16
#define LEFT_FP TENON_RUN_NATIVE + 24
#define LEFT_CONTEXT TENON_RUN_NATIVE + 32
#define LEFT_SP TENON_RUN_NATIVE + 40
#define CATCHER TENON_RUN_NATIVE + 48

        .text
// void tenon_sys_enter_native(EntryRecord* /*rdi*/, NativeState* /*rsi*/, const NativeCall* /*rdx*/)
// What it pushes is what tenon_sys_landing pops. The frame pointer ends the chain of guest frames.
        .globl  tenon_sys_enter_native
        .hidden tenon_sys_enter_native
        .type   tenon_sys_enter_native, @function
tenon_sys_enter_native:
        .cfi_startproc
        .cfi_undefined %rip             // debuggers see no further: the host's frames lie elsewhere
        endbr64
        pushq   %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        movq    %rsp, (%rdi)
        movq    %rsp, 8(%rsi)
        movq    %rdi, %rbx
        movq    0(%rsi), %rsp
        movq    0(%rdx), %rax
        movq    8(%rdx), %r13
        movq    16(%rdx), %rdi
        movq    24(%rdx), %rsi
        xorl    %ebp, %ebp
        callq   *%rax
        movq    (%rbx), %rsp
        jmp     tenon_sys_landing
        .cfi_endproc
        .size   tenon_sys_enter_native, .-tenon_sys_enter_native

// Calls the host function in r10. The native stack keeps its pointer in the run block, and on the
// host's stack, where entries that the function makes do not reach it. What guests may have in
// registers that the host saves goes to the native stack, where the collector looks.
        .macro  call_host
        movq    (%r13), %r11
        movq    (%rsp), %rax
        movq    %rax, LEFT_PC(%r11)
        movq    %rbp, LEFT_FP(%r11)
        movq    %r13, LEFT_CONTEXT(%r11)
        movq    $0, LEFT_SP(%r11)
        movq    %rsp, %rax
        pushq   %rbx
        pushq   %r12
        pushq   %r14
        pushq   %r15
        andq    $-16, %rsp
        movq    %rsp, NATIVE_SP(%r11)
        movq    HOST_SP(%r11), %rsp
        pushq   %rax
        pushq   %rax
        callq   *%r10
        .endm

// From here to tenon_sys_native_end code runs for the guest: it may fault on the native stack's end,
// and be left anywhere.
        .globl  tenon_sys_native_begin
        .hidden tenon_sys_native_begin
tenon_sys_native_begin:
        .globl  tenon_sys_call_host
        .hidden tenon_sys_call_host
        .type   tenon_sys_call_host, @function
tenon_sys_call_host:
        call_host
        popq    %rsp
        retq
        .size   tenon_sys_call_host, .-tenon_sys_call_host

        .globl  tenon_sys_call_host_checked
        .hidden tenon_sys_call_host_checked
        .type   tenon_sys_call_host_checked, @function
tenon_sys_call_host_checked:
        call_host
        testb   %al, %al
        je      leave
        popq    %rsp
        retq
        .size   tenon_sys_call_host_checked, .-tenon_sys_call_host_checked

        .globl  tenon_sys_call_host_nonzero
        .hidden tenon_sys_call_host_nonzero
        .type   tenon_sys_call_host_nonzero, @function
tenon_sys_call_host_nonzero:
        call_host
        testl   %eax, %eax
        je      leave
        popq    %rsp
        retq
        .size   tenon_sys_call_host_nonzero, .-tenon_sys_call_host_nonzero

// Only an exception is caught.
        .type   leave, @function
leave:
        movq    (%r13), %r11
        cmpl    $0, TENON_RUN_TRAP(%r11)
        jne     1f
        cmpl    $0, TENON_RUN_PENDING_KILL(%r11)
        jne     1f
        cmpl    $0, TENON_RUN_EXCEPTION(%r11)
        je      1f
        movq    CATCHER(%r11), %rax
        testq   %rax, %rax
        je      1f
        movq    %rax, %rsp
        popq    CATCHER(%r11)
        movl    $1, %eax
        jmp     2f
1:      movq    TENON_RUN_ENTRY(%r11), %r11
        movq    (%r11), %rsp
        jmp     tenon_sys_landing
        .size   leave, .-leave

// See native.h. Its frame is what CATCHER points to.
        .globl  tenon_sys_try
        .hidden tenon_sys_try
        .type   tenon_sys_try, @function
tenon_sys_try:
        endbr64
        pushq   %rbp
        movq    %rsp, %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        movq    (%r13), %rbx
        pushq   CATCHER(%rbx)
        movq    %rsp, CATCHER(%rbx)
        movq    %rsi, %r13
        movq    %rdx, %rdi
        movq    %r8, %rsi
        callq   *%rcx
        popq    CATCHER(%rbx)
        xorl    %eax, %eax
2:      popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        retq
        .size   tenon_sys_try, .-tenon_sys_try
        .globl  tenon_sys_native_end
        .hidden tenon_sys_native_end
tenon_sys_native_end:
        .section .note.GNU-stack,"",@progbits
