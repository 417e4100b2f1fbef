#!/usr/bin/env python3
"""Measure matrix products, attention and whole transformer layers on a CUDA device, in the CSV forms `headway validate` reads.

    measure_h200.py --device h200-sxm --out FOLDER [--only gemm,attention,layer] [--seconds 0.3] [--sustain 0]

Written for H200 and PyTorch 2.4 or later; it should run on any device from Hopper on. It has NOT BEEN RUN YET: no number in
topologies/ comes from it.

gemm.csv       device, precision, m, n, k, layout, time_us, source, note. Per shape in BF16 and in FP8 with one scale per tensor and
               per row (torch._scaled_mm, operands already in FP8: no cast is timed), the three products of a linear layer: forward
               (TN), data gradient (NN), weight gradient (NT). 16-bit weight gradients accumulate into FP32 where PyTorch offers
               an FP32 output, and say so with out=fp32; the others write BF16.
attention.csv  device, precision, pass, kernel, batch, heads, kv_heads, seq, head_dim, causal, time_us, source, note. BF16 forward and
               backward through PyTorch's own choice between cuDNN and FlashAttention; FP8 forward through FlashAttention-3 where
               flash_attn_interface is installed.
layer.csv      device, precision, pass, batch, seq, hidden, ffn, heads, kv_heads, head_dim, gated_mlp, time_us, peak_gib, source, note.
               A pre-norm layer (RMSNorm, grouped-query attention, rotary embedding, SwiGLU), forward and backward, in BF16 and
               with FP8 linear layers that scale per tensor at run time (casts included).

Every time is the median of at least ten runs that together last --seconds, after a warm-up of a third of that, with random normal
operands (zeros run faster: they draw less power) and the level-2 cache flushed between runs of a kernel. --sustain 2 repeats each
kernel back to back for two seconds first and times the last half: the clock at the power limit.
"""
import argparse
import csv
import itertools
import pathlib
import statistics
import sys
import time

import torch
import torch.nn.functional as F

FP8, FP8_MAX = torch.float8_e4m3fn, 448.0

# tokens x (out, in): every linear layer of common models on 1 to 8 tensor ranks, and squares. 11 pairs x 7 = 77 shapes.
LINEAR = [(4096, 4096), (6144, 4096), (28672, 4096), (4096, 14336), (10240, 8192), (8192, 8192), (7168, 8192), (8192, 3584),
          (8192, 28672), (16384, 16384), (13312, 16384)]
TOKENS = [512, 1024, 2048, 4096, 6144, 8192, 16384]

# (batch x heads, key-value heads) at (length, head size), causal or not: 72 shapes.
HEADS = [(1, 8, 1), (1, 32, 8), (1, 64, 8), (2, 16, 16), (4, 32, 8), (1, 128, 8)]
LENGTHS = [(1024, 128), (2048, 128), (4096, 128), (8192, 128), (16384, 128), (4096, 64)]

# (hidden, ffn, heads, key-value heads) x length x batch: 60 layers.
LAYERS = [(2048, 8192, 32, 8), (4096, 14336, 32, 8), (5120, 13824, 40, 40), (6144, 16384, 48, 8), (8192, 28672, 64, 8)]
LAYER_LENGTHS = [1024, 2048, 4096, 8192]
BATCHES = [1, 2, 4]


class Clock:
    """Times a function on the device."""

    def __init__(self, seconds, sustain):
        self.seconds, self.sustain = seconds, sustain
        self.flush = torch.empty(256 * 2**20, dtype=torch.int8, device="cuda")  # several times the level-2 cache

    def once(self, run, flush):
        if flush:
            self.flush.zero_()
        start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
        start.record()
        run()
        end.record()
        return start, end

    def for_seconds(self, run, seconds, least, flush):
        events, begin = [], time.monotonic()
        while len(events) < least or time.monotonic() - begin < seconds:
            events.append(self.once(run, flush))
            if len(events) % 10 == 0:
                torch.cuda.synchronize()
        torch.cuda.synchronize()
        return [start.elapsed_time(end) * 1e3 for start, end in events]

    def microseconds(self, run):
        flush = self.sustain == 0
        self.for_seconds(run, max(self.seconds / 3, self.sustain / 2), 3, flush)
        return statistics.median(self.for_seconds(run, max(self.seconds, self.sustain / 2), 10, flush))


