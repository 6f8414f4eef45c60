"""Writes the trained reader as the program reads it, and examples to hold the program's arithmetic against.

export.py E5_FILE TRAINED.pt OUT.bin [--examples OUT.jsonl]
export.py --tiny OUT.bin --examples OUT.jsonl    a small model of chance weights, for the tests
The file: "WREAD1", u32 length of a head in JSON, the head, then the tensors (src/encode/file.rs). Matrices as i8 with a scale a row,
words as the base model has them (4 bits), all else as f32.
"""
import argparse
import hashlib
import json
import struct
import unicodedata
from pathlib import Path

import numpy as np
import torch

import base
import windows

# What the program must read alike: question, title, window.
EXAMPLES = [
    ("低保一个月多少钱？", "最低生活保障标准", "从2024年1月起，全市城乡居民最低生活保障标准提高到每人每月1206元。"),
    ("How many projects are planned?", "", "今年计划实施项目２８２个，總投資1,200億元。"),
    ("25311是什么意思", "工作报告", "“25311”是指两个中心、五个基地。\n附表：①甲；②乙。☃𠮷"),
    ("谁是一把手 wenti", "领导分工", "王某某同志主持全面工作；李某某同志协助。 Tel: (0391) 123-4567"),
]


def quantised(matrix):
    """A matrix as i8 and for each row its scale."""
    scale = np.maximum(np.abs(matrix).max(axis=1), 1e-12) / 127
    return np.rint(matrix / scale[:, None]).clip(-127, 127).astype(np.int8), scale.astype("<f4")


class Writer:
    def __init__(self):
        self.tensors, self.body = {}, bytearray()

    def add(self, name, data):
        self.tensors[name] = {"offset": len(self.body), "bytes": len(data)}
        self.body += data
        self.body += b"\0" * (-len(self.body) % 64)

    def numbers(self, name, values):
        self.add(name, np.ascontiguousarray(values.detach().numpy(), "<f4").tobytes())

    def dense(self, name, layer):
        weights, scale = quantised(layer.weight.detach().numpy())
        self.add(name, weights.tobytes())
        self.add(f"{name}.scale", scale.tobytes())
        self.numbers(f"{name}.bias", layer.bias)
        # What follows is computed with the weights as they are written.
        with torch.no_grad():
            layer.weight.copy_(torch.from_numpy(weights.astype(np.float32) * scale[:, None]))

    def norm(self, name, layer):
        self.numbers(name, layer.weight)
        self.numbers(f"{name}.bias", layer.bias)


def write(reader, path):
    writer, config = Writer(), reader.config
    writer.add("pieces", "\n".join(piece for piece, _ in reader.pieces).encode())
    writer.add("pieces.scores", np.array([score for _, score in reader.pieces], "<f4").tobytes())
    writer.add("words", reader.word_blocks.tobytes())
    writer.numbers("positions", reader.position.weight[: windows.MOST_TOKENS] + reader.kind)
    writer.numbers("segments", reader.segment.weight)
    writer.norm("norm", reader.norm)
    for number, layer in enumerate(reader.layers):
        for part in ("attend", "mix", "up", "down"):
            writer.dense(f"layer{number}.{part}", getattr(layer, part))
        for part in ("norm_mix", "norm_down"):
            writer.norm(f"layer{number}.{part}", getattr(layer, part))
    writer.dense("span", reader.span)
    writer.dense("absent", reader.absent)
    names = ("width", "layers", "heads", "inner", "epsilon", "bos", "eos", "unk")
    head = {name: config[name] for name in names}
    head |= {"pieces": len(reader.pieces), "tensors": writer.tensors}
    head["identity"] = hashlib.sha256(writer.body).hexdigest()[:12]
    head["limits"] = {"question": windows.QUESTION_TOKENS, "title": windows.TITLE_TOKENS, "all": windows.MOST_TOKENS}
    text = json.dumps(head).encode()
    data = b"WREAD1" + struct.pack("<I", len(text)) + text + writer.body
    path.write_bytes(data)
    print(path, len(data), "bytes, sha256", hashlib.sha256(data).hexdigest())


def examples(reader, path):
    """What PyTorch makes of the examples: pieces of the window, presence, logarithms of start and end."""
    reader.eval()
    with path.open("w", encoding="utf-8") as lines:
        for question, title, window in EXAMPLES:
            ids, segments, offsets = windows.encode(reader, question, title, window)
            with torch.no_grad():
                span, there = reader(torch.tensor([ids]), torch.tensor([segments]))
            inside = [at for at, place in enumerate(offsets) if place is not None]
            likely = span[0].log_softmax(0)
            row = {
                "question": question, "title": title, "window": window,
                "pieces": [ids[at] for at in inside], "presence": there.item(),
                "ranges": [[len(window[: side].encode()) for side in offsets[at]] for at in inside],
                "starts": likely[inside, 0].tolist(), "ends": likely[inside, 1].tolist(),
            }
            lines.write(json.dumps(row, ensure_ascii=False) + "\n")


class Tiny:
    """Stands for the base model's file: two layers of chance weights, the characters of the examples and some pieces of two."""

    def __init__(self):
        self.config = {"width": 32, "layers": 2, "heads": 4, "inner": 64, "positions": 512, "epsilon": 1e-12}
        self.config |= {"bos": 0, "pad": 1, "eos": 2, "unk": 3}
        self.chance = np.random.default_rng(7)
        text = base.WORD_START.join(part for example in EXAMPLES for part in example)
        text = unicodedata.normalize("NFKC", windows.SPACE.sub(base.WORD_START, text)).replace("𠮷", "")
        words = [*dict.fromkeys(text), *dict.fromkeys(text[at : at + 2] for at in range(0, len(text) - 1, 3))]
        words = [word for word in words if base.WORD_START not in word[1:]]
        pieces = ["<s>", "<pad>", "</s>", "<unk>", *words]
        self.pieces = [(piece, 0.0 if at < 4 else -float(self.chance.uniform(3, 9))) for at, piece in enumerate(pieces)]
        self.config["vocabulary"] = len(pieces)

    def plain(self, name, *shape):
        return torch.from_numpy(self.chance.normal(0, 0.3, shape).astype(np.float32))

    def blocks(self, name, rows, columns):
        blocks = self.chance.integers(0, 256, (rows * columns // base.BLOCK, 18), np.uint8)
        blocks[:, :2] = self.chance.uniform(0.05, 0.2, len(blocks)).astype("<f2").view(np.uint8).reshape(-1, 2)
        return blocks.reshape(rows, -1)

    def matrix(self, name, rows, columns):
        return torch.from_numpy(base.unpack(self.blocks(name, rows, columns)))


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("file", nargs="?")
    arguments.add_argument("trained", type=Path, nargs="?")
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--examples", type=Path)
    arguments.add_argument("--tiny", action="store_true")
    options = arguments.parse_args()
    if options.tiny:
        torch.manual_seed(7)
        file = Tiny()
        reader = base.Reader(file, [0, 1], list(range(len(file.pieces))))
        for head in (reader.segment, reader.span, reader.absent):
            torch.nn.init.normal_(head.weight, std=0.5)
    else:
        saved = torch.load(options.trained)
        reader = base.Reader(base.File(options.file), [int(at) for at in saved["layers"].split(",")])
        reader.load_state_dict(saved["reader"], strict=False)
    write(reader, options.out)
    if options.examples:
        examples(reader, options.examples)


if __name__ == "__main__":
    main()
