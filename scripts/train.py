#!/usr/bin/env python3
"""Trains the weights by which Wenda orders passages or weighs sentences, and reports cross-validated figures.

Usage: train.py OUT.json NAME=FEATURES.jsonl[:WEIGHT] ...

Each FEATURES.jsonl is what `wenda evaluate --features passages|sentences QUESTIONS.jsonl` prints. NAME is for the report, WEIGHT says how much a
question of this set counts (1 unless given). The loss is listwise, -log of the probability mass that a softmax over the candidates
gives to the gold ones (Cao and others, Learning to rank: from pairwise to listwise approach, 2007), with an L2 penalty, minimised
by L-BFGS. Folds share no gold passage. Of each set at most 700 questions are trained on where passages are ordered: the hardest, those
where the score of the retrieval puts the best gold candidate least above, or furthest below, the best other one. What retrieval has
right by far teaches nothing but drowns the rest. Of sentences, 2,000 questions are drawn. Needs numpy and scipy.
"""
import json
import sys

import numpy as np
from scipy.optimize import minimize

FOLDS = 5
PENALTY = 20.0
STEPS = 60
# Large sets would drown the small ones: at most so many questions of each are trained on. The hardest, where there is a score that
# tells which these are; else as they are drawn.
HARDEST = 700
MOST = 2000
SCORE = "score"


class Set:
    """One set of questions: features row by row, and where each question's rows begin."""

    def __init__(self, name, path, weight):
        self.name, self.weight = name, weight
        rows, labels, self.starts, self.groups = [], [], [0], []
        with open(path) as lines:
            self.features = json.loads(next(lines))
            for line in lines:
                question = json.loads(line)
                rows.extend(question["rows"])
                labels.extend(question["labels"])
                self.starts.append(len(rows))
                self.groups.append(question["gold"])
        self.rows = np.asarray(rows, np.float32).reshape(-1, len(self.features))
        self.labels = np.asarray(labels, bool)
        self.folds = folds(self.groups)
        self.margins = self.measure() if SCORE in self.features else None

    def measure(self):
        """For each question by how much the score puts the best gold candidate above the best other one."""
        scores, margins = self.rows[:, self.features.index(SCORE)], np.zeros(len(self.starts) - 1)
        for question in self.questions():
            score, gold = scores[self.span(question)], self.labels[self.span(question)]
            margins[question] = score[gold].max(initial=-1) - score[~gold].max(initial=-1)
        return margins

    def trained_on(self, usable):
        """Those of the questions that are trained on."""
        if self.margins is not None:
            return sorted(sorted(usable, key=lambda question: self.margins[question])[:HARDEST])
        if len(usable) > MOST:
            return sorted(np.random.default_rng(5).choice(usable, MOST, replace=False))
        return usable

    def questions(self):
        return range(len(self.starts) - 1)

    def span(self, question):
        return slice(self.starts[question], self.starts[question + 1])


def folds(groups):
    """A fold for each question; questions that share a gold passage share the fold."""
    parent = {}

    def root(item):
        parent.setdefault(item, item)
        while parent[item] != item:
            parent[item] = parent[parent[item]]
            item = parent[item]
        return item

    for group in groups:
        for other in group[1:]:
            parent[root(other)] = root(group[0])
    roots = [root(group[0]) for group in groups]
    names = sorted(set(roots))
    np.random.default_rng(7).shuffle(names)
    fold = {name: number % FOLDS for number, name in enumerate(names)}
    return np.array([fold[name] for name in roots])


def material(sets, held_out):
    """Rows, labels, first rows and weights of the questions outside a fold that have a gold candidate."""
    rows, labels, starts, weights, at = [], [], [], [], 0
    for each in sets:
        usable = [q for q in each.questions() if each.folds[q] != held_out and each.labels[each.span(q)].any()]
        for question in each.trained_on(usable):
            span = each.span(question)
            rows.append(each.rows[span])
            labels.append(each.labels[span])
            starts.append(at)
            weights.append(each.weight)
            at += span.stop - span.start
    return np.concatenate(rows), np.concatenate(labels), np.array(starts), np.array(weights)


def fit(rows, labels, starts, weights):
    """The weights of the features."""
    lengths = np.diff(np.append(starts, len(rows)))
    question = np.repeat(np.arange(len(starts)), lengths)

    def loss(w):
        scores = (rows @ w.astype(np.float32)).astype(float)
        scores -= np.maximum.reduceat(scores, starts)[question]
        mass = np.exp(scores)
        gold = np.where(labels, mass, 0)
        all_mass, gold_mass = np.add.reduceat(mass, starts), np.add.reduceat(gold, starts) + 1e-30
        slope = (mass / all_mass[question] - gold / gold_mass[question]) * weights[question]
        value = (weights * (np.log(all_mass) - np.log(gold_mass))).sum() + PENALTY * (w**2).sum()
        return value, (rows.T @ slope.astype(np.float32)).astype(float) + 2 * PENALTY * w

    return minimize(loss, np.zeros(rows.shape[1]), jac=True, method="L-BFGS-B", options={"maxiter": STEPS}).x


def hits(each, scores, questions):
    """hit@1 and hit@10 in percent when the candidates are ordered by the scores."""
    ranks = []
    for question in questions:
        span = each.span(question)
        order = np.argsort(-scores[span], kind="stable")
        gold = np.flatnonzero(each.labels[span][order])
        ranks.append(gold[0] + 1 if len(gold) else 10**6)
    ranks = np.array(ranks)
    return 100 * (ranks <= 1).mean(), 100 * (ranks <= 10).mean()


def main():
    out, sets = sys.argv[1], []
    for argument in sys.argv[2:]:
        name, path = argument.split("=", 1)
        path, _, weight = path.partition(":")
        sets.append(Set(name, path, float(weight or 1)))
    everything = np.concatenate([each.rows for each in sets])
    mean, deviation = everything.mean(0), everything.std(0) + 1e-3
    for each in sets:
        each.rows = (each.rows - mean) / deviation
    tested = {each.name: np.zeros(len(each.rows), np.float32) for each in sets}
    for fold in range(FOLDS):
        weights = fit(*material(sets, fold))
        for each in sets:
            for question in np.flatnonzero(each.folds == fold):
                span = each.span(question)
                tested[each.name][span] = each.rows[span] @ weights
    print("set        first stage      cross-validated")
    for each in sets:
        before = hits(each, -np.arange(len(each.rows), dtype=float), each.questions())
        after = hits(each, tested[each.name], each.questions())
        print(f"{each.name:8}  {before[0]:6.1f} {before[1]:6.1f}   {after[0]:6.1f} {after[1]:6.1f}")
    weights = fit(*material(sets, None))
    model = {"features": sets[0].features, "mean": mean.tolist(), "deviation": deviation.tolist(), "weight": weights.tolist()}
    with open(out, "w") as file:
        json.dump({key: [round(v, 5) if isinstance(v, float) else v for v in values] for key, values in model.items()}, file)
        file.write("\n")
    order = np.argsort(-np.abs(weights))
    print(" ".join(f"{sets[0].features[i]}:{weights[i]:+.2f}" for i in order[:30]))


if __name__ == "__main__":
    main()
