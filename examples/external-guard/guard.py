#!/usr/bin/env python3
"""An external guard for KeiRouter in one file, with nothing but Python's standard library.

    ./guard.py --listen unix:///tmp/my-guard.sock --words words.txt

It answers guard.v1.Guard/Inspect: e-mail addresses are masked, texts with a word of the list are blocked. The wire is
JSON-RPC 2.0 in the framing of language servers; README.md says what a guard must and may answer.
"""
import argparse
import asyncio
import json
import os
import re
import socket
import stat
import sys
import time

LONGEST_HEADER = 8 << 10
LONGEST_FRAME = 64 << 20
EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.){1,8}[A-Za-z]{2,24}(?![A-Za-z0-9-])")


class RPCError(Exception):
    """An answer of gRPC's kind: its code is -32000 - n."""

    def __init__(self, code, status, reason, message, origin="client"):
        super().__init__(message)
        self.error = {
            "code": code,
            "message": message,
            "data": {"status": status, "reason": reason, "origin": origin, "retry": "no"},
        }


def method_not_found(name):
    return RPCError(-32601, "UNIMPLEMENTED", "method_not_found", f"{name} is not offered here")


def invalid(message):
    return RPCError(-32602, "INVALID_ARGUMENT", "invalid_params", message)


# What the guard thinks


class Guard:
    def __init__(self, words):
        self.words = words
        alternatives = "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True))
        self.word = re.compile(rf"(?<!\w)(?:{alternatives})(?!\w)", re.IGNORECASE) if words else None

    def inspect(self, params):
        segments = params.get("segments")
        if not isinstance(segments, list):
            raise invalid("segments: expected an array")
        edits, findings, blocked = [], [], False
        for segment in segments:
            if not isinstance(segment, dict) or not isinstance(segment.get("text"), str):
                raise invalid("segments: expected objects with a text")
            number, text = segment.get("id", 0), segment["text"]
            for entity, start, end in self.matches(text):
                action = "mask" if entity == "EMAIL_ADDRESS" else "block"
                findings.append(
                    {"segment": number, "detector": "example", "entity": entity, "start": start, "end": end}
                    | {"score": 1.0, "severity": "medium", "action": action}
                )
                if action == "mask":
                    edits.append({"segment": number, "start": start, "end": end, "replacement": "<EMAIL_ADDRESS>"})
                else:
                    blocked = True
        if blocked:
            # The text that was found is never told again.
            return {"action": "block", "reason": "example: BLOCKED_WORD", "edits": [], "findings": findings}
        return {"action": "mask" if edits else "allow", "edits": edits, "findings": findings}

    def matches(self, text):
        """What is found and where, in bytes of UTF-8, which the wire counts; Python's own offsets count characters."""
        for entity, pattern in (("EMAIL_ADDRESS", EMAIL), ("BLOCKED_WORD", self.word)):
            index, offset = 0, 0
            for match in pattern.finditer(text) if pattern else ():
                start = offset + utf8_length(text[index : match.start()])
                end = start + utf8_length(match.group())
                index, offset = match.end(), end
                yield entity, start, end


def utf8_length(text):
    return len(text.encode("utf-8", "surrogatepass"))


# The wire


class Server:
    def __init__(self, guard, name):
        self.guard = guard
        self.started = time.monotonic()
        self.methods = {
            "guard.v1.Guard/Inspect": guard.inspect,
            "health.v1.Health/Check": self.health,
            "rpc.discover": lambda params: self.description(name),
        }

    def health(self, params):
        service = params.get("service")
        if service not in (None, "", "guard.v1.Guard", "health.v1.Health"):
            raise RPCError(-32005, "NOT_FOUND", "unknown_service", "the service is not known here")
        return {"status": "SERVING", "uptime_ms": int((time.monotonic() - self.started) * 1000)}

    def description(self, name):
        methods = [{"name": method, "params": [], "result": {"name": "result", "schema": {}}} for method in self.methods]
        return {"openrpc": "1.3.2", "info": {"title": name, "version": "1.0.0"}, "methods": methods}

    async def serve(self, reader, writer):
        """One connection: each frame is answered before the next is read, as nothing here waits for anything else."""
        try:
            while True:
                try:
                    frame = await read_frame(reader)
                except ValueError as problem:
                    # Where the next frame begins is lost.
                    send(writer, failure(None, {"code": -32700, "message": str(problem)}))
                    break
                if frame is None:
                    break
                send(writer, self.answer(*frame))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    def answer(self, body, deadline):
        try:
            message = json.loads(body)
        except (ValueError, RecursionError):
            return failure(None, {"code": -32700, "message": "the body is no JSON"})
        if not isinstance(message, list) or not message:
            return self.call(message, deadline)
        answers = [self.call(item, deadline) for item in message]
        return [answer for answer in answers if answer is not None] or None

    def call(self, message, deadline):
        """The answer to one request; None to a notification, `$/cancel` among them."""
        if not isinstance(message, dict) or not isinstance(message.get("method"), str):
            return failure(None, {"code": -32600, "message": "that is no request"})
        if "id" not in message:
            return None
        number, name, params = message["id"], message["method"], message.get("params") or {}
        try:
            if deadline is not None and time.monotonic() >= deadline:
                raise RPCError(-32004, "DEADLINE_EXCEEDED", "deadline_exceeded", "the deadline had passed")
            if name not in self.methods:
                raise method_not_found(name)
            if not isinstance(params, dict):
                raise invalid("params: expected an object")
            return {"jsonrpc": "2.0", "id": number, "result": self.methods[name](params)}
        except RPCError as problem:
            return failure(number, problem.error)
        except Exception as problem:  # One bad request must not end the others.
            print(f"guard: {type(problem).__name__} in {name}", file=sys.stderr)
            return failure(number, {"code": -32603, "message": "the guard failed"})


