#!/usr/bin/env python3
"""Measure how the cost of a simulation grows, and write it down.

    bench/scaling.py HEADWAY [BENCH_ENGINE] [--quick]

HEADWAY is the program of a release build (build/sim/headway). Every row of every series below is one `headway run --stats`,
repeated, of which the one with the least CPU time counts. Written: bench/results/scaling.csv, answers.csv (whole processes), and the tables of
docs/performance.md, between the marks. BENCH_ENGINE (build/bench/bench_engine) adds bench/results/engine_bench.json and its table.
--quick leaves out whatever is larger than 8,192 ranks, for trying the script.
"""
import argparse
import csv
import json
import os
import pathlib
import subprocess
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
RESULTS = ROOT / "bench" / "results"
PAGE = ROOT / "docs" / "performance.md"
PHASES = ["programs", "fabric", "structure", "fold", "engine", "result"]

SCENARIO = """\
cluster: {{use: dgx-h100, devices: {ranks}}}
workload:
  model: llama-3.1-405b
  precision: bf16
  sequence: 8192
  global_batch: {batch}
  microbatch: 1
  parallel: {{tensor: 8, sequence: true, pipeline: {stages}}}
  schedule: 1f1b
  sharding: optimizer
  recompute: none
  software: megatron-core
{restrict}"""


def case(ranks=4096, stages=16, microbatches=32, slow=0, fold=True):
    return {"ranks": ranks, "stages": stages, "microbatches": microbatches, "slow": slow, "fold": fold}


# Slow devices stand in different nodes, replicas and places of the tensor group, each at a speed of its own.
SERIES = {
    "ranks": [case(ranks=256 * 4**i) for i in range(7)],
    "ranks, one device slow": [case(ranks=256 * 4**i, slow=1) for i in range(7)],
    "stages": [case(stages=s) for s in (1, 2, 4, 8, 16, 32)],
    "microbatches": [case(microbatches=m) for m in (16, 64, 256, 1024)],
    "classes": [case(slow=n) for n in (0, 1, 2, 4, 8)],
    "not folded": [case(ranks=r, fold=False) for r in (256, 1024, 4096)],
}


# Whole answers, start-up included, as a user waits for them.
BIG = "scenarios/llama-3.1-405b-16384-h100.yaml"
ANSWERS = {
    "compare 256 H200 with 384 Ascend 910C, four scenarios": ["compare", "scenarios/h200-256-vs-910c-384.yaml"],
    "all-reduce of 1 GiB over 4,096 H100": ["run", "scenarios/all-reduce-4096-h100.yaml"],
    "Llama 3.1 405B on 16,384 H100, TP8 PP16 VPP8": ["run", BIG],
    "the same on 131,072, one of them 10 % slow": ["run", BIG, "--set", "cluster.devices=131072", "--set", "workload.global_batch=16384",
                                                    "--set", "restrict=[{device: 17, speed: 0.9}]"],
    "the same on 1,048,576": ["run", BIG, "--set", "cluster.devices=1048576", "--set", "workload.global_batch=131072"],
}


def measure_answer(headway, name, arguments):
    """CPU time and peak memory of the whole process: the least of five."""
    best = None
    for _ in range(5):
        child = subprocess.Popen([headway, *arguments, "--quiet"], cwd=ROOT, stdout=subprocess.DEVNULL)
        _, status, used = os.wait4(child.pid, 0)
        if os.waitstatus_to_exitcode(status) not in (0, 3):
            raise SystemExit(f"{name}: exit {os.waitstatus_to_exitcode(status)}")
        cpu = used.ru_utime + used.ru_stime
        if best is None or cpu < best["cpu_s"]:
            best = {"answer": name, "cpu_s": round(cpu, 3), "peak_rss_mib": round(used.ru_maxrss / 1024, 1)}
        if cpu > 2:
            break
    print(*(f"{key}={value}" for key, value in best.items()), flush=True)
    return best


def answers_table(rows):
    lines = ["| answer | CPU s | peak MiB |", "|---|---:|---:|"]
    return "\n".join(lines + [f"| {r['answer']} | {r['cpu_s']:.2f} | {r['peak_rss_mib']:,.0f} |" for r in rows])


