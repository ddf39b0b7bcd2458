"""Runs every measurement in turn and prints the table.

usage: python3 -m harness BINARIES RELEASE FOLDER [--quick] [--check] [--pairs]

  BINARIES  where mock and sseload are      RELEASE  where keirouter and the three benchmark programs are
  FOLDER    for data, logs and results      --quick  one short round of each: to see that it works, not to judge by
  --check   fails when a must does not hold            --pairs  every dialect in to every dialect out, nothing else
"""
import argparse
import json
import os
import signal
import sys
import time

from . import agent, measures, pairs, programs, report
from .processes import family, named

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
# Source code as the guard sees it: the project's own.
SERVICES = os.path.join(ROOT, "Services")


class Run:
    """The programs of one run and what was measured on them."""

    def __init__(self, arguments):
        self.binaries, self.release, self.folder = arguments.binaries, arguments.release, arguments.folder
        self.seconds, self.rounds = (2, 1) if arguments.quick else (5, 3)
        self.rows, self.raw = [], {}
        self.mock = programs.mock(self.binaries)
        self.nginx = self.gateway = self.guarded = None

    @property
    def executable(self):
        return os.path.join(self.release, "keirouter")

    def start(self):
        self.mock.start(os.path.join(self.folder, "mock.log"))
        self.mock.wait()
        self.nginx = programs.nginx(self.folder, self.mock)
        self.nginx.start(os.path.join(self.folder, "nginx.log"))
        self.nginx.wait()

    def stop(self):
        for program in (self.gateway, self.guarded, self.nginx, self.mock):
            if program:
                program.stop()

    def start_gateway(self):
        self.gateway = programs.gateway(self.executable, self.folder, self.mock)
        self.gateway.start(os.path.join(self.folder, "keirouter.log"))
        self.gateway.wait()

    def start_guarded(self):
        folder = os.path.join(self.folder, "guarded")
        self.guarded = programs.gateway(self.executable, folder, self.mock, policies=True)
        self.guarded.start(os.path.join(self.folder, "guarded.log"))
        self.guarded.wait()

    def in_turns(self, name, targets, measure):
        """Each target once per round, so that what else the machine does falls on all of them."""
        taken = {target.name: [] for target in targets}
        for _ in range(self.rounds):
            for target in targets:
                row = measure(target)
                taken[target.name].append(row)
                print(f"{name} {target.name}: " + " ".join(f"{k}={v:.2f}" for k, v in row.items()), file=sys.stderr)
        self.raw[name] = taken
        return taken

    def add(self, *rows):
        self.rows += rows


