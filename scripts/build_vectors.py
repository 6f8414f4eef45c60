#!/usr/bin/env python3
"""Derives Wenda's table of word vectors from vectors that were trained on Chinese Wikipedia.

    pip download --no-deps --no-binary :all: synonyms==3.8.0 jieba==0.42.1   (unpack both)
    pip install numpy
    python3 scripts/build_vectors.py --synonyms synonyms-3.8.0/synonyms --jieba jieba-0.42.1/jieba --out data

writes data/vectors.bin. What all vectors have in common is taken out, their mean and the 4 directions in which they differ most (Mu
and Viswanath, All-but-the-top, 2018); each number is in steps of 1/127 of the greatest. Names of persons have no
vector, nor have words that jieba's dictionary does not count.

The layout, numbers little-endian: u32 number of words, u32 length of a vector; for each word, sorted by bytes, u32 where it
ends; the words in UTF-8; for each word a u8, how rare it is in 255ths, as src/text/background.rs has it; the vectors, an i8 for
each number.
"""

import argparse
import math
from pathlib import Path

import numpy as np

from build_lexicon import HAN

COMMON = 4  # directions that are taken out
MIN_COUNT = 5  # uses of a word in jieba's counts
MOST = 6  # characters of a word
NAMES = "nr"
# The formula of src/text/background.rs.
ALL_WORDS, SMOOTHING, CHARACTER_SMOOTHING, LEAST = 60e6, 5, 20, 0.02


def read_dictionary(folder):
    """{word: (count, class)}"""
    lines = (folder / "dict.txt").read_text(encoding="utf-8").splitlines()
    return {word: (int(count), kind) for word, count, kind in (line.split(" ") for line in lines)}


def read_vectors(path):
    """Words and their vectors of length 1, from the binary format of word2vec."""
    with path.open("rb") as file:
        count, size = map(int, file.readline().split())
        words, vectors = [], np.empty((count, size), np.float32)
        for at in range(count):
            word = b""
            while (byte := file.read(1)) != b" ":
                word += byte
            words.append(word.strip().decode("utf-8", "ignore"))
            vectors[at] = np.frombuffer(file.read(4 * size), np.float32)
    return words, vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def rarity(word, count):
    if len(word) == 1:
        value = math.log(2 * ALL_WORDS / (count + CHARACTER_SMOOTHING)) / math.log(ALL_WORDS / 10)
    else:
        value = math.log(ALL_WORDS / (count + SMOOTHING)) / math.log(ALL_WORDS / SMOOTHING)
    return min(max(value, LEAST), 1)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in ("synonyms", "jieba", "out"):
        parser.add_argument(f"--{name}", type=Path, required=True)
    args = parser.parse_args()
    dictionary = read_dictionary(args.jieba)
    words, vectors = read_vectors(args.synonyms / "data" / "words.vector")

    def counts(word):
        count, kind = dictionary.get(word, (0, NAMES))
        return count >= MIN_COUNT and not kind.startswith(NAMES) and len(word) <= MOST and all(map(HAN.match, word))

    kept = sorted((word.encode(), at) for at, word in enumerate(words) if counts(word))
    vectors = vectors[[at for _, at in kept]]
    vectors = vectors - vectors.mean(0)
    common = np.linalg.svd(vectors, full_matrices=False)[2][:COMMON]
    vectors = vectors - vectors @ common.T @ common
    steps = np.round(127 * vectors / np.abs(vectors).max(1, keepdims=True)).astype(np.int8)
    ends = np.cumsum([len(word) for word, _ in kept])
    rare = [round(255 * rarity(word, dictionary[word][0])) for word in (word.decode() for word, _ in kept)]
    with (args.out / "vectors.bin").open("wb") as file:
        file.write(np.array([len(kept), vectors.shape[1], *ends], "<u4").tobytes())
        file.write(b"".join(word for word, _ in kept))
        file.write(bytes(rare))
        file.write(steps.tobytes())
    print(f"{len(kept)} words")


if __name__ == "__main__":
    main()
