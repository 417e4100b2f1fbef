#!/usr/bin/env python3
"""Reports of every kind, made by the program and opened in headless Chromium.

Each page must draw its charts without a word on the console and without asking any network; show the figures of its JSON, which must be
that of --json; stay within 390 px; know two themes; and say everything in tables where scripts do not run.

    reports_in_a_browser.py PROGRAM [FOLDER]     FOLDER: keep the pages there, and pictures of them
"""
import json
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

SKIPPED = 77

STEP = """question: Does <it> run & "how" fast?
cluster: {use: dgx-h100, devices: 16}
workload:
  model: llama-3.1-8b
  precision: bf16
  sequence: 4096
  global_batch: 16
  microbatch: 1
  parallel: {tensor: 2, sequence: true, pipeline: 4}
  schedule: 1f1b
  sharding: optimizer
  recompute: none
  software: megatron-core
"""
SEVERAL = "base:\n" + "".join("  " + line + "\n" for line in STEP.splitlines()) + """compare:
  - {name: even}
  - {name: wide, workload: {parallel: {tensor: 8, sequence: true, pipeline: 1}}}
  - {name: a "<name>" of its own </script>, workload: {schedule: gpipe}}
  - {name: too large, workload: {global_batch: 512, microbatch: 64, schedule: gpipe}}
"""
SWEEP = STEP + """sweep:
  workload.global_batch: [16, 32, 64]
  workload.sequence: [2048, 4096]
  workload.recompute: [none, full]
"""
BARE = "cluster: {use: dgx-h100, devices: 64}\nworkload: {collective: all_reduce, bytes: 64 MiB}\n"

# Name of the page: command line. What is written in capitals is a file below.
REPORTS = {
    "run": "run STEP",
    "collective": "run BARE",
    "compare": "compare SEVERAL",
    "explain": "explain STEP",
    "plan": "plan STEP",
    "size": "size STEP --tokens 100G --within 20d --most 64",
    "sweep": "sweep SWEEP -o results",
    "validate": "validate RUNS",
}

FIGURES = """return [...document.querySelectorAll('[data-json]')].map(e => [e.dataset.json, e.textContent])"""
CHARTS = """return [...document.querySelectorAll('.chart')].map(f => {
  const chart = echarts.getInstanceByDom(f.querySelector('.plot'));
  return {of: f.dataset.of, data: JSON.parse(f.querySelector('script').textContent), label: f.querySelector('.plot').getAttribute('aria-label'),
          shapes: f.querySelectorAll('svg path').length, canvas: f.querySelectorAll('canvas').length,
          series: chart ? chart.getOption().series.map(s => s.data) : null}})"""
UNNAMED = """return [...document.querySelectorAll('button,select,svg[role=img],[role=region],.plot')]
  .filter(e => !(e.getAttribute('aria-label') || e.textContent.trim() || (e.labels && e.labels.length))).length"""
CONTRAST = """
  const light = text => { const [r, g, b] = text.match(/[\\d.]+/g).map(v => { v /= 255; return v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4; });
                          return .2126 * r + .7152 * g + .0722 * b; };
  const behind = e => { for (; e; e = e.parentElement) { const c = getComputedStyle(e).backgroundColor; if (!/, 0\\)|transparent/.test(c)) return c; } return 'rgb(255,255,255)'; };
  let least = 99;
  for (const e of document.querySelectorAll('h1,h2,h3,p,dt,dd,td,th,li,small,strong,summary,caption,button'))
    if (e.offsetParent && e.textContent.trim()) {
      const a = light(getComputedStyle(e).color), b = light(behind(e));
      least = Math.min(least, (Math.max(a, b) + .05) / (Math.min(a, b) + .05));
    }
  return least"""

problems = []


def expect(holds, what):
    if not holds:
        problems.append(what)


def at(answer, pointer):
    for key in pointer.split("/")[1:]:
        answer = answer[int(key)] if isinstance(answer, list) else answer[key]
    return answer


SCALES = {"ms": 1e-3, "us": 1e-6, "%": 1e-2}


def stands_for(text, value):
    """Whether "71.72 s", "87,718" or "43.7 %" is the value, rounded as far as it is written."""
    match = re.fullmatch(r"([+-]?[\d,]*\.?\d+)(?: (\S+))?", text.strip())
    if not match:
        return False
    digits, unit = match[1].replace(",", ""), match[2] or ""
    scale = SCALES.get(unit, 1)
    written = len(digits.partition(".")[2])
    return abs(float(digits) * scale - value) <= 0.51 * scale * 10**-written


