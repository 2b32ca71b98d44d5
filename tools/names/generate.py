#!/usr/bin/env python3
"""Writes the corpus: generate.py FOLDER DOCUMENTS SEED [all|seen|held] > corpus.jsonl

Of the templates `seen` takes six in seven and `held` the others: to see what is learnt and what only remembered.

One document a line, {"json": bool, "text": str}, each name between U+E000 and U+E001. Templates are filled with names
of many cultures, three in ten of them made up from the letters that follow each other in real ones, so that the
tagger learns what surrounds a name and how names look, not the list.
"""
import collections
import itertools
import json
import pathlib
import random
import re
import sys
import unicodedata
import zlib

LANGUAGES = "en de fr es it nl pl".split()
HERE = pathlib.Path(__file__).parent
OPEN, CLOSE = "\ue000", "\ue001"
INVENTED = 0.42
FOREIGN = "es de fr it nl pl en pt tr tr indian indian indian african african arabic arabic chinese chinese korean ja vn vn ru ru uk el cs da sv no fi hu hr is european european european other other other".split()


class Letters:
    """Makes up words of which every three letters follow each other in real ones."""

    def __init__(self, words):
        self.next = collections.defaultdict(list)
        for word in words:
            padded = "^^" + word.lower() + "$"
            for at in range(len(padded) - 2):
                self.next[padded[at:at + 2]].append(padded[at + 2])

    def word(self, rng):
        for _ in range(20):
            word, state = "", "^^"
            while len(word) < 14:
                char = rng.choice(self.next[state])
                if char == "$":
                    break
                word += char
                state = state[1] + char
            if 3 <= len(word) <= 12 and word[-1] not in "-'’":
                return cased(word)
        return cased(word)


def cased(word):
    return re.sub(r"(^|[-'’ ])(\w)", lambda match: match[1] + match[2].upper(), word)


class Names:
    def __init__(self, folder):
        self.people = json.loads((folder / "people.json").read_text())
        us = self.people.pop("us")["family"]
        self.people["en"]["family"] += us
        self.people["asian"]["given"] = self.people["en"]["given"][:400]
        for culture, lists in self.people.items():
            for kind in ("given", "family"):
                if len(lists[kind]) < 40:
                    lists[kind] = lists[kind] + self.people["en"][kind][:300]
        self.letters = {(culture, kind): Letters(lists[kind][:6000]) for culture, lists in self.people.items() for kind in lists}

    def part(self, rng, culture, kind):
        if rng.random() < INVENTED:
            return self.letters[culture, kind].word(rng)
        words = self.people[culture][kind]
        return words[int(len(words) * rng.random() ** (2.5 if culture in ("en", "es") else 1.6))]


PARTICLES = {"nl": ["van", "de", "van de", "van der", "van den", "den", "ter", "ten", "van 't"], "de": ["von", "von der", "zu", "vom"],
             "fr": ["de", "le", "de la", "du", "d'"], "it": ["De", "Di", "Della", "Del", "Lo", "La", "d'", "Dal"], "pt": ["da", "de", "dos", "do", "das"],
             "es": ["de", "del", "de la", "de los"], "arabic": ["al-", "El", "Ben", "bin", "Al", "el-", "Abu", "ibn"]}