def measure_starts(run):
    pairs = [measures.start(run.executable, os.path.join(run.folder, "start"), run.mock) for _ in range(run.rounds)]
    empty, existing = (sorted(seconds)[len(pairs) // 2] for seconds in zip(*pairs))
    run.raw["start"] = pairs
    run.add(report.value_row("P7 empty", "start to the first 200, empty data folder", empty, " s"),
            report.value_row("P7 existing", "start to the first 200, existing data folder", existing, " s"))


def measure_unary(run):
    for key, connections, kilobytes in (("P1 16", 16, 0.5), ("P1 64", 64, 0.5), ("P1b 16", 16, 64), ("P1b 64", 64, 64)):
        taken = run.in_turns(key, [run.nginx, run.gateway],
                             lambda target: measures.unary(target, run.mock, connections, kilobytes, run.seconds))
        what = f"CPU per request, {kilobytes:g} KB, {connections} connections"
        run.add(report.unary_row(key, what, taken["keirouter"], taken["nginx"]))


def measure_latency(run):
    chained = run.gateway.asked_for("chained", "all")
    taken = run.in_turns("P2", [run.mock, run.nginx, run.gateway, chained],
                         lambda target: measures.unary(target, run.mock, 1, 0.5, run.seconds))
    ours, nginx, direct = taken["keirouter"], taken["nginx"], taken["direct"]
    run.add(report.added_row("P2 p50", "latency added at 1 connection, p50", "p50_us", ours, nginx, direct),
            report.added_row("P2 p99", "latency added at 1 connection, p99", "p99_us", ours, nginx, direct),
            report.added_row("P2 chain", "the same through a hedged chain by latency, p50", "p50_us", taken["chained"], nginx,
                             direct))


def measure_chain(run):
    """P1 with choosing by latency, health and hedging on, and beside one target's."""
    chained = run.gateway.asked_for("chained", "all")
    taken = run.in_turns("P1 chain", [run.nginx, run.gateway, chained],
                         lambda target: measures.unary(target, run.mock, 16, 0.5, run.seconds))
    plain = report.number(report.middle(taken["keirouter"], "cpu_us"))
    run.add(report.unary_row("P1 chain", f"P1 16 through a hedged chain by latency ({plain} µs with one target)",
                             taken["chained"], taken["nginx"]))


def measure_streams(run):
    def measure(target):
        return measures.stream(run.binaries, target, run.mock, 16, run.seconds)

    measures.control(run.mock, chunks=100, delay_us=0, think_us=0)
    translated = run.gateway.asked_for("translated", "other/mock-model")
    scanned = run.guarded.asked_for("scanned", "other/mock-model")
    burst = run.in_turns("P4", [run.nginx, run.gateway, translated, scanned], measure)
    measures.control(run.mock, chunks=50, delay_us=10000, think_us=20000)
    paced = run.in_turns("P4b", [run.mock, run.nginx, run.gateway], measure)
    measures.control(run.mock, chunks=100, delay_us=0, think_us=0)
    ours, nginx, direct = paced["keirouter"], paced["nginx"], paced["direct"]
    run.add(
        report.plain_row("P4", "CPU per chunk, bursts, 16 streams", "cpu_us", burst["keirouter"], burst["nginx"], " µs"),
        report.plain_row("P4 translated", "the same, OpenAI client, Anthropic upstream", "cpu_us", burst["translated"],
                         burst["nginx"], " µs"),
        report.plain_row("P4 scanned", "the same, scanned by the guard besides", "cpu_us", burst["scanned"],
                         burst["nginx"], " µs"),
        report.plain_row("P4b CPU", "CPU per chunk, paced, 16 streams", "cpu_us", ours, nginx, " µs"),
        report.added_row("P4b TTFT", "time to the first content chunk added, p50", "ttft_us", ours, nginx, direct),
        report.plain_row("P4b delay", "delay of a chunk, p99", "delay_p99_us", ours, nginx, " µs"))


def measure_translation(run):
    translated = run.gateway.asked_for("translated", "other/mock-model")
    taken = run.in_turns("P3", [run.gateway, translated],
                         lambda target: measures.unary(target, run.mock, 16, 0.5, run.seconds))
    run.add(report.ratio_row("P3", "CPU per request, OpenAI client, Anthropic upstream", taken["translated"],
                             taken["keirouter"]))


def measure_policies(run):
    taken = run.in_turns("P1 policies", [run.gateway, run.guarded],
                         lambda target: measures.unary(target, run.mock, 16, 8, run.seconds))
    run.add(report.ratio_row("P1 policies", "CPU per request of 8 KB, guardrails and RTK on, against none",
                             taken["guarded"], taken["keirouter"]))
    taken = run.in_turns("P5", [run.guarded],
                         lambda target: agent.first_and_next(run.mock, target, 5 * run.rounds))["guarded"]
    services = named(family(run.guarded.pid), ("keirouter-guard", "keirouter-saver"))
    grown = agent.growth(run.guarded, services, 20 if run.rounds == 1 else 80)
    run.raw["P13"] = grown
    run.add(report.value_row("P5 first", "500 KB agent history, added at first sight, p50",
                             report.middle(taken, "first_ms"), " ms"),
            report.value_row("P5 next", "the next turn of it, 5 KB new", report.middle(taken, "next_ms"), " ms"),
            report.value_row("P13 growth", "guard and saver CPU per new byte, late turns against early", grown["growth"], " ×"),
            report.value_row("P13 router", "router CPU per KB of history", grown["router_us_kb"], " µs"))


def measure_memory(run, idle):
    loaded = max(row["pss_mb"] for row in run.raw["P1 64"]["keirouter"])
    run.raw["memory"] = {"idle": idle, "loaded": loaded}
    run.add(report.value_row("P6 idle", "memory at rest, PSS of all processes", idle, " MB"),
            report.value_row("P6 loaded", "memory under P1 with 64 connections", loaded, " MB"))


def measure_peer(run):
    taken = measures.peer(os.path.join(run.release, "PeerBenchmarks"))
    run.raw["P10"] = taken
    echo, call = (report.number(taken[name]) for name in ("echo_p50_us", "call_p50_us"))
    run.add(report.Row("P10 call", "internal call of 1 KB, p50, beside a bare echo", f"{call} µs",
                       taken["call_over_echo"], f"echo {echo} µs", " ×"),
            report.value_row("P10 CPU", "internal call, CPU of both sides, pipelined", taken["call_cpu_us"], " µs"),
            report.value_row("P10 JSON", "JSON document of a 500 KB chat body", taken["json_gb_s"], " GB/s"))


def measure_texts(run):
    outputs = os.path.join(ROOT, "Tests/SaverCoreTests/Fixtures")
    found = measures.guard(os.path.join(run.release, "GuardBenchmarks"), [SERVICES, outputs])
    saved = measures.saver(os.path.join(run.release, "SaverBenchmarks"), outputs)
    run.raw["P8"], run.raw["P9"] = found, saved
    counted = f"with tokens counted {report.number(saved['counted_mb_s'])} MB/s"
    run.add(report.value_row("P8", "guard, all five detectors, source code and logs, a core", found["mb_s"], " MB/s"),
            report.value_row("P8 16 KB", "guard, a text of 16 KB, p99", found["p99_ms"], " ms"),
            report.value_row("P9", "saver, outputs of tools, a core", saved["mb_s"], " MB/s", counted))


def measure_scaling(run):
    """What three guards carry beside one: each gateway started, asked past its router, and stopped, in turns."""
    taken = {1: [], 3: []}
    for _ in range(run.rounds):
        for count, rows in taken.items():
            folder = os.path.join(run.folder, f"guards{count}")
            gateway = programs.gateway(run.executable, folder, run.mock, policies=True, guards=count)
            gateway.start(os.path.join(run.folder, "guards.log"))
            try:
                gateway.wait()
                sockets = os.path.join(folder, "data/run", "guard.sock" if count == 1 else "guard/*.sock")
                rows.append(measures.scans(os.path.join(run.release, "PeerBenchmarks"), sockets, SERVICES, run.seconds))
            finally:
                gateway.stop()
    run.raw["scaling"] = {str(count): rows for count, rows in taken.items()}
    one, three = (report.number(report.middle(taken[count], "scans_s")) for count in (1, 3))
    asking = max(row["asking"] for row in taken[3])
    run.add(report.Row("Guards 3", f"texts of 16 KB a second, three guards against one; asking took {asking:.2f} processors",
                       f"{three}/s", report.middle(taken[3], "scans_s") / report.middle(taken[1], "scans_s"), f"one {one}/s",
                       " ×"))


def measure_all(run):
    run.start()
    measure_starts(run)
    run.start_gateway()
    idle = measures.idle_memory(run.gateway)
    measure_unary(run)
    measure_latency(run)
    measure_chain(run)
    measure_memory(run, idle)
    measure_translation(run)
    run.start_guarded()
    measure_streams(run)
    measure_policies(run)
    measure_scaling(run)
    run.stop()
    measure_peer(run)
    measure_texts(run)


def foreign(raw):
    """The most processors that others kept busy during a measurement."""
    rows = [row for taken in raw.values() if isinstance(taken, dict) for rows in taken.values()
            if isinstance(rows, list) for row in rows]
    return max((row.get("foreign", 0) for row in rows), default=0)


def print_pairs(run):
    rows, foreign = pairs.measure(run, run.seconds if run.rounds == 1 else 3)
    run.raw["pairs"] = [{"client": a, "upstream": b, "ratio": ratio, "chunk_us": chunk} for (a, b), ratio, chunk in rows]
    print(pairs.table(rows))
    print(f"\nOthers kept at most {foreign:.2f} processors busy meanwhile.")
    return 0


def main():
    parser = argparse.ArgumentParser(usage=__doc__)
    for name in ("binaries", "release", "folder"):
        parser.add_argument(name)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--pairs", action="store_true")
    arguments = parser.parse_args()
    # Stopped from outside, it still stops what it started.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    run, begun = Run(arguments), time.monotonic()
    try:
        if arguments.pairs:
            return print_pairs(run)
        measure_all(run)
    finally:
        run.stop()
        with open(os.path.join(run.folder, "result.json"), "w") as file:
            json.dump(run.raw, file, indent=1)
    run.rows.sort(key=lambda row: list(report.limits()["benchmarks"]).index(row.key))
    print(report.table(run.rows))
    print(f"\n{time.monotonic() - begun:.0f} s; others kept at most {foreign(run.raw):.2f} processors busy meanwhile.")
    missed = [row.key for row in run.rows if not row.holds]
    if missed:
        print(f"musts that do not hold: {', '.join(missed)}", file=sys.stderr)
    return 1 if missed and arguments.check else 0


sys.exit(main())
