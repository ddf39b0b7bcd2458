"""What processes cost: processor time and memory, from /proc."""
import os
import threading
import time

TICK = os.sysconf("SC_CLK_TCK")


def _stat(pid):
    """Parent and processor seconds of a process."""
    with open(f"/proc/{pid}/stat") as file:
        text = file.read()
    fields = text[text.rindex(")") + 2:].split()
    return int(fields[1]), (int(fields[11]) + int(fields[12])) / TICK


def family(root):
    """A process and everything below it."""
    children = {}
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            children.setdefault(_stat(pid)[0], []).append(int(pid))
        except (OSError, ValueError):
            pass
    found, todo = {root}, [root]
    while todo:
        for child in children.get(todo.pop(), []):
            if child not in found:
                found.add(child)
                todo.append(child)
    return found


def cpu_seconds(pids):
    total = 0.0
    for pid in pids:
        try:
            total += _stat(pid)[1]
        except OSError:
            pass
    return total


def cpu_nanoseconds(pids):
    """Processor time of some processes, all threads that live, as exact as the scheduler counts."""
    total = 0
    for pid in pids:
        try:
            for thread in os.listdir(f"/proc/{pid}/task"):
                with open(f"/proc/{pid}/task/{thread}/schedstat") as file:
                    total += int(file.read().split()[0])
        except OSError:
            pass
    return total


def named(pids, names):
    """Those of the processes that were started under one of these names."""
    found = []
    for pid in pids:
        try:
            with open(f"/proc/{pid}/comm") as file:
                if file.read().strip() in names:
                    found.append(pid)
        except OSError:
            pass
    return found


def pss_mb(pids):
    """The proportional share of memory, in MB of 2^20 bytes."""
    total = 0
    for pid in pids:
        try:
            with open(f"/proc/{pid}/smaps_rollup") as file:
                total += sum(int(line.split()[1]) for line in file if line.startswith("Pss:"))
        except OSError:
            pass
    return total / 1024


def _busy_seconds():
    with open("/proc/stat") as file:
        user, nice, system = (int(x) for x in file.readline().split()[1:4])
    return (user + nice + system) / TICK


class Meter:
    """Takes processor time and the highest memory of a family while something runs, and what others used meanwhile."""

    def __init__(self, root, bystanders=(), memory=False):
        self.root, self.bystanders, self.memory = root, bystanders, memory

    def __enter__(self):
        self.family = family(self.root) if self.root else set()
        self._others = set().union(*(family(pid) for pid in self.bystanders)) - self.family
        self._begin = self._clocks()
        self.pss = 0.0
        self._stop = threading.Event()
        self._sampler = threading.Thread(target=self._sample)
        if self.memory:
            self._sampler.start()
        return self

    def __exit__(self, *_):
        begin, end = self._begin, self._clocks()
        self._stop.set()
        if self.memory:
            self._sampler.join()
        seconds, self.cpu, others, own, busy = (b - a for a, b in zip(begin, end))
        self.foreign = max(0.0, (busy - self.cpu - others - own) / seconds)

    def _clocks(self):
        return time.monotonic(), cpu_seconds(self.family), cpu_seconds(self._others), sum(os.times()[:4]), _busy_seconds()

    def _sample(self):
        while not self._stop.wait(0.5):
            self.pss = max(self.pss, pss_mb(self.family))