class Person:
    def __init__(self, rng, names, language):
        chance = rng.random()
        culture = language if chance < 0.64 else rng.choice(FOREIGN)
        other = culture if rng.random() < 0.85 else rng.choice([language, rng.choice(FOREIGN)])
        self.given = names.part(rng, culture, "given")
        if rng.random() < (0.12 if culture in ("de", "fr") else 0.04):
            self.given += "-" + names.part(rng, culture, "given")
        elif rng.random() < (0.15 if culture in ("es", "it", "pt") else 0.02) and " " not in self.given:
            self.given += " " + names.part(rng, culture, "given")
        self.middle = names.part(rng, culture, "given") if rng.random() < 0.6 else rng.choice("ABCDEFGHJKLMNPRSTW") + "."
        family = names.part(rng, other, "family")
        if rng.random() < {"nl": 0.3, "de": 0.05, "fr": 0.08, "it": 0.08, "pt": 0.2, "es": 0.04, "arabic": 0.2}.get(other, 0):
            particle = rng.choice(PARTICLES[other])
            family = particle + ("" if particle[-1] in "-'" else " ") + family
        if other == "es" and rng.random() < 0.5:
            family += " " + names.part(rng, "es", "family")
        elif rng.random() < (0.06 if other in ("de", "en", "pl", "nl") else 0.02):
            family += "-" + names.part(rng, other, "family")
        if other == "pl" and rng.random() < 0.5:
            family = re.sub(r"(sk|ck|dzk)i$", r"\1a", family)
        self.family = family
        self.first = self.given
        if " " in self.given and rng.random() < 0.5:
            self.first = self.given.split()[0]
        self.full = self.given + " " + self.family
        if other in ("vn", "chinese", "korean", "hu") and rng.random() < 0.35:
            self.full = self.family + " " + self.given

    def ascii(self, text):
        text = text.lower().replace("ä", "ae").replace("ö", "oe").replace("ü", "ue").replace("ß", "ss").replace("ł", "l").replace("ø", "o")
        return "".join(char for char in unicodedata.normalize("NFD", text) if char.isascii() and (char.isalnum() or char in " -"))

    def login(self, rng):
        first, last = self.ascii(self.first).replace(" ", "").replace("-", ""), self.ascii(self.family).replace(" ", "").replace("-", "")
        return rng.choice([first[:1] + last, first + "." + last, last + first[:1], first + last[:1], first + str(rng.randint(1, 99)), last[:5] + first[:2],
                           first + "_" + last, first[:1] + "." + last, last, first])


TITLES = {"en": ["Mr", "Mrs", "Ms", "Mr.", "Mrs.", "Ms.", "Dr", "Dr.", "Prof.", "Prof. Dr.", "Sir", "Professor", "Doctor", "Miss", "Judge", "Captain", "Officer"],
          "de": ["Herr", "Frau", "Herrn", "Dr.", "Frau Dr.", "Herr Dr.", "Prof. Dr.", "Prof.", "Hr.", "Fr.", "Herr Prof.", "Dipl.-Ing.", "Kollege", "Kollegin"],
          "fr": ["M.", "Mme", "Mlle", "Madame", "Monsieur", "Dr", "Me", "Maître", "le Dr", "la Dre", "Pr", "le Pr.", "Docteur"],
          "es": ["Sr.", "Sra.", "Srta.", "el Sr.", "la Sra.", "don", "doña", "D.", "Dña.", "Dr.", "Dra.", "Señor", "Señora", "la doctora", "el doctor", "Prof."],
          "it": ["Sig.", "sig.", "Sig.ra", "sig.ra", "il sig.", "la sig.ra", "Dott.", "dott.ssa", "l'ing.", "Ing.", "Avv.", "l'avv.", "Signor", "Signora", "Prof.", "geom."],
          "nl": ["dhr.", "mevr.", "mw.", "de heer", "mevrouw", "meneer", "Dhr.", "Mevrouw", "dr.", "drs.", "ir.", "prof. dr.", "Mevr.", "mr."],
          "pl": ["pan", "pani", "Pan", "Pani", "pana", "panią", "panem", "dr", "dr hab.", "prof.", "mgr", "inż.", "mec.", "p.", "pani dr", "Panu"]}
MONTHS = {"en": "January February March April May June July August September October November December", "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
          "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre", "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
          "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre", "nl": "januari februari maart april mei juni juli augustus september oktober november december",
          "pl": "stycznia lutego marca kwietnia maja czerwca lipca sierpnia września października listopada grudnia"}
DAYS = {"en": "Monday Tuesday Wednesday Thursday Friday Saturday Sunday", "de": "Montag Dienstag Mittwoch Donnerstag Freitag Samstag Sonntag", "fr": "lundi mardi mercredi jeudi vendredi samedi dimanche",
        "es": "lunes martes miércoles jueves viernes sábado domingo", "it": "lunedì martedì mercoledì giovedì venerdì sabato domenica", "nl": "maandag dinsdag woensdag donderdag vrijdag zaterdag zondag",
        "pl": "poniedziałek wtorek środa czwartek piątek sobota niedziela"}
