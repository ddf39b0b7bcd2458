// An upstream in OpenAI's and in Anthropic's shape that costs next to nothing, so that what is measured is what stands before it.
//
//   mock --port PORT [--wires FOLDER]     listens on 127.0.0.1 only
//
// POST /v1/chat/completions, /v1/messages  a kilobyte of JSON, or server-sent events when the body says "stream": true
// POST of another wire       what a folder of FOLDER holds: request (how the request line begins), unary (a body), type
//                            (a stream's content type), start, step (one content chunk) and end; a stream when the body
//                            says so or the path has "tream" in it
// GET /__ctl?chunks=N&delay_us=D&think_us=T  how many content chunks a stream has, the pause between two of them
//                            (0: back to back, one write each) and the pause before the first byte of an answer
//
// Each content chunk carries "@<CLOCK_MONOTONIC nanoseconds of its write>", from which a client on this machine tells
// how long it took. Linux, one thread.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/epoll.h>
#include <time.h>
#include <unistd.h>

typedef struct {
  char *bytes;
  size_t start, end, capacity;
} buffer;

// A wire from a folder; its chunks tell no time.
typedef struct {
  char *bytes;
  size_t length;
} text;
typedef struct {
  text request, unary, type, start, step, end;
} wire;
static wire wires[16];
static size_t wire_count;

typedef struct {
  int fd;
  bool wants_write, closing;
  buffer in, out;
  bool streaming, headed, usage, anthropic;
  const wire *wire;   // of a folder, if any
  int sent, total;    // content chunks of the stream
  bool thinking;      // the pause before an answer
  bool wants_stream;  // what is answered after it
  uint64_t due;       // when the pause is over; 0: there is none
} conn;

static struct { int chunks, delay_us, think_us; } behaviour = {100, 0, 0};
static int ep;
static conn *waiting[4096];
static size_t waiting_count;
typedef struct {
  char bytes[2048];
  size_t length;
} reply;
static reply openai_answer, anthropic_answer;


static uint64_t now_ns(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (uint64_t)t.tv_sec * 1000000000ull + t.tv_nsec;
}

// ---- pauses: few connections wait at a time, so a list is enough ----

static void pause_conn(conn *c, uint64_t due) {
  if (waiting_count == sizeof waiting / sizeof *waiting) abort();
  c->due = due;
  waiting[waiting_count++] = c;
}

static void resume_conn(conn *c) {
  for (size_t i = 0; i < waiting_count; i++)
    if (waiting[i] == c) waiting[i--] = waiting[--waiting_count];
  c->due = 0;
}

static conn *first_due(void) {
  conn *first = NULL;
  for (size_t i = 0; i < waiting_count; i++)
    if (!first || waiting[i]->due < first->due) first = waiting[i];
  return first;
}

// ---- writing ----

static void put(buffer *b, const char *bytes, size_t n) {
  if (b->start == b->end) b->start = b->end = 0;
  if (b->end + n > b->capacity) {
    b->capacity = (b->end + n) * 2 + 4096;
    b->bytes = realloc(b->bytes, b->capacity);
  }
  memcpy(b->bytes + b->end, bytes, n);
  b->end += n;
}

static void want_write(conn *c, bool wanted) {
  if (c->wants_write == wanted) return;
  struct epoll_event e = {EPOLLIN | (wanted ? EPOLLOUT : 0), {.ptr = c}};
  epoll_ctl(ep, EPOLL_CTL_MOD, c->fd, &e);
  c->wants_write = wanted;
}

// 1: all is out, 0: the peer must read first, -1: the connection is gone.
static int flush(conn *c) {
  while (c->out.start < c->out.end) {
    ssize_t n = send(c->fd, c->out.bytes + c->out.start, c->out.end - c->out.start, MSG_NOSIGNAL);
    if (n > 0) {
      c->out.start += n;
    } else if (errno == EAGAIN) {
      want_write(c, true);
      return 0;
    } else if (errno != EINTR) {
      return -1;
    }
  }
  want_write(c, false);
  return 1;
}

static void put_chunk(conn *c, const char *bytes, size_t n) {
  char head[24];
  put(&c->out, head, sprintf(head, "%zx\r\n", n));
  put(&c->out, bytes, n);
  put(&c->out, "\r\n", 2);
}

static void put_simple(conn *c, const char *status, const char *body) {
  char text[4096];
  int n = snprintf(text, sizeof text, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %zu\r\n\r\n%s",
                   status, strlen(body), body);
  put(&c->out, text, n);
}

// ---- answers ----

