#include "postgresql.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>

/// Every function of the library that is used: what it returns, its name, its parameters, and how they are passed on.
#define FUNCTIONS(F)                                                                                                             \
    F(PQconninfoOption *, PQconninfoParse, (const char *text, char **error), (text, error))                                      \
    F(void, PQconninfoFree, (PQconninfoOption * options), (options))                                                             \
    F(PGconn *, PQconnectdbParams, (const char *const *names, const char *const *values, int expand), (names, values, expand))   \
    F(void, PQfinish, (PGconn * c), (c))                                                                                         \
    F(ConnStatusType, PQstatus, (const PGconn *c), (c))                                                                          \
    F(int, PQsocket, (const PGconn *c), (c))                                                                                     \
    F(char *, PQerrorMessage, (const PGconn *c), (c))                                                                            \
    F(PQnoticeProcessor, PQsetNoticeProcessor, (PGconn * c, PQnoticeProcessor processor, void *argument),                        \
      (c, processor, argument))                                                                                                  \
    F(int, PQsetnonblocking, (PGconn * c, int nonblocking), (c, nonblocking))                                                    \
    F(int, PQsendQuery, (PGconn * c, const char *query), (c, query))                                                             \
    F(int, PQsendQueryParams,                                                                                                    \
      (PGconn * c, const char *command, int count, const Oid *types, const char *const *values, const int *lengths,              \
       const int *formats, int result_format),                                                                                   \
      (c, command, count, types, values, lengths, formats, result_format))                                                       \
    F(int, PQsendPrepare, (PGconn * c, const char *name, const char *query, int count, const Oid *types),                        \
      (c, name, query, count, types))                                                                                            \
    F(int, PQsendQueryPrepared,                                                                                                  \
      (PGconn * c, const char *name, int count, const char *const *values, const int *lengths, const int *formats,               \
       int result_format),                                                                                                       \
      (c, name, count, values, lengths, formats, result_format))                                                                 \
    F(int, PQflush, (PGconn * c), (c))                                                                                           \
    F(int, PQisBusy, (PGconn * c), (c))                                                                                          \
    F(int, PQconsumeInput, (PGconn * c), (c))                                                                                    \
    F(PGresult *, PQgetResult, (PGconn * c), (c))                                                                                \
    F(PGnotify *, PQnotifies, (PGconn * c), (c))                                                                                 \
    F(void, PQfreemem, (void *memory), (memory))                                                                                 \
    F(PGcancel *, PQgetCancel, (PGconn * c), (c))                                                                                \
    F(void, PQfreeCancel, (PGcancel * cancel), (cancel))                                                                         \
    F(int, PQcancel, (PGcancel * cancel, char *text, int size), (cancel, text, size))                                            \
    F(ExecStatusType, PQresultStatus, (const PGresult *r), (r))                                                                  \
    F(char *, PQresultErrorMessage, (const PGresult *r), (r))                                                                    \
    F(char *, PQresultErrorField, (const PGresult *r, int code), (r, code))                                                      \
    F(int, PQntuples, (const PGresult *r), (r))                                                                                  \
    F(int, PQnfields, (const PGresult *r), (r))                                                                                  \
    F(Oid, PQftype, (const PGresult *r, int column), (r, column))                                                                \
    F(char *, PQgetvalue, (const PGresult *r, int row, int column), (r, row, column))                                            \
    F(int, PQgetlength, (const PGresult *r, int row, int column), (r, row, column))                                              \
    F(int, PQgetisnull, (const PGresult *r, int row, int column), (r, row, column))                                              \
    F(char *, PQcmdStatus, (PGresult * r), (r))                                                                                  \
    F(char *, PQcmdTuples, (PGresult * r), (r))                                                                                  \
    F(void, PQclear, (PGresult * r), (r))

#define DEFINE(result, name, parameters, arguments)                                                                              \
    static result(*found_##name) parameters;                                                                                     \
    result name parameters { return found_##name arguments; }
FUNCTIONS(DEFINE)

/// Where the library is: by the loader's search first, then where Homebrew keeps it.
static const char *const places[] = {
#ifdef __APPLE__
    "libpq.5.dylib",
    "/opt/homebrew/opt/libpq/lib/libpq.5.dylib",
    "/usr/local/opt/libpq/lib/libpq.5.dylib",
#else
    "libpq.so.5",
#endif
};

static char reason[256];
static const char *failure = NULL;

static void note_failure(void) {
    const char *said = dlerror();
    snprintf(reason, sizeof reason, "%s", said ? said : "it cannot be opened");
    failure = reason;
}

static void open_library(void) {
    void *library = NULL;
    for (size_t i = 0; i < sizeof places / sizeof *places && !library; i++) {
        library = dlopen(places[i], RTLD_NOW | RTLD_LOCAL);
        if (!library && !failure) note_failure();
    }
    if (!library) return;
    failure = NULL;
#define FIND(result, name, parameters, arguments)                                                                                \
    *(void **)&found_##name = dlsym(library, #name);                                                                             \
    if (!found_##name) return note_failure();
    FUNCTIONS(FIND)
}

const char *keirouter_libpq_open(void) {
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, open_library);
    return failure;
}
