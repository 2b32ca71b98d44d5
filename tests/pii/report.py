#!/usr/bin/env python3
"""Masks a labelled set with mcpgate and with other tools, scores all of them, and prints Markdown tables.

Run by scripts/pii-report.sh, which builds and installs what is named here. Standard library only.
"""
import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

sys.dont_write_bytecode = True
import score  # noqa: E402

HERE = pathlib.Path(__file__).parent
BEGIN, END = "<!-- pii-report: `make pii-report DOCS=yes` writes what follows -->", "<!-- /pii-report -->"

# Name, version (of the lists in peers/), licence, what is switched on.
PEERS = [
    ("datafog-core", "1.0.0", "MIT", "every rule, German locale, names by JSON field"),
    ("openredaction", "1.1.5", "MIT", "as it comes"),
    ("redact-pii", "3.4.0", "MIT", "as it comes"),
    ("compromise", "14.17.0", "MIT", "people, mail addresses, phone numbers"),
    ("argus-redact", "0.8.22", "Apache-2.0", "fast mode, English, German and British rules, whole values"),
    ("euredact", "0.7.0", "Apache-2.0", "all countries, dates of birth too"),
    ("presidio", "2.2.366", "MIT", "as it comes, English, spaCy's small model"),
]
NPM = {"openredaction", "redact-pii", "compromise"}


def masks(a, name, path):
    """What masks a set, as a command."""
    if name == "mcpgate":
        return [a.mcpgate, "mask", path]
    if name == "datafog-core":
        return [a.datafog, path]
    if name in NPM:
        return ["node", HERE / "peers/adapter.mjs", name, path, a.npm]
    return [a.presidio if name == "presidio" else a.python, HERE / "peers/adapter.py", name, path]


def measure(a, name, docs, size):
    """Scores of one tool, and its megabytes a second."""
    print("masking with %s" % name, file=sys.stderr)
    with tempfile.TemporaryFile("w+", encoding="utf-8") as out:
        started = time.perf_counter()
        done = subprocess.run(masks(a, name, a.set), stdout=out, stderr=subprocess.PIPE, text=True)
        seconds = time.perf_counter() - started
        if done.returncode:
            sys.exit("mcpgate: %s did not mask %s:\n%s" % (name, a.set, done.stderr))
        out.seek(0)
        masked = {d["id"]: d for d in map(json.loads, out)}
    if name != "mcpgate":  # Others say how long masking took without their start.
        seconds = json.loads(done.stderr.splitlines()[-1])["seconds"]
    return score.score(docs, masked)[0], size / seconds / 1e6


def percent(share):
    return "-" if share is None else "%.1f" % (100 * share)


def table(head, rows):
    line = lambda cells: "| " + " | ".join(cells) + " |"
    return "\n".join([line(head), line(["---"] + ["---:"] * (len(head) - 1))] + [line(row) for row in rows])


def summary(results):
    head = "tool|recall|strict|names|names, strict|names in JSON|keep|other words|negatives|JSON shape|MB/s".split("|")
    rows = []
    for name, (r, speed) in results.items():
        person, in_json = r["by_type"]["PERSON"], r["person_by_kind"].get("json", {})
        shares = [r["overall"]["recall"], r["overall"]["strict_recall"], person["recall"], person["strict_recall"], in_json.get("recall")]
        shares += [r[key]["share"] for key in ("keep", "other_words_kept", "negatives_untouched", "json_shape_kept")]
        rows.append([name] + [percent(x) for x in shares] + ["%.2g" % speed])
    return table(head, rows)


def recalls(results, title, keys):
    """Recall by a class: mcpgate's, also strict, and the others'."""
    ours = results["mcpgate"][0]
    head = [title, "n", "mcpgate", "strict"] + [name for name in results if name != "mcpgate"]
    rows = []
    for key in keys:
        for group, row in ours[key].items():
            others = [r[key][group]["recall"] for name, (r, _) in results.items() if name != "mcpgate"]
            rows.append([group, str(row["n"])] + [percent(x) for x in [row["recall"], row["strict_recall"]] + others])
    return table(head, rows)


def kept(results):
    """What stays by document kind and language: `keep` strings, and documents without labels."""
    ours = results["mcpgate"][0]
    head = ["kind, language", "keep", "survive", "negatives", "unchanged"]
    rows = []
    for group in ("kind", "lang"):
        for name, row in ours["keep_by_" + group].items():
            negatives = ours["negatives_by_" + group].get(name, {"n": 0, "share": None})
            rows.append([name, str(row["n"]), percent(row["share"]), str(negatives["n"]), percent(negatives["share"])])
    return table(head, rows)


def report(a):
    docs = score.read(a.set)
    size = sum(len((d["text"] if "text" in d else json.dumps(d["doc"], ensure_ascii=False, separators=(",", ":"))).encode()) for d in docs)
    peers = [peer for peer in PEERS if peer[0] != "presidio" or a.presidio]
    results = {name: measure(a, name, docs, size) for name in ["mcpgate"] + [peer[0] for peer in peers]}
    labels = sum(len(d["pii"]) for d in docs)
    negatives = sum(not d["pii"] for d in docs)
    parts = [
        "`%s`: %d documents, %d labelled values, %d documents without any. All figures but the speed are per cent."
        % (a.set.name, len(docs), labels, negatives),
        summary(results),
        "Some tools mask dates, places or companies on purpose; here that counts against what they keep, as it would in a tool's "
        "result. MB/s is an order of magnitude, document by document on a machine that did other things too: mcpgate's is that of the "
        "whole command as it is shipped, the others' without their start. `make bench` measures speed.",
        "**By kind**, recall:",
        recalls(results, "kind", ["by_type"]),
        "**Names by the way they are written**, recall:",
        recalls(results, "form", ["person_by_form"]),
        "**Names by origin, language and kind of document**, recall:",
        recalls(results, "origin, language, document", ["person_by_src", "person_by_lang", "person_by_kind"]),
        "**Everything by language and kind of document**, recall:",
        recalls(results, "language, document", ["by_lang", "by_kind"]),
        "**What stays**, with mcpgate:",
        kept(results),
        "**The other tools**, at these versions and settings; texts as they are, JSON string by string:",
        table(["tool", "version", "licence", "settings"], [list(peer) for peer in peers]).replace("---:", "---"),
    ]
    return "\n\n".join(parts)


def write(page, text):
    old = page.read_text(encoding="utf-8")
    if old.count(BEGIN) != 1 or old.count(END) != 1:
        sys.exit("mcpgate: %s lacks the two lines that the tables go between" % page)
    page.write_text(old.split(BEGIN)[0] + BEGIN + "\n\n" + text + "\n\n" + END + old.split(END)[1], encoding="utf-8")


def main():
    ap = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ap.add_argument("set", type=pathlib.Path)
    ap.add_argument("--mcpgate", required=True, help="the command")
    ap.add_argument("--datafog", required=True, help="datafog-core's, built from peers/")
    ap.add_argument("--npm", required=True, help="the folder with node_modules")
    ap.add_argument("--python", required=True, help="the Python that has argus-redact and euredact")
    ap.add_argument("--presidio", help="the Python that has presidio")
    ap.add_argument("--write", type=pathlib.Path, metavar="PAGE", help="also put the tables between the two marks in this page")
    a = ap.parse_args()
    text = report(a)
    print(text)
    if a.write:
        write(a.write, text)


if __name__ == "__main__":
    main()