#define CHUNK_HEAD                                                                                    \
  "data: {\"id\":\"chatcmpl-mock0001\",\"object\":\"chat.completion.chunk\",\"created\":1700000000,"  \
  "\"model\":\"mock-model\",\"choices\":["

static void make_answer(reply *to, const char *before, const char *after) {
  static const char words[] = "the quick brown fox jumps over the lazy dog ";
  size_t fill = 1024 - strlen(before) - strlen(after);
  int n = sprintf(to->bytes, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1024\r\n\r\n%s", before);
  for (size_t i = 0; i < fill; i++) to->bytes[n++] = words[i % strlen(words)];
  n += sprintf(to->bytes + n, "%s", after);
  to->length = n;
}

static void make_answers(void) {
  make_answer(&openai_answer,
              "{\"id\":\"chatcmpl-mock0001\",\"object\":\"chat.completion\",\"created\":1700000000,\"model\":\"mock-model\","
              "\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\",\"content\":\"",
              "\"},\"logprobs\":null,\"finish_reason\":\"stop\"}],\"usage\":{\"prompt_tokens\":42,\"completion_tokens\":160,"
              "\"total_tokens\":202},\"system_fingerprint\":\"fp_mock\"}");
  make_answer(&anthropic_answer,
              "{\"id\":\"msg_mock0001\",\"type\":\"message\",\"role\":\"assistant\",\"model\":\"mock-model\","
              "\"content\":[{\"type\":\"text\",\"text\":\"",
              "\"}],\"stop_reason\":\"end_turn\",\"stop_sequence\":null,\"usage\":{\"input_tokens\":42,"
              "\"cache_creation_input_tokens\":0,\"cache_read_input_tokens\":0,\"output_tokens\":160}}");
}

// ---- wires from folders ----

static text read_text(const char *folder, const char *wire, const char *name) {
  char path[1024];
  snprintf(path, sizeof path, "%s/%s/%s", folder, wire, name);
  FILE *file = fopen(path, "rb");
  if (!file) {
    perror(path);
    exit(1);
  }
  text t = {malloc(1 << 16), 0};
  t.length = fread(t.bytes, 1, (1 << 16) - 1, file);
  t.bytes[t.length] = 0;
  fclose(file);
  return t;
}

static void read_wires(const char *folder) {
  DIR *directory = opendir(folder);
  if (!directory) {
    perror(folder);
    exit(1);
  }
  for (struct dirent *e; (e = readdir(directory)) && wire_count < sizeof wires / sizeof *wires;) {
    if (e->d_name[0] == '.') continue;
    const char *name = e->d_name;
    wires[wire_count++] = (wire){read_text(folder, name, "request"), read_text(folder, name, "unary"),
                                 read_text(folder, name, "type"),    read_text(folder, name, "start"),
                                 read_text(folder, name, "step"),    read_text(folder, name, "end")};
  }
  closedir(directory);
}

static const wire *wire_of(const char *line) {
  for (size_t i = 0; i < wire_count; i++)
    if (!strncmp(line, wires[i].request.bytes, wires[i].request.length)) return &wires[i];
  return NULL;
}

static void put_head(conn *c, const char *type) {
  char head[256];
  put(&c->out, head, snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Type: %s\r\nCache-Control: no-cache\r\n"
                              "Transfer-Encoding: chunked\r\n\r\n", type));
}

static void put_wire_step(conn *c) {
  if (!c->headed) {
    put_head(c, c->wire->type.bytes);
    if (c->wire->start.length) put_chunk(c, c->wire->start.bytes, c->wire->start.length);
    c->headed = true;
    return;
  }
  put_chunk(c, c->wire->step.bytes, c->wire->step.length);
  if (++c->sent < c->total) return;
  put_chunk(c, c->wire->end.bytes, c->wire->end.length);
  put(&c->out, "0\r\n\r\n", 5);
  c->streaming = false;
}

// ---- streams ----

static void put_stream_end(conn *c) {
  char b[1024];
  int n;
  if (c->anthropic) {
    n = sprintf(b,
                "event: content_block_stop\ndata: {\"type\":\"content_block_stop\",\"index\":0}\n\n"
                "event: message_delta\ndata: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\","
                "\"stop_sequence\":null},\"usage\":{\"output_tokens\":%d}}\n\n"
                "event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n",
                c->total);
    put_chunk(c, b, n);
    put(&c->out, "0\r\n\r\n", 5);
    c->streaming = false;
    return;
  }
  n = sprintf(b, CHUNK_HEAD "{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n");
  if (c->usage)
    n += sprintf(b + n, CHUNK_HEAD "],\"usage\":{\"prompt_tokens\":42,\"completion_tokens\":%d,\"total_tokens\":%d}}\n\n",
                 c->total, c->total + 42);
  n += sprintf(b + n, "data: [DONE]\n\n");
  put_chunk(c, b, n);
  put(&c->out, "0\r\n\r\n", 5);
  c->streaming = false;
}