def write_rows(path, rows):
    with open(path, "w", newline="") as file:
        writer = csv.DictWriter(file, rows[0].keys(), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def scenario(c):
    data = c["ranks"] // (8 * c["stages"])
    slow = [f"  - {{device: {17 + i * (c['ranks'] // 8 + 41)}, speed: {0.9 - 0.02 * i:.2f}}}\n" for i in range(c["slow"])]
    return SCENARIO.format(ranks=c["ranks"], stages=c["stages"], batch=data * c["microbatches"],
                           restrict="restrict:\n" + "".join(slow) if slow else "")


def measure(headway, c):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "scaling.yaml")
        pathlib.Path(path).write_text(scenario(c))
        command = [headway, "run", path, "--stats", "--json", "-", "--jobs", "1"] + ([] if c["fold"] else ["--no-fold"])
        best = None
        for _ in range(3):
            answer = subprocess.run(command, capture_output=True, text=True)
            if answer.returncode not in (0, 3):  # 3: does not fit in memory, an answer too
                raise SystemExit(f"{c}: {answer.stderr}")
            got = json.loads(answer.stdout)
            if best is None or got["stats"]["cpu_s"] < best["stats"]["cpu_s"]:
                best = got
            if best["stats"]["cpu_s"] > 1:
                break
    stats = best["stats"]
    row = dict(c, classes=best["fold"]["rank_classes"], events=stats["events"], replayed=stats["replayed"], solves=stats["solves"],
               cpu_s=round(stats["cpu_s"], 4), peak_rss_mib=round(stats["peak_rss_mib"], 1), step_time_s=best["step_time_s"])
    for phase in PHASES:
        row[phase + "_s"] = round(stats["cpu_by_phase_s"].get(phase, 0.0), 4)
    row["fold"] = "yes" if c["fold"] else "no"
    print(*(f"{key}={value}" for key, value in row.items()), flush=True)
    return row


def seconds(value):
    return f"{value:.3f}" if value < 10 else f"{value:.1f}"


def table(rows):
    head = ["ranks", "stages", "microbatches", "classes", "activities", "replayed", "CPU s"] + [p + " s" for p in PHASES] + ["peak MiB"]
    lines = ["| " + " | ".join(head) + " |", "|" + "---:|" * len(head)]
    for r in rows:
        cells = [f"{r[key]:,}" for key in ("ranks", "stages", "microbatches", "classes", "events", "replayed")]
        cells += [seconds(r["cpu_s"])] + [seconds(r[p + "_s"]) for p in PHASES] + [f"{r['peak_rss_mib']:,.0f}"]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def measure_engine(program):
    """The microbenchmarks, without what names the machine they ran on."""
    out = subprocess.run([program, "--benchmark_format=json", "--benchmark_min_time=0.2", "--benchmark_repetitions=3", "--benchmark_report_aggregates_only=true"],
                         capture_output=True, text=True, check=True)
    result = json.loads(out.stdout)
    result["context"] = {key: result["context"][key] for key in ("num_cpus", "caches") if key in result["context"]}
    (RESULTS / "engine_bench.json").write_text(json.dumps(result, indent=1) + "\n")
    lines = ["| benchmark | CPU time, median | classes |", "|---|---:|---:|"]
    for b in result["benchmarks"]:
        if b.get("aggregate_name") == "median":
            classes = f"{b['classes']:.0f}" if "classes" in b else ""
            lines.append(f"| `{b['run_name']}` | {b['cpu_time']:,.1f} {b['time_unit']} | {classes} |")
    return "\n".join(lines)


def replace(text, mark, new):
    begin, end = f"<!-- {mark}: begin -->\n", f"<!-- {mark}: end -->"
    before, rest = text.split(begin)
    return before + begin + new + "\n" + end + rest.split(end)[1]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("headway")
    options.add_argument("bench_engine", nargs="?")
    options.add_argument("--quick", action="store_true")
    options = options.parse_args()
    headway = os.path.abspath(options.headway)
    RESULTS.mkdir(exist_ok=True)
    page = PAGE.read_text()
    rows = []
    for name, cases in SERIES.items():
        measured = [measure(headway, c) for c in cases if c["ranks"] <= 8192 or not options.quick]
        rows += [dict(series=name, **row) for row in measured]
        page = replace(page, name, table(measured))
    write_rows(RESULTS / "scaling.csv", rows)
    answers = [measure_answer(headway, name, arguments) for name, arguments in ANSWERS.items()
               if not (options.quick and "1,048,576" in name)]
    write_rows(RESULTS / "answers.csv", answers)
    page = replace(page, "answers", answers_table(answers))
    if options.bench_engine:
        page = replace(page, "engine", measure_engine(options.bench_engine))
    PAGE.write_text(page)


if __name__ == "__main__":
    main()
