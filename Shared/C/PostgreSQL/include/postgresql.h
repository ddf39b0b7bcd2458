#ifndef KEIROUTER_POSTGRESQL_H
#define KEIROUTER_POSTGRESQL_H

// The part of libpq's interface that `Storage` uses, with libpq's names and the ABI of its major version 5.
// Source: https://www.postgresql.org/docs/current/libpq.html
//
// The library is opened when the first database on PostgreSQL is, not when a program starts: on Debian it brings twenty others
// (OpenSSL, GnuTLS, Kerberos, LDAP), which cost each service that never meets PostgreSQL a megabyte and a half.

#include <stddef.h>

typedef unsigned int Oid;
typedef struct pg_conn PGconn;
typedef struct pg_result PGresult;
typedef struct pg_cancel PGcancel;

typedef enum { CONNECTION_OK = 0, CONNECTION_BAD = 1 } ConnStatusType;

typedef enum {
    PGRES_EMPTY_QUERY = 0,
    PGRES_COMMAND_OK,
    PGRES_TUPLES_OK,
    PGRES_COPY_OUT,
    PGRES_COPY_IN,
    PGRES_BAD_RESPONSE,
    PGRES_NONFATAL_ERROR,
    PGRES_FATAL_ERROR,
    PGRES_COPY_BOTH
} ExecStatusType;

typedef struct {
    char *keyword;
    char *envvar;
    char *compiled;
    char *val;
    char *label;
    char *dispchar;
    int dispsize;
} PQconninfoOption;

typedef struct pgNotify {
    char *relname;
    int be_pid;
    char *extra;
    struct pgNotify *next;
} PGnotify;

typedef void (*PQnoticeProcessor)(void *argument, const char *message);

// Hidden, for libpq calls its own functions by the same names.
#pragma GCC visibility push(hidden)

/// Opens the library at the first call. Every function below may be called once this has answered NULL.
/// Returns NULL, or why the library cannot be used, as the system's loader says it. Safe from any thread.
const char *keirouter_libpq_open(void);

PQconninfoOption *PQconninfoParse(const char *conninfo, char **errmsg);
void PQconninfoFree(PQconninfoOption *options);
PGconn *PQconnectdbParams(const char *const *keywords, const char *const *values, int expand_dbname);
void PQfinish(PGconn *connection);
ConnStatusType PQstatus(const PGconn *connection);
int PQsocket(const PGconn *connection);
char *PQerrorMessage(const PGconn *connection);
PQnoticeProcessor PQsetNoticeProcessor(PGconn *connection, PQnoticeProcessor processor, void *argument);
int PQsetnonblocking(PGconn *connection, int nonblocking);

int PQsendQuery(PGconn *connection, const char *query);
int PQsendQueryParams(
    PGconn *connection, const char *command, int count, const Oid *types, const char *const *values, const int *lengths,
    const int *formats, int result_format
);
int PQsendPrepare(PGconn *connection, const char *name, const char *query, int count, const Oid *types);
int PQsendQueryPrepared(
    PGconn *connection, const char *name, int count, const char *const *values, const int *lengths, const int *formats,
    int result_format
);
int PQflush(PGconn *connection);
int PQisBusy(PGconn *connection);
int PQconsumeInput(PGconn *connection);
PGresult *PQgetResult(PGconn *connection);
PGnotify *PQnotifies(PGconn *connection);
void PQfreemem(void *memory);

PGcancel *PQgetCancel(PGconn *connection);
void PQfreeCancel(PGcancel *cancel);
int PQcancel(PGcancel *cancel, char *errbuf, int errbufsize);

ExecStatusType PQresultStatus(const PGresult *result);
char *PQresultErrorMessage(const PGresult *result);
char *PQresultErrorField(const PGresult *result, int field_code);
int PQntuples(const PGresult *result);
int PQnfields(const PGresult *result);
Oid PQftype(const PGresult *result, int column);
char *PQgetvalue(const PGresult *result, int row, int column);
int PQgetlength(const PGresult *result, int row, int column);
int PQgetisnull(const PGresult *result, int row, int column);
char *PQcmdStatus(PGresult *result);
char *PQcmdTuples(PGresult *result);
void PQclear(PGresult *result);

#pragma GCC visibility pop

#endif
