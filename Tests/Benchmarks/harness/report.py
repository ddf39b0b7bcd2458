"""The table: what was measured, beside nginx, against what must hold."""
import json
import os
import statistics

LIMITS = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "limits.json")


def limits():
    with open(LIMITS) as file:
        return json.load(file)


def middle(rounds, name):
    return statistics.median(row[name] for row in rounds)


class Row:
    """One figure: what KeiRouter took, what nginx took, and the value that is judged."""

    def __init__(self, key, what, ours, judged, nginx="", unit=""):
        self.key, self.what, self.ours, self.judged, self.nginx, self.unit = key, what, ours, judged, nginx, unit
        limit = limits()["benchmarks"][key]
        self.must, self.stretch, self.at_least = limit["must"], limit["stretch"], limit.get("at_least", False)

    def _within(self, limit):
        return self.judged >= limit if self.at_least else self.judged <= limit

    @property
    def holds(self):
        return self._within(self.must)

    @property
    def verdict(self):
        return "**no**" if not self.holds else "yes, stretch too" if self._within(self.stretch) else "yes"

    def cells(self):
        sign = "≥" if self.at_least else "≤"
        bounds = [f"{sign} {number(limit)}{self.unit}" for limit in (self.must, self.stretch)]
        return [self.key, self.what, self.nginx, self.ours, f"{number(self.judged)}{self.unit}", *bounds, self.verdict]


def number(value):
    if value >= 100:
        return f"{value:,.0f}".replace(",", " ")
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}".rstrip("0").rstrip(".")


def table(rows):
    head = ["#", "what", "nginx", "KeiRouter", "judged", "must", "stretch", "holds"]
    lines = ["| " + " | ".join(head) + " |", "|---|---|--:|--:|--:|--:|--:|---|"]
    return "\n".join(lines + ["| " + " | ".join(row.cells()) + " |" for row in rows])


# ---- rows from measurements ----

def unary_row(key, what, ours, nginx):
    """Processor time of a request, as a multiple of nginx's in the same round."""
    ratio = statistics.median(a["cpu_us"] / b["cpu_us"] for a, b in zip(ours, nginx))
    return Row(key, what, f"{number(middle(ours, 'cpu_us'))} µs", ratio, f"{number(middle(nginx, 'cpu_us'))} µs", " ×")


def ratio_row(key, what, ours, plain):
    """Processor time of a request, as a multiple of the gateway's own in the same round."""
    ratio = statistics.median(a["cpu_us"] / b["cpu_us"] for a, b in zip(ours, plain))
    return Row(key, what, f"{number(middle(ours, 'cpu_us'))} µs", ratio, f"plain {number(middle(plain, 'cpu_us'))} µs", " ×")


def added_row(key, what, name, ours, nginx, direct):
    """Time added over asking the upstream directly in the same round, in microseconds."""
    added = [statistics.median(a[name] - b[name] for a, b in zip(rows, direct)) for rows in (ours, nginx)]
    return Row(key, what, f"{number(middle(ours, name))} µs", added[0], f"+{number(added[1])} µs", " µs")


def plain_row(key, what, name, ours, nginx, unit):
    """A figure that is judged as it stands."""
    taken = middle(ours, name)
    return Row(key, what, f"{number(taken)}{unit}", taken, f"{number(middle(nginx, name))}{unit}", unit)


def value_row(key, what, value, unit, beside=""):
    return Row(key, what, f"{number(value)}{unit}", value, beside, unit)