STREETS = {"en": ["{0} Street", "{0} Road", "{0} Avenue", "{0} Lane", "{0} Drive"], "de": ["{0}straße", "{0}weg", "{0}-Straße", "{0}allee", "{0}platz", "{0}gasse", "Am {0}"], "fr": ["rue {0}", "avenue {0}", "boulevard {0}", "place {0}", "quai {0}"],
           "es": ["calle {0}", "Calle {0}", "avenida {0}", "Avda. {0}", "plaza {0}", "paseo de {0}"], "it": ["via {0}", "Via {0}", "corso {0}", "viale {0}", "piazza {0}"], "nl": ["{0}straat", "{0}laan", "{0}weg", "{0}plein", "{0}kade"],
           "pl": ["ul. {0}", "al. {0}", "ulica {0}", "plac {0}", "os. {0}"]}
FORMS = {"en": ["Ltd", "Inc.", "LLC", "plc", "Group", "Partners", "& Sons", "Holdings", "Associates", "Brothers"], "de": ["GmbH", "AG", "GmbH & Co. KG", "KG", "OHG", "e.K.", "SE", "& Söhne", "& Partner", "Stiftung"], "fr": ["SARL", "SAS", "SA", "& Fils", "et Associés", "Frères"],
         "es": ["S.L.", "S.A.", "e Hijos", "y Asociados", "SLU", "Hermanos"], "it": ["S.r.l.", "S.p.A.", "& Figli", "e Associati", "SNC", "F.lli"], "nl": ["B.V.", "N.V.", "& Zonen", "VOF", "Holding", "Groep"], "pl": ["Sp. z o.o.", "S.A.", "i Wspólnicy", "sp.j.", "i Synowie"]}
KINDS = {"en": ["Bakery", "Consulting", "Logistics", "Motors", "Legal", "Pharma", "Energy", "Systems"], "de": ["Autohaus", "Bäckerei", "Kanzlei", "Möbelhaus", "Spedition", "Apotheke", "Metzgerei"], "fr": ["Boulangerie", "Cabinet", "Garage", "Éditions", "Transports", "Maison"],
         "es": ["Talleres", "Bufete", "Panadería", "Transportes", "Bodegas", "Grupo"], "it": ["Studio", "Officina", "Panificio", "Trasporti", "Cantine", "Gruppo"], "nl": ["Bakkerij", "Garage", "Transport", "Advocaten", "Kwekerij"], "pl": ["Kancelaria", "Piekarnia", "Zakład", "Hurtownia", "Firma", "Apteka"]}
TEAMS = "Core Platform Billing Payments Growth Infra Mobile Search Data Security Identity Checkout Support Design Frontend Backend Onboarding Analytics Compliance Logistics Finance Legal Marketing Sales Operations Research Quality Release Insights Partner Commerce Catalog".split()
GROUPS = ["Team", "Squad", "Chapter", "Guild", "Tribe", "Crew", "Group", "Circle"]
THINGS = "Falcon Orion Phoenix Atlas Nova Titan Apollo Zephyr Comet Horizon Beacon Catalyst Compass Mosaic Prism Quartz Summit Vertex Voyager Aurora Iris Juno Vesta Nimbus Cobalt Onyx Helios Hydra Kestrel Lumen Meridian Nebula".split()
EPONYMS = {"en": ["{0} distance", "{0} algorithm", "{0} test", "{0}'s law", "{0} filter", "{0} transform", "{0} classifier", "{0} curve", "{0} index", "{0} effect", "the {0} theorem", "{0} tree", "{0} number", "{0} syndrome"],
           "de": ["{0}-Algorithmus", "{0}-Verfahren", "{0}-Test", "{0}-Filter", "{0}-Zahl", "{0}sches Gesetz", "{0}-Kurve", "{0}-Index", "{0}-Effekt", "{0}-Syndrom", "{0}-Transformation"],
           "fr": ["algorithme de {0}", "théorème de {0}", "loi de {0}", "test de {0}", "filtre de {0}", "indice de {0}", "maladie de {0}"], "es": ["algoritmo de {0}", "teorema de {0}", "ley de {0}", "prueba de {0}", "filtro de {0}", "índice de {0}", "síndrome de {0}"],
           "it": ["algoritmo di {0}", "teorema di {0}", "legge di {0}", "test di {0}", "filtro di {0}", "indice di {0}", "sindrome di {0}"], "nl": ["{0}-algoritme", "algoritme van {0}", "wet van {0}", "stelling van {0}", "{0}-test", "{0}-index", "ziekte van {0}"],
           "pl": ["algorytm {0}a", "twierdzenie {0}a", "prawo {0}a", "test {0}a", "filtr {0}a", "wskaźnik {0}a", "choroba {0}a"]}
