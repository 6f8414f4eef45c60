#!/usr/bin/env python3
"""Makes questions that a corpus all but answers: takes the answers of some questions out of their documents.

Usage: withhold.py SET OUT QUESTIONS.jsonl ...

SET has corpus/ with one subject a file, and the question files, whose questions name the documents and the words that answer. OUT
gets many corpora in folders of their own, each with corpus/ and questions.jsonl: one with all files, and small ones, where files that
follow one another stay together. A fifth of the files is withheld whole; of the others about a third of the questions lose their answer, by
turns its words alone, the clause around them, or the sentence around them. The question is then unanswerable, and so is every other question of the file whose answer went with it.
"""
import json
import pathlib
import random
import re
import sys
import unicodedata

# An answer that stands in a text more often is not withheld: taking it out would leave a torso.
OFTEN = 3
SHARE = 0.35
SIZES = [1, 2, 4, 8, 16]
MODES = ["answer"] * 3 + ["clause"] * 2 + ["sentence"] * 3
# So many files in a hundred are withheld whole; those of the same title stay, so that the subject is still there.
FILES = 20


def comparable(text):
    return "".join(unicodedata.normalize("NFKC", text).split())


def spaced(answer):
    """A pattern for the answer with white space anywhere in it."""
    return re.compile(r"\s*".join(re.escape(c) for c in answer if not c.isspace()))


def held(text, answers):
    text = comparable(text)
    return all(any(comparable(alternative) in text for alternative in group) for group in answers)


def withhold(text, answers, mode):
    """The text without the answer, or nothing where it cannot be taken out cleanly."""
    ends = {"answer": "", "clause": "，。！？；,;!?\n", "sentence": "。！？!?\n"}[mode]
    for alternative in answers[0]:
        pattern = spaced(alternative)
        if len(pattern.findall(text)) > OFTEN:
            return None
        while found := pattern.search(text):
            start, end = found.span()
            if ends:
                while start > 0 and text[start - 1] not in ends:
                    start -= 1
                while end < len(text) and text[end - 1] not in ends:
                    end += 1
            text = text[:start] + text[end:]
    return text


def main():
    source, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    rng = random.Random(11)
    questions = [json.loads(line) for name in sys.argv[3:] for line in open(source / name)]
    by_document = {}
    for question in questions:
        if question["answers"] and question["passages"]:
            by_document.setdefault(question["passages"][0]["document"], []).append(question)
    documents = sorted(by_document)
    texts, modes = {}, {}
    for document in documents:
        texts[document] = (source / "corpus" / document).read_text()
        asked = by_document[document]
        if rng.randrange(100) < FILES:
            texts[document] = None
            continue
        for question in rng.sample(asked, max(1, round(SHARE * len(asked)))):
            mode = rng.choice(MODES)
            text = withhold(texts[document], question["answers"], mode)
            if text and not held(text, question["answers"]):
                texts[document] = text
                modes[question["id"]] = mode
    groups, at = [("all", documents)], 0
    while at < len(documents):
        size = rng.choice(SIZES)
        groups.append((f"small-{len(groups):04}", documents[at : at + size]))
        at += size
    for name, members in groups:
        folder = out / name / "corpus"
        folder.mkdir(parents=True, exist_ok=True)
        kept = [document for document in members if texts[document]]
        if not kept:
            continue
        for document in kept:
            (folder / document).write_text(texts[document])
        with open(out / name / "questions.jsonl", "w") as file:
            for document in members:
                for question in by_document[document]:
                    answerable = texts[document] is not None and held(texts[document], question["answers"])
                    tags = dict(question["tags"], withheld=modes.get(question["id"], "file" if texts[document] is None else "other"))
                    if answerable:
                        del tags["withheld"]
                    kept_answers = question["answers"] if answerable else []
                    row = dict(question, answerable=answerable, answers=kept_answers, tags=tags)
                    file.write(json.dumps(row, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
