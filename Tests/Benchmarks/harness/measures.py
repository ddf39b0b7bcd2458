"""The measurements: each returns plain numbers for one target and one round."""
import http.client
import json
import os
import re
import shutil
import subprocess
import time

from . import programs
from .processes import Meter, family, pss_mb


def control(upstream, **settings):
    """Changes how the mock upstream answers."""
    query = "&".join(f"{name}={value}" for name, value in settings.items())
    connection = http.client.HTTPConnection("127.0.0.1", upstream.port, timeout=5)
    connection.request("GET", f"/__ctl?{query}")
    connection.getresponse().read()
    connection.close()


def _wrk(target, connections, kilobytes, seconds):
    script = os.path.join(programs.KIT, "post.lua")
    headers = [f"{name}={value}" for name, value in target.headers.items()]
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "10s", "-s", script,
               f"http://127.0.0.1:{target.port}{target.path}", "--", target.body or target.model, str(kilobytes), *headers]
    output = subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30).stdout
    match = re.search(r"^RESULT (.*)$", output, re.M)
    if not match:
        raise RuntimeError(f"wrk said: {output}")
    result = json.loads(match.group(1))
    if result["errors"] or not result["requests"]:
        raise RuntimeError(f"{target.name}: {result['errors']} errors in {result['requests']} requests")
    return result


def unary(target, upstream, connections, kilobytes, seconds, warms=True):
    """Chat completions over keep-alive connections, after a second that does not count."""
    if warms:
        _wrk(target, connections, kilobytes, 1)
    with Meter(target.pid, [upstream.pid], memory=connections >= 64) as meter:
        result = _wrk(target, connections, kilobytes, seconds)
    return {"cpu_us": meter.cpu * 1e6 / result["requests"], "rps": result["requests"] / result["secs"],
            "p50_us": result["p50_us"], "p99_us": result["p99_us"], "pss_mb": meter.pss, "foreign": meter.foreign}


def _sseload(binaries, target, connections, seconds):
    headers = [x for name, value in target.headers.items() for x in ("--header", f"{name}: {value}")]
    command = [os.path.join(binaries, "sseload"), "--port", str(target.port), "--path", target.stream_path,
               "--model", target.model, "--connections", str(connections), "--seconds", str(seconds), *headers,
               *(["--body", target.body] if target.body else [])]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=seconds + 30).stdout)


def stream(binaries, target, upstream, connections, seconds, chunks_each=None):
    """Streamed chat completions; with `chunks_each` only the chunks of whole streams count, so many each."""
    _sseload(binaries, target, connections, 1)
    with Meter(target.pid, [upstream.pid]) as meter:
        result = _sseload(binaries, target, connections, seconds)
    if result["errors"] or not result["chunks"]:
        raise RuntimeError(f"{target.name}: {result['errors']} errors in {result['streams']} streams")
    chunks = result["streams"] * chunks_each if chunks_each else result["chunks"]
    return {"cpu_us": meter.cpu * 1e6 / chunks, "chunks_s": chunks / result["secs"],
            "ttft_us": result["ttft_p50_us"], "delay_p99_us": result["delay_p99_us"], "foreign": meter.foreign}


def start(executable, folder, upstream):
    """Seconds from start to the first 200 through the gateway, on an empty data folder and on the one it left."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    seconds = []
    for _ in range(2):
        gateway = programs.gateway(executable, folder, upstream)
        gateway.start(os.path.join(folder, "log"))
        try:
            seconds.append(gateway.wait())
        finally:
            gateway.stop()
    return seconds


def idle_memory(gateway):
    """The memory of a gateway that has answered one request and rests."""
    time.sleep(2)
    return pss_mb(family(gateway.pid))


def peer(executable):
    """The internal call and the JSON document, as PeerBenchmarks measures them."""
    return json.loads(subprocess.run([executable], capture_output=True, text=True, timeout=120, check=True).stdout)


def _figures(executable, folder, pattern):
    """The numbers that a program prints about the texts of a folder."""
    output = subprocess.run([executable, folder], capture_output=True, text=True, timeout=300, check=True).stdout
    match = re.search(pattern, output, re.M | re.S)
    if not match:
        raise RuntimeError(f"{executable} said: {output}")
    return [float(figure) for figure in match.groups()]


def guard(executable, folders):
    """MB/s of text with all detectors in the slower folder, and the longest of 16 KB but one in a hundred, in ms."""
    taken = [_figures(executable, folder, r"^inbound: .*? (\d+) MB/s.*^16 KB: .*?p99 (\d+) us") for folder in folders]
    return {"mb_s": min(rate for rate, _ in taken), "p99_ms": max(p99 for _, p99 in taken) / 1e3}


def saver(executable, folder):
    """MB/s of tool outputs through the rules, and with their tokens counted."""
    rules, counted = _figures(executable, folder, r"^all (\d+) (\d+)$")
    return {"mb_s": rules, "counted_mb_s": counted}


def scans(executable, sockets, folder, seconds):
    """Texts a second that the guards behind a pattern of sockets look through, and the processors that asking takes."""
    command = [executable, "scans", f"unix://{sockets}", folder, str(seconds)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, timeout=120, check=True).stdout)
