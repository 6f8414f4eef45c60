#!/usr/bin/env python3
"""Derives Wenda's pinyin tables from pypinyin's data (MIT) and jieba's word counts (MIT).

    python3 scripts/build_pinyin.py --pypinyin pypinyin --jieba jieba --out data

writes `pinyin-chars.tsv` (`syllables TAB characters` read so first, and after a
second TAB those read so sometimes) and `pinyin-phrases.tsv` (`word TAB
syllables`), words in common use whose reading differs from the first readings
of their characters. Syllables have no tones and write ü as v.
"""

import argparse
import collections
import json
import unicodedata
from pathlib import Path

MIN_COUNT = 20  # uses of a word in jieba's counts from which its reading is kept


def toneless(marked):
    """`lǜ` as `lv`, `shì` as `shi`; syllabic nasals become the nearest vowel."""
    letters = unicodedata.normalize("NFD", marked.replace("ê", "e"))
    plain = "".join("v" if c == "\u0308" else c for c in letters
                    if not unicodedata.combining(c) or c == "\u0308")
    return plain.replace("uv", "v")


def read_counts(folder):
    counts = {}
    for line in (folder / "dict.txt").read_text(encoding="utf-8").splitlines():
        word, count, *_ = line.split(" ")
        counts[word] = int(count)
    return counts


def character_table(folder, counts):
    """{character: [syllable, ...]} of the characters that jieba's words use."""
    used = {c for word in counts for c in word}
    table = {}
    for code, marks in json.loads((folder / "pinyin_dict.json").read_text(encoding="utf-8")).items():
        char = chr(int(code))
        if char in used:
            table[char] = list(dict.fromkeys(toneless(m) for m in marks.split(",")))
    return table


def phrase_table(folder, chars, counts):
    phrases = json.loads((folder / "phrases_dict.json").read_text(encoding="utf-8"))
    table, spoken = {}, collections.Counter()
    for word, marks in phrases.items():
        syllables = [toneless(m[0]) for m in marks]
        if len(syllables) != len(word) or counts.get(word, 0) < MIN_COUNT:
            continue
        for char, syllable in zip(word, syllables):
            spoken[char, syllable] += counts[word]
        if any(c in chars and s != chars[c][0] for c, s in zip(word, syllables)):
            table[word] = syllables
    return table, spoken


def common_readings(chars, spoken):
    """Readings ordered by use in words; those hardly used are dropped, three kept."""
    for char, readings in chars.items():
        total = sum(spoken[char, r] for r in readings)
        first = readings[0]
        if total >= 200:
            kept = [r for r in readings if r == first or spoken[char, r] >= 0.02 * total]
            yield char, [first] + sorted((r for r in kept if r != first), key=lambda r: -spoken[char, r])[:2]
        else:
            yield char, readings[:2]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("pypinyin", "jieba", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    counts = read_counts(options.jieba)
    chars = character_table(options.pypinyin, counts)
    phrases, spoken = phrase_table(options.pypinyin, chars, counts)
    main_of, other_of = collections.defaultdict(list), collections.defaultdict(list)
    for char, readings in common_readings(chars, spoken):
        main_of[readings[0]].append(char)
        for reading in readings[1:]:
            other_of[reading].append(char)
    lines = []
    for syllable in sorted(main_of.keys() | other_of.keys()):
        both = "".join(sorted(main_of[syllable])) + "\t" + "".join(sorted(other_of[syllable]))
        lines.append(syllable + "\t" + both)
    (options.out / "pinyin-chars.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    lines = [word + "\t" + " ".join(syllables) for word, syllables in sorted(phrases.items())]
    (options.out / "pinyin-phrases.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(chars), "characters;", len(phrases), "phrases;", len(main_of), "syllables")


if __name__ == "__main__":
    main()