class Table:
    """A CSV file that grows row by row, so that an interrupted run keeps what it has."""

    def __init__(self, path, columns):
        self.columns, self.file = columns, open(path, "w", newline="")
        self.writer = csv.DictWriter(self.file, columns, restval="")
        self.writer.writeheader()

    def row(self, **cells):
        self.writer.writerow(cells)
        self.file.flush()


def attempt(what, action):
    """A shape that does not fit, or a kernel this device lacks, is no reason to stop."""
    try:
        return action()
    except (RuntimeError, torch.cuda.OutOfMemoryError) as error:
        print(f"left out {what}: {str(error).splitlines()[0]}", file=sys.stderr)
        torch.cuda.empty_cache()
        return None


def random_matrix(rows, columns):
    return torch.randn(rows, columns, device="cuda", dtype=torch.bfloat16)


def to_fp8(x, rowwise=False):
    """x in FP8 and the scale that undoes it."""
    largest = (x.abs().amax(dim=1, keepdim=True) if rowwise else x.abs().max()).float().clamp(min=1e-12)
    return (x.float() * (FP8_MAX / largest)).to(FP8), largest / FP8_MAX


def scaled_product(a, a_scale, b_columns, b_scale):
    """a[m, k] times b[k, n], b stored by columns as the matrix units want it."""
    return torch._scaled_mm(a, b_columns, scale_a=a_scale, scale_b=b_scale, out_dtype=torch.bfloat16)


# ---- matrix products


def products(tokens, out, inner):
    """The three products of y[tokens, out] = x[tokens, inner] W as (layout, m, n, k)."""
    return [("TN", tokens, out, inner), ("NN", tokens, inner, out), ("NT", out, inner, tokens)]


def bf16_product(layout, m, n, k):
    a = random_matrix(k, m).t() if layout == "NT" else random_matrix(m, k)
    b = random_matrix(n, k).t() if layout == "TN" else random_matrix(k, n)
    if layout == "NT":
        accumulated = torch.zeros(m, n, device="cuda", dtype=torch.float32)
        try:
            torch.mm(a, b, out_dtype=torch.float32)
            return lambda: accumulated.add_(torch.mm(a, b, out_dtype=torch.float32)), "accumulate=True out=fp32, the addition apart"
        except (TypeError, RuntimeError):
            pass
    return lambda: torch.mm(a, b), "out=bf16"


def fp8_product(m, n, k, rowwise):
    a, a_scale = to_fp8(random_matrix(m, k), rowwise)
    b, b_scale = to_fp8(random_matrix(n, k), rowwise)
    return lambda: scaled_product(a, a_scale, b.t(), b_scale.t() if rowwise else b_scale)


def measure_gemms(table, clock, common):
    for (out, inner), tokens in itertools.product(LINEAR, TOKENS):
        for layout, m, n, k in products(tokens, out, inner):

            def one(precision):
                if precision == "bf16":
                    run, note = bf16_product(layout, m, n, k)
                else:
                    run, note = fp8_product(m, n, k, precision == "fp8-rowwise"), "operands in fp8, out=bf16"
                table.row(precision=precision, m=m, n=n, k=k, layout=layout, time_us=f"{clock.microseconds(run):.2f}",
                          note=note, **common)

            for precision in ("bf16", "fp8-tensorwise", "fp8-rowwise"):
                attempt(f"{precision} {m} x {n} x {k} {layout}", lambda: one(precision))


# ---- attention


def attention_operands(batch, heads, kv_heads, length, head_dim, gradient):
    def tensor(count):
        return torch.randn(batch, count, length, head_dim, device="cuda", dtype=torch.bfloat16, requires_grad=gradient)

    return tensor(heads), tensor(kv_heads), tensor(kv_heads)


def attend(q, k, v, causal):
    return F.scaled_dot_product_attention(q, k, v, is_causal=causal, enable_gqa=q.shape[1] != k.shape[1])


def backward_of(make_output):
    """Runs the backward pass alone, again and again over one graph."""
    output = make_output()
    gradient = torch.randn_like(output)
    return lambda: output.backward(gradient, retain_graph=True)


