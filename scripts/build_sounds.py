#!/usr/bin/env python3
"""Learns how English letters are written in Chinese syllables, from ECDICT's names (MIT).

A name and its Chinese form are cut into pairs of one to four letters and one
syllable (a joint multigram: Deligne and Bimbot 1995); expectation maximisation
finds which pairs are likely. The table gives for each pair how much likelier
it is than chance, in natural-log units times 10.

    python3 scripts/build_sounds.py --ecdict ecdict/package --pypinyin pypinyin --jieba jieba --out data

writes data/sounds.tsv: `letters TAB syllable:score syllable:score ...`, and in
its last line, `# TAB character:odds ...`, the characters of such names and how
much likelier they are there than in running text, in the same unit.
"""

import argparse
import collections
import json
import math
import re
from pathlib import Path

from build_lexicon import BRACKETS, read_ecdict
from build_pinyin import read_counts, toneless

MAX_LETTERS = 4
ROUNDS = 12
MIN_COUNT = 1.5  # expected uses of a pair in all names
MIN_CHARACTER = 8  # names that use a character, for it to count as theirs
NAME = re.compile(r"人名|男子名|女子名|姓氏|教名")


def name_pairs(rows, readings):
    """(English letters, Chinese characters, syllables) of names with one reading."""
    for row in rows:
        word = row["word"].lower()
        if not re.fullmatch(r"[a-z]{3,14}", word) or not NAME.search(row["translation"]):
            continue
        for line in row["translation"].replace("\\n", "\n").split("\n"):
            if not NAME.search(line):
                continue
            line = re.sub(r"^\s*(?:\[[^\]]*\]|[a-z]+\.)", "", BRACKETS.sub(" ", line.replace("[人名]", "")))
            for chinese in re.split(r"[,，;；、\s]+", line):
                if re.fullmatch(r"[\u4e00-\u9fff]{2,7}", chinese) and not NAME.search(chinese):
                    if all(c in readings for c in chinese):
                        yield word, chinese, [readings[c] for c in chinese]


def cuts(word, syllables, probability):
    """Forward and backward sums over all ways to cut a name into pairs."""
    n, m = len(word), len(syllables)
    forward = [[0.0] * (m + 1) for _ in range(n + 1)]
    backward = [[0.0] * (m + 1) for _ in range(n + 1)]
    forward[0][0] = backward[n][m] = 1.0
    for j in range(1, m + 1):
        for i in range(1, n + 1):
            forward[i][j] = sum(
                forward[i - k][j - 1] * probability(word[i - k:i], syllables[j - 1])
                for k in range(1, min(MAX_LETTERS, i) + 1))
    for j in range(m - 1, -1, -1):
        for i in range(n):
            backward[i][j] = sum(
                backward[i + k][j + 1] * probability(word[i:i + k], syllables[j])
                for k in range(1, min(MAX_LETTERS, n - i) + 1))
    return forward, backward


def learn(pairs):
    """Expected uses of each (letters, syllable) pair after the last round."""
    first = collections.Counter()
    for word, _, syllables in pairs:
        # Start from pairs that lie near the diagonal.
        for j, syllable in enumerate(syllables):
            centre = (j + 0.5) * len(word) / len(syllables)
            for k in range(1, MAX_LETTERS + 1):
                for i in range(len(word) - k + 1):
                    if abs(i + k / 2 - centre) <= 1.5:
                        first[word[i:i + k], syllable] += 1 / k
    counts = first
    for _ in range(ROUNDS):
        total = sum(counts.values())
        table = {pair: count / total for pair, count in counts.items()}
        counts = collections.Counter()
        for word, _, syllables in pairs:
            expect(word, syllables, table, counts)
        counts = collections.Counter({p: c for p, c in counts.items() if c > 0.01})
    return counts


def expect(word, syllables, table, counts):
    def probability(letters, syllable):
        return table.get((letters, syllable), 0.0)

    forward, backward = cuts(word, syllables, probability)
    whole = forward[len(word)][len(syllables)]
    if whole <= 0:
        return
    for j, syllable in enumerate(syllables):
        for i in range(len(word)):
            if forward[i][j] <= 0:
                continue
            for k in range(1, min(MAX_LETTERS, len(word) - i) + 1):
                share = forward[i][j] * probability(word[i:i + k], syllable) * backward[i + k][j + 1]
                if share > 0:
                    counts[word[i:i + k], syllable] += share / whole


def chance_scores(counts, pairs):
    """log of (probability of the pair / chance of its letters and its syllable)."""
    total = sum(counts.values())
    letters = collections.Counter("".join(word for word, _, _ in pairs))
    all_letters = sum(letters.values())
    syllables = collections.Counter(s for _, _, found in pairs for s in found)
    all_syllables = sum(syllables.values())
    scores = {}
    for (chunk, syllable), count in counts.items():
        if count < MIN_COUNT:
            continue
        chance = math.prod(letters[c] / all_letters for c in chunk) * syllables[syllable] / all_syllables
        score = round(10 * math.log(count / total / chance))
        scores.setdefault(chunk, {})[syllable] = score
    return scores


def character_odds(pairs, word_counts):
    """{character: log of (its share in names / its share in text)} of name characters."""
    names = collections.Counter(c for _, chinese, _ in pairs for c in chinese)
    text = collections.Counter()
    for word, count in word_counts.items():
        for char in word:
            text[char] += count
    all_names, all_text = sum(names.values()), sum(text.values())
    return {
        char: round(10 * math.log(count / all_names / ((text[char] + 50) / all_text)))
        for char, count in names.most_common() if count >= MIN_CHARACTER
    }


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    for name in ("ecdict", "pypinyin", "jieba", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    options = parser.parse_args()
    chars = json.loads((options.pypinyin / "pinyin_dict.json").read_text(encoding="utf-8"))
    readings = {chr(int(code)): toneless(marks.split(",")[0]) for code, marks in chars.items()}
    pairs = list(dict.fromkeys((w, c, tuple(s)) for w, c, s in name_pairs(read_ecdict(options.ecdict), readings)))
    scores = chance_scores(learn(pairs), pairs)
    odds = character_odds(pairs, read_counts(options.jieba))
    lines = [
        chunk + "\t" + " ".join(f"{s}:{v}" for s, v in sorted(found.items(), key=lambda item: (-item[1], item[0])))
        for chunk, found in sorted(scores.items())
    ]
    lines.append("#\t" + " ".join(f"{c}:{score}" for c, score in odds.items()))
    (options.out / "sounds.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(len(pairs), "names;", sum(map(len, scores.values())), "pairs")


if __name__ == "__main__":
    main()
