"""How a question and a stretch of a document become tokens; src/encode does the same.

<s> question </s> title </s> window </s>, where a window is as many whole sentences of a passage as fit into WINDOW characters.
"""
import re

WINDOW = 220
QUESTION_TOKENS = 96
TITLE_TOKENS = 32
MOST_TOKENS = 320

SPACE = re.compile(r"\s")
SENTENCE = re.compile(r"[^。！？!?…\n]*[。！？!?…\n]*[”’」』）)》]*\s*")


def windows(text):
    """Ranges of the text: whole sentences together, up to WINDOW characters; a longer sentence is cut."""
    ranges, start, end = [], 0, 0
    for match in SENTENCE.finditer(text):
        if match.start() == match.end():
            continue
        if match.end() - start > WINDOW and end > start:
            ranges.append((start, end))
            start = end
        end = match.end()
        while end - start > WINDOW:
            ranges.append((start, start + WINDOW))
            start += WINDOW
    if end > start:
        ranges.append((start, end))
    return ranges


def title_of(title, section):
    """What stands above a passage, in a line: the title and the last heading."""
    last = section[-1] if section else ""
    return title if not last or last == title else f"{title} {last}"


def asked(question, context):
    """The question, with the one before it where it leans on it."""
    return f"{context} {question}" if context else question


def encode(reader, question, title, window):
    """Ids, segments, and for each token its span of the window in characters (None outside)."""
    marks = reader.config
    question, title, body = (reader.tokenizer.encode(SPACE.sub(" ", text)) for text in (question, title, window))
    head = [marks["bos"]] + question.ids[:QUESTION_TOKENS] + [marks["eos"]]
    above = title.ids[:TITLE_TOKENS] + [marks["eos"]]
    room = MOST_TOKENS - len(head) - len(above) - 1
    ids = head + above + body.ids[:room] + [marks["eos"]]
    segments = [0] * len(head) + [1] * len(above) + [2] * len(body.ids[:room]) + [0]
    offsets = [None] * (len(head) + len(above)) + list(body.offsets[:room]) + [None]
    return ids, segments, offsets
