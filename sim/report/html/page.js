// Draws the charts of a page from the JSON beside them. Colours and fonts are those of the style sheet, so that both themes hold.
"use strict";
(() => {
  const root = document.documentElement;
  const probe = document.body.appendChild(document.createElement("span"));
  probe.hidden = true;
  const css = name => {
    probe.style.color = `var(--${name})`;
    return getComputedStyle(probe).color;
  };
  const narrow = () => innerWidth < 640;

  // ---- numbers as the tables write them

  const significant = (v, digits = 4) => {
    if (!v) return "0";
    const places = Math.max(0, digits - Math.floor(Math.log10(Math.abs(v))) - 1);
    return v.toFixed(Math.min(places, 12));
  };
  const grouped = v => Math.round(v).toLocaleString("en-US");
  const units = {
    s: v => (Math.abs(v) >= 1 || v === 0 ? significant(v) + " s" : Math.abs(v) >= 1e-3 ? significant(v * 1e3) + " ms" : significant(v * 1e6) + " us"),
    share: v => (100 * v).toFixed(1) + " %",
    GiB: v => v.toFixed(1) + " GiB",
    "GB/s": v => significant(v) + " GB/s",
    "": v => (Math.abs(v) >= 1000 ? grouped(v) : significant(v)),
  };
  // The same, short enough for an axis.
  const tick = (v, unit) => {
    if (unit === "share") return +(100 * v).toFixed(6) + " %";
    if (unit === "s" && v !== 0 && Math.abs(v) < 1) return Math.abs(v) < 1e-3 ? +(v * 1e6).toPrecision(4) + " us" : +(v * 1e3).toPrecision(4) + " ms";
    return (Math.abs(v) >= 1000 ? grouped(v) : +v.toPrecision(4)) + (unit ? " " + unit : "");
  };
  const html = text => String(text).replace(/[&<>"]/g, c => `&#${c.charCodeAt(0)};`);
  const lines = rows => rows.map(html).join("<br>");

  // ---- what all charts share

  const text = () => ({ color: css("ink"), fontFamily: "system-ui, sans-serif" });
  const soft = () => ({ color: css("soft") });
  const valueAxis = (unit, more = {}) => ({
    type: "value", axisLabel: { ...soft(), hideOverlap: true, showMaxLabel: "max" in more ? false : null, formatter: v => tick(v, unit) },
    splitLine: { lineStyle: { color: css("line") } }, nameTextStyle: soft(), ...more,
  });
  const categoryAxis = (data, more = {}) => ({
    type: "category", data, axisLabel: { ...soft(), hideOverlap: true }, axisTick: { show: false },
    axisLine: { lineStyle: { color: css("line") } }, nameTextStyle: soft(), ...more,
  });
  const tooltip = more => ({
    backgroundColor: css("surface"), borderColor: css("line"), textStyle: { color: css("ink"), fontSize: 13 }, confine: true,
    extraCssText: "max-width:min(34rem,80vw);white-space:normal", ...more,
  });
  const legend = more => ({ type: "scroll", top: 0, left: 0, textStyle: soft(), pageTextStyle: soft(), itemWidth: 14, itemHeight: 10, ...more });
  const names = () => ({ ...text(), width: narrow() ? 96 : 220, lineHeight: 14, overflow: "break", interval: 0 });
  const dashes = (data, label) => ({
    silent: true, symbol: "none", lineStyle: { color: css("bad"), type: "dashed", width: 1.5 },
    label: { color: css("bad"), formatter: label, position: "insideEndTop" }, data,
  });

  // ---- kinds of charts: data -> option

  const kinds = {};

  // Bars of parts. Of several views one is chosen.
  kinds.stack = (d, state) => {
    const view = d.views[state.view ?? 0];
    const many = d.categories.length > 1;
    const label = d.across ? categoryAxis(d.categories, { inverse: true, axisLabel: many ? names() : { show: false } }) : categoryAxis(d.categories, { name: d.axis, nameLocation: "middle", nameGap: 26 });
    const value = valueAxis(view.unit, view.unit === "share" ? { max: 1, axisLabel: { ...soft(), formatter: v => tick(v, "share") } } : d.limit ? { max: v => Math.max(v.max, d.limit.value * 1.05) } : {});
    return {
      legend: legend(), tooltip: tooltip({
        trigger: "axis", axisPointer: { type: "shadow" },
        formatter: points => lines([(d.axis ? d.axis + " " : "") + points[0].name, ...points.filter(p => p.value).map(p => `${p.seriesName}: ${units[view.unit](p.value)}`),
          `together: ${units[view.unit](points.reduce((sum, p) => sum + p.value, 0))}`]),
      }),
      grid: { top: 44, left: 8, right: 28, bottom: d.axis ? 30 : 8, containLabel: true },
      xAxis: d.across ? value : label, yAxis: d.across ? label : value,
      series: d.series.map((part, i) => ({
        name: part.name, type: "bar", stack: "all", barMaxWidth: d.across ? 34 : 46, itemStyle: { color: css(part.colour) },
        emphasis: { focus: "series" }, data: view.values[i],
        markLine: d.limit && i === 0 ? dashes([{ yAxis: d.limit.value }], `${d.limit.name} ${units[view.unit](d.limit.value)}`) : undefined,
      })),
    };
  };

  kinds.timeline = d => {
    const step = d.tick_s;
    const draw = (params, api) => {
      const lane = api.value(0), from = api.coord([api.value(2), lane]), to = api.coord([api.value(3), lane]);
      const room = api.size([0, 1])[1], beside = api.value(1) === 1;
      const shape = echarts.graphic.clipRectByRect(
        { x: from[0], y: from[1] - room * (beside ? -0.2 : 0.42), width: Math.max(to[0] - from[0], 0.4), height: room * (beside ? 0.2 : 0.58) },
        { x: params.coordSys.x, y: params.coordSys.y, width: params.coordSys.width, height: params.coordSys.height });
      return shape && { type: "rect", shape, style: api.style() };
    };
    const shades = d.colours.map(css);
    return {
      tooltip: tooltip({
        formatter: p => lines([`${d.lanes[p.value[0]]}: ${d.names[p.value[5]]}`, `from ${units.s(p.value[2])}, for ${units.s(p.value[3] - p.value[2])}`]),
      }),
      grid: { top: 8, left: 8, right: 20, bottom: 66, containLabel: true },
      xAxis: valueAxis("s", { min: 0, max: d.span_s }),
      yAxis: categoryAxis(d.lanes, { inverse: true, axisLabel: names() }),
      dataZoom: [{ type: "inside", filterMode: "weakFilter", zoomOnMouseWheel: "ctrl", moveOnMouseWheel: false },
        { type: "slider", filterMode: "weakFilter", height: 22, bottom: 8, showDataShadow: false, labelFormatter: v => units.s(v), textStyle: soft() }],
      series: [{ type: "custom", renderItem: draw, encode: { x: [2, 3], y: 0 }, data: d.slices.map(s => ({ value: [s[0], s[1], s[2] * step, s[3] * step, s[4], s[5]], itemStyle: { color: shades[s[4]] } })) }],
    };
  };

  kinds.worth = d => {
    const bars = (name, data, colour, decal) => ({ name, type: "bar", barMaxWidth: 14, itemStyle: { color: css(colour), decal }, data });
    return {
      legend: legend(), tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: v => (v > 0 ? "+" : "") + units.share(v) }),
      grid: { top: 36, left: 8, right: 28, bottom: 8, containLabel: true },
      xAxis: valueAxis("share"), yAxis: categoryAxis(d.resources, { inverse: true, axisLabel: names() }),
      series: [bars("10 % faster", d.faster, "c1"), bars("10 % slower", d.slower, "c4", { symbol: "line", dashArrayX: [1, 0], dashArrayY: [3, 4], rotation: 0.8, color: "rgba(0,0,0,.22)" })],
    };
  };

  kinds.free = d => ({
    tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, valueFormatter: v => v.toFixed(2) + " x" }),
    grid: { top: 24, left: 8, right: 48, bottom: 8, containLabel: true },
    xAxis: valueAxis("", { min: 1, scale: true, name: "", axisLabel: { ...soft(), hideOverlap: true, formatter: v => +v.toFixed(3) + " x" } }),
    yAxis: categoryAxis(d.resources, { inverse: true, axisLabel: names() }),
    series: [{ name: "if it were free", type: "bar", barMaxWidth: 16, itemStyle: { color: css("c3") }, data: d.free, label: { show: true, position: "right", color: css("ink"), formatter: p => p.value.toFixed(2) + " x" } }],
  });

  kinds.layouts = d => {
    const about = p => lines([`${grouped(p.value[1])} tokens/s, ${units.GiB(p.value[0])}`, p.value[2]]);
    return {
      legend: legend(), tooltip: tooltip({ formatter: about }),
      grid: { top: 44, left: 8, right: 24, bottom: 30, containLabel: true },
      xAxis: valueAxis("GiB", { name: "peak memory", nameLocation: "middle", nameGap: 28, max: v => Math.max(v.max, d.capacity * 1.02), scale: true }), yAxis: valueAxis("", { scale: true, name: "tokens/s", nameTextStyle: { ...soft(), align: "left" } , nameGap: 8 }),
      series: [
        { name: "layouts simulated", type: "scatter", symbolSize: 7, itemStyle: { color: css("c8"), opacity: 0.65 }, data: d.points,
          markLine: dashes([{ xAxis: d.capacity }], `capacity ${units.GiB(d.capacity)}`) },
        { name: "front", type: "line", step: "start", symbol: "circle", symbolSize: 10, itemStyle: { color: css("c1") }, lineStyle: { width: 1.5 }, data: d.front.slice().sort((a, b) => a[0] - b[0]) },
      ],
    };
  };

  kinds.curve = d => {
    const of = key => d.points.map(p => [p.devices, p[key]]);
    const marks = [];
    if (d.goal) marks.push({ xAxis: d.goal, label: { formatter: `${grouped(d.goal)} meet it` } });
    if (d.pays_until && d.pays_until !== d.goal) marks.push({ xAxis: d.pays_until, label: { formatter: `pays until ${grouped(d.pays_until)}` } });
    return {
      legend: legend(), tooltip: tooltip({
        trigger: "axis", formatter: points => {
          const p = d.points[points[0].dataIndex];
          return lines([`${grouped(p.devices)} devices: ${tick(p.days, "days")}`, `${grouped(p.tokens_per_s)} tokens/s, ${grouped(p.per_added)} for each device added`, p.layout]);
        },
      }),
      grid: { top: 48, left: 8, right: 16, bottom: 30, containLabel: true },
      xAxis: { ...valueAxis(""), type: "log", name: "devices", nameLocation: "middle", nameGap: 28, min: d.points[0].devices, max: d.points[d.points.length - 1].devices },
      yAxis: [{ ...valueAxis(""), type: "log", name: "days" }, { ...valueAxis(""), type: "log", name: "tokens/s", splitLine: { show: false } }],
      series: [
        { name: "days", type: "line", symbolSize: 8, itemStyle: { color: css("c1") }, data: of("days"),
          markLine: { ...dashes([{ yAxis: d.within_days, label: { formatter: `within ${tick(d.within_days, "days")}`, position: "insideStartTop" } }, ...marks]) } },
        { name: "tokens/s", type: "line", yAxisIndex: 1, symbol: "diamond", symbolSize: 8, itemStyle: { color: css("c4") }, lineStyle: { type: "dotted" }, data: of("tokens_per_s") },
      ],
    };
  };

  kinds.agreement = d => {
    const all = d.groups.flatMap(g => g.points.flatMap(p => [p[0], p[1]]));
    const low = all.reduce((a, b) => Math.min(a, b)) / 1.3, high = all.reduce((a, b) => Math.max(a, b)) * 1.3;
    const line = (name, factor, type) => ({
      name, type: "line", symbol: "none", silent: true, lineStyle: { color: css("soft"), type, width: factor === 1 ? 1.5 : 1 }, itemStyle: { color: css("soft") },
      data: [[low, low * factor], [high, high * factor]], tooltip: { show: false },
    });
    const axis = name => ({ ...valueAxis(d.unit), type: "log", min: low, max: high, axisLabel: { ...soft(), hideOverlap: true, showMinLabel: false, showMaxLabel: false, formatter: v => tick(v, d.unit) }, name, nameLocation: "middle", nameGap: name === "measured" ? 28 : 60 });
    const symbols = ["circle", "rect", "triangle", "diamond", "roundRect", "pin"];
    return {
      legend: legend({ data: d.groups.map(g => g.name) }),
      tooltip: tooltip({ formatter: p => lines([p.value[2], `measured ${units[d.unit](p.value[0])}, predicted ${units[d.unit](p.value[1])}: ${(100 * (p.value[1] / p.value[0] - 1)).toFixed(1)} %`]) }),
      grid: { top: 44, left: 24, right: 24, bottom: 34, containLabel: true },
      xAxis: axis("measured"), yAxis: axis("predicted"),
      series: [line("exact", 1, "solid"), line("+10 %", 1.1, "dashed"), line("-10 %", 1 / 1.1, "dashed"), line("+20 %", 1.2, "dotted"), line("-20 %", 1 / 1.2, "dotted"),
        ...d.groups.map((g, i) => ({
          name: g.name, type: "scatter", symbol: symbols[Math.floor(i / 8) % symbols.length], symbolSize: 9, data: g.points,
          itemStyle: { color: css("c" + (i % 8 + 1)), opacity: 0.85, borderColor: css("surface"), borderWidth: 0.5 }, emphasis: { focus: "series" },
        }))],
    };
  };

  kinds.errors = d => {
    const half = d.counts.length / 2, edge = i => `${i > half ? "+" : ""}${Math.round((i - half) * d.step * 100)} %`;
    return {
      tooltip: tooltip({ trigger: "axis", axisPointer: { type: "shadow" }, formatter: p => lines([p[0].name, `${grouped(p[0].value)} rows`]) }),
      grid: { top: 28, left: 8, right: 16, bottom: 30, containLabel: true },
      xAxis: categoryAxis(d.counts.map((_, i) => (i === 0 ? `below ${edge(1)}` : i + 1 === d.counts.length ? `above ${edge(i)}` : `${edge(i)} to ${edge(i + 1)}`)), { name: "error", nameLocation: "middle", nameGap: 26 }),
      yAxis: valueAxis("", { name: "rows", minInterval: 1 }),
      series: [{ name: "rows", type: "bar", barCategoryGap: "8%", data: d.counts.map((n, i) => ({ value: n, itemStyle: { color: css(Math.abs(i + 0.5 - half) * d.step < 0.1 ? "c2" : Math.abs(i + 0.5 - half) * d.step < 0.2 ? "c6" : "c4") } })) }],
    };
  };

  // One metric along one axis, a line for each value of a second; or both axes as a map. All other axes stand where the reader puts them.
  kinds.sweep = (d, state) => {
    const metric = d.metrics[state.metric], fits = d.axes.length + d.metrics.length;
    const x = d.axes[state.x], y = state.y < 0 ? null : d.axes[state.y];
    const shown = d.points.filter(p => d.axes.every((_, a) => a === state.x || a === state.y || p[a] === state.at[a]));
    const value = p => p[d.axes.length + state.metric], show = v => (units[metric.unit] ?? units[""])(v);
    const about = (p, extra) => lines([`${x.path}: ${x.values[p[state.x]]}`, ...(y ? [`${y.path}: ${y.values[p[state.y]]}`] : []), `${metric.name}: ${show(value(p))}${p[fits] ? "" : ", does not fit in memory"}`]);
    const short = { ...soft(), hideOverlap: true, width: narrow() ? 80 : 160, overflow: "truncate" };
    const across = categoryAxis(x.values, { name: x.path, nameLocation: "middle", nameGap: 28, axisLabel: short });
    if (state.map && y) {
      const values = shown.map(value);
      return {
        tooltip: tooltip({ formatter: p => about(p.data.point) }),
        grid: { top: 12, left: 8, right: 16, bottom: 96, containLabel: true }, xAxis: across, yAxis: categoryAxis(y.values, { axisLabel: short }),
        visualMap: { min: Math.min(...values), max: Math.max(...values), calculable: true, orient: "horizontal", left: "center", bottom: 8, textStyle: soft(),
          formatter: v => tick(v, metric.unit), inRange: { color: ["#f2e6c9", "#e0b872", "#7fae9b", "#3c7fa6", "#27407a"] } },
        series: [{ name: metric.name, type: "heatmap", label: { show: shown.length <= 60 && !narrow(), formatter: p => tick(p.data.value[2], metric.unit) + (p.data.point[fits] ? "" : " !") },
          data: shown.map(p => ({ value: [p[state.x], p[state.y], value(p)], point: p, itemStyle: p[fits] ? {} : { decal: { symbol: "line", dashArrayX: [1, 0], dashArrayY: [2, 5], rotation: 0.8, color: "rgba(0,0,0,.35)" } } })) }],
      };
    }
    const line = (name, points, i) => ({
      name, type: "line", symbol: "circle", symbolSize: 9, itemStyle: { color: css("c" + (i % 8 + 1)) }, lineStyle: { type: ["solid", "dashed", "dotted"][Math.floor(i / 8) % 3] },
      data: points.sort((a, b) => a[state.x] - b[state.x]).map(p => ({ value: [p[state.x], value(p)], point: p, symbol: p[fits] ? "circle" : "emptyCircle" })),
    });
    return {
      legend: y ? legend({ formatter: n => (n.length > 40 ? n.slice(0, 39) + "…" : n) }) : undefined, tooltip: tooltip({ formatter: p => about(p.data.point) }),
      grid: { top: 48, left: 8, right: 24, bottom: 34, containLabel: true }, xAxis: across, yAxis: valueAxis(metric.unit, { name: metric.name, nameTextStyle: { ...soft(), align: "left" } }),
      series: y ? y.values.map((name, i) => line(name, shown.filter(p => p[state.y] === i), i)).filter(s => s.data.length) : [line(metric.name, shown, 0)],
    };
  };

  // ---- what the reader can choose

  const element = (tag, more, ...children) => {
    const made = Object.assign(document.createElement(tag), more);
    made.append(...children);
    return made;
  };
  const button = (name, pressed, onclick) => {
    const made = element("button", { type: "button", textContent: name, onclick });
    made.setAttribute("aria-pressed", pressed);
    return made;
  };
  const choice = (name, options, chosen, choose) => {
    const list = element("select", {}, ...options.map(([value, title]) => element("option", { value, textContent: title, selected: value === chosen })));
    list.onchange = () => choose(Number(list.value));
    return element("label", {}, name, list);
  };

  const controls = {
    stack: (d, state, redraw) => (d.views.length < 2 ? [] : d.views.map((view, i) => button(view.name, (state.view ?? 0) === i, () => redraw({ view: i })))),
    sweep: (d, state, redraw) => {
      const axes = d.axes.map((axis, i) => [i, axis.path]).filter(([i]) => d.axes[i].values.length > 1 || d.axes.length === 1);
      const made = [choice("show", d.metrics.map((m, i) => [i, m.name]), state.metric, metric => redraw({ metric })),
        choice("along", axes, state.x, x => redraw({ x, y: x === state.y ? state.x : state.y }))];
      if (axes.length > 1)
        made.push(choice("and", [[-1, "nothing else"], ...axes.filter(([i]) => i !== state.x)], state.y, y => redraw({ y })), button("lines", !state.map, () => redraw({ map: false })), button("map", state.map, () => redraw({ map: true })));
      for (const [i, path] of axes)
        if (i !== state.x && i !== state.y)
          made.push(choice(path, d.axes[i].values.map((v, k) => [k, v.length > 48 ? v.slice(0, 47) + "…" : v]), state.at[i], k => redraw({ at: Object.assign([...state.at], { [i]: k }) })));
      return made;
    },
    timeline: d => [element("span", { className: "legend" }, ...d.colours.flatMap(colour => [element("i", { style: `background:var(--${colour})` }), colour.replace("exposed_", "").replace("_", " ")]))],
  };
  const states = {
    // Along the longest axis, a line for each value of the next; the others where the best point stands.
    sweep: d => {
      const by = d.axes.map((_, i) => i).sort((a, b) => d.axes[b].values.length - d.axes[a].values.length);
      const fits = d.axes.length + d.metrics.length;
      const best = d.points.reduce((a, b) => (b[fits] > a[fits] || (b[fits] === a[fits] && b[d.axes.length] > a[d.axes.length]) ? b : a));
      const second = by.length > 1 && d.axes[by[1]].values.length > 1 ? by[1] : -1;
      return { metric: 0, x: by[0], y: second, at: best.slice(0, d.axes.length), map: false };
    },
  };

  // ---- the charts of this page

  const charts = [];
  const draw = figure => {
    const of = figure.dataset.of, plot = figure.querySelector(".plot");
    const data = JSON.parse(figure.querySelector("script").textContent);
    const many = of === "timeline" && data.slices.length > 6000 || of === "agreement" && data.groups.reduce((n, g) => n + g.points.length, 0) > 2000 || of === "sweep" && data.points.length > 2000;
    let state = states[of]?.(data) ?? {};
    const label = plot.getAttribute("aria-label");
    const chart = echarts.init(plot, null, { renderer: many ? "canvas" : "svg" });
    const bar = controls[of] && figure.insertBefore(element("div", { className: "controls" }), plot);
    const show = change => {
      state = { ...state, ...change };
      const focused = bar ? [...bar.querySelectorAll("button,select")].indexOf(document.activeElement) : -1;
      bar?.replaceChildren(...controls[of](data, state, show));
      bar?.querySelectorAll("button,select")[focused]?.focus();
      chart.setOption({ animation: false, textStyle: text(), aria: { enabled: true, label: { description: label }, decal: { show: matchMedia("(prefers-contrast: more)").matches } }, ...kinds[of](data, state) }, { notMerge: true });
    };
    show({});
    new ResizeObserver(() => chart.resize()).observe(plot);
    charts.push(show);
  };
  const drawIn = part => {
    for (const figure of part.querySelectorAll(".chart:not([data-drawn])")) {
      if (figure.closest("details:not([open])")) continue;
      figure.dataset.drawn = "";
      draw(figure);
    }
  };

  const dark = () => (root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches);
  const theme = document.getElementById("theme");
  const themed = () => {
    theme.textContent = dark() ? "Light" : "Dark";
    for (const show of charts) show({});
  };
  theme.hidden = false;
  theme.onclick = () => {
    root.dataset.theme = dark() ? "light" : "dark";
    themed();
  };
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", themed);

  if (window.echarts) {
    root.classList.add("charts");
    for (const table of document.querySelectorAll(".behind")) table.open = false;
    for (const fold of document.querySelectorAll("details.fold")) fold.addEventListener("toggle", () => drawIn(fold));
    drawIn(document);
  }
  themed();
})();
