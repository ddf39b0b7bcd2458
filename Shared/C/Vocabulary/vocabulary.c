#include "vocabulary.h"

// Defined in vocabularies.S.
extern const unsigned char keirouter_o200k_start[];
extern const unsigned char keirouter_cl100k_start[];

const unsigned char *keirouter_o200k(void) { return keirouter_o200k_start; }

const unsigned char *keirouter_cl100k(void) { return keirouter_cl100k_start; }
