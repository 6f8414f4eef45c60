"""Trains the reader on what the program finds.

train.py E5_FILE OUT.pt CANDIDATES.jsonl[:WEIGHT] ... [--layers 0,1,2,3,4,5] [--steps N] [--rate R] [--threads N] [--hold SHARE] [--frozen N]
Goes on from OUT.pt where it exists. Every question gives one window that answers (where one does) and up to three that do not, those
that the program ranks high more often. Of each set a share of the documents is held out whole, by the hash of their name.
"""
import argparse
import hashlib
import json
import random
import time
from pathlib import Path

import torch
from torch.nn import functional

import base
import windows

TOKENS = 2600  # of a batch
NEGATIVES = 3


def held(name, share):
    """Whether a document, or a question without one, is held out."""
    return hashlib.md5(name.encode()).digest()[0] < 256 * share


def read(argument, share):
    """Questions of a file with their weight, those on held-out documents left out."""
    path, _, weight = argument.partition(":")
    rows = [json.loads(line) for line in open(path, encoding="utf-8")]

    def key(row):
        gold = [p["document"] for p in row["passages"] if p["label"] == 1]
        gold = gold or [p["document"] for p in row["passages"][:1]] or [row["id"]]
        return f"{row['set']}/{gold[0]}"

    return [(row, float(weight or 1)) for row in rows if not held(key(row), share)]


class Sampler:
    """Windows of questions, encoded."""

    def __init__(self, reader, seed):
        self.reader, self.random = reader, random.Random(seed)

    def group(self, row):
        """Of one question a list of (ids, segments, answering tokens or None, label); the window that answers first."""
        positives, negatives = [], []
        for place, passage in enumerate(row["passages"]):
            if passage["label"] is None:
                continue
            title = windows.title_of(passage["title"], passage["section"])
            for start, end in windows.windows(passage["text"]):
                spans = [(s - start, e - start) for s, e in passage["spans"] if s >= start and e <= end]
                window = (title, passage["text"][start:end], spans)
                if passage["label"] == 1 and (spans or not passage["spans"] and len(passage["text"]) <= windows.WINDOW):
                    positives.append(window)
                elif not (passage["label"] == 1 and not passage["spans"]):
                    negatives.append((place, window))
        chosen = [(self.random.choice(positives), 1.0)] if positives else []
        for _ in range(NEGATIVES if positives else NEGATIVES - 1):
            if negatives:
                at = min(int(self.random.expovariate(0.35)), len(negatives) - 1)
                chosen.append((negatives.pop(at)[1], 0.0))
        question = windows.asked(row["question"], row.get("context"))
        return [self.encode(question, window, label) for window, label in chosen]

    def encode(self, question, window, label):
        title, text, spans = window
        if self.random.random() < 0.1:
            title = ""
        ids, segments, offsets = windows.encode(self.reader, question, title, text)
        tokens = []
        for start, end in spans:
            inside = [at for at, place in enumerate(offsets) if place and place[1] > start and place[0] < end]
            if inside:
                tokens.append((inside[0], inside[-1]))
        return ids, segments, tokens, label


def batches(rows, sampler):
    """Batches of whole groups without end, alike lengths together."""
    while True:
        chosen = [row for row, weight in rows for _ in range(int(weight) + (sampler.random.random() < weight % 1))]
        sampler.random.shuffle(chosen)
        for at in range(0, len(chosen), 400):
            groups = [group for group in map(sampler.group, chosen[at : at + 400]) if group]
            groups.sort(key=lambda group: max(len(one[0]) for one in group))
            parts, part, longest = [], [], 0
            for group in groups:
                longest = max(longest, *(len(one[0]) for one in group))
                if part and longest * (sum(map(len, part)) + len(group)) > TOKENS:
                    parts.append(part)
                    part, longest = [], max(len(one[0]) for one in group)
                part.append(group)
            if part:
                parts.append(part)
            sampler.random.shuffle(parts)
            yield from parts


def loss_of(reader, groups):
    """Of a batch: presence, which window of a group, and where it stands."""
    flat = [one for group in groups for one in group]
    longest = max(len(one[0]) for one in flat)
    ids = torch.full((len(flat), longest), reader.config["pad"])
    segments = torch.zeros_like(ids)
    for row, one in enumerate(flat):
        ids[row, : len(one[0])] = torch.tensor(one[0])
        segments[row, : len(one[1])] = torch.tensor(one[1])
    span, there = reader(ids, segments)
    labels = torch.tensor([one[3] for one in flat])
    presence = functional.binary_cross_entropy_with_logits(there, labels)
    spans, order, row = [], [], 0
    likely = span.log_softmax(1)
    for group in groups:
        if group[0][3] == 1.0 and len(group) > 1:
            order.append(-there[row : row + len(group)].log_softmax(0)[0])
        for one in group:
            if one[2]:
                each = [likely[row, start, 0] + likely[row, end, 1] for start, end in one[2]]
                spans.append(-torch.stack(each).logsumexp(0) / 2)
            row += 1
    where = torch.stack(spans).mean() if spans else presence.new_zeros(())
    which = torch.stack(order).mean() if order else presence.new_zeros(())
    return presence, which, where


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("candidates", nargs="+")
    arguments.add_argument("--layers", default="0,1,2,3,4,5")
    arguments.add_argument("--steps", type=int, default=4000)
    arguments.add_argument("--rate", type=float, default=2e-4)
    arguments.add_argument("--threads", type=int, default=1)
    arguments.add_argument("--hold", type=float, default=0.12)
    arguments.add_argument("--frozen", type=int, default=2)
    arguments.add_argument("--stop", type=int)
    options = arguments.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(1)
    reader = base.Reader(base.File(options.file), [int(at) for at in options.layers.split(",")])
    for layer in reader.layers[: options.frozen]:
        layer.requires_grad_(False)
    weights = [weight for weight in reader.parameters() if weight.requires_grad]
    optimizer = torch.optim.AdamW(weights, lr=options.rate, betas=(0.9, 0.98), weight_decay=0.01)
    step = 0
    if options.out.exists():
        saved = torch.load(options.out)
        reader.load_state_dict(saved["reader"], strict=False)
        optimizer.load_state_dict(saved["optimizer"])
        step = saved["step"]
    rows = [row for argument in options.candidates for row in read(argument, options.hold)]
    print(len(rows), "questions,", len(reader.stays), "pieces, step", step, flush=True)
    reader.train()
    began, first, means = time.time(), step, None
    for groups in batches(rows, Sampler(reader, 1 + step)):
        rise, fall = (step + 1) / 100, (options.steps - step) / options.steps
        for group in optimizer.param_groups:
            group["lr"] = options.rate * min(rise, fall)
        losses = loss_of(reader, groups)
        loss = losses[0] + 0.5 * losses[1] + losses[2]
        optimizer.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(weights, 1.0)
        optimizer.step()
        step += 1
        now = [value.item() for value in losses]
        means = now if means is None else [0.98 * mean + 0.02 * value for mean, value in zip(means, now)]
        if step % 20 == 0:
            pace = (time.time() - began) / (step - first)
            print(step, " ".join(f"{mean:.3f}" for mean in means), f"{pace:.2f} s", flush=True)
        if step % 100 == 0 or step in (options.steps, options.stop):
            saved = {"reader": reader.trained(), "optimizer": optimizer.state_dict(), "step": step, "layers": options.layers}
            torch.save(saved, options.out.with_suffix(".part"))
            options.out.with_suffix(".part").replace(options.out)
        if step in (options.steps, options.stop):
            break


if __name__ == "__main__":
    main()