def measure_attention(table, clock, common):
    fp8_attention = None
    try:
        from flash_attn_interface import flash_attn_func as fp8_attention  # FlashAttention-3
    except ImportError:
        print("no flash_attn_interface: FP8 attention is left out", file=sys.stderr)
    for (batch, heads, kv_heads), (length, head_dim), causal in itertools.product(HEADS, LENGTHS, (True, False)):
        shape = dict(batch=batch, heads=heads, kv_heads=kv_heads, seq=length, head_dim=head_dim, causal=int(causal))

        def write(precision, which, kernel, run, note):
            table.row(precision=precision, kernel=kernel, time_us=f"{clock.microseconds(run):.2f}", note=note, **shape, **common,
                      **{"pass": which})

        def bf16():
            q, k, v = attention_operands(batch, heads, kv_heads, length, head_dim, True)
            with torch.no_grad():
                write("bf16", "fwd", "cuDNN or FA2 (PyTorch)", lambda: attend(q, k, v, causal), "as PyTorch chooses")
            write("bf16", "bwd", "cuDNN or FA2 (PyTorch)", backward_of(lambda: attend(q, k, v, causal)), "as PyTorch chooses")

        def fp8():
            q, k, v = (x.transpose(1, 2).contiguous().to(FP8)
                       for x in attention_operands(batch, heads, kv_heads, length, head_dim, False))
            write("fp8-tensorwise", "fwd", "FA3", lambda: fp8_attention(q, k, v, causal=causal), "operands in fp8")

        attempt(f"attention {shape}", bf16)
        if fp8_attention is not None:
            attempt(f"fp8 attention {shape}", fp8)


# ---- a layer


class Fp8Product(torch.autograd.Function):
    """y = x W^T with all three products in FP8, one scale per tensor found at run time."""

    @staticmethod
    def forward(ctx, x, weight):
        x8, x_scale = to_fp8(x)
        w8, w_scale = to_fp8(weight)
        ctx.save_for_backward(x8, x_scale, w8, w_scale)
        return scaled_product(x8, x_scale, w8.t(), w_scale)

    @staticmethod
    def backward(ctx, gradient):
        x8, x_scale, w8, w_scale = ctx.saved_tensors
        g8, g_scale = to_fp8(gradient.contiguous())
        of_x = scaled_product(g8, g_scale, w8.t().contiguous().t(), w_scale)
        of_weight = scaled_product(g8.t().contiguous(), g_scale, x8.t().contiguous().t(), x_scale)
        return of_x, of_weight


class Linear(torch.nn.Module):
    def __init__(self, inner, out, fp8):
        super().__init__()
        self.weight = torch.nn.Parameter(random_matrix(out, inner) * inner**-0.5)
        self.fp8 = fp8

    def forward(self, x):
        if not self.fp8:
            return F.linear(x, self.weight)
        return Fp8Product.apply(x.reshape(-1, x.shape[-1]), self.weight).reshape(*x.shape[:-1], -1)


class Layer(torch.nn.Module):
    def __init__(self, hidden, ffn, heads, kv_heads, head_dim, length, fp8):
        super().__init__()
        self.heads, self.kv_heads, self.head_dim = heads, kv_heads, head_dim
        self.qkv = Linear(hidden, (heads + 2 * kv_heads) * head_dim, fp8)
        self.projection = Linear(heads * head_dim, hidden, fp8)
        self.up, self.down = Linear(hidden, 2 * ffn, fp8), Linear(ffn, hidden, fp8)
        self.norms = torch.nn.ParameterList([torch.ones(hidden, device="cuda", dtype=torch.bfloat16) for _ in range(2)])
        angles = torch.outer(torch.arange(length, device="cuda").float(),
                             10000.0 ** (-torch.arange(0, head_dim, 2, device="cuda").float() / head_dim))
        self.register_buffer("cosine", angles.cos().to(torch.bfloat16))
        self.register_buffer("sine", angles.sin().to(torch.bfloat16))

    def rotate(self, x):
        first, second = x.chunk(2, dim=-1)
        return torch.cat((first * self.cosine - second * self.sine, second * self.cosine + first * self.sine), dim=-1)

    def norm(self, x, which):
        return F.rms_norm(x, x.shape[-1:], self.norms[which])

    def forward(self, x):
        batch, length, _ = x.shape
        sizes = [count * self.head_dim for count in (self.heads, self.kv_heads, self.kv_heads)]
        q, k, v = (part.reshape(batch, length, -1, self.head_dim).transpose(1, 2)
                   for part in self.qkv(self.norm(x, 0)).split(sizes, dim=-1))
        mixed = attend(self.rotate(q), self.rotate(k), v, True).transpose(1, 2).reshape(batch, length, -1)
        x = x + self.projection(mixed)
        gate, up = self.up(self.norm(x, 1)).chunk(2, dim=-1)
        return x + self.down(F.silu(gate) * up)