def close(a, b):
    return abs(a - b) <= 1e-9 * max(abs(a), abs(b))


def check_series(name, charts, answer):
    """What the charts were given is what the answer says."""
    of = {}
    for chart in charts:
        of.setdefault(chart["of"], chart)
    expect({"run": {"stack", "timeline"}, "collective": {"timeline"}, "compare": {"stack", "timeline"}, "explain": {"worth", "free", "stack"},
            "plan": {"layouts", "stack"}, "size": {"curve"}, "sweep": {"sweep"}, "validate": {"agreement", "errors"}}[name] <= set(of),
           f"{name}: charts are {sorted(of)}")
    if name in ("run", "explain", "compare"):
        first = answer[0] if name == "compare" else answer
        drawn = sum(series[0] for series in of["stack"]["series"])
        expect(close(drawn, first["step_time_s"]), f"{name}: the breakdown drawn is {drawn}")
    if name in ("run", "collective"):
        expect(close(of["timeline"]["data"]["span_s"], answer.get("step_time_s", answer.get("time_s"))), f"{name}: the timeline lasts another time")
    if name == "run":
        memory = [sum(values) for values in zip(*[series for series in charts[2]["series"]])]
        expect(all(close(a, b) for a, b in zip(memory, answer["memory_gib"]["by_stage"])) and memory, f"{name}: memory drawn is {memory}")
    if name == "explain":
        expect(of["worth"]["data"]["faster"] == [r["gain_plus_10_percent"] for r in answer["resources"]], "explain: other gains")
        expect(of["free"]["data"]["free"] == [r["speedup_if_free"] for r in answer["resources"]], "explain: other bounds")
    if name == "plan":
        data = of["layouts"]["data"]
        fastest = max(point[1] for point in data["points"] + data["front"])
        expect(close(fastest, answer["best"][0]["tokens_per_s"]), "plan: the fastest layout drawn is not the best")
        expect(len(data["points"]) + len(data["front"]) == answer["searched"]["simulated"] - answer["searched"]["given_up"], "plan: not all that was simulated is drawn")
    if name == "size":
        curve = [[p["devices"], p["days"]] for p in answer["curve"] if p["fits"]]
        expect([[p["devices"], p["days"]] for p in of["curve"]["data"]["points"]] == curve, "size: another curve")
    if name == "sweep":
        data = of["sweep"]["data"]
        expect(len(data["points"]) == answer["points"] - answer["failed"], "sweep: points are missing")
        axes = len(data["axes"])
        expect(close(max(p[axes] for p in data["points"] if p[-1]), answer["best"]["value"]), "sweep: the best point is another")
    if name == "validate":
        drawn = sorted((p[0], p[1]) for group in of["agreement"]["data"]["groups"] for p in group["points"])
        expect(drawn == sorted((r["measured"], r["predicted"]) for r in answer["runs"] if r["scored"]), "validate: other points")
        expect(sum(of["errors"]["data"]["counts"]) == answer["scored"], "validate: the histogram counts others")