WORDS = {"de": "Bestellung Rechnung Lieferung Abteilung Vertrag Freigabe Auswertung Umsatz Beleg Mahnung Angebot Anfrage Zugang Konto Kunde Zahlung Schulung Inventur Wartung Prüfung Lager Drucker Schlüssel Urlaub Reise Vorlage Bericht Ablage Sitzung Protokoll Haftung Frist Betrag".split()}
COMMENTS = "comment body description message text summary notes note content title subject details reason remark question answer beschreibung nachricht kommentar titel bemerkung texte commentaire objet resume texto comentario descripcion asunto testo commento descrizione oggetto tekst opmerking omschrijving onderwerp opis komentarz tresc temat".split()


class Filler:
    def __init__(self, rng, names, folder):
        self.rng, self.names = rng, names
        self.cities, self.countries = {}, {}
        datasets = folder / "pypi/unpacked/mimesis/datasets"
        for language in LANGUAGES:
            data = json.loads((datasets / language / "address.json").read_text())
            self.cities[language] = data["city"]
            country = data.get("country")
            flat = [name for group in country.values() for name in (group if isinstance(group, list) else [group])] if isinstance(country, dict) else ["Portugal"]
            self.countries[language] = [name for name in flat if isinstance(name, str)]
        self.capitals = collections.defaultdict(list)
        for language in LANGUAGES:
            counts = collections.Counter()
            for line in (folder / "plain" / f"{language}.txt").read_text().splitlines():
                counts.update(re.findall(r"(?<=[a-zà-ž,] )[A-ZÀ-Ž][a-zà-ž]{3,}\b", line))
            self.capitals[language] = [word for word, count in counts.most_common(2500) if count > 2]
        self.plain = {language: (folder / "plain" / f"{language}.txt").read_text().splitlines() for language in LANGUAGES}
        self.namesakes = (HERE / "own/namesakes.txt").read_text().strip().split("|")
        self.listed = {kind: names.people["en"][kind][:1500] for kind in ("given", "family")}

    def start(self, language):
        self.language, self.people = language, {}

    def person(self, number):
        if number not in self.people:
            self.people[number] = Person(self.rng, self.names, self.language)
        return self.people[number]

    def inflect(self, person):
        rng, language = self.rng, self.language
        name = rng.choice([person.first, person.first, person.family, person.full])
        if language == "pl":
            def oblique(word):
                if re.search(r"(sk|ck|dzk)i$", word):
                    return word[:-1] + rng.choice(["iego", "iemu", "im"])
                if re.search(r"(sk|ck|dzk)a$", word):
                    return word[:-1] + rng.choice(["iej", "ą"])
                if word.endswith(("ka", "ga")):
                    return word[:-1] + rng.choice(["i", "ę", "ą"])
                if word.endswith("ia"):
                    return word[:-1] + rng.choice(["", "ę", "ą"])
                if word.endswith("a"):
                    return word[:-1] + rng.choice(["y", "ę", "ą", "ie"])
                if word.endswith("ek"):
                    return word[:-2] + rng.choice(["ka", "kowi", "kiem"])
                if word[-1] in "eioyu":
                    return word + rng.choice(["go", "m"]) if word[-1] in "iy" else word
                return word + rng.choice(["a", "owi", "em"])
            return mark(" ".join(oblique(word) for word in name.split()))
        if language == "en":
            return mark(name) + rng.choice(["'s", "'s", "’s"] if name[-1] != "s" else ["'", "'s", "’"])
        if language == "nl":
            return mark(name) + ("'s" if name[-1] in "aiouy" else "s" if name[-1] not in "sxz" else "'") if rng.random() < 0.7 else mark(name + "s")
        if language == "de":
            return mark(name) + "'" if name[-1] in "sxzß" else mark(name + "s")
        return mark(name)

    def place(self):
        rng, language = self.rng, self.language
        return rng.choice(self.cities[language if rng.random() < 0.8 else rng.choice(LANGUAGES)])

    def made(self):
        """A made-up word for companies and products."""
        rng = self.rng
        if rng.random() < 0.5:
            return self.names.letters[rng.choice(LANGUAGES), "family"].word(rng)
        heads, tails = "Bright Nord Sud Alpen Delta Green Blue Hydro Terra Solar Metal Data Cloud Inter Euro Medi Agro Opti Vita Nova Log Tech Quant Stahl Wald Berg Mar Silva".split(), "forge wind link works tec ix ora line data soft werk bau trans pol net med via nia lux field haus plast chem".split()
        return rng.choice(heads) + rng.choice(tails)

    def like_name(self):
        """A name of nobody."""
        rng = self.rng
        person = Person(rng, self.names, self.language)
        kind = rng.random()
        return person.first if kind < 0.5 else person.family if kind < 0.8 else person.full

    def fill(self, name, number):
        rng, language = self.rng, self.language
        if number is not None:
            person = self.person(number)
            full = person.full
            if name == "full":
                if rng.random() < 0.02:
                    full = full.upper()
                return mark(full)
            if name == "first":
                return mark(person.first)
            if name == "last":
                return mark(person.family)
            if name == "title_last":
                return rng.choice(TITLES[language]) + " " + mark(person.family if rng.random() < 0.85 else full)
            if name == "initial":
                initial = rng.choice([person.given[0] + ".", person.given[0] + ".", person.given[0] + ". " + rng.choice("ABCDEHJKLMNPRST") + "."])
                return mark(initial + " " + person.family if rng.random() < 0.85 else person.given + " " + person.family[0] + ".")
            if name == "middle":
                return mark(person.given + " " + person.middle + " " + person.family)
            if name == "reversed":
                return mark(person.family + ", " + person.given)
            if name == "upper_last":
                return mark(rng.choice([person.family.upper() + " " + person.given, person.given + " " + person.family.upper()]))
            if name == "lower":
                return mark(rng.choice([full, full, person.first]).lower())
            if name == "mention":
                handle = rng.choice([person.ascii(person.first).replace(" ", "."), person.ascii(person.first).replace(" ", "-") + "." + person.ascii(person.family).replace(" ", "."), person.first, person.first.lower(),
                                     person.ascii(person.first).split()[0] if person.ascii(person.first).split() else "x", person.login(rng) if rng.random() < 0.3 else person.first.lower()])
                return "@" + mark(handle)
            if name == "inflected":
                return self.inflect(person)
            if name == "email":
                return person.login(rng) + "@" + self.made().lower() + rng.choice([".com", ".de", ".org", ".net", ".eu", ".fr", ".example"])
            if name == "user":
                return person.login(rng)
            if name == "profile":
                slug = (person.ascii(person.first) + "-" + person.ascii(person.family)).replace(" ", "")
                return "https://" + rng.choice(["profiles.example/in/", "www.people.example/", "social.example/u/", "team.example/~"]) + slug + rng.choice(["", f"-{rng.randint(0, 2**30):x}"])
            return mark(full)
        number_ = rng.randint
        if name == "org":
            noun = rng.choice(self.capitals[language])
            return rng.choice([self.made() + rng.choice(["", "", " " + rng.choice(FORMS[language])]), self.made() + " " + rng.choice(KINDS[language] + [noun]) + rng.choice(["", " " + rng.choice(FORMS[language])]),
                               rng.choice(KINDS[language]) + " " + self.made() + rng.choice(["", " " + rng.choice(FORMS[language])]), noun + " " + rng.choice(FORMS[language]), self.place() + " " + noun + " " + rng.choice(FORMS[language])])
        if name == "org_name":
            family = Person(rng, self.names, language).family
            shape = rng.random()
            if shape < 0.45:
                return family + " " + rng.choice(FORMS[language])
            if shape < 0.6:
                return family + " & " + Person(rng, self.names, language).family
            if shape < 0.8:
                return rng.choice(KINDS[language]) + " " + family
            if shape < 0.88:
                return Person(rng, self.names, language).full + " " + rng.choice(FORMS[language])
            if shape < 0.95:
                return family + " " + cased(rng.choice(self.capitals[language])) + " " + rng.choice(FORMS[language])
            return family + " " + rng.choice(KINDS["en"])
        if name == "team":
            return rng.choice([rng.choice(TEAMS), rng.choice(TEAMS) + " " + rng.choice(GROUPS), rng.choice(GROUPS[:2]) + " " + rng.choice(THINGS), rng.choice(TEAMS) + " " + rng.choice(TEAMS), "Team " + rng.choice(TEAMS)])
        if name == "room":
            return rng.choice([str(number_(1, 4)) + "." + str(number_(1, 40)).zfill(2), rng.choice("ABCD") + str(number_(100, 480)), rng.choice(THINGS), self.place()])
        if name == "room_name":
            return self.like_name()
        if name == "product":
            return rng.choice([rng.choice(THINGS), self.made(), rng.choice(THINGS) + " " + str(number_(2, 12)), *["Redis", "Kafka", "Jira", "Grafana", "PostgreSQL", "Excel", "Outlook", "Terraform", "Jenkins", "SAP", "Confluence", "Kubernetes", "Elasticsearch", "Slack"]])
        if name == "product_name":
            return rng.choice([self.like_name().split()[0], self.like_name().split()[0] + rng.choice([" Pro", " 2", " Cloud", " Desk", " X", ""])])
        if name == "city":
            return self.place()
        if name == "country":
            return rng.choice(self.countries[language])
        if name in ("street", "street_name", "street_named"):
            base = self.like_name() if name == "street_named" or rng.random() < 0.3 else rng.choice(self.capitals[language])
            base = base.replace(" ", "-") if language == "de" else base
            street = rng.choice(STREETS[language]).format(base)
            if name != "street":
                return street
            house = str(number_(1, 180)) + rng.choice(["", "", "a", "b"])
            return house + " " + street if language in ("en", "fr") else street + " " + house
        if name == "date":
            day, month, year = number_(1, 28), number_(1, 12), number_(2019, 2027)
            word = MONTHS[language].split()[month - 1]
            return rng.choice([f"{year}-{month:02}-{day:02}", f"{day:02}.{month:02}.{year}", f"{day:02}/{month:02}/{year}", f"{day} {word} {year}", f"{day}. {word}" if language == "de" else f"{word} {day}" if language == "en" else f"{day} {word}"])
        if name == "time":
            return rng.choice([f"{number_(0, 23):02}:{number_(0, 59):02}", f"{number_(7, 19)}:{number_(0, 5)}0", f"{number_(0, 23):02}:{number_(0, 59):02}:{number_(0, 59):02}"])
        if name == "month":
            return rng.choice(MONTHS[language].split())
        if name == "weekday":
            return rng.choice(DAYS[language].split())
        if name == "amount":
            return rng.choice([f"{number_(1, 9000)},{number_(0, 99):02} €", f"€{number_(10, 900)}", f"{number_(1, 99)}.{number_(100, 999)},00 EUR", f"${number_(5, 500)}.00"])
        if name == "ticket":
            return rng.choice(["OPS", "APP", "HD", "BILL", "NET", "INC", "REQ", "DOC", "MIG"]) + "-" + str(number_(1, 9999))
        if name == "num":
            return str(number_(1, rng.choice([9, 99, 999, 99999])))
        if name == "phone":
            return rng.choice([f"+49 {number_(30, 999)} {number_(10000, 9999999)}", f"0{number_(100, 999)} {number_(100, 999)} {number_(1000, 9999)}", f"+{number_(30, 49)} {number_(100, 999)} {number_(100, 999)} {number_(100, 999)}"])
        if name == "url":
            return "https://" + self.made().lower() + rng.choice([".com", ".io", ".de"]) + "/" + rng.choice(["docs", "t", "wiki/page", "issues"]) + "/" + str(number_(1, 9999))
        if name == "noun":
            return rng.choice(WORDS.get(language, self.capitals[language])) if rng.random() < 0.4 else rng.choice(self.capitals[language])
        if name == "host":
            return rng.choice(["web", "db", "app", "cache", "node", "mail", "build", self.like_name().split()[0].lower()]) + rng.choice(["-", ""]) + str(number_(1, 30)) + rng.choice(["", ".internal", ".example.net"])
        if name == "id":
            return rng.choice([str(number_(1000, 9999999)), f"{rng.choice('ABCFKRST')}-{number_(1000, 99999)}", f"{number_(0, 2**32):08x}", f"{rng.choice(['RE', 'INV', 'ORD', 'KD'])}-{number_(2019, 2027)}-{number_(1, 9999):04}"])
        if name == "bare":
            word = rng.choice(THINGS) if rng.random() < 0.25 else self.like_name().split()[0]
            return unicodedata.normalize("NFD", word.lower()).encode("ascii", "ignore").decode() or "node"
        if name == "words":
            line = rng.choice(self.plain[language])
            words = [word.lower() for word in re.findall(r"[^\W\d_]{2,}", line)]
            size = rng.randint(2, 7)
            at = rng.randrange(max(1, len(words) - size + 1))
            return " ".join(words[at:at + size]) or "ok"
        if name == "ident":
            word = self.like_name() if rng.random() < 0.6 else rng.choice(self.capitals["en"]) + rng.choice(["", "Item", "Manager", "Handler", "View", "Factory"])
            return "".join(part[:1].upper() + part[1:] for part in re.split(r"[^A-Za-z]+", unicodedata.normalize("NFD", word).encode("ascii", "ignore").decode())) or "Item"
        if name == "eponym":
            family = rng.choice(self.namesakes[-70:]) if rng.random() < 0.4 else Person(rng, self.names, language).family
            return rng.choice(EPONYMS[language]).format(family)
        if name == "namesake":
            return rng.choice(self.namesakes)
        raise ValueError(name)

    def document(self, template):
        def replaced(match):
            try:
                return self.fill(match[1], match[2])
            except ValueError:
                return match[0]
        return re.sub(r"\{([a-z_]+)(?::(\w+))?\}", replaced, template)