static void put_stream_step(conn *c) {
  char b[512];
  if (!c->headed) {
    put_head(c, "text/event-stream");
    static const char role[] =
        CHUNK_HEAD "{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n";
    static const char start[] =
        "event: message_start\ndata: {\"type\":\"message_start\",\"message\":{\"id\":\"msg_mock0001\",\"type\":\"message\","
        "\"role\":\"assistant\",\"model\":\"mock-model\",\"content\":[],\"stop_reason\":null,\"stop_sequence\":null,"
        "\"usage\":{\"input_tokens\":42,\"output_tokens\":1}}}\n\n"
        "event: content_block_start\ndata: {\"type\":\"content_block_start\",\"index\":0,"
        "\"content_block\":{\"type\":\"text\",\"text\":\"\"}}\n\n";
    if (c->anthropic) put_chunk(c, start, strlen(start)); else put_chunk(c, role, strlen(role));
    c->headed = true;
    return;
  }
  const char *format =
      c->anthropic
          ? "event: content_block_delta\ndata: {\"type\":\"content_block_delta\",\"index\":0,"
            "\"delta\":{\"type\":\"text_delta\",\"text\":\"word%d@%llu \"}}\n\n"
          : CHUNK_HEAD "{\"index\":0,\"delta\":{\"content\":\"word%d@%llu \"},\"finish_reason\":null}]}\n\n";
  int n = sprintf(b, format, c->sent, (unsigned long long)now_ns());
  put_chunk(c, b, n);
  if (++c->sent == c->total) put_stream_end(c);
}

// Streams as far as pauses and the peer let it; results as those of flush.
static int stream(conn *c) {
  for (;;) {
    if (c->wire) put_wire_step(c); else put_stream_step(c);
    int result = flush(c);
    if (result <= 0 || !c->streaming) return result;
    if (behaviour.delay_us > 0 && c->sent > 0) {
      pause_conn(c, now_ns() + behaviour.delay_us * 1000ull);
      return 0;
    }
  }
}

static int begin_answer(conn *c) {
  c->thinking = false;
  if (!c->wants_stream && c->wire) {
    put_simple(c, "200 OK", c->wire->unary.bytes);
    return flush(c);
  }
  if (!c->wants_stream) {
    reply *whole = c->anthropic ? &anthropic_answer : &openai_answer;
    put(&c->out, whole->bytes, whole->length);
    return flush(c);
  }
  c->streaming = true;
  c->headed = false;
  c->sent = 0;
  c->total = behaviour.chunks;
  return stream(c);
}

// ---- requests ----

static int number_after(const char *text, size_t n, const char *key, int otherwise) {
  const char *at = memmem(text, n, key, strlen(key));
  return at ? atoi(at + strlen(key)) : otherwise;
}

static bool is_true(const char *body, size_t n, const char *key) {
  const char *at = memmem(body, n, key, strlen(key)), *end = body + n;
  if (!at) return false;
  for (at += strlen(key); at < end && strchr(" :\n\t", *at);) at++;
  return end - at >= 4 && !memcmp(at, "true", 4);
}

static int handle(conn *c, const char *line, size_t line_length, const char *body, size_t body_length) {
  c->anthropic = !strncmp(line, "POST /v1/messages ", 18);
  c->wire = wire_of(line);
  if (c->wire || c->anthropic || !strncmp(line, "POST /v1/chat/completions ", 26)) {
    c->wants_stream = is_true(body, body_length, "\"stream\"") || (c->wire && memmem(line, line_length, "tream", 5));
    c->usage = c->wants_stream && is_true(body, body_length, "\"include_usage\"");
    if (behaviour.think_us == 0) return begin_answer(c);
    c->thinking = true;
    pause_conn(c, now_ns() + behaviour.think_us * 1000ull);
    return 0;
  }
  if (!strncmp(line, "GET /__ctl?", 11)) {
    behaviour.chunks = number_after(line, line_length, "chunks=", behaviour.chunks);
    behaviour.delay_us = number_after(line, line_length, "delay_us=", behaviour.delay_us);
    behaviour.think_us = number_after(line, line_length, "think_us=", behaviour.think_us);
    put_simple(c, "200 OK", "{}");
  } else if (!strncmp(line, "GET /v1/models ", 15)) {
    put_simple(c, "200 OK", "{\"object\":\"list\",\"data\":[{\"id\":\"mock-model\",\"object\":\"model\"}]}");
  } else {
    put_simple(c, "404 Not Found", "{\"error\":{\"message\":\"not found\"}}");
  }
  return flush(c);
}

