// What is kept, and how it is taken along: all that is shown, as long as nothing is kept.
const kept = new Set();

const chosen = () => (kept.size ? sentences.filter((each) => kept.has(each)) : groups.flat());

function sayKept() {
  const number = kept.size || groups.reduce((sum, group) => sum + group.length, 0);
  byId("chosen").textContent = kept.size ? `${whole(number)} kept` : `All ${whole(number)} shown`;
  byId("clear").hidden = kept.size === 0;
  document.body.classList.toggle("keeping", kept.size > 0);
  const isEvery = groups.length > 0 && groups.every((group) => group.every((each) => kept.has(each)));
  byId("all").checked = isEvery;
  byId("all").indeterminate = kept.size > 0 && !isEvery;
  all("#list > li").forEach((item) => {
    const box = item.querySelector("input");
    box.checked = item.group.every((each) => kept.has(each));
    box.indeterminate = !box.checked && item.group.some((each) => kept.has(each));
  });
}

function keep(group, isKept) {
  group.forEach((each) => { if (isKept) kept.add(each); else kept.delete(each); });
}

byId("list").addEventListener("change", (event) => {
  if (event.target.type !== "checkbox") return;
  keep(event.target.closest("li").group, event.target.checked);
  sayKept();
  writeAddress();
});
byId("all").addEventListener("change", (event) => {
  groups.forEach((group) => keep(group, event.target.checked));
  sayKept();
  writeAddress();
});
byId("clear").addEventListener("click", () => { kept.clear(); sayKept(); writeAddress(); });

function values(chosen) {
  const groupOf = new Map();
  const file = location.pathname.split("/").pop();
  return chosen.map((sentence) => {
    const { node, article } = sentence;
    const label = labelOf(sentence);
    const group = sentence.leader ?? sentence;
    const head = article.node.querySelector(".origin");
    if (!groupOf.has(group)) groupOf.set(group, groupOf.size + 1);
    return {
      group: groupOf.get(group),
      label: names[label],
      was: wasOf(sentence),
      confidence: probabilities(node)[label],
      text: node.textContent,
      ...namesTaken(sentence),
      headline: headline(article),
      source: head.querySelector(".from")?.textContent ?? "",
      date: head.querySelector("time")?.textContent ?? "",
      page: head.querySelector(".page")?.getAttribute("href") ?? "",
      id: article.node.dataset.id,
      kind: sentence.kind || "text",
      place: `${file}#${placeName(sentence)}`,
    };
  });
}

const columns = ["group", "label", "was", "confidence", "text", ...(sides.length ? ["speaker", "targets"] : []), "headline", "source", "date", "page", "id", "kind", "place"];

// A spreadsheet would take what begins like a formula for one.
const cell = (value) => `"${[value].flat().join("; ").replace(/^[=+\-@\t\r]/, "'$&").replaceAll('"', '""')}"`;

const forms = {
  csv: (items) => `\ufeff${[columns, ...items.map((item) => columns.map((name) => item[name]))].map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`,
  json: (items) => `${JSON.stringify(items, null, 2)}\n`,
  txt: (items) => items.map((item) => {
    const origin = [item.headline, item.source, item.date].filter(Boolean).join(", ");
    return `${item.label.toUpperCase()} (${item.was ? `corrected, was ${item.was}` : `${percent(item.confidence)} %`})\n${item.text}\n${saidOf(item)}${origin}\n${item.page || item.id}\n`;
  }).join("\n"),
};
const types = { csv: "text/csv", json: "application/json", txt: "text/plain" };

function download(form, chosen, name) {
  const url = URL.createObjectURL(new Blob([forms[form](values(chosen))], { type: `${types[form]};charset=utf-8` }));
  element("a", { href: url, download: `${name}.${form}` }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

async function copy() {
  const text = forms.txt(values(chosen()));
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not allowed, or no secure place: as it was done before there was a clipboard
    const area = element("textarea", { value: text });
    document.body.append(area);
    area.select();
    document.execCommand("copy");
    area.remove();
  }
  byId("chosen").textContent = `${whole(chosen().length)} copied`;
}

bar.addEventListener("click", (event) => { if (event.target.dataset.take) download(event.target.dataset.take, chosen(), "statements"); });
byId("copy").addEventListener("click", copy);
