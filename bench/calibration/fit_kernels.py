#!/usr/bin/env python3
"""Fit the kernel parameters of topologies/devices/*.yaml to published kernel times.

    fit_kernels.py gemm.csv [attention.csv]

The model is that of sim/hardware/gemm_cost.h and attention_cost.h, repeated here because a fit wants arrays; the constants must agree.

gemm.csv       device,precision,m,n,k,layout,time_us,source: one matrix product a row. Gathered from
               ai-dynamo/aiconfigurator systems/data/*/gemm (Apache-2.0), microsoft/vidur data/profiling/compute (MIT),
               MooreThreads/SimuMax configs/system (Apache-2.0), PrincetonUniversity/LLMCompass ae/figure5 (BSD-3),
               Azure/AI-benchmarking-guide, deepseek-ai/DeepGEMM README (MIT), stas00/ml-engineering (CC-BY-SA).
attention.csv  device,pass,kernel,batch,heads,kv_heads,seq,head_dim,causal,time_us: one fused attention a row. Gathered from
               ai-dynamo/aiconfigurator systems/data/*/attention, and the figures of arXiv 2307.08691 and 2407.08608.

Fitted: gemm_fraction and gemm_floor per device on products with every dimension of 512 or more (the knee is 4 everywhere, and
gemm_memory_fraction comes from the products with few rows, which read weights); forward_fraction, backward_fraction, half_length,
softmax_share and floor per device and attention kernel. The printed values are rounded by hand into the files, where a source that
matters more for training (a paper's kernel against an inference server's paged one) may pull them.
"""
import csv
import sys

import numpy as np
from scipy.optimize import least_squares

#          multiprocessors, 16-bit peak, memory bandwidth, gemm_memory_fraction
DEVICES = {
    "a100-sxm-80g": (108, 312e12, 2.039e12, 0.81),
    "h100-sxm": (132, 989.4e12, 3.35e12, 0.86),
    "h200-sxm": (132, 989.5e12, 4.8e12, 0.79),
    "b200": (148, 2250e12, 8e12, 0.75),
    "gb200": (148, 2500e12, 8e12, 0.75),
    "b300": (148, 2250e12, 8e12, 0.75),
    "gb300": (148, 2500e12, 8e12, 0.75),
}
KNEE = 4
TILES = [(256, 128, 1.0), (128, 256, 1.0), (192, 128, 0.99), (128, 192, 0.99), (128, 128, 0.93),
         (256, 64, 0.93), (64, 256, 0.93), (128, 64, 0.75), (64, 128, 0.75), (64, 64, 0.60)]
FILL_AND_DRAIN = 80
BLOCK = 128
REFERENCE_HEAD = 128


def tile_efficiency(m, n, k, multiprocessors):
    best = np.zeros_like(m)
    for rows, columns, rate in TILES:
        tiles = np.ceil(m / rows) * np.ceil(n / columns)
        waves = tiles / multiprocessors
        best = np.maximum(best, rate * m * n / (tiles * rows * columns) * waves / (0.5 * (waves + np.ceil(waves))))
    return best * k / (k + FILL_AND_DRAIN)


def gemm_time(device, m, n, k, fraction, floor):
    multiprocessors, peak, bandwidth, memory_fraction = DEVICES[device]
    compute = 2 * m * n * k / (peak * fraction * tile_efficiency(m, n, k, multiprocessors))
    memory = 2 * (m * k + k * n + m * n) / (bandwidth * memory_fraction)
    return floor * 1e-6 + (compute**KNEE + memory**KNEE) ** (1 / KNEE)


