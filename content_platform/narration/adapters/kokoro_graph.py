"""Kokoro's network made quicker before it is loaded: the same sums in an order that CPUs like.

The published int8 file convolves with ``ConvInteger``, which onnxruntime computes without the
processor's 8-bit dot products and with one pass over the whole sound for each bias, cast and scale.
Here each of those convolutions becomes one matrix product (``MatMulIntegerToFloat``) over the
sound laid out time by channel; what lies between two of them follows into that layout, so that
next to nothing has to be turned round, and takes fewer passes over the sound. Integers are
multiplied and summed exactly as before; floats are rounded elsewhere, which nobody can hear.

Not here: the file's format (``onnx_messages``), where the model comes from and how it is run
(``kokoro``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
import numpy.typing as npt

from content_platform.narration.adapters.onnx_messages import (
    FLOAT,
    GRAPH,
    INITIALIZER,
    NODE,
    OUTPUT,
    TENSOR_NAME,
    VALUE_INFO,
    Field,
    Node,
    Pieces,
    array_of,
    bytes_of,
    described,
    fields_of,
    message,
    pieces_of,
    read_node,
    size_of,
    tensor_of,
    text_of,
    write_node,
)

_STEPS_AT_ONCE = 512
"""Rows of a wide matrix product that the caches of a core hold with what becomes of them."""
_WIDE = 768
"""Columns from which it pays: onnxruntime goes over all rows once for every 384 columns."""

_ONE_TO_ONE = frozenset(
    ("Add", "Sub", "Mul", "Div", "Pow", "Sqrt", "Sin", "Cos", "LeakyRelu", "Reciprocal", "Cast")
)
"""Operators that do not care how their operands are laid out, as long as all are alike."""


def quicker(model: bytes | bytearray, extra_output: str, *, signed: bool) -> bytes:
    """The model with its convolutions as matrix products, and the float ``extra_output`` shown.

    ``signed`` weights are what 8-bit dot products want; the sums are the same either way.
    """
    parts = list(fields_of(memoryview(model)))
    at = next(i for i, part in enumerate(parts) if part[0] == GRAPH)
    parts[at] = (GRAPH, 2, _Rewriter(bytes_of(parts[at]), extra_output, signed).write())
    return message(parts)


class _Rewriter:
    """One pass over the nodes in the order of the data, remembering what lies time by channel."""

    def __init__(self, graph: memoryview, extra_output: str, signed: bool) -> None:
        self._signed = signed
        self._rest: list[Field] = []
        self._nodes: list[Node] = []
        self._tensors: dict[str, list[Field]] = {}
        for part in fields_of(graph):
            if part[0] == NODE:
                self._nodes.append(read_node(bytes_of(part)))
            elif part[0] == INITIALIZER:
                tensor = list(fields_of(bytes_of(part)))
                self._tensors[text_of(tensor, TENSOR_NAME)] = tensor
            elif part[0] != VALUE_INFO:  # shapes of what is computed: no longer true
                self._rest.append(part)
        self._rest.append((OUTPUT, 2, described(extra_output, FLOAT)))
        self._shown = {
            text_of(list(fields_of(bytes_of(p))), 1) for p in self._rest if p[0] == OUTPUT
        }
        self._users: dict[str, list[Node]] = {}
        self._makers: dict[str, Node] = {}
        for node in self._nodes:
            for name in node.inputs:
                self._users.setdefault(name, []).append(node)
            for name in node.outputs:
                self._makers[name] = node
        self._written: list[Node] = []
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
        self._single = {name for name, tensor in self._tensors.items() if size_of(tensor) == 1}
        """Tensors of one element, which fit any layout."""

        self._lengths: dict[str, str] = {}
        """Turned tensors → a tensor that holds how long they are, int64 [1]."""
        self._made: set[str] = set()
        """Figures that follow from a length alone and are there already."""
        self._done: set[int] = set()
        """Nodes (by identity) that were written together with one before them."""

    def write(self) -> Pieces:
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
        used = {name for node in kept for name in node.uses()}
        return pieces_of(
            [
                *((NODE, 2, write_node(node)) for node in kept),
                *(
                    (INITIALIZER, 2, pieces_of(tensor))
                    for name, tensor in self._tensors.items()
                    if name in used
                ),
                *self._rest,
            ]
        )

    def _scaling(self, conv: Node) -> list[Node] | None:
        """What makes a convolution's integers floats, the scale last; None when it is another."""
        weights = self._tensors.get(conv.inputs[1])
        if weights is None or conv.integers["group"] != [1]:
            return None
        steps: list[Node] = []
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

    def _convolve(self, conv: Node, tail: list[Node]) -> None:
        sound, weights, zero, weights_zero = conv.inputs
        name = conv.outputs[0]
        kernel, dilation = conv.integers["kernel_shape"][0], conv.integers["dilations"][0]
        before, after = conv.integers["pads"]
        matrix = array_of(self._tensors[weights], np.uint8)
        middle = array_of(self._tensors[weights_zero], np.uint8).reshape(())
        by_tap = np.ascontiguousarray(matrix.transpose(2, 1, 0)).reshape(-1, matrix.shape[0])
        if self._signed:
            by_tap, middle = (
                (by_tap ^ np.uint8(128)).view(np.int8),
                (middle ^ np.uint8(128)).view(np.int8),
            )
        (stride,) = conv.integers["strides"]
        taps = np.arange(kernel, dtype=np.int64) * dilation
        turned = self._turn(sound)
        result = tail[-1].outputs[0]
        self._turned[result] = f"{result}/turned"
        weights = self._constant(by_tap, f"{name}/weights")
        scales = self._makers[tail[-1].inputs[1]].inputs
        factors = [weights, *scales, zero, self._constant(middle)]
        if len(tail) == 3:
            factors.append(self._bias(tail[0]))
        same = stride == 1 and before + after == taps[-1]
        if same:
            self._lengths[f"{result}/turned"] = self._length(turned)
        self._done |= {id(step) for step in tail}
        if kernel == stride == 1:
            self._written.append(_product([turned, *factors], f"{result}/turned"))
            return
        pads = self._constant(np.array([0, before, 0, 0, after, 0], np.int64))
        self._add("Pad", [turned, pads, zero], f"{name}/padded")
        if same and len(by_tap) >= _WIDE:
            places = self._batches(self._length(turned), taps)
            body = self._windows(f"{name}/padded", "slice", factors, f"{name}/sums")
            scan = {"num_scan_inputs": [1]}
            self._written.append(Node("Scan", [places], [f"{name}/batches"], scan, body=body))
            rows = self._constant(np.array([1, -1, by_tap.shape[1]], np.int64))
            first, axis = (self._constant(np.array([value], np.int64)) for value in (0, 1))
            ends = [first, self._length(turned), axis]
            self._add("Reshape", [f"{name}/batches", rows], f"{name}/rows")
            self._add("Slice", [f"{name}/rows", *ends], f"{result}/turned")
        else:
            past = self._past(turned, before + after - int(taps[-1]))
            places = self._places(past, taps, stride)
            self._written += self._windows(f"{name}/padded", places, factors, f"{result}/turned")

    def _windows(self, padded: str, places: str, factors: list[str], result: str) -> list[Node]:
        """What a kernel sees from each of ``places``, as one row each, times the weights."""
        rows = self._constant(np.array([0, 0, -1], np.int64))
        return [
            Node("Gather", [padded, places], [f"{result}/taps"], {"axis": [1]}),
            Node("Reshape", [f"{result}/taps", rows], [f"{result}/columns"]),
            _product([f"{result}/columns", *factors], result),
        ]

    def _places(self, past: str, taps: npt.NDArray[np.int64], stride: int) -> str:
        """Where a kernel looks at each step before ``past``: [steps, taps]."""
        name = f"{past}/{stride}/{taps.tolist()}"
        if name not in self._made:
            self._made.add(name)
            first, step = (self._constant(np.array(value, np.int64)) for value in (0, stride))
            axis = self._constant(np.array([1], np.int64))
            self._add("Squeeze", [past], f"{name}/past")
            self._add("Range", [first, f"{name}/past", step], f"{name}/times")
            self._add("Unsqueeze", [f"{name}/times", axis], f"{name}/starts")
            self._add("Add", [f"{name}/starts", self._constant(taps)], name)
        return name

    def _past(self, turned: str, more: int) -> str:
        """The length of ``turned`` and ``more``."""
        length = self._length(turned)
        if not more:
            return length
        if f"{length}+{more}" not in self._made:
            self._made.add(f"{length}+{more}")
            added = self._constant(np.array([more], np.int64))
            self._add("Add", [length, added], f"{length}+{more}")
        return f"{length}+{more}"

    def _batches(self, length: str, taps: npt.NDArray[np.int64]) -> str:
        """The places of a kernel in batches of equal size: [batches, steps of one, taps].

        Steps that are missing in the last batch repeat the last moment.
        """
        one, most, less = (
            self._constant(np.array([value], np.int64)) for value in (1, _STEPS_AT_ONCE, -1)
        )
        size = f"{length}/batches"
        if size not in self._made:
            self._made.add(size)
            for by, result in ((most, size), (size, f"{size}/steps")):  # divided, rounded up
                self._add("Add", [length, by], f"{result}/above")
                self._add("Add", [f"{result}/above", less], f"{result}/up")
                self._add("Div", [f"{result}/up", by], result)
            zero, step = (self._constant(np.array(value, np.int64)) for value in (0, 1))
            self._add("Mul", [size, f"{size}/steps"], f"{size}/all")
            self._add("Squeeze", [f"{size}/all"], f"{size}/past")
            self._add("Range", [zero, f"{size}/past", step], f"{size}/numbers")
            self._add("Add", [length, less], f"{size}/last")
            self._add("Min", [f"{size}/numbers", f"{size}/last"], f"{size}/times")
            self._add("Unsqueeze", [f"{size}/times", one], f"{size}/starts")
        name = f"{size}/{taps.tolist()}"
        if name not in self._made:
            self._made.add(name)
            rest = self._constant(np.array([-1, len(taps)], np.int64))
            self._add("Add", [f"{size}/starts", self._constant(taps)], f"{name}/flat")
            self._add("Concat", [size, rest], f"{name}/shape", axis=[0])
            self._add("Reshape", [f"{name}/flat", f"{name}/shape"], name)
        return name

    def _length(self, turned: str) -> str:
        """How long a turned tensor is, int64 [1]."""
        if turned not in self._lengths:
            self._lengths[turned] = f"{turned}/length"
            self._add("Shape", [turned], f"{turned}/length", start=[1], end=[2])
        return self._lengths[turned]

    def _transform(self, node: Node) -> None:
        """A short Fourier transform is a convolution with waves; ``STFT`` is slow at odd lengths.

        Input [1, samples], output [1, frames, bins, 2] (real and imaginary part).
        """
        signal, step, window, _ = node.inputs
        result = node.outputs[0]
        shape = array_of(self._tensors[window], np.float32)
        turns = np.outer(np.arange(shape.size // 2 + 1), np.arange(shape.size)) / shape.size
        waves = np.concatenate((np.cos(2 * np.pi * turns), -np.sin(2 * np.pi * turns)))
        # The lowest and the highest bin have no imaginary part. Where they are below zero their
        # phase is then +π, as in training, and not ±π by the rounding of nothing.
        real = np.abs(waves).max(axis=1) < 1e-9
        waves[real] = 0
        weights = self._constant((waves * shape)[:, None].astype(np.float32), f"{result}/waves")
        above = self._constant(np.where(real, 1e-30, 0).astype(np.float32), f"{result}/above")
        stride = array_of(self._tensors[step], np.int64).ravel().tolist()
        axis = self._constant(np.array([1], np.int64))
        self._add("Unsqueeze", [signal, axis], f"{result}/signal")
        self._add("Conv", [f"{result}/signal", weights, above], f"{result}/parts", strides=stride)
        halves = self._constant(np.array([1, 2, len(waves) // 2, -1], np.int64))
        self._add("Reshape", [f"{result}/parts", halves], f"{result}/split")
        self._add("Transpose", [f"{result}/split"], result, perm=[0, 3, 2, 1])

    def _bias(self, adding: Node) -> str:
        """The float bias behind the rounded one: Add(Reshape(Cast(Floor(Div(bias, scale)))))."""
        node = self._makers[adding.inputs[1]]
        while node.operator != "Div":
            node = self._makers[node.inputs[0]]
        return node.inputs[0]

    def _follow(self, node: Node) -> bool:
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
        self._keep_length(inputs, self._turned[result])
        self._written.append(node.moved(inputs, [self._turned[result], *node.outputs[1:]]))
        return True

    def _draw_line(self, node: Node) -> bool:
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
        averaged = {user.operator for user in self._users.get(result, ())} == {"ReduceMean"}
        if node.operator == "Mul" and left == right and left in self._centred and averaged:
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

    def _snake(self, name: str) -> list[Node] | None:
        """The activation x + sin²(αx)/α when it is all that becomes of x = ``name``, else None.

        Its nodes in order: Mul by α, Sin, Pow, Mul by 1/α, Add.
        """
        steps: list[Node] = []
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
            array_of(self._tensors[held], np.float32) if held in self._tensors else None
            for held in (*figures, steps[2].inputs[1])
        )
        if alpha is None or inverse is None or exponent is None or steps[4] is not users[1]:
            return None
        return steps if np.allclose(alpha * inverse, 1) and np.all(exponent == 2) else None

    def _wind(self, name: str, snake: list[Node]) -> None:
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
        self._keep_length([angle], self._turned[result])
        self._done |= {id(step) for step in snake}

    def _average(self, sound: str, result: str) -> None:
        """The mean over time, by a matrix product: ``ReduceMean`` is slow in this layout."""
        length = self._length(sound)
        shares = f"{length}/shares"
        if shares not in self._made:
            self._made.add(shares)
            self._add("Cast", [length], f"{length}/float", to=[FLOAT])
            self._add("Reciprocal", [f"{length}/float"], f"{length}/share")
            self._add("Expand", [f"{length}/share", length], shares)
        self._add("MatMul", [shares, sound], f"{result}/figures")
        axis = self._constant(np.array([1], np.int64))
        self._add("Unsqueeze", [f"{result}/figures", axis], result)

    def _vary(self, sound: str, mean: str, result: str) -> None:
        """The variance over time, as the mean of the squares less the square of the mean.

        What rounding leaves of a channel that stands still may be below zero: it is none.
        """
        self._add("Mul", [sound, sound], f"{result}/squares")
        self._keep_length([sound], f"{result}/squares")
        self._average(f"{result}/squares", f"{result}/power")
        self._add("Mul", [mean, mean], f"{result}/level")
        self._add("Sub", [f"{result}/power", f"{result}/level"], f"{result}/difference")
        self._add("Relu", [f"{result}/difference"], result)

    def _keep_length(self, inputs: Iterable[str], result: str) -> None:
        """``result`` is as long as those of ``inputs`` whose length is known."""
        if known := [self._lengths[name] for name in inputs if name in self._lengths]:
            self._lengths[result] = known[0]

    def _is_turned_only(self, name: str) -> bool:
        known = name in self._turned or name in self._lines or name in self._squares
        return known and name not in self._plain

    def _is_two(self, name: str) -> bool:
        tensor = self._tensors.get(name)
        return tensor is not None and array_of(tensor, np.int64).ravel().tolist() == [2]

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
            self._keep_length([self._lines[name][0]], self._turned[name])
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
        self._written.append(Node(operator, inputs, [output], integers, domain=domain))

    def _constant(
        self, values: npt.NDArray[np.float32 | np.int8 | np.uint8 | np.int64], name: str = ""
    ) -> str:
        name = name or f"constant/{values.dtype}{values.tolist()}"
        if name not in self._tensors:
            self._tensors[name] = tensor_of(name, values)
        return name


def _needed(nodes: Sequence[Node], shown: Iterable[str]) -> list[Node]:
    """Only nodes whose results somebody uses."""
    wanted = set(shown)
    kept = []
    for node in reversed(nodes):
        if wanted.intersection(node.outputs):
            wanted |= node.uses()
            kept.append(node)
    return kept[::-1]


def _other(node: Node, name: str) -> str:
    """What a node of two operands works on besides ``name``."""
    return node.inputs[0] if node.inputs[1] == name else node.inputs[1]


def _product(inputs: list[str], output: str) -> Node:
    """Of bytes and weights, as floats: columns, weights, scales, zero points and maybe a bias."""
    return Node("MatMulIntegerToFloat", inputs, [output], domain="com.microsoft")
