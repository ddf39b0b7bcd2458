#pragma once
#include <sqlite3.h>

// Swift cannot call functions with a variable number of arguments.

/// Leaves out the counting of bytes in use, which takes a lock of the whole process at every allocation; before the first connection.
static inline int sqlite_without_memory_statistics(void) {
    return sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}
