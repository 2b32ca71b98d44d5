#!/usr/bin/env python3
"""Checks set.jsonl against the rules of README.md, against its generator, and the scorer on it. Standard library only."""
import filecmp
import pathlib
import re
import subprocess
import sys
import tempfile

sys.dont_write_bytecode = True
import score  # noqa: E402

HERE = pathlib.Path(__file__).parent
SET = HERE / "set.jsonl"
MADE_BY = ["1000", "20261103"]

LANGUAGES = set("en de fr es it nl pl".split())
KINDS = set("prose chat email log code csv json".split())
TYPES = set(
    "PERSON EMAIL PHONE STREET_ADDRESS DATE_OF_BIRTH USERNAME IBAN CREDIT_CARD IP_ADDRESS MAC PASSPORT SECRET US_SSN UK_NINO "
    "UK_NHS DE_STEUER_ID DE_RVNR DE_PERSONALAUSWEIS LICENSE_PLATE_DE FR_NIR ES_DNI_NIE IT_CODICE_FISCALE NL_BSN PL_PESEL".split()
)
FORMS = set(
    "full first_alone first_again last title_last initial middle reversed upper_last lower mention inflected field_first "
    "field_last".split()
)
ORIGINS = set("native foreign rare".split())


def luhn(digits):
    doubled = [int(d) * (2 if i % 2 else 1) for i, d in enumerate(reversed(digits))]
    return sum(d - 9 if d > 9 else d for d in doubled) % 10 == 0


def mod97(iban):
    return int("".join(str(int(c, 36)) for c in iban[4:] + iban[:4])) % 97 == 1


def faults(d):
    if set(d) != {"id", "lang", "kind", "pii", "keep", "doc" if d["kind"] == "json" else "text"}:
        yield "its members"
    if d["lang"] not in LANGUAGES or d["kind"] not in KINDS:
        yield "its language or kind"
    strings = score.strings(score.content(d))
    text = score.squeeze("\n".join(view for s in strings for view in score.decoded(s)))
    for x in d["pii"]:
        person = {"form", "src"} if x["type"] == "PERSON" else set()
        if x["type"] not in TYPES or set(x) != {"type", "value"} | person:
            yield "the label of %r" % x["value"]
        if person and (x["form"] not in FORMS or x["src"] not in ORIGINS):
            yield "form or origin of %r" % x["value"]
        if not score.leaks(x["type"], x["value"], text):
            yield "%r is not in it" % x["value"]
        bare = re.sub(r"[^0-9A-Za-z]", "", x["value"])
        if x["type"] == "CREDIT_CARD" and not luhn(bare) or x["type"] == "IBAN" and not mod97(bare):
            yield "the check digits of %r" % x["value"]
    rest = "\n".join(score.blank(strings, [x["value"] for x in d["pii"]]))
    for k in d["keep"]:
        if k not in rest:
            yield "%r is to be kept and not in it, or within a label" % k


def main():
    docs = score.read(SET)
    wrong = ["%s: %s" % (d["id"], fault) for d in docs for fault in faults(d)]
    if len({d["id"] for d in docs}) != len(docs):
        wrong.append("two documents have one id")
    negatives = sum(not d["pii"] for d in docs) / len(docs)
    if not 0.34 < negatives < 0.36:
        wrong.append("%.1f %% of the documents have no labels" % (100 * negatives))

    unchanged = score.score(docs, {d["id"]: d for d in docs})[0]
    nothing = score.score(docs, {})[0]
    emptied = score.score(docs, {d["id"]: {"doc": None} for d in docs})[0]
    figures = [(r["overall"]["recall"], r["keep"]["share"], r["negatives_untouched"]["share"]) for r in (unchanged, nothing, emptied)]
    if figures != [(0, 1, 1), (0, 0, 0), (1, 0, 0)]:
        wrong.append("the scorer, on all unchanged, all missing, all emptied: %s" % figures)

    with tempfile.TemporaryDirectory() as folder:
        again = pathlib.Path(folder) / "set.jsonl"
        subprocess.run([sys.executable, "-B", HERE / "make_set.py", *MADE_BY, again], check=True, stdout=subprocess.DEVNULL)
        if not filecmp.cmp(again, SET, shallow=False):
            wrong.append("set.jsonl is not what make_set.py %s makes" % " ".join(MADE_BY))

    print("\n".join(wrong[:20]) or "%d documents, %d labels: as they should be" % (len(docs), sum(len(d["pii"]) for d in docs)))
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
