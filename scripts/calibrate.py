#!/usr/bin/env python3
"""Grows the trees by which Wenda tells answers from what merely has to do with the question, and reports cross-validated figures.

Usage: calibrate.py OUT.json NAME=FEATURES.jsonl[:WEIGHT] ...

Each FEATURES.jsonl is what `wenda evaluate --features verdicts QUESTIONS.jsonl` prints; scripts/withhold.py makes questions that
their corpus all but answers. WEIGHT says how much a question counts. A question is an answer where its quotes hold what answers it,
and none where the corpus has no answer; where the quotes miss an answer that is there, it is left out. Trees of a logistic loss,
whose sum is the logarithm of the odds; what covers the question cannot weigh against an answer, what is missing not for it. Folds
share no gold passage. The table says how many answers are kept and how many others refused at each threshold of confidence. Needs
numpy and lightgbm.
"""
import hashlib
import json
import sys

import lightgbm
import numpy as np
from grow import flat

FOLDS = 5
TREES = 300
GROWTH = {"num_leaves": 12, "learning_rate": 0.03, "min_data_in_leaf": 60, "lambda_l2": 5, "feature_fraction": 0.5}
GROWTH |= {"bagging_fraction": 0.7, "bagging_freq": 1, "monotone_constraints_method": "advanced", "seed": 3, "verbose": -1}
# What is added to the logarithm of the odds: the training has more questions without an answer than a bot is asked. With this a
# confidence of a half keeps 87 of 100 right quotes on the human questions (91 on the article, 93 to 100 on the sets with all their
# documents) and refuses 58 of 100 others.
SHIFT = 0.6
THRESHOLDS = [0.4, 0.5, 0.6, 0.7, 0.85]

FOR = ("passage", "quote", "sentence", "words_", "things_soft", "focus_", "head", "answer_", "direction_")
AGAINST = ("gaps", "things_missing", "lacks_", "aspect_missing", "periods_missing", "unknown_")


def direction(name):
    """1 where more of a signal can only speak for an answer, -1 where against it, 0 where that is left open."""
    if name.startswith(AGAINST):
        return -1
    return 1 if name.startswith(FOR) else 0


def fold(text):
    return int(hashlib.sha256(text.encode()).hexdigest(), 16) % FOLDS


def read(path):
    names, rows, answers, answerable, folds = None, [], [], [], []
    with open(path) as lines:
        for line in lines:
            question = json.loads(line)
            if isinstance(question, list):
                names = question
                continue
            rows.append(question["rows"][0])
            answers.append(question["labels"][0])
            answerable.append(question["answerable"])
            # Questions without gold passages are divided one by one.
            folds.append(fold(str(question["gold"]) if question["documents"] else question["id"]))
    return names, np.array(rows, float), np.array(answers), np.array(answerable), np.array(folds)


def separation(right, wrong):
    """The probability that an answer has the higher confidence."""
    order = np.sort(wrong)
    return ((np.searchsorted(order, right) + np.searchsorted(order, right, "right")) / 2).mean() / len(wrong)


def main():
    out, data, weights = sys.argv[1], {}, {}
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        path, _, weight = path.partition(":")
        data[name], weights[name] = read(path), float(weight or 1)
    names = next(iter(data.values()))[0]

    def grow(held_out):
        parts = []
        for name, (_, rows, answers, answerable, folds) in data.items():
            use = (answers | ~answerable) & (folds != held_out)
            parts.append((rows[use], answers[use], np.full(use.sum(), weights[name])))
        rows, answers, weight = (np.concatenate(column) for column in zip(*parts))
        settings = {"objective": "binary", "monotone_constraints": [direction(name) for name in names], **GROWTH}
        return lightgbm.train(settings, lightgbm.Dataset(rows, answers.astype(int), weight=weight), TREES)

    tested = {name: np.zeros(len(each[1])) for name, each in data.items()}
    for held_out in range(FOLDS):
        trees = grow(held_out)
        for name, (_, rows, _, _, folds) in data.items():
            if (folds == held_out).any():
                score = trees.predict(rows[folds == held_out], raw_score=True) + SHIFT
                tested[name][folds == held_out] = 1 / (1 + np.exp(-score))
    print(f"set          answers others separation   kept/refused at {THRESHOLDS}")
    for name, (_, _, answers, answerable, _) in data.items():
        right, wrong = tested[name][answers], tested[name][~answerable]
        share = lambda values: f"{100 * values.mean():3.0f}" if len(values) else "  -"
        both = [f"{share(right >= threshold)}/{share(wrong < threshold)}" for threshold in THRESHOLDS]
        apart = f"{separation(right, wrong):.3f}" if len(right) and len(wrong) else "-"
        print(f"{name:12} {len(right):7} {len(wrong):6} {apart:>10}   " + "  ".join(both))
    trees = grow(None)
    gain = trees.feature_importance("gain")
    print("gain: " + " ".join(f"{names[at]}:{gain[at] / gain.sum():.3f}" for at in np.argsort(-gain)))
    zeros, ones = [0.0] * len(names), [1.0] * len(names)
    model = {"features": names, "mean": zeros, "deviation": ones, "weight": zeros}
    shift = {"feature": [], "threshold": [], "left": [], "right": [], "leaf": [SHIFT]}
    model["trees"] = [shift] + [flat(tree) for tree in trees.dump_model()["tree_info"]]
    with open(out, "w") as file:
        json.dump(model, file)
        file.write("\n")


if __name__ == "__main__":
    main()
