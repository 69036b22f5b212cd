"use strict";
/* A page of the report: it loads the data of what comes into view, of all else when it rests, and
   shows them as a table or a figure. Data are scripts that call `yearbook.take`, since a page
   opened from disk may load scripts but not read files. */
const yearbook = (() => {
  const ROWS = 40; // of a long table, before a reader asks for all
  const ON_PAPER = 6; // columns of a printed table, beside each other
  const NARROW = 500; // pixels
  const REST = 1000; // milliseconds after the page has loaded
  const idle = window.requestIdleCallback ?? setTimeout; // Safari has no other
  const MONTHS = Array.from({ length: 12 }, (_, month) => `${month + 1}月`);
  const CHINESE_TIME = {
    dateTime: "%Y/%m/%d %H:%M:%S", date: "%Y/%m/%d", time: "%H:%M:%S", periods: ["上午", "下午"],
    days: [..."日一二三四五六"].map((day) => `星期${day}`), shortDays: [..."日一二三四五六"],
    months: MONTHS, shortMonths: MONTHS,
  };
  const waiting = new Map();
  const loaded = new Map();
  let page, large, small;

  /** Load a script once. */
  function load(source) {
    if (!loaded.has(source)) {
      loaded.set(source, new Promise((resolve, reject) => {
        const script = document.createElement("script");
        script.src = source;
        script.onload = resolve;
        script.onerror = () => reject(new Error(`${source} cannot be loaded`));
        document.head.append(script);
      }));
    }
    return loaded.get(source);
  }

  /** What a script of data hands over. */
  function take(name, data) { waiting.set(name, data); }

  /** Columns, types and rows of a part, and its rows as records. */
  async function dataOf(name) {
    await load(`../data/${name}.js`);
    const data = waiting.get(name);
    data.records ??= data.rows.map(
      (row) => Object.fromEntries(data.columns.map((column, place) => [column, row[place]])));
    return data;
  }

  /** What a text of the data is called in the language of the page. */
  function called(data, text) { return data.said[page.language][text] ?? text; }

  const isAsItIs = (name) => /(_en|_zh|__trace|key)$/.test(name);

  /** The records of a figure, in the words of the page. */
  function recordsOf(data) {
    const inWords = (name, value) =>
      [name, typeof value === "string" && !isAsItIs(name) ? called(data, value) : value];
    return data.records.map((record) => Object.fromEntries(
      Object.entries(record).map(([name, value]) => inWords(name, value))));
  }

  /** The name of the data of a part, of the choice if it depends on that. */
  function nameOf(part) {
    const choice = document.getElementById("choice");
    return "split" in part.dataset ? `${part.dataset.rows}/${choice.value}` : part.dataset.rows;
  }

  async function show(part) {
    const place = part.querySelector(".shown");
    if (!place) return;
    const data = await dataOf(nameOf(part));
    const specification = page.specifications[part.dataset.part];
    if (specification) {
      await draw(part, place, specification, data);
      fillNumbers(part, data);
    } else {
      place.replaceChildren(part.dataset.pivot ? printedTable(part, data) : tableOf(part, data));
    }
  }

  // Figures

  /** A specification with its data, in the ink of the page or of paper. */
  function whole(specification, data, isOnPage, width, slider) {
    const { title, params = [], ...others } = specification;
    const step = slider?.steps?.[slider.value];
    const atStep = params.map((each) => each.name === "step" ? { ...each, value: step } : each);
    const legend = width < NARROW
      ? { columns: 2, labelLimit: width - 60, layout: { bottom: { anchor: "end" } } } : {};
    const ink = {
      background: null,
      style: { "guide-label": { fill: "currentColor" }, "guide-title": { fill: "currentColor" } },
      axis: { ...page.theme.axis, gridColor: "currentColor", domainColor: "currentColor", tickColor: "currentColor" },
      legend: { ...page.theme.legend, ...legend },
      header: { ...page.theme.header, labelColor: "currentColor", titleColor: "currentColor" },
      text: { color: "currentColor" },
    };
    return {
      autosize: { type: "fit-x", contains: "padding" },
      width,
      ...others,
      ...(atStep.length ? { params: atStep } : {}),
      ...(isOnPage ? {} : { title, background: "white" }),
      data: { values: recordsOf(data) },
      config: isOnPage ? { ...page.theme, ...ink } : page.theme,
    };
  }

  /** A specification drawn in an element. */
  async function embedded(element, specification) {
    await load("../static/vega.js");
    return vegaEmbed(element, specification, {
      mode: "vega-lite",
      renderer: "svg",
      actions: false,
      tooltip: { theme: isDark() ? "dark" : "light" },
      timeFormatLocale: page.language === "zh" ? CHINESE_TIME : undefined,
    });
  }

  async function draw(part, place, specification, data) {
    const width = Math.max(place.clientWidth, 300);
    const drawn = document.createElement("div");
    const slider = part.querySelector(".slider input");
    if (slider) setSteps(slider, data);
    const result = await embedded(drawn, whole(specification, data, true, width, slider));
    part.drawn?.finalize();
    part.drawn = result;
    const svg = drawn.querySelector("svg");
    svg.setAttribute("role", "img");
    svg.setAttribute("aria-label", page.words.page.chart_of + part.querySelector("h2").textContent);
    place.replaceChildren(drawn);
  }

  /** The steps of a slider are the values that the data have; it stays where it was, or at the end. */
  function setSteps(slider, data) {
    const before = slider.steps?.[slider.value];
    const values = data.records.map((record) => record[slider.dataset.column]);
    slider.steps = [...new Set(values)].sort((one, other) => one - other);
    slider.max = slider.steps.length - 1;
    const kept = slider.steps.indexOf(before);
    slider.value = kept < 0 ? slider.max : kept;
    sayStep(slider);
  }

  function sayStep(slider) {
    const step = slider.steps[slider.value];
    slider.parentElement.querySelector("output").textContent = step ?? "";
    slider.setAttribute("aria-valuetext", step ?? "");
    return step;
  }

  async function moveTo(part, slider) {
    const step = sayStep(slider);
    await part.drawn?.view.signal("step", step).runAsync();
  }

  /** Hand a figure over as a file: the specification of the page, on paper. */
  async function exportAs(part, kind) {
    const data = await dataOf(nameOf(part));
    const slider = part.querySelector(".slider input");
    const specification = page.specifications[part.dataset.part];
    const { view, finalize } = await embedded(
      document.createElement("div"), whole(specification, data, false, 720, slider));
    const link = document.createElement("a");
    link.href = await view.toImageURL(kind, kind === "png" ? 2 : 1);
    link.download = `${part.dataset.part}.${page.language}.${kind}`;
    link.click();
    finalize();
  }

  /** The numbers of a figure, when a reader asks for them. */
  function fillNumbers(part, data) {
    const details = part.querySelector(".numbers");
    const fill = () => details.open && details.querySelector(".rows").replaceChildren(tableOf(part, data));
    details.ontoggle = fill;
    fill();
  }

  // Tables

  const isNumber = (type) => /INT|DOUBLE|FLOAT|DECIMAL|HUGEINT/.test(type);
  const isYear = (name) => /(^|_)year$|^fact_id$|_number$/.test(name);

  /** The columns that a reader of this language sees: [name, place, type]. */
  function shownColumns(data) {
    const other = page.language === "zh" ? "_en" : "_zh";
    const chosen = document.getElementById("choice")?.dataset.column;
    return data.columns
      .map((name, place) => [name, place, data.types[place]])
      .filter(([name]) => name !== chosen && !name.endsWith("__trace") && !name.endsWith(other));
  }

  function headingOf(name) {
    const stem = name.replace(/_(en|zh)$/, "");
    return page.words.columns[stem] ?? stem.replaceAll("_", " ");
  }

  function cellOf(value, name, type, data) {
    const cell = document.createElement("td");
    if (value === null) {
      cell.append(missing());
    } else if (type === "BOOLEAN") {
      cell.textContent = page.words.page[value ? "yes" : "no"];
    } else if (isNumber(type)) {
      cell.textContent = isYear(name) ? value : format(value);
    } else {
      cell.textContent = isAsItIs(name) ? value : called(data, value);
      if (cell.textContent !== value) cell.title = value; // as queries have it
    }
    cell.className = isNumber(type) ? "number" : name.endsWith("sha256") ? "hash" : "text";
    return cell;
  }

  /** A number with the digits that a reader needs; the CSV has all of them. */
  function format(value) {
    const size = Math.abs(value);
    if (size > 0 && size < 1e-4) return value.toExponential(2);
    return (size < 10 ? small : large).format(value);
  }

  function missing() {
    const dash = document.createElement("span");
    dash.className = "missing";
    dash.textContent = "–";
    dash.title = page.words.page.missing;
    return dash;
  }

  /** A table with a heading row; long ones show their first rows until a reader asks for all. */
  function tableOf(part, data) {
    const columns = shownColumns(data);
    const table = emptyTable(part, columns.map(([name, , type]) => [headingOf(name), isNumber(type)]));
    const add = (rows) => rows.forEach((row) => {
      const line = table.tBodies[0].insertRow();
      for (const [name, place, type] of columns) {
        const cell = cellOf(row[place], name, type, data);
        linkToTrace(cell, row[data.columns.indexOf(`${name}__trace`)]);
        line.append(cell);
      }
    });
    add(data.rows.slice(0, ROWS));
    return data.rows.length > ROWS ? withMore(table, data.rows.length, () => add(data.rows.slice(ROWS))) : table;
  }

  function linkToTrace(cell, trace) {
    if (!trace) return;
    const link = document.createElement("a");
    link.href = `trace.html#${trace}`;
    link.title = page.words.page.trace_of;
    link.append(...cell.childNodes);
    cell.append(link);
  }

  function withMore(table, total, addAll) {
    const both = document.createElement("div");
    const more = document.createElement("button");
    more.type = "button";
    more.className = "more";
    more.textContent = page.words.page.all_rows
      .replace("{shown}", ROWS).replace("{n}", format(total));
    more.onclick = () => { more.remove(); addAll(); };
    both.append(table, more);
    return both;
  }

  function emptyTable(part, headings) {
    const table = document.createElement("table");
    const caption = table.createCaption();
    caption.className = "unseen";
    caption.textContent = part.querySelector("h2").textContent;
    const line = table.createTHead().insertRow();
    for (const [text, isOfNumbers] of headings) {
      const cell = document.createElement("th");
      cell.scope = "col";
      cell.textContent = text;
      if (isOfNumbers) cell.className = "number";
      line.append(cell);
    }
    table.createTBody();
    return table;
  }

  /** A table as it would be printed, of one row a cell; on paper a wide one is several. */
  function printedTable(part, data) {
    const inLanguage = (name) => data.columns.includes(name) ? name : `${name}_${page.language}`;
    const [rowName, columnName, textName, ...headNames] = part.dataset.pivot.split(" ").map(inLanguage);
    const headOf = (cell) => {
      const heads = headNames.map((name) => cell[name]).filter((each) => each !== null);
      return `(${cell[columnName]}) ${heads.map((each) => called(data, each)).join(": ")}`;
    };
    const lines = Map.groupBy(data.records, (record) => record[rowName]);
    const columns = [...Map.groupBy(data.records, (record) => record[columnName])]
      .sort(([one], [other]) => one - other)
      .map(([, cells]) => ({
        head: headOf(cells[0]),
        texts: new Map(cells.map((cell) => [cell[rowName], called(data, cell[textName] ?? "")])),
      }));
    const tableOfColumns = (some, medium) => {
      const table = emptyTable(part, ["", ...some.map(({ head }) => head)].map((text) => [text, false]));
      if (medium) table.classList.add(medium);
      const filled = [...lines.keys()].filter((row) => some.some(({ texts }) => texts.get(row)));
      filled.forEach((row) => addPrintedRow(table, called(data, row), some.map(({ texts }) => texts.get(row) ?? "")));
      return table;
    };
    if (columns.length <= ON_PAPER) return tableOfColumns(columns);
    const both = document.createElement("div");
    both.append(tableOfColumns(columns, "on-screen"));
    for (let first = 0; first < columns.length; first += ON_PAPER) {
      both.append(tableOfColumns(columns.slice(first, first + ON_PAPER), "on-paper"));
    }
    return both;
  }

  function addPrintedRow(table, name, texts) {
    const line = table.tBodies[0].insertRow();
    const heading = document.createElement("th");
    heading.scope = "row";
    heading.textContent = name;
    line.append(heading);
    for (const text of texts) {
      const cell = line.insertCell();
      cell.className = "printed";
      cell.textContent = text;
    }
  }

  // The page

  /** Choose what the address says after its #, as a value of the choice. */
  function choose() {
    const choice = document.getElementById("choice");
    if (!choice) return;
    const wanted = decodeURIComponent(location.hash.slice(1)).split("/")[0];
    const option = [...choice.options].find((each) => each.dataset.value === wanted);
    if (option) choice.value = option.value;
  }

  function isDark() {
    const { theme } = document.documentElement.dataset;
    return theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  }

  function setTheme(theme) {
    document.documentElement.dataset.theme = theme;
    document.getElementById("theme")?.setAttribute("aria-pressed", String(theme === "dark"));
  }

  function start() {
    page = JSON.parse(document.getElementById("page").textContent);
    large = new Intl.NumberFormat(document.documentElement.lang, { maximumFractionDigits: 2 });
    small = new Intl.NumberFormat(document.documentElement.lang, { maximumSignificantDigits: 4 });
    const parts = [...document.querySelectorAll(".part")];
    const showOr = (part) => show(part).catch((error) => {
      console.error(error);
      part.querySelector(".shown").textContent = error.message;
    });
    const waits = new Set(parts);
    const showFirst = (part) => {
      seen.unobserve(part);
      return waits.delete(part) ? showOr(part) : null;
    };
    const seen = new IntersectionObserver((entries) => entries
      .filter((entry) => entry.isIntersecting)
      .forEach(({ target }) => showFirst(target)),
    { rootMargin: "400px" });
    // One after the other when the browser has nothing else to do: paper does not wait for data
    const showRest = () => {
      const [next] = waits;
      if (next) idle(async () => { await showFirst(next); showRest(); });
    };
    choose();
    parts.forEach((part) => {
      seen.observe(part);
      const slider = part.querySelector(".slider input");
      slider?.addEventListener("input", () => moveTo(part, slider));
      part.querySelectorAll("[data-export]").forEach((button) => button.addEventListener(
        "click", () => exportAs(part, button.dataset.export)));
    });
    const showAll = () => parts.forEach(showOr);
    document.getElementById("choice")?.addEventListener("change", ({ target }) => {
      history.replaceState(null, "", `#${target.selectedOptions[0].dataset.value}`);
      showAll();
    });
    addEventListener("hashchange", () => { choose(); showAll(); });
    addEventListener("load", () => setTimeout(showRest, REST));
    document.getElementById("other-language").addEventListener("click", (event) => {
      event.currentTarget.hash = location.hash;
    });
    document.getElementById("theme").addEventListener("click", () => {
      setTheme(isDark() ? "light" : "dark");
      localStorage.setItem("theme", document.documentElement.dataset.theme);
    });
    if (localStorage.getItem("theme")) setTheme(localStorage.getItem("theme"));
  }

  document.addEventListener("DOMContentLoaded", start);
  return { take, dataOf, called, format };
})();