class Browser:
    def __init__(self, folder, pictures):
        from selenium import webdriver
        from selenium.webdriver.chrome.options import Options
        from selenium.webdriver.chrome.service import Service

        options = Options()
        options.binary_location = shutil.which("chromium")
        for flag in ("--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", f"--user-data-dir={folder}/profile"):
            options.add_argument(flag)
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        self.driver = webdriver.Chrome(service=Service(shutil.which("chromedriver")), options=options)
        self.pictures = pictures

    def do(self, command, **parameters):
        return self.driver.execute_cdp_cmd(command, parameters)

    def look(self, width, theme):
        self.do("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
        self.do("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": theme}])

    def picture(self, name):
        if self.pictures:
            import base64
            width, height = self.driver.execute_script("return [innerWidth, document.documentElement.scrollHeight]")
            self.do("Emulation.setDeviceMetricsOverride", width=width, height=min(height, 9000), deviceScaleFactor=1, mobile=False)
            self.driver.execute_script("return new Promise(done => setTimeout(done, 300))")
            shot = self.do("Page.captureScreenshot")
            (self.pictures / f"{name}.png").write_bytes(base64.b64decode(shot["data"]))

    def check(self, name, page, answer, has_charts):
        script = self.driver.execute_script
        self.look(1280, "light")
        self.driver.get(page.as_uri())
        script("document.querySelectorAll('details.fold').forEach(d => d.open = true)")
        script("return new Promise(done => setTimeout(done, 50))")
        expect(json.loads(script("return document.getElementById('answer').textContent")) == answer, f"{name}: its JSON is not that of --json")
        figures = script(FIGURES)
        expect(len(figures) >= 3, f"{name}: only {len(figures)} figures name their place")
        for pointer, text in figures:
            expect(stands_for(text, at(answer, pointer)), f"{name}: {pointer} is {at(answer, pointer)}, the page says {text}")
        expect(script(UNNAMED) == 0, f"{name}: something has no accessible name")
        if has_charts:
            charts = script(CHARTS)
            for chart in charts:
                expect(chart["series"] and (chart["shapes"] > 2 or chart["canvas"]), f"{name}: the chart {chart['of']} is empty")
                expect(chart["label"], f"{name}: the chart {chart['of']} has no name")
            check_series(name, charts, answer)
        light = script(CONTRAST)
        self.picture(f"{name}-1280-light")
        back = script("return getComputedStyle(document.body).backgroundColor")
        self.look(390, "dark")
        script("return new Promise(done => setTimeout(done, 120))")
        expect(script("return getComputedStyle(document.body).backgroundColor") != back, f"{name}: the dark theme is the light one")
        dark = script(CONTRAST)
        expect(min(light, dark) >= 4.5, f"{name}: contrast {light:.2f} light, {dark:.2f} dark")
        wide = script("return document.documentElement.scrollWidth")
        expect(wide <= 390, f"{name}: {wide} px wide on 390")
        self.picture(f"{name}-390-dark")
        if self.pictures:
            self.look(1280, "dark")
            self.picture(f"{name}-1280-dark")

        for entry in self.driver.get_log("browser"):
            expect(False, f"{name}: the console says {entry['message']}")
        self.do("Emulation.setScriptExecutionDisabled", value=True)
        self.look(390, "light")
        self.driver.get(page.as_uri())
        body = self.do("Runtime.evaluate", expression="document.querySelector('main').textContent", returnByValue=True)["result"]["value"]
        expect(all(text in body for _, text in figures), f"{name}: without scripts figures are missing")
        shown = "[...document.querySelectorAll('table')].filter(t => !t.closest('details.fold')).every(t => t.offsetParent)"
        expect(self.do("Runtime.evaluate", expression=shown, returnByValue=True)["result"]["value"], f"{name}: without scripts tables are hidden")
        self.do("Emulation.setScriptExecutionDisabled", value=False)
        self.expect_no_requests(name, page)

    def expect_no_requests(self, name, page):
        for entry in self.driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.requestWillBeSent":
                url = message["params"]["request"]["url"]
                expect(url.startswith(("data:", "chrome:")) or url == page.as_uri(), f"{name}: asks for {url}")  # chrome: an empty tab of its own


def make(program, folder, name, line):
    """The page and the JSON of one command line."""
    files = {"STEP": ("step.yaml", STEP), "SEVERAL": ("several.yaml", SEVERAL), "SWEEP": ("grid.yaml", SWEEP), "BARE": ("bare.yaml", BARE)}
    for word, (file, text) in files.items():
        (folder / file).write_text(text)
        line = re.sub(rf"\b{word}\b", file, line)
    if "RUNS" in line:
        table = pathlib.Path(__file__).resolve().parents[2] / "bench/validation/published_runs.csv"
        (folder / "runs.csv").write_text("".join(table.open().readlines()[:9]))
        line = line.replace("RUNS", "runs.csv")
    page = folder / f"{name}.html"
    command = [program, *line.split(), "--report", str(page), "--json", f"{name}.json", "--quiet"]
    code = subprocess.run(command, cwd=folder).returncode
    expect(code in (0, 3), f"{name}: {' '.join(command)} exits with {code}")
    return page, json.loads((folder / f"{name}.json").read_text())


def main(program, keep):
    try:
        import selenium  # noqa: F401
    except ImportError:
        print("skipped: no selenium for this Python")
        return SKIPPED
    if not shutil.which("chromium") or not shutil.which("chromedriver"):
        print("skipped: no chromium with its driver")
        return SKIPPED
    with tempfile.TemporaryDirectory() as scratch:
        folder = pathlib.Path(keep or scratch).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        browser = Browser(scratch, folder if keep else None)
        try:
            for name, line in REPORTS.items():
                page, answer = make(program, folder, name, line)
                has_charts = 'class="chart"' in page.read_text()
                browser.check(name, page, answer, has_charts)
        finally:
            browser.driver.quit()
    for problem in problems:
        print(problem)
    if not has_charts:
        print("built without ECharts: tables and drawings alone were tested")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(str(pathlib.Path(sys.argv[1]).resolve()), sys.argv[2] if len(sys.argv) > 2 else None))
