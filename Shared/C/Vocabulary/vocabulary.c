#include "vocabulary.h"

// Defined in o200k.S.
extern const unsigned char keirouter_o200k_start[];
extern const unsigned char keirouter_o200k_end[];

const unsigned char *keirouter_o200k(void) { return keirouter_o200k_start; }

size_t keirouter_o200k_length(void) { return (size_t)(keirouter_o200k_end - keirouter_o200k_start); }
