// void tenon_sys_enter(EntryRecord* record /*rdi*/, const GuestRegisters* /*rsi*/, handler /*rdx*/)
// preserve_none's first four integer arguments are r12, r13, r14, r15. A loop handler gets the
// registers' address as its ordinary first argument instead.
        .text
        .globl  tenon_sys_enter
        .hidden tenon_sys_enter
        .type   tenon_sys_enter, @function
tenon_sys_enter:
        .cfi_startproc
        endbr64
        pushq   %rbp
        .cfi_def_cfa_offset 16
        .cfi_offset %rbp, -16
        movq    %rsp, %rbp
        .cfi_def_cfa_register %rbp
        pushq   %rbx
        pushq   %r12
        pushq   %r13
        pushq   %r14
        pushq   %r15
        subq    $8, %rsp
        movq    %rsp, (%rdi)
        movq    0(%rsi), %r12
        movq    8(%rsi), %r13
        movq    16(%rsi), %r14
        movq    24(%rsi), %r15
        movq    %rsi, %rdi
        callq   *%rdx
        .globl  tenon_sys_landing
        .hidden tenon_sys_landing
tenon_sys_landing:
        addq    $8, %rsp
        popq    %r15
        popq    %r14
        popq    %r13
        popq    %r12
        popq    %rbx
        popq    %rbp
        .cfi_def_cfa %rsp, 8
        retq
        .cfi_endproc
        .size   tenon_sys_enter, .-tenon_sys_enter
        .section .note.GNU-stack,"",@progbits
