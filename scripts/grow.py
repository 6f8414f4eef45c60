#!/usr/bin/env python3
"""Grows regression trees on what the weights of a model leave over, adds them to the model, and reports cross-validated figures.

Usage: grow.py MODEL.json NAME=FEATURES.jsonl[:WEIGHT] ...

MODEL.json is what train.py made of the same arguments. The loss is the same; each tree fits its slope (Friedman, Greedy function
approximation, 2001). The file gets the trees; the rest is unchanged. Needs numpy, scipy and lightgbm.
"""
import json
import sys

import lightgbm
import numpy as np
import train

COMMON = {"lambda_l2": 10, "feature_fraction": 0.6, "verbose": -1, "seed": 3}
# How many trees, and what they may be like. Larger ones for passages fit the training closer and find no more in other questions.
PASSAGES = 200, {"num_leaves": 4, "learning_rate": 0.03, "min_data_in_leaf": 200, **COMMON}
SENTENCES = 300, {"num_leaves": 7, "learning_rate": 0.08, "min_data_in_leaf": 60, **COMMON}


def grow(rows, labels, starts, weights, scores, growth):
    """Trees that lower the loss of these scores; `growth` is how many, and what they may be like."""
    lengths = np.diff(np.append(starts, len(rows)))
    question = np.repeat(np.arange(len(starts)), lengths)

    def slope(predicted, _):
        mass = np.exp(predicted - np.maximum.reduceat(predicted, starts)[question])
        gold = np.where(labels, mass, 0)
        share = mass / np.add.reduceat(mass, starts)[question]
        gold_share = gold / (np.add.reduceat(gold, starts)[question] + 1e-30)
        weight = weights[question]
        return weight * (share - gold_share), weight * np.maximum(share * (1 - share), 1e-3)

    trees, settings = growth
    data = lightgbm.Dataset(rows, labels.astype(int), init_score=scores)
    return lightgbm.train({"objective": slope, **settings}, data, trees)


def flat(tree):
    """A tree as src/answer/model.rs reads it: nodes in an order in which each leads to later ones, leaves as negative numbers."""
    nodes, leaves = [], []

    def place(node):
        if "leaf_value" in node:
            leaves.append(round(node["leaf_value"], 5))
            return -len(leaves)
        at = len(nodes)
        nodes.append([node["split_feature"], float(f"{node['threshold']:.7g}"), None, None])
        nodes[at][2], nodes[at][3] = place(node["left_child"]), place(node["right_child"])
        return at

    place(tree["tree_structure"])
    feature, threshold, left, right = zip(*nodes) if nodes else [()] * 4
    return {"feature": feature, "threshold": threshold, "left": left, "right": right, "leaf": leaves}


def main():
    path, sets = sys.argv[1], []
    for argument in sys.argv[2:]:
        name, features = argument.split("=", 1)
        features, _, weight = features.partition(":")
        sets.append(train.Set(name, features, float(weight or 1)))
    with open(path) as file:
        model = json.load(file)
    assert all(each.features == model["features"] for each in sets), "the model was trained on other features"
    mean, deviation = np.array(model["mean"]), np.array(model["deviation"])
    growth = PASSAGES if train.SCORE in model["features"] else SENTENCES

    def fit(held_out, linear=None):
        rows, labels, starts, weights = train.material(sets, held_out)
        standardised = ((rows - mean) / deviation).astype(np.float32)
        linear = train.fit(standardised, labels, starts, weights) if linear is None else linear
        return linear, grow(rows, labels, starts, weights, standardised @ linear, growth)

    before = {each.name: np.zeros(len(each.rows)) for each in sets}
    after = {each.name: np.zeros(len(each.rows)) for each in sets}
    for fold in range(train.FOLDS):
        linear, trees = fit(fold)
        for each in sets:
            held_out = [each.span(question) for question in np.flatnonzero(each.folds == fold)]
            rows = np.concatenate([np.arange(span.start, span.stop) for span in held_out])
            before[each.name][rows] = (each.rows[rows] - mean) / deviation @ linear
            after[each.name][rows] = before[each.name][rows] + trees.predict(each.rows[rows], raw_score=True)
    print("set           the weights, hit@1 and hit@10, cross-validated; the same with trees")
    for each in sets:
        hits = [train.hits(each, scores[each.name], each.questions()) for scores in (before, after)]
        print(f"{each.name:12}  " + "    ".join(f"{first:10.1f} {ten:6.1f}" for first, ten in hits))
    _, trees = fit(None, np.array(model["weight"]))
    model["trees"] = [flat(tree) for tree in trees.dump_model()["tree_info"]]
    with open(path, "w") as file:
        json.dump(model, file)
        file.write("\n")


if __name__ == "__main__":
    main()
