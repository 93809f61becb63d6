// See embedded.h.
        .section .rodata
        .macro  embed name, file
        .globl  \name, \name\()_end
        .hidden \name, \name\()_end
        .balign 16
\name:  .incbin "\file"
\name\()_end:
        .byte   0
        .endm
        embed   tenon_jit_semantics, TENON_SEMANTICS_FILE
        embed   tenon_jit_support, TENON_SUPPORT_FILE
        .section .note.GNU-stack,"",@progbits