// Answers every complete request there is; -1: the connection is over.
static int requests(conn *c) {
  while (!c->streaming && !c->due && c->out.start == c->out.end) {
    char *head = c->in.bytes + c->in.start;
    size_t there = c->in.end - c->in.start;
    char *blank = memmem(head, there, "\r\n\r\n", 4);
    if (!blank) return there > 65536 ? -1 : 0;
    size_t head_length = blank + 4 - head, length = 0;
    for (char *line = strchr(head, '\n') + 1; line < blank; line = strchr(line, '\n') + 1) {
      if (!strncasecmp(line, "content-length:", 15)) length = strtoul(line + 15, NULL, 10);
      if (!strncasecmp(line, "connection: close", 17)) c->closing = true;
      if (!strncasecmp(line, "transfer-encoding:", 18)) return -1;
    }
    if (there < head_length + length) return 0;
    c->in.start += head_length + length;
    int result = handle(c, head, strchr(head, '\r') - head, head + head_length, length);
    if (result < 0 || (result == 1 && c->closing && !c->streaming)) return -1;
  }
  return 0;
}

// ---- the loop ----

static void accept_all(int listener) {
  int fd, one = 1;
  while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    conn *c = calloc(1, sizeof *c);
    c->fd = fd;
    struct epoll_event e = {EPOLLIN, {.ptr = c}};
    epoll_ctl(ep, EPOLL_CTL_ADD, fd, &e);
  }
}

static void close_conn(conn *c) {
  resume_conn(c);
  close(c->fd);
  free(c->in.bytes);
  free(c->out.bytes);
  free(c);
}

static int receive(conn *c) {
  static char bytes[65536];
  ssize_t n = recv(c->fd, bytes, sizeof bytes, 0);
  if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) return -1;
  if (n < 0) return 0;
  if (c->in.start > 0) {
    memmove(c->in.bytes, c->in.bytes + c->in.start, c->in.end - c->in.start);
    c->in.end -= c->in.start;
    c->in.start = 0;
  }
  put(&c->in, bytes, n);
  return requests(c);
}

static void ready(conn *c, uint32_t events) {
  int result = 0;
  if (events & EPOLLOUT) {
    result = flush(c);
    if (result == 1 && c->streaming && !c->due) result = stream(c);
    if (result == 1) result = c->closing ? -1 : requests(c);
  }
  if (result >= 0 && (events & (EPOLLIN | EPOLLHUP | EPOLLERR))) result = receive(c);
  if (result < 0) close_conn(c);
}

static void run_due(void) {
  uint64_t now = now_ns();
  for (conn *c; (c = first_due()) && c->due <= now;) {
    resume_conn(c);
    int result = c->thinking ? begin_answer(c) : stream(c);
    if (result == 1 && c->closing) result = -1;
    if (result >= 0) result = requests(c);
    if (result < 0) close_conn(c);
  }
}

static int listen_on(int port) {
  int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
  setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
  struct sockaddr_in address = {
      .sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
  if (bind(fd, (void *)&address, sizeof address) || listen(fd, 4096)) {
    perror("mock: listen");
    exit(1);
  }
  return fd;
}

int main(int argc, char **argv) {
  bool has_wires = argc == 5 && !strcmp(argv[3], "--wires");
  if ((argc != 3 && !has_wires) || strcmp(argv[1], "--port")) {
    fprintf(stderr, "usage: mock --port PORT [--wires FOLDER]\n");
    return 2;
  }
  if (has_wires) read_wires(argv[4]);
  signal(SIGPIPE, SIG_IGN);
  make_answers();
  int listener = listen_on(atoi(argv[2]));
  ep = epoll_create1(EPOLL_CLOEXEC);
  struct epoll_event of_listener = {EPOLLIN, {.ptr = NULL}}, events[256];
  epoll_ctl(ep, EPOLL_CTL_ADD, listener, &of_listener);
  for (;;) {
    struct timespec wait, *limit = NULL;
    conn *first = first_due();
    if (first) {
      uint64_t now = now_ns(), left = first->due > now ? first->due - now : 0;
      wait = (struct timespec){left / 1000000000ull, left % 1000000000ull};
      limit = &wait;
    }
    int count = epoll_pwait2(ep, events, 256, limit, NULL);
    for (int i = 0; i < count; i++) {
      if (events[i].data.ptr) ready(events[i].data.ptr, events[i].events); else accept_all(listener);
    }
    run_due();
  }
}
