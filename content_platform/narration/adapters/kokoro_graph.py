"""Kokoro's network made quicker before it is loaded: the same sums in an order that CPUs like.

The published int8 file convolves with ``ConvInteger``, which onnxruntime computes without the
processor's 8-bit dot products and with one pass over the whole sound for each bias, cast and scale.
Here each of those convolutions becomes one matrix product (``MatMulIntegerToFloat``) over the
sound laid out time by channel; what lies between two of them follows into that layout, so that
next to nothing has to be turned round. Integers are multiplied and summed exactly as before; only
the rounding of biases differs (they are added as floats), which nobody can hear.

Reads and writes the few parts of the ONNX format (Protocol Buffers) that it needs, so that no
package is needed for it. Not here: where the model comes from and how it is run (``kokoro``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt

_Pieces = list["bytes | memoryview"]
_Field = tuple[int, int, "int | bytes | memoryview | _Pieces"]
"""Number, wire type (0 varint, 2 bytes, 5 and 1 fixed) and value of one field of a message.

Pieces are bytes that are not put together yet: weights are copied once, however deep they lie.
"""

# Field numbers of onnx.proto3: ModelProto, GraphProto, NodeProto, AttributeProto, TensorProto.
_GRAPH = 7
_NODE, _INITIALIZER, _OUTPUT, _VALUE_INFO = 1, 5, 12, 13
_NODE_INPUT, _NODE_OUTPUT, _NODE_NAME, _OP_TYPE, _ATTRIBUTE, _DOMAIN = 1, 2, 3, 4, 5, 7
_ATTRIBUTE_NAME, _ATTRIBUTE_INT, _ATTRIBUTE_INTS, _ATTRIBUTE_TYPE = 1, 3, 8, 20
_DIMS, _DATA_TYPE, _INT32_DATA, _INT64_DATA, _TENSOR_NAME, _RAW = 1, 2, 5, 7, 8, 9
_TYPE_OF = {
    np.dtype(np.float32): 1,
    np.dtype(np.uint8): 2,
    np.dtype(np.int8): 3,
    np.dtype(np.int64): 7,
}
_ATTRIBUTE_IS_INT, _ATTRIBUTE_IS_INTS = 2, 7
_FLOAT = 1

_Number = TypeVar("_Number", np.uint8, np.int64, np.float32)

_ONE_TO_ONE = frozenset(
    ("Add", "Sub", "Mul", "Div", "Pow", "Sqrt", "Sin", "Cos", "LeakyRelu", "Reciprocal", "Cast")
)
"""Operators that do not care how their operands are laid out, as long as all are alike."""


@dataclass
class _Node:
    operator: str
    inputs: list[str]
    outputs: list[str]
    integers: dict[str, list[int]] = field(default_factory=dict)
    raw: Sequence[_Field] = ()
    """As it was read; what is not understood here is written back as it is."""
    domain: str = ""


def quicker(model: bytes | bytearray, extra_output: str, *, signed: bool) -> bytes:
    """The model with its convolutions as matrix products, and the float ``extra_output`` shown.

    ``signed`` weights are what 8-bit dot products want; the sums are the same either way.
    """
    parts = list(_fields(memoryview(model)))
    at = next(i for i, part in enumerate(parts) if part[0] == _GRAPH)
    parts[at] = (_GRAPH, 2, _Rewriter(_bytes(parts[at]), extra_output, signed).write())
    return _message(parts)


class _Rewriter:
    """One pass over the nodes in the order of the data, remembering what lies time by channel."""

    def __init__(self, graph: memoryview, extra_output: str, signed: bool) -> None:
        self._signed = signed
        self._rest: list[_Field] = []
        self._nodes: list[_Node] = []
        self._tensors: dict[str, list[_Field]] = {}
        for part in _fields(graph):
            if part[0] == _NODE:
                self._nodes.append(_read_node(_bytes(part)))
            elif part[0] == _INITIALIZER:
                tensor = list(_fields(_bytes(part)))
                self._tensors[_text(tensor, _TENSOR_NAME)] = tensor
            elif part[0] != _VALUE_INFO:  # shapes of what is computed: no longer true
                self._rest.append(part)
        shown = [
            (1, 2, extra_output.encode()),
            (2, 2, _message([(1, 2, _message([(1, 0, _FLOAT)]))])),
        ]
        self._rest.append((_OUTPUT, 2, _message(shown)))
        self._shown = {_text(list(_fields(_bytes(p))), 1) for p in self._rest if p[0] == _OUTPUT}
        self._users: dict[str, list[_Node]] = {}
        self._makers: dict[str, _Node] = {}
        for node in self._nodes:
            for name in node.inputs:
                self._users.setdefault(name, []).append(node)
            for name in node.outputs:
                self._makers[name] = node
        self._written: list[_Node] = []
        self._turned: dict[str, str] = {}
        """Names of tensors [1, channels, time] → those of their twins [1, time, channels]."""
        self._plain: set[str] = set()
        """Which of the turned ones also exist as they were."""
        self._lines: dict[str, tuple[str, str, str]] = {}
        """Tensors not computed yet, as what they are made of: turned tensor · slope + offset."""
        self._centred: dict[str, tuple[str, str]] = {}
        """Which of those are a sound less its mean → that sound and that mean, turned."""
        self._squares: dict[str, tuple[str, str]] = {}
        """Squares of such, wanted for their means only → the same."""
        self._means: set[str] = set()
        """Which of the tensors are means over time, one figure for each channel."""
        self._single = {name for name, tensor in self._tensors.items() if _size(tensor) == 1}
        """Tensors of one element, which fit any layout."""

        self._done: set[int] = set()
        """Nodes (by identity) that were written together with one before them."""

    def write(self) -> _Pieces:
        for node in self._nodes:
            if id(node) in self._done:
                continue
            if node.operator == "ConvInteger" and (tail := self._scaling(node)):
                self._convolve(node, tail)
            elif node.operator == "STFT":
                self._transform(node)
            elif not self._follow(node):
                for name in node.inputs:
                    self._turn_back(name)
                self._written.append(node)
            if node.inputs and all(name in self._single for name in node.inputs):
                self._single |= set(node.outputs) if node.operator in _ONE_TO_ONE else set()
            if node.operator == "DynamicQuantizeLinear":
                self._single |= set(node.outputs[1:])
        for name in self._shown:
            self._turn_back(name)
        kept = _needed(self._written, self._shown)
        used = {name for node in kept for name in node.inputs}
        return _pieces(
            [
                *((_NODE, 2, _write_node(node)) for node in kept),
                *(
                    (_INITIALIZER, 2, _pieces(tensor))
                    for name, tensor in self._tensors.items()
                    if name in used
                ),
                *self._rest,
            ]
        )

    def _scaling(self, conv: _Node) -> list[_Node] | None:
        """What makes a convolution's integers floats, the scale last; None when it is another."""
        weights = self._tensors.get(conv.inputs[1])
        if weights is None or conv.integers["group"] != [1]:
            return None
        steps: list[_Node] = []
        name = conv.outputs[0]
        for wanted in ("Add", "Cast", "Mul"):
            users = self._users.get(name, [])
            if len(users) != 1:
                return None
            if users[0].operator == wanted:
                steps.append(users[0])
                name = users[0].outputs[0]
            elif wanted != "Add":
                return None
        return steps

    def _convolve(self, conv: _Node, tail: list[_Node]) -> None:
        sound, weights, zero, weights_zero = conv.inputs
        name = conv.outputs[0]
        kernel, dilation = conv.integers["kernel_shape"][0], conv.integers["dilations"][0]
        before, after = conv.integers["pads"]
        matrix = _array(self._tensors[weights], np.uint8)
        middle = _array(self._tensors[weights_zero], np.uint8).reshape(())
        by_tap = np.ascontiguousarray(matrix.transpose(2, 1, 0)).reshape(-1, matrix.shape[0])
        if self._signed:
            by_tap, middle = (
                (by_tap ^ np.uint8(128)).view(np.int8),
                (middle ^ np.uint8(128)).view(np.int8),
            )
        columns = self._turn(sound)
        (stride,) = conv.integers["strides"]
        if kernel > 1 or stride > 1:
            taps = np.arange(kernel, dtype=np.int64) * dilation
            columns = self._windows(columns, zero, (before, after), taps, stride, name)
        scales = self._makers[tail[-1].inputs[1]].inputs
        inputs = [
            *(columns, self._constant(by_tap, f"{name}/weights"), *scales, zero),
            self._constant(middle),
        ]
        if len(tail) == 3:
            inputs.append(self._bias(tail[0]))
        result = tail[-1].outputs[0]
        self._turned[result] = f"{result}/turned"
        self._add("MatMulIntegerToFloat", inputs, f"{result}/turned", domain="com.microsoft")
        self._done |= {id(step) for step in tail}

    def _windows(
        self,
        sound: str,
        zero: str,
        around: tuple[int, int],
        taps: npt.NDArray[np.int64],
        stride: int,
        name: str,
    ) -> str:
        """What a kernel sees at each step, [1, steps, taps · channels], in one pass.

        ``around``: how many moments of ``zero`` go before and after the sound.
        """
        first, step = (self._constant(np.array(value, np.int64)) for value in (0, stride))
        axis = self._constant(np.array([1], np.int64))
        pads = self._constant(np.array([0, around[0], 0, 0, around[1], 0], np.int64))
        self._add("Pad", [sound, pads, zero], f"{name}/padded")
        self._add("Shape", [sound], f"{name}/length", start=[1], end=[2])
        self._add("Squeeze", [f"{name}/length"], f"{name}/frames")
        past = f"{name}/frames"
        if more := sum(around) - int(taps[-1]):
            self._add("Add", [past, self._constant(np.array(more, np.int64))], f"{name}/past")
            past = f"{name}/past"
        self._add("Range", [first, past, step], f"{name}/times")
        self._add("Unsqueeze", [f"{name}/times", axis], f"{name}/starts")
        self._add("Add", [f"{name}/starts", self._constant(taps)], f"{name}/places")
        self._add("Gather", [f"{name}/padded", f"{name}/places"], f"{name}/taps", axis=[1])
        rows = self._constant(np.array([0, 0, -1], np.int64))
        self._add("Reshape", [f"{name}/taps", rows], f"{name}/columns")
        return f"{name}/columns"

    def _transform(self, node: _Node) -> None:
        """A short Fourier transform is a convolution with waves; ``STFT`` is slow at odd lengths.

        Input [1, samples], output [1, frames, bins, 2] (real and imaginary part).
        """
        signal, step, window, _ = node.inputs
        result = node.outputs[0]
        shape = _array(self._tensors[window], np.float32)
        turns = np.outer(np.arange(shape.size // 2 + 1), np.arange(shape.size)) / shape.size
        waves = np.concatenate((np.cos(2 * np.pi * turns), -np.sin(2 * np.pi * turns)))
        # The lowest and the highest bin have no imaginary part. Where they are below zero their
        # phase is then +π, as in training, and not ±π by the rounding of nothing.
        real = np.abs(waves).max(axis=1) < 1e-9
        waves[real] = 0
        weights = self._constant((waves * shape)[:, None].astype(np.float32), f"{result}/waves")
        above = self._constant(np.where(real, 1e-30, 0).astype(np.float32), f"{result}/above")
        stride = _array(self._tensors[step], np.int64).ravel().tolist()
        axis = self._constant(np.array([1], np.int64))
        self._add("Unsqueeze", [signal, axis], f"{result}/signal")
        self._add("Conv", [f"{result}/signal", weights, above], f"{result}/parts", strides=stride)
        halves = self._constant(np.array([1, 2, len(waves) // 2, -1], np.int64))
        self._add("Reshape", [f"{result}/parts", halves], f"{result}/split")
        self._add("Transpose", [f"{result}/split"], result, perm=[0, 3, 2, 1])

    def _bias(self, adding: _Node) -> str:
        """The float bias behind the rounded one: Add(Reshape(Cast(Floor(Div(bias, scale)))))."""
        node = self._makers[adding.inputs[1]]
        while node.operator != "Div":
            node = self._makers[node.inputs[0]]
        return node.inputs[0]

    def _follow(self, node: _Node) -> bool:
        """Take ``node`` into the turned layout when something it works on is there already."""
        if not any(self._is_turned_only(name) for name in node.inputs):
            return False
        result = node.outputs[0]
        if self._draw_line(node):
            return True
        if node.operator in _ONE_TO_ONE:
            inputs = [name if name in self._single else self._turn(name) for name in node.inputs]
        elif node.operator == "DynamicQuantizeLinear":
            inputs = [self._turn(node.inputs[0])]
        elif node.operator == "ReduceMean" and self._is_two(node.inputs[1]):
            self._means.add(result)
            self._turned[result] = f"{result}/turned"
            if node.inputs[0] in self._squares:
                self._vary(*self._squares[node.inputs[0]], self._turned[result])
            else:
                self._average(self._turn(node.inputs[0]), self._turned[result])
            return True
        else:
            return False
        self._turned[result] = f"{result}/turned"
        raw = [part for part in node.raw if part[0] not in (_NODE_INPUT, _NODE_OUTPUT)]
        self._written.append(
            _Node(
                node.operator,
                inputs,
                [self._turned[result], *node.outputs[1:]],
                raw=[
                    *((_NODE_INPUT, 2, name.encode()) for name in inputs),
                    *(
                        (_NODE_OUTPUT, 2, n.encode())
                        for n in (self._turned[result], *node.outputs[1:])
                    ),
                    *raw,
                ],
            )
        )
        return True

    def _draw_line(self, node: _Node) -> bool:
        """Normalising subtracts, divides, multiplies and adds a figure for each channel.

        Over the sound this is done in two steps, not four: what is done to figures first costs nothing.
        """
        left, right = (node.inputs * 2)[:2]
        result = node.outputs[0]
        if node.operator == "Sub" and right in self._means:
            self._add("Neg", [self._turn(right)], f"{result}/offset")
            self._lines[result] = (self._turn(left), "", f"{result}/offset")
            self._centred[result] = (self._turn(left), self._turn(right))
            return True
        if node.operator == "Mul" and left == right and left in self._centred:
            self._squares[result] = self._centred[left]
            return True
        if right in self._lines and node.operator in ("Mul", "Add"):
            left, right = right, left
        if left not in self._lines or right in self._lines:
            return False
        base, slope, offset = self._lines[left]
        figure = self._turn(right)
        if node.operator == "Div":
            self._add("Reciprocal", [figure], f"{result}/figure")
            figure = f"{result}/figure"
        if node.operator in ("Div", "Mul"):
            if slope:
                self._add("Mul", [slope, figure], f"{result}/slope")
            self._add("Mul", [offset, figure], f"{result}/offset")
            self._lines[result] = (base, f"{result}/slope" if slope else figure, f"{result}/offset")
            return True
        if node.operator == "Add":
            self._add("Add", [offset, figure], f"{result}/offset")
            self._lines[result] = (base, slope, f"{result}/offset")
            if snake := self._snake(result):
                self._wind(result, snake)
            else:
                self._turn(result)
            del self._lines[result]
            return True
        return False

    def _snake(self, name: str) -> list[_Node] | None:
        """The activation x + sin²(αx)/α when it is all that becomes of x = ``name``, else None.

        Its nodes in order: Mul by α, Sin, Pow, Mul by 1/α, Add.
        """
        steps: list[_Node] = []
        users = self._users.get(name, [])
        if [user.operator for user in users] != ["Mul", "Add"]:
            return None
        steps.append(users[0])
        for wanted in ("Sin", "Pow", "Mul", "Add"):
            after = self._users.get(steps[-1].outputs[0], [])
            if [user.operator for user in after] != [wanted]:
                return None
            steps.append(after[0])
        figures = (_other(steps[0], name), _other(steps[3], steps[2].outputs[0]))
        alpha, inverse, exponent = (
            _array(self._tensors[held], np.float32) if held in self._tensors else None
            for held in (*figures, steps[2].inputs[1])
        )
        if alpha is None or inverse is None or exponent is None or steps[4] is not users[1]:
            return None
        return steps if np.allclose(alpha * inverse, 1) and np.all(exponent == 2) else None

    def _wind(self, name: str, snake: list[_Node]) -> None:
        """With y = αx, x + sin²(αx)/α is (y + sin²y)/α; the line that x is takes α in for nothing."""
        base, slope, offset = self._lines[name]
        result = snake[-1].outputs[0]
        alpha = self._turn(_other(snake[0], name))
        inverse = self._turn(_other(snake[3], snake[2].outputs[0]))
        self._add("Mul", [offset, alpha], f"{result}/offset")
        if slope:
            self._add("Mul", [slope, alpha], f"{result}/slope")
        self._lines[f"{result}/angle"] = (
            *(base, f"{result}/slope" if slope else alpha),
            f"{result}/offset",
        )
        angle = self._turn(f"{result}/angle")
        self._add("Sin", [angle], f"{result}/sine")
        self._add("Mul", [f"{result}/sine"] * 2, f"{result}/square")
        self._add("Add", [angle, f"{result}/square"], f"{result}/sum")
        self._turned[result] = f"{result}/turned"
        self._add("Mul", [f"{result}/sum", inverse], self._turned[result])
        self._done |= {id(step) for step in snake}

    def _average(self, sound: str, result: str) -> None:
        """The mean over time, by a matrix product: ``ReduceMean`` is slow in this layout."""
        self._add("Shape", [sound], f"{result}/length", start=[1], end=[2])
        self._add("Cast", [f"{result}/length"], f"{result}/frames", to=[_FLOAT])
        self._add("Reciprocal", [f"{result}/frames"], f"{result}/share")
        self._add("Expand", [f"{result}/share", f"{result}/length"], f"{result}/shares")
        self._add("MatMul", [f"{result}/shares", sound], f"{result}/figures")
        axis = self._constant(np.array([1], np.int64))
        self._add("Unsqueeze", [f"{result}/figures", axis], result)

    def _vary(self, sound: str, mean: str, result: str) -> None:
        """The variance over time, as the mean of the squares less the square of the mean.

        What rounding leaves of a channel that stands still may be below zero: it is none.
        """
        self._add("Mul", [sound, sound], f"{result}/squares")
        self._average(f"{result}/squares", f"{result}/power")
        self._add("Mul", [mean, mean], f"{result}/level")
        self._add("Sub", [f"{result}/power", f"{result}/level"], f"{result}/difference")
        self._add("Relu", [f"{result}/difference"], result)

    def _is_turned_only(self, name: str) -> bool:
        known = name in self._turned or name in self._lines or name in self._squares
        return known and name not in self._plain

    def _is_two(self, name: str) -> bool:
        tensor = self._tensors.get(name)
        return tensor is not None and _array(tensor, np.int64).ravel().tolist() == [2]

    def _turn(self, name: str) -> str:
        """The twin of ``name`` that lies time by channel."""
        if name in self._turned:
            return self._turned[name]
        self._turned[name] = f"{name}/turned"
        if name in self._lines:
            base, slope, offset = self._lines[name]
            if slope:
                self._add("Mul", [base, slope], f"{name}/sloped")
                base = f"{name}/sloped"
            self._add("Add", [base, offset], self._turned[name])
        else:
            self._plain.add(name)
            self._add("Transpose", [name], self._turned[name], perm=[0, 2, 1])
        return self._turned[name]

    def _turn_back(self, name: str) -> None:
        if self._is_turned_only(name):
            turned = self._turn(name)
            self._plain.add(name)
            self._add("Transpose", [turned], name, perm=[0, 2, 1])

    def _add(
        self, operator: str, inputs: list[str], output: str, domain: str = "", **integers: list[int]
    ) -> None:
        self._written.append(_Node(operator, inputs, [output], integers, domain=domain))

    def _constant(
        self, values: npt.NDArray[np.float32 | np.int8 | np.uint8 | np.int64], name: str = ""
    ) -> str:
        name = name or f"constant/{values.dtype}{values.tolist()}"
        if name not in self._tensors:
            self._tensors[name] = [
                *((_DIMS, 0, size) for size in values.shape),
                (_DATA_TYPE, 0, _TYPE_OF[values.dtype]),
                (_TENSOR_NAME, 2, name.encode()),
                (_RAW, 2, values.reshape(-1).view(np.uint8).data),
            ]
        return name


def _needed(nodes: Sequence[_Node], shown: Iterable[str]) -> list[_Node]:
    """Only nodes whose results somebody uses."""
    wanted = set(shown)
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            wanted.update(node.inputs)
            kept.append(node)
    return kept[::-1]


def _other(node: _Node, name: str) -> str:
    """What a node of two operands works on besides ``name``."""
    return node.inputs[0] if node.inputs[1] == name else node.inputs[1]


def _read_node(message: memoryview) -> _Node:
    parts = list(_fields(message))
    node = _Node(
        _text(parts, _OP_TYPE),
        [_bytes(part).tobytes().decode() for part in parts if part[0] == _NODE_INPUT],
        [_bytes(part).tobytes().decode() for part in parts if part[0] == _NODE_OUTPUT],
        raw=parts,
    )
    if node.operator == "ConvInteger":
        for part in parts:
            if part[0] == _ATTRIBUTE:
                attribute = list(_fields(_bytes(part)))
                node.integers[_text(attribute, _ATTRIBUTE_NAME)] = [
                    value
                    for held in attribute
                    if held[0] in (_ATTRIBUTE_INT, _ATTRIBUTE_INTS)
                    for value in _integers(held)
                ]
    return node


def _write_node(node: _Node) -> bytes:
    if node.raw:
        return _message(node.raw)
    parts: list[_Field] = [(_NODE_INPUT, 2, name.encode()) for name in node.inputs]
    parts += [(_NODE_OUTPUT, 2, name.encode()) for name in node.outputs]
    parts += [(_NODE_NAME, 2, node.outputs[0].encode()), (_OP_TYPE, 2, node.operator.encode())]
    for name, values in node.integers.items():
        attribute: list[_Field] = [(_ATTRIBUTE_NAME, 2, name.encode())]
        if name in ("axis", "start", "end", "to"):
            attribute += [(_ATTRIBUTE_INT, 0, values[0]), (_ATTRIBUTE_TYPE, 0, _ATTRIBUTE_IS_INT)]
        else:
            attribute += [(_ATTRIBUTE_INTS, 0, value) for value in values]
            attribute.append((_ATTRIBUTE_TYPE, 0, _ATTRIBUTE_IS_INTS))
        parts.append((_ATTRIBUTE, 2, _message(attribute)))
    if node.domain:
        parts.append((_DOMAIN, 2, node.domain.encode()))
    return _message(parts)


def _array(tensor: Sequence[_Field], kind: type[_Number]) -> npt.NDArray[_Number]:
    shape = _dims(tensor)
    for number, _, value in tensor:
        if number == _RAW and isinstance(value, bytes | memoryview):
            return np.frombuffer(value, kind).reshape(shape)
    listed = [
        held for part in tensor if part[0] in (_INT32_DATA, _INT64_DATA) for held in _integers(part)
    ]
    return np.array(listed).astype(kind).reshape(shape)


def _dims(tensor: Sequence[_Field]) -> list[int]:
    return [held for part in tensor if part[0] == _DIMS for held in _integers(part)]


def _size(tensor: Sequence[_Field]) -> int:
    size = 1
    for length in _dims(tensor):
        size *= length
    return size


def _text(message: Sequence[_Field], number: int) -> str:
    """The text field ``number`` of a message, empty when it has none."""
    return next((bytes(_bytes(part)).decode() for part in message if part[0] == number), "")


def _bytes(part: _Field) -> memoryview:
    assert isinstance(part[2], bytes | memoryview)
    return memoryview(part[2])


def _fields(message: memoryview) -> Iterator[_Field]:
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


def _integers(part: _Field) -> list[int]:
    """The integers of a field, which hold one or are packed."""
    if isinstance(part[2], int):
        return [part[2]]
    packed = _bytes(part)
    values, at = [], 0
    while at < len(packed):
        value, at = _varint(packed, at)
        values.append(value)
    return values


def _message(fields: Iterable[_Field]) -> bytes:
    return b"".join(_pieces(fields))


def _pieces(fields: Iterable[_Field]) -> _Pieces:
    """A message, not put together yet."""
    pieces: _Pieces = []
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
