// The vocabularies' files as read-only data. The assembler finds them on the header search path, which Package.swift sets.

#if defined(__APPLE__)
#define SYMBOL(name) _##name
    .section __TEXT,__const
#else
#define SYMBOL(name) name
    .section .rodata
#endif

    .globl SYMBOL(keirouter_o200k_start)
    .balign 16
SYMBOL(keirouter_o200k_start):
    .incbin "o200k.vocabulary"

    .globl SYMBOL(keirouter_cl100k_start)
    .balign 16
SYMBOL(keirouter_cl100k_start):
    .incbin "cl100k.vocabulary"
    .byte 0

#if defined(__ELF__)
    // Data needs no executable stack.
    .section .note.GNU-stack,"",%progbits
#endif
