"""What the program itself finds for questions whose answers are known, as material for training the reader.

candidates.py WENDA OUT.jsonl SET[:QUESTIONS.jsonl ...] ...
SET is a folder with corpus/ and question files (questions.jsonl where none is named); SET@CORPUS takes the documents from another
folder. Indexes are kept beside OUT. One line a question:
{"id", "set", "question", "context", "answerable", "passages": [{"document", "title", "section", "text", "spans": [[start, end]],
"label": 1 answers, 0 does not, null cannot be told}]}; spans are in characters of the text.
"""
import json
import re
import subprocess
import sys
import unicodedata
from pathlib import Path

TOP = 12
# A list that stands further apart is no one span.
LONGEST_SPAN = 160


def folded(text):
    """The text without white space and compatibility forms, and for each of its characters the place in the original."""
    chars, places = [], []
    for place, char in enumerate(text):
        for part in unicodedata.normalize("NFKC", char):
            if not part.isspace():
                chars.append(part)
                places.append(place)
    return "".join(chars), places


def found(text, alternatives):
    """Where any of the alternatives stands, as spans of the text."""
    plain, places = folded(text)
    spans = []
    for alternative in alternatives:
        wanted = folded(alternative)[0]
        if wanted:
            spans += [(places[m.start()], places[m.end() - 1] + 1) for m in re.finditer(re.escape(wanted), plain)]
    return spans


def is_gold(passage, gold):
    """Whether a passage is one of those that answer; None where only its document is known."""
    told = [one for one in gold if one["document"] == passage["document"]["path"]]
    if not told:
        return False
    text = folded(passage["text"])[0]
    parts = [folded(one["text"])[0] for one in told if one.get("text")]
    if not parts:
        return None
    return any(part in text or text in part or part[:20] in text or part[-20:] in text for part in parts)


def labelled(passage, question):
    """The spans that answer within a passage, and whether it answers (None: cannot be told)."""
    if not question["answerable"]:
        return [], 0
    gold, answers = is_gold(passage, question["passages"]), question["answers"]
    if not answers:
        return [], {True: 1, False: 0, None: None}[gold]
    groups = [found(passage["text"], group) for group in answers]
    met = [spans for spans in groups if spans]
    if not met:
        return [], 0
    # The words stand in another passage than the one that answers: by chance, or because it answers as well.
    if gold is False:
        return [], None
    if len(met) > 1:
        start, end = min(s[0][0] for s in met), max(s[0][1] for s in met)
        if end - start <= LONGEST_SPAN:
            return [(start, end)], 1
    spans = met[0]
    if gold:
        inside = [span for one in question["passages"] if one.get("text") for span in within(passage["text"], one["text"], spans)]
        spans = inside or spans
    return [list(span) for span in spans[:4]], 1 if 2 * len(met) >= len(groups) else None


def within(text, part, spans):
    at = text.find(part)
    return [span for span in spans if at >= 0 and at <= span[0] and span[1] <= at + len(part)]


def main():
    wenda, out = sys.argv[1], Path(sys.argv[2])
    with out.open("w", encoding="utf-8") as lines:
        for argument in sys.argv[3:]:
            folder, *files = argument.split(":")
            folder, _, corpus = folder.partition("@")
            folder, corpus = Path(folder), Path(corpus or f"{folder}/corpus")
            questions = []
            for name in files or ["questions.jsonl"]:
                questions += [json.loads(line) for line in (folder / name).open(encoding="utf-8")]
            index = out.parent / "index" / re.sub(r"\W+", "-", str(corpus))
            asked = "".join(
                json.dumps({"question": q["question"], "context": q.get("context")}, ensure_ascii=False) + "\n" for q in questions
            )
            command = [wenda, "--corpus", str(corpus), "--index", str(index), "ask", "--jsonl", "--top", str(TOP)]
            answers = subprocess.run(command, input=asked, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout
            for question, answer in zip(questions, map(json.loads, answers.splitlines()), strict=True):
                passages = []
                for passage in answer["passages"]:
                    spans, label = labelled(passage, question)
                    source = passage["document"]
                    passages.append({
                        "document": source["path"], "title": source["title"] or "", "section": passage["section"],
                        "text": passage["text"], "spans": spans, "label": label,
                    })
                row = {key: question.get(key) for key in ("id", "question", "context", "answerable", "tags", "lang")}
                lines.write(json.dumps({**row, "set": folder.name, "passages": passages}, ensure_ascii=False) + "\n")
            print(argument, len(questions), flush=True)


if __name__ == "__main__":
    main()