def measure_layers(table, clock, common):
    for (hidden, ffn, heads, kv_heads), length, batch in itertools.product(LAYERS, LAYER_LENGTHS, BATCHES):
        head_dim = hidden // heads
        shape = dict(batch=batch, seq=length, hidden=hidden, ffn=ffn, heads=heads, kv_heads=kv_heads, head_dim=head_dim, gated_mlp=1)

        def one(precision):
            torch.cuda.empty_cache()
            torch.cuda.reset_peak_memory_stats()
            layer = Layer(hidden, ffn, heads, kv_heads, head_dim, length, precision != "bf16")
            compiled = torch.compile(layer)  # norms, rotary and SwiGLU fused, as training frameworks do
            x = torch.randn(batch, length, hidden, device="cuda", dtype=torch.bfloat16, requires_grad=True)
            output = compiled(x)
            gradient = torch.randn_like(output)

            def both():
                for parameter in (x, *layer.parameters()):
                    parameter.grad = None
                compiled(x).backward(gradient)

            forward, step = clock.microseconds(lambda: compiled(x)), clock.microseconds(both)
            peak = torch.cuda.max_memory_allocated() / 2**30
            for which, microseconds in (("fwd", forward), ("bwd", step - forward), ("fwd+bwd", step)):
                table.row(precision=precision, time_us=f"{microseconds:.2f}", peak_gib=f"{peak:.3f}",
                          note="torch.compile; bwd is the difference", **shape, **common, **{"pass": which})

        for precision in ("bf16", "fp8-tensorwise"):
            attempt(f"layer {precision} {shape}", lambda: one(precision))


# ---- command line


COLUMNS = {
    "gemm": ["device", "precision", "m", "n", "k", "layout", "time_us", "source", "note"],
    "attention": ["device", "precision", "pass", "kernel", "batch", "heads", "kv_heads", "seq", "head_dim", "causal", "time_us",
                  "source", "note"],
    "layer": ["device", "precision", "pass", "batch", "seq", "hidden", "ffn", "heads", "kv_heads", "head_dim", "gated_mlp", "time_us",
              "peak_gib", "source", "note"],
}
MEASURES = {"gemm": measure_gemms, "attention": measure_attention, "layer": measure_layers}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", required=True, help="name in topologies/devices, written into the tables")
    parser.add_argument("--out", type=pathlib.Path, required=True, help="folder for the tables")
    parser.add_argument("--only", default="gemm,attention,layer")
    parser.add_argument("--seconds", type=float, default=0.3, help="timed per kernel")
    parser.add_argument("--sustain", type=float, default=0.0, help="seconds each kernel repeats back to back, half of them timed")
    arguments = parser.parse_args()
    if not torch.cuda.is_available():
        sys.exit("no CUDA device")
    torch.manual_seed(1)
    arguments.out.mkdir(parents=True, exist_ok=True)
    regime = f"power-limit, {arguments.sustain:g} s back to back" if arguments.sustain > 0 else "short burst"
    source = f"headway bench/calibration/measure_h200.py on {torch.cuda.get_device_name()}, PyTorch {torch.__version__} ({regime})"
    clock = Clock(arguments.seconds, arguments.sustain)
    for name in arguments.only.split(","):
        table = Table(arguments.out / f"{name}.csv", COLUMNS[name])
        MEASURES[name](table, clock, dict(device=arguments.device, source=source))


if __name__ == "__main__":
    main()
