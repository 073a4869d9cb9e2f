"""The few parts of the ONNX format (Protocol Buffers) that ``kokoro_graph`` needs, read and written.

So that no package is needed for it. What is not understood is written back as it was. Not here:
what is done to a graph.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Pieces = list["bytes | memoryview"]
Field = tuple[int, int, "int | bytes | memoryview | Pieces"]
"""Number, wire type (0 varint, 2 bytes, 5 and 1 fixed) and value of one field of a message.

Pieces are bytes that are not put together yet: weights are copied once, however deep they lie.
"""

# Field numbers of onnx.proto3: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto.
GRAPH = 7
NODE, _GRAPH_NAME, INITIALIZER, _INPUT, OUTPUT, VALUE_INFO = 1, 2, 5, 11, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _OP_TYPE, _ATTRIBUTE, _DOMAIN = 1, 2, 3, 4, 5, 7
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_GRAPH, _ATTRIBUTE_INTS, _ATTRIBUTE_TYPE = 1, 3, 6, 8, 20
_DIMS, _DATA_TYPE, _INT32_DATA, _INT64_DATA, TENSOR_NAME, _RAW = 1, 2, 5, 7, 8, 9
_TYPE_OF = {
    np.dtype(np.float32): 1,
    np.dtype(np.uint8): 2,
    np.dtype(np.int8): 3,
    np.dtype(np.int64): 7,
}
_ATTRIBUTE_IS_INT, _ATTRIBUTE_IS_GRAPH, _ATTRIBUTE_IS_INTS = 2, 5, 7
FLOAT, _INT64 = 1, 7

_Number = TypeVar("_Number", np.uint8, np.int64, np.float32)


@dataclass
class Node:
    """One step of a graph: what it does, to which tensors, and what its results are called."""

    operator: str
    inputs: list[str]
    outputs: list[str]
    integers: dict[str, list[int]] = field(default_factory=dict)
    raw: Sequence[Field] = ()
    """As it was read; what is not understood here is written back as it is."""
    domain: str = ""
    body: Sequence[Node] = ()
    """What a ``Scan`` does with each slice of its one input, called ``slice``; it may use all that
    was computed before it, and its last result is stacked."""

    def uses(self) -> set[str]:
        """The tensors that must be there before it."""
        inner = {name for node in self.body for name in node.outputs}
        return {*self.inputs, *(n for node in self.body for n in node.inputs if n not in inner)}

    def moved(self, inputs: list[str], outputs: list[str]) -> Node:
        """The same step as it was read, between other tensors."""
        names = [(_NODE_INPUT, name) for name in inputs] + [(_NODE_OUTPUT, n) for n in outputs]
        kept = [part for part in self.raw if part[0] not in (_NODE_INPUT, _NODE_OUTPUT)]
        raw = [*((number, 2, name.encode()) for number, name in names), *kept]
        return Node(self.operator, inputs, outputs, raw=raw)


def read_node(held: memoryview) -> Node:
    """A node; its integer attributes only of ``ConvInteger``, the others stay in ``raw``."""
    parts = list(fields_of(held))
    node = Node(
        text_of(parts, _OP_TYPE),
        [bytes_of(part).tobytes().decode() for part in parts if part[0] == _NODE_INPUT],
        [bytes_of(part).tobytes().decode() for part in parts if part[0] == _NODE_OUTPUT],
        raw=parts,
    )
    if node.operator == "ConvInteger":
        for part in parts:
            if part[0] == _ATTRIBUTE:
                attribute = list(fields_of(bytes_of(part)))
                node.integers[text_of(attribute, _ATTRIBUTE_NAME)] = [
                    value
                    for held in attribute
                    if held[0] in (_ATTRIBUTE_INT, _ATTRIBUTE_INTS)
                    for value in _integers(held)
                ]
    return node


def described(name: str, kind: int) -> bytes:
    """A tensor's name and type of element, as a graph says it of what goes in and comes out."""
    return message([(1, 2, name.encode()), (2, 2, message([(1, 2, message([(1, 0, kind)]))]))])


