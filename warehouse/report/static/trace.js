"use strict";
/* The chapter of traces: the tree of the number that the address names, `#area/kind/key`. Each
   step is loaded when a reader opens it. */
addEventListener("DOMContentLoaded", () => {
  const tree = document.getElementById("view");
  const areas = [...document.getElementById("choice").options];
  const places = new Map(areas.map((option) => [option.dataset.value, option.value]));
  const names = new Map(areas.map((option) => [option.dataset.value, option.textContent]));
  const kinds = new Set(
    [...document.querySelectorAll(".part")].map((part) => part.dataset.part.replace("trace_", "")));

  const areaIn = (key) => key.split("/").find((each) => places.has(each)) ?? "100000";
  const named = (key) => key.split("/").map((each) => names.get(each) ?? each).join(" · ");

  /** The rows of a number: one for each of its inputs, in the words of the page. */
  async function inputsOf(area, kind, key) {
    const data = await yearbook.dataOf(`trace_${kind}/${places.get(area)}`);
    const called = (text) => yearbook.called(data, text);
    return data.records.filter((row) => row.key === key).map(
      (row) => ({ ...row, called: [called(row.role), called(row.input_kind)] }));
  }

  function cell(row) {
    const line = document.createElement("li");
    const factor = row.factor === null || row.factor === 1 ? "" : ` × ${row.factor}`;
    line.textContent = `“${row.printed_text}” ${row.unit_label ?? ""}${factor} · ${row.locator} · ${row.file_name}`;
    return line;
  }

  /** What an input adds, before its own trace. */
  function parted(row) {
    const numbers = [["×", row.weight], ["→", row.contribution]].filter(([, value]) => value !== null);
    return [row.called[0], ...numbers.map(([sign, value]) => `${sign} ${yearbook.format(value)}`)].join(" ");
  }

  function input(row) {
    if (row.input_kind === "cell") return cell(row);
    const line = document.createElement("li");
    const said = `${parted(row)} · ${row.called[1]} ${named(row.input_key)}`;
    if (kinds.has(row.input_kind)) {
      line.append(number(areaIn(row.input_key), row.input_kind, row.input_key, said));
    } else {
      line.textContent = said;
    }
    return line;
  }

  /** A number that opens into its inputs. */
  function number(area, kind, key, said) {
    const details = document.createElement("details");
    const summary = document.createElement("summary");
    summary.textContent = said;
    details.append(summary);
    details.addEventListener("toggle", async () => {
      const rows = await inputsOf(area, kind, key);
      if (rows.length) summary.textContent = `${said} = ${valueOf(rows[0])}`;
      const list = document.createElement("ul");
      list.append(...rows.map(input));
      details.append(list);
    }, { once: true });
    return details;
  }

  const valueOf = (row) => `${row.value === null ? "–" : yearbook.format(row.value)}`;

  function show() {
    const [area, kind, ...key] = decodeURIComponent(location.hash.slice(1)).split("/");
    if (!kinds.has(kind)) return;
    const root = number(area, kind, key.join("/"), `${kind} ${named(key.join("/"))}`);
    root.open = true;
    tree.replaceChildren(root);
  }

  addEventListener("hashchange", show);
  show();
});
