// Streams chat completions over a number of connections for a while, and says how long their chunks took.
//
//   sseload --port PORT --path PATH --model MODEL --connections N --seconds S [--header 'Name: value'] [--body JSON]
//
// --body is sent in place of a chat completion of MODEL; a "#" in it becomes the request's number.
//
// Prints one JSON object: finished streams, content chunks, errors, the time to the first content chunk, and the time
// from the upstream's write of a chunk (the "@<nanoseconds>" that mock.c puts into its text) to its arrival here. Each
// request has a text of its own. Linux, loopback, chunked HTTP/1.1.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  uint64_t *values;
  size_t count, capacity;
} samples;

typedef struct {
  int fd;
  char request[4096];
  size_t request_length, written;
  char *bytes;  // of the answer
  size_t length, capacity, scanned;
  bool has_head, is_good;
  int chunks;
  uint64_t begun;
} conn;

static struct { const char *path, *model, *header, *body; int port, connections; double seconds; } options = {
    .path = "/v1/chat/completions", .model = "mock-model", .connections = 16, .seconds = 5};
static samples first_chunks, delays;
static long streams, errors, numbers;
static int ep;
static uint64_t end;

static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

static void add(samples *s, uint64_t value) {
  if (s->count == s->capacity) {
    s->capacity = s->capacity ? s->capacity * 2 : 65536;
    s->values = realloc(s->values, s->capacity * sizeof *s->values);
  }
  s->values[s->count++] = value;
}

static int by_value(const void *a, const void *b) {
  uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
  return x < y ? -1 : x > y;
}

static double percentile(samples *s, double part) {
  return s->count ? s->values[(size_t)(part * (s->count - 1))] / 1000.0 : -1;
}

// ---- requests ----

static void watch(conn *c, int operation, uint32_t events) {
  struct epoll_event e = {events, {.ptr = c}};
  epoll_ctl(ep, operation, c->fd, &e);
}

static void make_request(conn *c) {
  char body[2048];
  const char *mark = options.body ? strchr(options.body, '#') : NULL;
  int n = mark ? snprintf(body, sizeof body, "%.*s%d-%ld%s", (int)(mark - options.body), options.body, getpid(),
                          ++numbers, mark + 1)
               : snprintf(body, sizeof body,
                   "{\"model\":\"%s\",\"max_tokens\":1024,\"stream\":true,"
                   "\"messages\":[{\"role\":\"user\",\"content\":\"hello %d-%ld\"}]}",
                   options.model, getpid(), ++numbers);
  c->request_length = snprintf(c->request, sizeof c->request,
                               "POST %s HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nContent-Type: application/json\r\n"
                               "Accept: text/event-stream\r\n%s%sContent-Length: %d\r\n\r\n%s",
                               options.path, options.port, options.header ? options.header : "",
                               options.header ? "\r\n" : "", n, body);
  c->written = c->length = c->scanned = 0;
  c->has_head = c->is_good = false;
  c->chunks = 0;
}

static void send_request(conn *c) {
  if (c->written == 0) c->begun = now_ns();
  while (c->written < c->request_length) {
    ssize_t n = send(c->fd, c->request + c->written, c->request_length - c->written, MSG_NOSIGNAL);
    if (n < 0) break;
    c->written += n;
  }
  watch(c, EPOLL_CTL_MOD, EPOLLIN | (c->written < c->request_length ? EPOLLOUT : 0));
}

static void open_conn(conn *c) {
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  int one = 1;
  make_request(c);
  c->fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
  setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
  connect(c->fd, (void *)&address, sizeof address);
  watch(c, EPOLL_CTL_ADD, EPOLLIN | EPOLLOUT);
}

static void reopen(conn *c) {
  errors++;
  close(c->fd);
  usleep(1000);
  open_conn(c);
}

// ---- answers ----

// Whether the head is there.
static bool read_head(conn *c) {
  if (c->has_head) return true;
  char *blank = memmem(c->bytes, c->length, "\r\n\r\n", 4);
  if (!blank) return false;
  c->has_head = true;
  c->scanned = blank + 4 - c->bytes;
  c->is_good = !memcmp(c->bytes, "HTTP/1.1 200", 12);
  return true;
}