def write_node(node: Node) -> bytes:
    """A node as a message; one that was read as it was."""
    if node.raw:
        return message(node.raw)
    parts: list[Field] = [(_NODE_INPUT, 2, name.encode()) for name in node.inputs]
    parts += [(_NODE_OUTPUT, 2, name.encode()) for name in node.outputs]
    parts += [(_NODE_NAME, 2, node.outputs[0].encode()), (_OP_TYPE, 2, node.operator.encode())]
    for name, values in node.integers.items():
        attribute: list[Field] = [(_ATTRIBUTE_NAME, 2, name.encode())]
        if name in ("axis", "start", "end", "to", "num_scan_inputs"):
            attribute += [(_ATTRIBUTE_INT, 0, values[0]), (_ATTRIBUTE_TYPE, 0, _ATTRIBUTE_IS_INT)]
        else:
            attribute += [(_ATTRIBUTE_INTS, 0, value) for value in values]
            attribute.append((_ATTRIBUTE_TYPE, 0, _ATTRIBUTE_IS_INTS))
        parts.append((_ATTRIBUTE, 2, message(attribute)))
    if node.body:
        result = node.body[-1].outputs[0]
        graph = [
            *((NODE, 2, write_node(step)) for step in node.body),
            (_GRAPH_NAME, 2, b"body"),
            (_INPUT, 2, described("slice", _INT64)),
            (OUTPUT, 2, described(result, FLOAT)),
        ]
        attribute = [
            (_ATTRIBUTE_NAME, 2, b"body"),
            (_ATTRIBUTE_GRAPH, 2, message(graph)),
            (_ATTRIBUTE_TYPE, 0, _ATTRIBUTE_IS_GRAPH),
        ]
        parts.append((_ATTRIBUTE, 2, message(attribute)))
    if node.domain:
        parts.append((_DOMAIN, 2, node.domain.encode()))
    return message(parts)


def tensor_of(
    name: str, values: npt.NDArray[np.float32 | np.int8 | np.uint8 | np.int64]
) -> list[Field]:
    """The fields of a tensor that holds ``values``."""
    return [
        *((_DIMS, 0, size) for size in values.shape),
        (_DATA_TYPE, 0, _TYPE_OF[values.dtype]),
        (TENSOR_NAME, 2, name.encode()),
        (_RAW, 2, values.reshape(-1).view(np.uint8).data),
    ]


def array_of(tensor: Sequence[Field], kind: type[_Number]) -> npt.NDArray[_Number]:
    """The values of a tensor, which must be of ``kind``."""
    shape = _dims(tensor)
    for number, _, value in tensor:
        if number == _RAW and isinstance(value, bytes | memoryview):
            return np.frombuffer(value, kind).reshape(shape)
    listed = [
        held for part in tensor if part[0] in (_INT32_DATA, _INT64_DATA) for held in _integers(part)
    ]
    return np.array(listed).astype(kind).reshape(shape)


def _dims(tensor: Sequence[Field]) -> list[int]:
    return [held for part in tensor if part[0] == _DIMS for held in _integers(part)]


def size_of(tensor: Sequence[Field]) -> int:
    """How many elements a tensor has."""
    size = 1
    for length in _dims(tensor):
        size *= length
    return size


def text_of(message: Sequence[Field], number: int) -> str:
    """The text field ``number`` of a message, empty when it has none."""
    return next((bytes(bytes_of(part)).decode() for part in message if part[0] == number), "")


def bytes_of(part: Field) -> memoryview:
    """What a field holds that was read or is put together."""
    assert isinstance(part[2], bytes | memoryview)
    return memoryview(part[2])


def fields_of(message: memoryview) -> Iterator[Field]:
    """The fields of a Protocol Buffers message in their order."""
    at = 0
    while at < len(message):
        tag, at = _varint(message, at)
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value, at = _varint(message, at)
            yield number, wire, value
            continue
        if wire == 2:
            length, at = _varint(message, at)
        else:
            length = {1: 8, 5: 4}[wire]
        yield number, wire, message[at : at + length]
        at += length


def _varint(message: memoryview, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = message[at]
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            return value, at
        shift += 7


def _integers(part: Field) -> list[int]:
    """The integers of a field, which hold one or are packed."""
    if isinstance(part[2], int):
        return [part[2]]
    packed = bytes_of(part)
    values, at = [], 0
    while at < len(packed):
        value, at = _varint(packed, at)
        values.append(value)
    return values


def message(fields: Iterable[Field]) -> bytes:
    """A message of ``fields``, put together."""
    return b"".join(pieces_of(fields))


def pieces_of(fields: Iterable[Field]) -> Pieces:
    """The same, not put together yet."""
    pieces: Pieces = []
    for number, wire, value in fields:
        pieces.append(_as_varint(number << 3 | wire))
        if isinstance(value, int):
            pieces.append(_as_varint(value))
            continue
        held = value if isinstance(value, list) else [value]
        if wire == 2:
            pieces.append(_as_varint(sum(map(len, held))))
        pieces += held
    return pieces


def _as_varint(value: int) -> bytes:
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