def attention_time(device, a, backward, fraction, half_length, softmax_share, floor):
    multiprocessors, peak, bandwidth, memory_fraction = DEVICES[device]
    flops = 4 * a["batch"] * a["heads"] * a["seq"] ** 2 * a["head_dim"] * np.where(a["causal"] > 0, 0.5, 1.0) * (2.5 if backward else 1.0)
    traffic = 4 * a["batch"] * (a["heads"] + a["kv_heads"]) * a["seq"] * a["head_dim"] * (2 if backward else 1)
    key_time = (1 - softmax_share) * a["head_dim"] / REFERENCE_HEAD + softmax_share
    length = a["seq"] / (a["seq"] + np.where(a["causal"] > 0, half_length, half_length / 4) / key_time)
    blocks = np.ceil(a["seq"] / BLOCK)
    waves = a["batch"] * a["heads"] * blocks / multiprocessors
    paid = np.where(waves <= 1, 1.0, 0.5 * (waves + np.ceil(waves)))
    occupancy = a["seq"] / (blocks * BLOCK) * waves / paid
    share = np.minimum(1.0, fraction * a["head_dim"] / REFERENCE_HEAD / key_time) * length * occupancy
    return floor * 1e-6 + np.maximum(flops / (peak * share), traffic / (bandwidth * memory_fraction))


def robust_fit(model, measured, start, low, high):
    residual = lambda x: np.log(model(x) / measured)
    return least_squares(residual, start, loss="soft_l1", f_scale=0.1, bounds=(low, high), x_scale=np.abs(start)).x


def report(name, values, predicted, measured):
    error = 100 * (predicted / measured - 1)
    print(f"{name:44s} {'  '.join(f'{key} {value:.3g}' for key, value in values.items())}")
    print(f"{'':44s} {len(measured)} kernels, MAPE {np.mean(np.abs(error)):.1f} %, bias {np.mean(error):+.1f} %")


def columns(rows, names):
    return {name: np.array([float(row[name]) for row in rows]) for name in names}


def fit_gemm(rows):
    for device in DEVICES:
        # a training context and a long run at the power cap are another regime, see sustained_clock
        chosen = [r for r in rows if r["device"] == device and r["precision"] in ("bf16", "fp16") and
                  min(float(r[d]) for d in "mnk") >= 512 and "SimuMax" not in r["source"] and "vllm/0.22" not in r["source"]]
        if len(chosen) < 5:
            continue
        c = columns(chosen, ("m", "n", "k", "time_us"))
        model = lambda x: gemm_time(device, c["m"], c["n"], c["k"], *x)
        x = robust_fit(model, c["time_us"] * 1e-6, [0.75, 3.0], [0.3, 0.0], [1.0, 20.0])
        report(f"gemm {device}", dict(gemm_fraction=x[0], gemm_floor_us=x[1]), model(x), c["time_us"] * 1e-6)


def fit_attention(rows):
    keys = sorted({(r["device"], r["kernel"]) for r in rows if r["device"] in DEVICES})
    for device, kernel in keys:
        chosen = [r for r in rows if (r["device"], r["kernel"]) == (device, kernel)]
        if len(chosen) < 10:
            continue
        c = columns(chosen, ("batch", "heads", "kv_heads", "seq", "head_dim", "causal", "time_us"))
        passes = np.array([r["pass"] for r in chosen])

        def model(x):
            forward = attention_time(device, c, False, x[0], *x[2:])
            backward = attention_time(device, c, True, x[1], *x[2:])
            return np.where(passes != "bwd", forward, 0) + np.where(passes != "fwd", backward, 0)

        x = robust_fit(model, c["time_us"] * 1e-6, [0.6, 0.5, 400, 0.2, 8], [0.1, 0.1, 0, 0, 0.5], [1, 1, 3000, 0.7, 40])
        values = dict(zip(("forward_fraction", "backward_fraction", "half_length", "softmax_share", "floor_us"), x))
        if set(passes) == {"fwd"}:
            del values["backward_fraction"]
        report(f"attention {device} {kernel}", values, model(x), c["time_us"] * 1e-6)


def read(path):
    with open(path, newline="") as file:
        return list(csv.DictReader(file))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    fit_gemm(read(sys.argv[1]))
    if len(sys.argv) == 3:
        fit_attention(read(sys.argv[2]))