// The time stamps of the content chunks that have come.
static void read_chunks(conn *c, uint64_t now) {
  char *last = c->bytes + c->length;
  for (;;) {
    char *at = memchr(c->bytes + c->scanned, '@', c->length - c->scanned);
    if (!at) {
      c->scanned = c->length;
      return;
    }
    char *digit = at + 1;
    while (digit < last && *digit >= '0' && *digit <= '9') digit++;
    c->scanned = (digit == last ? at : digit) - c->bytes;
    if (digit == last) return;
    if (digit - at < 9) continue;
    if (c->chunks++ == 0) add(&first_chunks, now - c->begun);
    add(&delays, now - strtoull(at + 1, NULL, 10));
  }
}

static void received(conn *c, uint64_t now) {
  if (!read_head(c)) return;
  read_chunks(c, now);
  if (!c->is_good) {
    reopen(c);
  } else if (c->length >= 5 && !memcmp(c->bytes + c->length - 5, "0\r\n\r\n", 5)) {
    if (c->chunks > 0) streams++; else errors++;
    make_request(c);
    send_request(c);
  }
}

static void ready(conn *c, uint32_t events) {
  if (events & EPOLLOUT) send_request(c);
  if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR))) return;
  if (c->length + 65536 > c->capacity) {
    c->capacity = c->capacity * 2 + 262144;
    c->bytes = realloc(c->bytes, c->capacity);
  }
  ssize_t n = recv(c->fd, c->bytes + c->length, c->capacity - c->length, 0);
  if (n > 0) {
    c->length += n;
    received(c, now_ns());
  } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
    reopen(c);
  }
}

// ---- the program ----

static bool read_options(int argc, char **argv) {
  for (int i = 1; i + 1 < argc; i += 2) {
    const char *key = argv[i], *value = argv[i + 1];
    if (!strcmp(key, "--port")) options.port = atoi(value);
    else if (!strcmp(key, "--path")) options.path = value;
    else if (!strcmp(key, "--model")) options.model = value;
    else if (!strcmp(key, "--header")) options.header = value;
    else if (!strcmp(key, "--body")) options.body = value;
    else if (!strcmp(key, "--connections")) options.connections = atoi(value);
    else if (!strcmp(key, "--seconds")) options.seconds = atof(value);
    else return false;
  }
  return options.port > 0 && options.connections > 0 && options.seconds > 0;
}

static void report(double seconds) {
  qsort(first_chunks.values, first_chunks.count, sizeof(uint64_t), by_value);
  qsort(delays.values, delays.count, sizeof(uint64_t), by_value);
  printf("{\"secs\":%.3f,\"streams\":%ld,\"chunks\":%zu,\"errors\":%ld,\"ttft_p50_us\":%.1f,\"ttft_p99_us\":%.1f,"
         "\"delay_p50_us\":%.1f,\"delay_p99_us\":%.1f}\n",
         seconds, streams, delays.count, errors, percentile(&first_chunks, .5), percentile(&first_chunks, .99),
         percentile(&delays, .5), percentile(&delays, .99));
}

int main(int argc, char **argv) {
  if (!read_options(argc, argv)) {
    fprintf(stderr, "usage: sseload --port PORT [--path PATH] [--model MODEL] [--header 'Name: value']"
                    " [--connections N] [--seconds S]\n");
    return 2;
  }
  ep = epoll_create1(0);
  conn *conns = calloc(options.connections, sizeof *conns);
  uint64_t begun = now_ns();
  end = begun + (uint64_t)(options.seconds * 1e9);
  for (int i = 0; i < options.connections; i++) open_conn(&conns[i]);
  struct epoll_event events[256];
  while (now_ns() < end) {
    int count = epoll_wait(ep, events, 256, 50);
    for (int i = 0; i < count; i++) ready(events[i].data.ptr, events[i].events);
  }
  report((now_ns() - begun) / 1e9);
}
