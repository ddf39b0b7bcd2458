"""A coding agent's conversation: what it sends on each turn, and what the turns cost."""
import http.client
import json
import random
import statistics
import time

from .processes import cpu_nanoseconds

PATH = "/v1/chat/completions"
WORDS = ("the build fails with an undefined symbol in module bar; please look at func main() and explain why the test at "
         "line 42 is red, then mend it without touching the public interface of the package").split()


class Conversation:
    """Grows by one turn at a time; every text of it is new, so that no memory of another flatters whoever answers."""

    def __init__(self, seed, result_bytes=3800):
        self.random = random.Random(seed)
        self.result_bytes = result_bytes
        self.messages = [{"role": "system", "content": "You are a careful coding agent. " + self.text(2000)},
                         {"role": "user", "content": self.text(400)}]

    def text(self, size):
        words, length = [], 0
        while length < size:
            word = self.random.choice(WORDS) if self.random.random() < 0.9 else f"x{self.random.randrange(1 << 30)}"
            words.append(word)
            length += len(word) + 1
        return " ".join(words)

    def diff(self, size):
        """A change as `git diff` prints it: mostly context."""
        name = f"Sources/Part{self.random.randrange(1 << 20)}/Widget.swift"
        lines = [f"diff --git a/{name} b/{name}", "index 1111111..2222222 100644", f"--- a/{name}", f"+++ b/{name}"]
        length = sum(map(len, lines))
        while length < size:
            start = self.random.randrange(1, 5000)
            lines.append(f"@@ -{start},31 +{start},31 @@ struct Widget {{")
            for number in range(31):
                value = self.random.randrange(1 << 16)
                line = (f"-    let width = compute({value}, base: origin)" if number == 15 else
                        f"+    let width = compute({value}, base: origin)" if number == 16 else
                        f"     let height{number} = measure({value}, from: container)")
                lines.append(line)
                length += len(line) + 1
        return "\n".join(lines) + "\n"

    def advance(self):
        """The agent calls a tool and has its result; returns how many bytes of text are new."""
        number = len(self.messages)
        call = {"id": f"call_{number}", "type": "function",
                "function": {"name": "Bash", "arguments": json.dumps({"command": "git diff"})}}
        said, output = self.text(500), self.diff(self.result_bytes)
        self.messages += [{"role": "assistant", "content": said, "tool_calls": [call]},
                          {"role": "tool", "tool_call_id": call["id"], "content": output}]
        return len(said) + len(output)

    def grow(self, size):
        while self.size < size:
            self.advance()
        return self

    @property
    def size(self):
        return len(json.dumps(self.messages))

    def body(self, model):
        return json.dumps({"model": model, "max_tokens": 64, "messages": self.messages}).encode()


def ask(target, body):
    """Seconds for one whole answer on a connection of its own that is warm."""
    connection = http.client.HTTPConnection("127.0.0.1", target.port, timeout=30)
    connection.connect()
    try:
        begun = time.perf_counter()
        connection.request("POST", PATH, body, {"Content-Type": "application/json", **target.headers})
        response = connection.getresponse()
        response.read()
        taken = time.perf_counter() - begun
    finally:
        connection.close()
    if response.status != 200:
        raise RuntimeError(f"{target.name} answered {response.status}")
    return taken


def first_and_next(direct, guarded, samples):
    """Milliseconds added to a history of 500 KB: when it is first seen, and on the turn after."""
    first, after = [], []
    for sample in range(samples):
        conversation = Conversation(f"p5 {time.time_ns()} {sample}").grow(500_000)
        for times in (first, after):
            base = statistics.median(ask(direct, conversation.body(direct.model)) for _ in range(3))
            times.append((ask(guarded, conversation.body(guarded.model)) - base) * 1000)
            conversation.advance()
    return {"first_ms": statistics.median(first), "next_ms": statistics.median(after), "foreign": 0.0}


def growth(guarded, services, turns):
    """What turns cost late in a conversation against early in it, in processor time.

    `services`: the process ids of guard and saver. Returns the ratio of their cost per new byte, and the router's
    microseconds per KB of history.
    """
    router = [guarded.pid]
    conversations = [Conversation(f"p13 {time.time_ns()} {n}") for n in range(16)]
    taken = []  # per turn: services' ns, router's ns, new bytes, history in KB
    for _ in range(turns):
        new = sum(conversation.advance() for conversation in conversations)
        bodies = [conversation.body(guarded.model) for conversation in conversations]
        before = cpu_nanoseconds(services), cpu_nanoseconds(router)
        for body in bodies:
            ask(guarded, body)
        after = cpu_nanoseconds(services), cpu_nanoseconds(router)
        taken.append((after[0] - before[0], after[1] - before[1], new, sum(map(len, bodies)) / 1000))
    # The first turns warm things up.
    third = (turns - 5) // 3
    early, late = taken[5:5 + third], taken[-third:]

    def per_new(rows):
        return sum(row[0] for row in rows) / sum(row[2] for row in rows)

    def mean(rows, column):
        return statistics.mean(row[column] for row in rows)

    router_us = (mean(late, 1) - mean(early, 1)) / 1000 / (mean(late, 3) - mean(early, 3))
    return {"growth": per_new(late) / per_new(early), "router_us_kb": router_us}
