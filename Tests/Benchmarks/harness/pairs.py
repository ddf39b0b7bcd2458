"""Every dialect in to every dialect out: what a chunk costs, and a request beside the plain one in the same round."""
import copy
import json
import os
import statistics
import sys

from . import measures, programs, wires
from .report import number

PLAIN = ("openai", "openai")
CHUNKS = 100
# Rounds of a second, plain and translated in turn: what the machine does to one it does to the other.
ROUNDS = 5
UPSTREAMS = ["openai", "openai-responses", "anthropic", "gemini", "ollama", "cohere", "bedrock"]
# The musts of P3 and P4: a multiple of the plain request; microseconds of a chunk as it came, and of one translated.
REQUEST_MUST, FORWARDED_MUST, TRANSLATED_MUST = 1.25, 6, 10


def _asked(gateway, client, upstream, stream):
    """The gateway as a client of a dialect asks it for a provider of another."""
    path, body = wires.CLIENTS[client](f"{upstream}/mock-model", stream)
    view = copy.copy(gateway)
    view.name, view.path, view.stream_path = f"{client} to {upstream}", path, path
    view.body = json.dumps(body, separators=(",", ":"))
    return view


def _request(run, pair, warms):
    return measures.unary(_asked(run.gateway, *pair, False), run.mock, 16, 0, 1, warms)


def measure(run, seconds):
    """Rows of (pair, ratio to the plain request, µs a chunk); the ratio is the middle one of the rounds."""
    wires.write(os.path.join(run.folder, "wires"))
    run.mock = programs.mock(run.binaries, os.path.join(run.folder, "wires"))
    run.mock.start(os.path.join(run.folder, "mock.log"))
    run.mock.wait()
    run.gateway = programs.gateway(run.executable, run.folder, run.mock, upstreams=UPSTREAMS)
    run.gateway.start(os.path.join(run.folder, "keirouter.log"))
    run.gateway.wait()
    measures.control(run.mock, chunks=CHUNKS, delay_us=0, think_us=0)
    rows, foreign = [], 0
    for client in wires.CLIENTS:
        for upstream in UPSTREAMS:
            pair = (client, upstream)
            turns = [(_request(run, PLAIN, not n), _request(run, pair, not n)) for n in range(ROUNDS)]
            ratio = statistics.median(request["cpu_us"] / plain["cpu_us"] for plain, request in turns)
            # Some dialects say the text once more at the end: what the upstream sent is what counts.
            stream = measures.stream(run.binaries, _asked(run.gateway, *pair, True), run.mock, 16, seconds, CHUNKS)
            foreign = max(foreign, stream["foreign"], *(part["foreign"] for turn in turns for part in turn))
            rows.append((pair, ratio, stream["cpu_us"]))
            print(f"{client} to {upstream}: {ratio:.2f} × (" + ", ".join(
                f"{request['cpu_us']:.0f}/{plain['cpu_us']:.0f}" for plain, request in turns)
                + f"), {stream['cpu_us']:.2f} µs a chunk", file=sys.stderr, flush=True)
    return rows, foreign


def table(rows):
    """A table for BENCHMARKS.md: clients down, upstreams across; what misses its must is in bold."""
    lines = ["| client, upstream | " + " | ".join(UPSTREAMS) + " |", "|---|" + "--:|" * len(UPSTREAMS)]
    cells = {pair: (ratio, chunk) for pair, ratio, chunk in rows}
    for client in wires.CLIENTS:
        shown = []
        for upstream in UPSTREAMS:
            ratio, chunk = cells[client, upstream]
            holds = ratio <= REQUEST_MUST and chunk <= (FORWARDED_MUST if client == upstream else TRANSLATED_MUST)
            text = f"{number(ratio)} × · {number(chunk)} µs"
            shown.append(text if holds else f"**{text}**")
        lines.append(f"| {client} | " + " | ".join(shown) + " |")
    return "\n".join(lines)
