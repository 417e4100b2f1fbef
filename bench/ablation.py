#!/usr/bin/env python3
"""What each modelled effect is worth: take it away, predict all published runs again, and see how much worse they are met.

    bench/ablation.py HEADWAY [FILE.csv] [--only WORD]

HEADWAY is the program of a release build (build/sim/headway), FILE.csv a table of published runs (none: the built-in set). An effect is
taken away in a copy of the catalogue that HEADWAY_PATH puts before the shipped one; nothing is fitted again. Written: the table of
docs/ablation.md, between the marks; --only prints the effects whose name has WORD in it and writes nothing.
"""
import argparse
import json
import os
import pathlib
import re
import shutil
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "ablation.md"


def setting(folder, **values):
    """Every file of a catalogue folder with these keys set, added where a file leaves them out."""

    def apply(library):
        for path in sorted((library / folder).glob("*.yaml")):
            text = path.read_text()
            for key, value in values.items():
                text, found = re.subn(rf"(?m)^{key}:.*$", f"{key}: {value}", text)
                if not found:
                    text += f"{key}: {value}\n"
            path.write_text(text)

    return apply


def sourced(folder, key, value):
    """Every `key: {value: ..., ...}` of a folder's files, at any depth, with another value."""

    def apply(library):
        for path in sorted((library / folder).glob("*.yaml")):
            path.write_text(re.sub(rf"(\b{key}: {{value: )[^,]+", rf"\g<1>{value}", path.read_text()))

    return apply


def streams_at_full_bandwidth(library):
    for path in sorted((library / "topologies/devices").glob("*.yaml")):
        block = re.compile(r"(?m)^(stream_fraction:\n(?:  .*\n)+)")
        path.write_text(block.sub(lambda m: re.sub(r"{value: [^,]+", "{value: 1.0", m[0]), path.read_text()))


def fused_attention(library):
    for path in sorted((library / "workloads/software").glob("*.yaml")):
        path.write_text(path.read_text().replace("attention: [unfused]", "attention: [flash2, ascend]"))


SOFTWARE, DEVICES, LINKS = "workloads/software", "topologies/devices", "topologies/links"

# name -> what is taken away
EFFECTS = {
    "memory-bound kernels below the vendor's bandwidth": [streams_at_full_bandwidth],
    "clock under sustained load": [sourced(DEVICES, "sustained_clock", "1.0")],
    "weight gradients slower than forward products": [sourced(DEVICES, "weight_gradient_slowdown", "1.0")],
    "shortest time of a kernel": [
        sourced(DEVICES, "gemm_floor", "1 ns"),
        sourced(DEVICES, "stream_floor", "1 ns"),
        sourced(DEVICES, "floor", "1 ns"),
    ],
    "attention slower on short sequences": [sourced(DEVICES, "half_length", "1")],
    "unfused attention of older software": [fused_attention],
    "unfused elementwise kernels": [
        setting(SOFTWARE, elementwise_passes="1.0", fused_activation="true", fused_rotary="true")
    ],
    "loss not fused": [setting(SOFTWARE, fused_cross_entropy="true")],
    "attention in 8 bits where software has it": [setting(SOFTWARE, low_precision_attention="false")],
    "casts fused where software does so": [setting(SOFTWARE, cast_passes="1.0")],
    "host time to launch kernels": [setting(SOFTWARE, host_per_kernel="0 us")],
    "host gaps between microbatches and steps": [setting(SOFTWARE, host_per_microbatch="0 us", host_per_step="0 ms")],
    "spread of ranks": [setting(SOFTWARE, rank_spread="0")],
    "overlap of tensor-parallel traffic": [setting(SOFTWARE, tensor_overlap="0", overlap_tensor_gradient="false")],
    "traffic that blocks: all overlapped instead": [
        setting(SOFTWARE, tensor_overlap="1", overlap_tensor_gradient="true", overlap_gradient_reduction="true",
                overlap_parameter_gather="true", overlap_pipeline="true", context_overlap="1", expert_overlap="1")
    ],
    "overlap of data-parallel traffic": [
        setting(SOFTWARE, overlap_gradient_reduction="false", overlap_parameter_gather="false")
    ],
    "overlap of pipeline messages": [setting(SOFTWARE, overlap_pipeline="false")],
    "overlap of context parallelism": [setting(SOFTWARE, context_overlap="0")],
    "collectives below the fabric's rate, by software": [
        setting(SOFTWARE, tensor_efficiency="1.0", data_efficiency="1.0", expert_efficiency="1.0")
    ],
    "gathers matrix by matrix, broadcasts rank by rank": [
        setting(SOFTWARE, gathers_by_tensor="false", broadcasts_parameters="false")
    ],
    "gradients reduced in 16 bits where software does so": [setting(SOFTWARE, narrow_gradients="false")],
    "links below their line rate": [sourced(LINKS, "efficiency", "1.0")],
    "latency of collectives and messages": [
        sourced(LINKS, key, "1 ns") for key in ("base_latency", "hop_latency", "hop_latency_low", "message_latency")
    ],
    "host that waits for counts of tokens": [setting(SOFTWARE, host_per_dispatch="0 us")],
    "experts multiplied one by one": [setting(SOFTWARE, grouped_products="true")],
}


def scores(headway, files, changes):
    with tempfile.TemporaryDirectory() as folder:
        library = pathlib.Path(folder)
        for part in ("topologies", "workloads"):
            shutil.copytree(ROOT / part, library / part)
        for change in changes:
            change(library)
        out = library / "scores.json"
        environment = dict(os.environ, HEADWAY_PATH=str(library))
        subprocess.run([headway, "validate", *files, "--quiet", "--json", out], env=environment, check=True,
                       stdout=subprocess.DEVNULL)
        result = json.loads(out.read_text())
    return result[0] if isinstance(result, list) else result


def table(full, rows):
    lines = ["| without | macro MAPE | worse by | MAPE | bias |", "|---|---:|---:|---:|---:|"]
    line = "| {} | {:.1f} % | {} | {:.1f} % | {:+.1f} % |"
    lines.append(line.format("(nothing: the full model)", 100 * full["macro_mape"], "", 100 * full["mape"], 100 * full["bias"]))
    for name, score in sorted(rows.items(), key=lambda row: -row[1]["macro_mape"]):
        worse = f"{100 * (score['macro_mape'] - full['macro_mape']):+.1f}"
        lines.append(line.format(name, 100 * score["macro_mape"], worse, 100 * score["mape"], 100 * score["bias"]))
    return "\n".join(lines)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("headway", type=pathlib.Path)
    parser.add_argument("files", nargs="*", type=pathlib.Path)
    parser.add_argument("--only", default="")
    arguments = parser.parse_args()
    headway = arguments.headway.resolve()
    full = scores(headway, arguments.files, [])
    rows = {name: scores(headway, arguments.files, changes) for name, changes in EFFECTS.items() if arguments.only in name}
    text = table(full, rows)
    print(text)
    if not arguments.only:
        marks = re.compile(r"(<!-- ablation: begin -->\n).*?(<!-- ablation: end -->)", re.S)
        PAGE.write_text(marks.sub(lambda m: f"{m[1]}Over {full['scored']} rows.\n\n{text}\n{m[2]}", PAGE.read_text()))


if __name__ == "__main__":
    main()
