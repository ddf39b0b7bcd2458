"""The functions that requests run through, the hottest first, for the linker: python3 -m harness.order BINARIES RELEASE FOLDER

Callgrind counts what the router and the meter execute while plain requests, streams and translations go through, once all that
runs only at the start is behind them. Names of functions come out as the linker knows them.
"""
import collections
import os
import re
import subprocess
import sys

from . import measures, pairs, programs, wires
from .processes import family

# What is left out takes less than this part of all that is executed.
REST = 0.01
SECONDS = 3
PAIRS = [("openai", "openai"), ("anthropic", "anthropic"), ("openai", "anthropic"), ("anthropic", "openai"),
         ("openai-responses", "openai"), ("gemini", "anthropic"), ("ollama", "bedrock")]


def _stripped(release, folder):
    """The programs without their debug information, which valgrind cannot read."""
    executable = os.path.join(folder, "bin", "keirouter")
    os.makedirs(os.path.dirname(executable))
    subprocess.run(["strip", "-g", "-o", executable, os.path.join(release, "keirouter")], check=True)
    subprocess.run(["scripts/link-services", os.path.dirname(executable)], check=True)
    return executable


def _counted(gateway):
    """The processes under callgrind."""
    return [pid for pid in family(gateway.pid) if "callgrind" in os.path.basename(os.readlink(f"/proc/{pid}/exe"))]


def _drive(run_binaries, gateway, mock):
    for pair in PAIRS:
        measures.unary(pairs._asked(gateway, *pair, False), mock, 16, 0, SECONDS, False)
        measures.stream(run_binaries, pairs._asked(gateway, *pair, True), mock, 4, SECONDS, pairs.CHUNKS)
    # Most requests are plain ones.
    measures.unary(gateway, mock, 16, 0.5, 4 * SECONDS, False)


def _costs(path):
    """Instructions by function, of one process."""
    names, costs, current, is_call = {}, collections.Counter(), None, False

    def name(text):
        found = re.match(r"\((\d+)\)(?: (.*))?$", text)
        if found[2]:
            names[found[1]] = re.sub(r"'\d+$", "", found[2])
        return names.get(found[1])

    with open(path) as lines:
        for line in lines:
            line = line.rstrip("\n")
            if line.startswith("fn="):
                current = name(line[3:])
            elif line.startswith("cfn="):
                name(line[4:])
            elif line.startswith("calls="):
                is_call = True
            elif line and (line[0].isdigit() or line[0] in "+-*"):
                if not is_call:
                    costs[current] += int(line.split()[1])
                is_call = False
    return costs


def main():
    binaries, release, folder = sys.argv[1:]
    wires.write(os.path.join(folder, "wires"))
    mock = programs.mock(binaries, os.path.join(folder, "wires"))
    mock.start(os.path.join(folder, "mock.log"))
    mock.wait()
    gateway = programs.gateway(_stripped(release, folder), folder, mock, upstreams=pairs.UPSTREAMS)
    counted = ["valgrind", "--tool=callgrind", "--trace-children=yes", f"--callgrind-out-file={folder}/counts.%p",
               f"--log-file={folder}/valgrind.%p.log"]
    gateway.command = counted + gateway.command
    gateway.start(os.path.join(folder, "keirouter.log"))
    try:
        gateway.wait(300)
        measures.control(mock, chunks=pairs.CHUNKS, delay_us=0, think_us=0)
        measures.unary(gateway, mock, 16, 0.5, SECONDS, False)
        for pid in _counted(gateway):
            subprocess.run(["callgrind_control", "--zero", str(pid)], check=True, stdout=subprocess.DEVNULL)
        _drive(binaries, gateway, mock)
        for pid in _counted(gateway):
            subprocess.run(["callgrind_control", "--dump", str(pid)], check=True, stdout=subprocess.DEVNULL)
    finally:
        gateway.stop()
        mock.stop()
    costs = collections.Counter()
    for entry in os.listdir(folder):
        # The dumps that were asked for have a number behind the process's; what comes at the end has none.
        if re.match(r"counts\.\d+\.\d+$", entry):
            costs.update(_costs(os.path.join(folder, entry)))
    left = sum(costs.values())
    enough = left * REST
    for function, cost in costs.most_common():
        # Addresses without a name, and the system's libraries, are not the linker's to place; it passes over the latter.
        if function and not function.startswith("0x") and " " not in function:
            print(function)
        left -= cost
        if left < enough:
            break


if __name__ == "__main__":
    main()
