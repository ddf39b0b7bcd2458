#ifndef KEIROUTER_VOCABULARY_H
#define KEIROUTER_VOCABULARY_H

// The vocabularies as `scripts/make-vocabulary` writes them: bytes of the program itself, so they are mapped with it, shared by
// all processes that run it, and read from disk where they are touched.

/// The vocabulary o200k.
const unsigned char *keirouter_o200k(void);

/// The vocabulary cl100k.
const unsigned char *keirouter_cl100k(void);

#endif