def mark(name):
    return OPEN + name + CLOSE


def templates(language, part):
    found = []
    folder = HERE / "templates"
    paths = [folder / f"{language}.txt", *sorted(folder.glob(f"{language}-*.txt")), *sorted(folder.glob("any-*.txt"))]
    for path in paths:
        for piece in re.split(r"^---\s*$", path.read_text(), flags=re.M):
            piece = piece.strip("\n")
            kind = "prose"
            if piece.startswith("# kind:"):
                head, _, piece = piece.partition("\n")
                kind = head.partition(":")[2].strip()
            held = zlib.crc32(piece.encode()) % 7 == 0
            if piece.strip() and (part == "all" or held == (part == "held")):
                found.append((kind, piece))
    return found


def main():
    folder, count = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    rng = random.Random(int(sys.argv[3]))
    part = sys.argv[4] if len(sys.argv) > 4 else "all"
    filler = Filler(rng, Names(folder), folder)
    all_templates = {language: templates(language, part) for language in LANGUAGES}
    kinds = {language: [(kind, piece) for kind, piece in found if kind in ("prose", "chat")] for language, found in all_templates.items()}
    plain = filler.plain
    out = sys.stdout

    def share(kind, piece):
        """Traps are rarer in the world than in the templates."""
        return 0.35 if kind in ("prose", "chat", "email") and re.search(r"\{(?:product|room)_name\}", piece) else 1

    shares = {language: list(itertools.accumulate(share(kind, piece) for kind, piece in found)) for language, found in all_templates.items()}

    def write(text, is_json=False):
        out.write(json.dumps({"json": is_json, "text": text}, ensure_ascii=False) + "\n")

    def string(text):
        return json.dumps(text, ensure_ascii=False)

    def wrapped(text):
        key = rng.choice(COMMENTS)
        members = [f"{string(key)}: {string(text)}"]
        if rng.random() < 0.6:
            members.insert(0, '"id": ' + string(filler.fill("id", None)))
        if rng.random() < 0.5:
            members.append('"status": ' + string(rng.choice(["Open", "In Progress", "Done", "Closed", "Waiting", "offen", "En cours", "Abierto"])))
        if rng.random() < 0.3:
            members.append(rng.choice(['"project"', '"team"', '"component"', '"queue"', '"label"']) + ': {"name": ' + string(filler.fill(rng.choice(["team", "product", "org_name", "product_name"]), None)) + "}")
        return "{" + ", ".join(members) + "}"

    def phrase(language):
        """Some words from a text, as titles, labels and goods are written."""
        words = re.findall(r"[^\W\d_]{2,}", rng.choice(plain[language]))
        if len(words) < 4:
            return filler.fill("noun", None)
        size = rng.choice([1, 1, 2, 2, 2, 3, 4])
        at = rng.randrange(len(words) - size + 1)
        some = words[at:at + size]
        if rng.random() < 0.5:
            return " ".join(word[:1].upper() + word[1:] for word in some)
        return " ".join([some[0][:1].upper() + some[0][1:], *some[1:]])

    def things(language):
        """Titles, labels and goods, where names might stand as well."""
        some = [filler.fill("namesake", None) if rng.random() < 0.06 else filler.fill("product_name", None) if rng.random() < 0.02 else phrase(language) for _ in range(rng.randint(2, 7))]
        shape = rng.random()
        if shape < 0.5:
            keys = rng.sample("name title label status category type priority item product module team queue tag subject stage section unit group channel bezeichnung artikel kategorie bereich nom produit catégorie categoría producto nombre nome prodotto reparto naam afdeling artikel nazwa produkt dział".split(), len(some))
            return "{" + ", ".join(f"{string(key)}: {string(value)}" for key, value in zip(keys, some)) + "}", True
        if shape < 0.6:
            return '{"items": [' + ", ".join('{"name": ' + string(value) + ', "sku": "' + filler.fill("id", None) + '"}' for value in some) + "]}", True
        if shape < 0.64:
            return "{" + ", ".join(f"{string(value)}: {filler.fill('num', None)}" for value in some) + "}", True
        if shape < 0.7:
            return "\n".join(rng.choice(["- ", "* ", "1. ", "• "]) + value for value in some), False
        if shape < 0.8:
            return "\n".join(f"{filler.fill('id', None)}{rng.choice(';,|')}{value}{rng.choice(';,|')}{filler.fill('num', None)}" for value in some), False
        if shape < 0.9:
            return "\n".join(f"{some[at]}: {some[at + 1]}" for at in range(0, len(some) - 1, 2)), False
        return rng.choice([" > ", ", ", " / ", " | "]).join(some), False

    for _ in range(count):
        language = rng.choices(LANGUAGES, [5, 5, 2, 2, 2, 2, 2])[0]
        filler.start(language)
        chance = rng.random()
        if chance < 0.09:
            write(*things(language))
            continue
        if chance < 0.22:
            # Nothing in it.
            text = rng.choice([" ", "\n", "\n\n"]).join(rng.sample(plain[language], rng.choice([1, 1, 2, 3])))
            if rng.random() < 0.5:
                write(wrapped(text), True)
            else:
                write(text)
            continue
        [(kind, piece)] = rng.choices(all_templates[language], cum_weights=shares[language])
        text = filler.document(piece)
        if kind in ("prose", "chat"):
            more = 0
            while rng.random() < 0.55 and more < 6:
                more += 1
                if rng.random() < 0.5:
                    # Other people.
                    filler.people = {str(100 * more + number): person for number, person in enumerate(filler.people.values())}
                other, piece = rng.choice(kinds[language])
                if rng.random() > share(other, piece):
                    continue
                text += ("\n" if kind == "chat" else rng.choice([" ", " ", "\n", "\n\n"])) + filler.document(piece)
            if rng.random() < 0.12:
                text += rng.choice([" ", "\n"]) + rng.choice(plain[language])
            if rng.random() < (0.15 if kind == "chat" else 0.02):
                text = text.lower()
            elif rng.random() < 0.01:
                text = text.upper()
            if rng.random() < 0.3:
                write(wrapped(text), True)
                continue
        if kind == "json":
            try:
                json.loads(text)
                write(text, True)
                continue
            except ValueError:
                pass
        write(text)


main()