async def read_frame(reader):
    """A body and the moment it must be answered by; None at the end of the connection."""
    try:
        block = await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError as end:
        if end.partial:
            raise ValueError("the connection ended inside a header") from None
        return None
    except asyncio.LimitOverrunError:
        raise ValueError("the header block is too long") from None
    length, deadline = None, None
    for line in block[:-4].split(b"\r\n"):
        name, colon, value = line.partition(b":")
        if not colon:
            raise ValueError("a header has no colon")
        name, value = name.strip().lower(), value.strip()
        if name == b"content-length" and value.isdigit():
            length = int(value)
        elif name == b"deadline" and value.isdigit():
            deadline = time.monotonic() + int(value) / 1000
    if length is None or length > LONGEST_FRAME:
        raise ValueError("Content-Length is missing or too large")
    return await reader.readexactly(length), deadline


def failure(number, error):
    return {"jsonrpc": "2.0", "id": number, "error": error}


def send(writer, message):
    if message is None:
        return
    body = json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "replace")
    writer.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)


# The program


async def listen(endpoint, server):
    if endpoint.startswith("unix:///"):
        path = endpoint[len("unix://") :]
        remove_dead_socket(path)
        # Only this user and its group may connect.
        before = os.umask(0o117)
        try:
            return await asyncio.start_unix_server(server.serve, path, limit=LONGEST_HEADER)
        finally:
            os.umask(before)
    if endpoint.startswith("tcp://"):
        host, _, port = endpoint[len("tcp://") :].rpartition(":")
        if host not in ("127.0.0.1", "[::1]", "localhost"):
            raise SystemExit("guard: plain TCP is for this machine alone; put TLS in front for others")
        return await asyncio.start_server(server.serve, host.strip("[]"), int(port), limit=LONGEST_HEADER)
    raise SystemExit("guard: --listen takes unix:///path.sock or tcp://127.0.0.1:port")


def remove_dead_socket(path):
    """A socket that nobody listens on any more stands in the way; anything else is not ours to remove."""
    try:
        if not stat.S_ISSOCK(os.stat(path).st_mode):
            raise SystemExit(f"guard: {path} is there and is no socket")
    except FileNotFoundError:
        return
    probe = socket.socket(socket.AF_UNIX)
    try:
        probe.connect(path)
    except ConnectionRefusedError:
        os.unlink(path)
    else:
        raise SystemExit(f"guard: somebody answers at {path} already")
    finally:
        probe.close()


async def main():
    parser = argparse.ArgumentParser(description="An example of an external guard for KeiRouter.")
    parser.add_argument("--listen", default="unix:///tmp/keirouter-guard.sock", help="unix:///path.sock or tcp://127.0.0.1:port")
    parser.add_argument("--words", help="a file with a word or phrase to block on each line; # begins a comment")
    options = parser.parse_args()
    words = set()
    if options.words:
        with open(options.words, encoding="utf-8") as file:
            words = {line.strip() for line in file} - {""}
            words = {word for word in words if not word.startswith("#")}
    server = await listen(options.listen, Server(Guard(words), "example guard"))
    print(f"guard: {len(words)} words, listening at {options.listen}", file=sys.stderr, flush=True)
    async with server:
        await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
