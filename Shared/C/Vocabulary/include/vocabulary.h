#ifndef KEIROUTER_VOCABULARY_H
#define KEIROUTER_VOCABULARY_H

#include <stddef.h>

/// The vocabulary o200k, as `scripts/make-vocabulary` writes it: bytes of the program itself, so they are mapped with it,
/// shared by all processes that run it, and read from disk where they are touched.
const unsigned char *keirouter_o200k(void);

/// Its length in bytes.
size_t keirouter_o200k_length(void);

#endif
