// What is shown: labels, confidence, words, names, an article, and which of the views. The address holds all of it.
// The sentences are on the page once: what is kept here of each is its element, label and confidence.
const byId = (id) => document.getElementById(id);
const all = (selector, node = document) => [...node.querySelectorAll(selector)];
const boxes = all("#labels input");
const counts = all("#labels .count");
const names = boxes.map((box) => box.dataset.name);
const isListed = boxes.map((box) => "listed" in box.dataset);
const isFurniture = boxes.map((box) => "furniture" in box.dataset);
const places = all("#places input"); // the story, and what is around it; none where all is story
const placesCounted = all("#places .count");
const placeOf = new Map(places.flatMap((box, place) => box.dataset.kinds.split(" ").map((kind) => [kind, place])));
const [least, search, order, tip, bar] = ["least", "search", "order", "tip", "bar"].map(byId);
const whole = (number) => number.toLocaleString("en");
const views = all(".view").map(({ id }) => id);
const typed = all("#filters [type=search]"); // words, and names where any are known
const PLACE = /^(p-[0-9a-f]+(?:-\d+)?)(?:\.(\d+))?[.,;:!?)]*$/; // and the mark after it, where that came along

const sentences = [];
const rows = all("#index tbody").slice(0, 1).flatMap((body) => [...body.rows]);
const articles = all("article").map((node, number) => {
  const article = { node, number, row: rows[number], sentences: [] };
  const text = node.lastElementChild;
  for (const span of text.querySelectorAll(".s")) {
    const label = Number.parseInt(span.className.slice(3), 10); // of "s l3", "s l3 f"
    const fold = span.parentNode === text ? null : span.closest(".fold");
    const kind = span.dataset.k ?? "";
    const confidence = span.dataset.p.split(" ", label + 1)[label] / 10000;
    article.sentences.push({ node: span, article, at: article.sentences.length, label, fold, kind, place: placeOf.get(kind) ?? 0, confidence, isShown: true, text: null, leader: null, who: null });
  }
  for (const sentence of article.sentences) sentences.push(sentence);
  return article;
});
const sentenceOf = new Map(sentences.map((sentence) => [sentence.node, sentence]));
const totals = names.map(() => 0);
for (const { label } of sentences) totals[label] += 1;

let view = "index";
let only = null; // the one article that is asked for

function probabilities(span) {
  return span.dataset.p.split(" ").map((tenThousandths) => tenThousandths / 10000);
}

// In percent, and never more than it is: what says 90 % is there at a minimum of 90 %. Pages have ten-thousandths.
const percent = (share, digits = 0) => (Math.floor(Math.round(share * 1e4) / 10 ** (2 - digits)) / 10 ** digits).toFixed(digits);

// Only white space changes its length: "İ" is the one letter that is two when it is small.
const fold = (text) => text.replace(/\s+/g, " ").replace(/[‘’]/g, "'").replace(/[“”]/g, '"').replaceAll("İ", "i").toLowerCase();

function find(sentence, words) {
  sentence.text ??= fold(sentence.node.textContent);
  return sentence.text.indexOf(words);
}

function apply() {
  const wanted = boxes.map((box) => box.checked);
  const wantedPlaces = places.map((box) => box.checked);
  const threshold = least.valueAsNumber / 100;
  const words = fold(search.value.trim());
  const areNamed = namedAsAsked();
  const isFiltered = threshold > 0 || typed.some((input) => input.value.trim()) || wanted.includes(false) || wantedPlaces.includes(false) || only !== null;
  const shown = names.map(() => 0);
  const shownAt = places.map(() => [0, 0]); // of all that are there
  const marks = window.Highlight ? new Highlight() : null;
  let shownArticles = 0;
  for (const article of articles) {
    const folds = new Map(); // and how many lines of each are shown
    const isWanted = only === null || only === article;
    let hits = 0;
    for (const sentence of article.sentences) {
      let isShown = isWanted && wanted[sentence.label] && sentence.confidence >= threshold && wantedPlaces[sentence.place] !== false && areNamed(sentence);
      if (isShown && words) {
        const at = find(sentence, words);
        isShown = at >= 0;
        if (isShown) marks?.add(mark(sentence, at, words.length));
      }
      if (isShown !== sentence.isShown) {
        sentence.isShown = isShown;
        sentence.node.classList.toggle("off", !isShown);
      }
      const isCounted = isOfView(sentence.label);
      if (isCounted && places.length) {
        shownAt[sentence.place][0] += isShown ? 1 : 0;
        shownAt[sentence.place][1] += 1;
      }
      if (!isShown) continue;
      hits += isCounted ? 1 : 0;
      shown[sentence.label] += 1;
      if (isFiltered && sentence.fold) folds.set(sentence.fold, (folds.get(sentence.fold) ?? 0) + 1);
    }
    const isHidden = isFiltered && hits === 0;
    if (article.node.hidden !== isHidden) article.node.hidden = isHidden;
    if (article.row.hidden !== isHidden) article.row.hidden = isHidden;
    if (isFiltered || article.isFolded) foldAway(article, isFiltered, folds);
    if (!isHidden) shownArticles += 1;
  }
  if (marks) CSS.highlights.set("found", marks);
  tell(isFiltered, shown, shownArticles);
  shownAt.forEach(([number, total], place) => { placesCounted[place].textContent = part(number, total); });
  if (view === "statements") listStatements();
  if (view === "who") drawWho();
  hideTip();
  hits = null;
  placeSaid();
}

const isOfView = (label) => (view === "who" ? names[label] === ACCUSATION : isListed[label] || view !== "statements");

// Furniture is for those who ask for it: by words, or by leaving out all else, or the story.
const isFurnitureAsked = () => search.value.trim() !== "" || places[0]?.checked === false || boxes.every((box, label) => !box.checked || isFurniture[label]);

// Furniture without a match is no line any more, and what was asked for is not left folded. Under a filter each sentence is a line.
function foldAway(article, isFiltered, folds) {
  article.folds ??= all(".fold", article.node).map((node) => ({ node, summary: node.firstElementChild, said: node.firstElementChild.textContent }));
  for (const { node, summary, said } of article.folds) {
    const lines = folds.get(node) ?? 0;
    node.classList.toggle("off", isFiltered && !lines);
    node.open = isFiltered && isFurnitureAsked() && lines > 0;
    const left = isFiltered ? `${whole(lines)} line${lines === 1 ? "" : "s"} of furniture` : said;
    if (summary.textContent !== left) summary.textContent = left;
  }
  article.isFolded = isFiltered;
}

function mark({ node: { firstChild }, text }, start, length) {
  const [startOffset, endOffset] = [start, start + length].map(text.length === firstChild.length ? (at) => at : placesIn(firstChild.data));
  return new StaticRange({ startContainer: firstChild, endContainer: firstChild, startOffset, endOffset });
}

// Where the characters of a folded text are in it, whose white space may be longer.
function placesIn(text) {
  const more = [...text.matchAll(/\s\s+/g)].map(({ index, 0: { length } }) => [index, length - 1]);
  return (at) => more.reduce((place, [index, length]) => (index < place ? place + length : place), at);
}

function tell(isFiltered, shown, shownArticles) {
  const counted = (numbers) => numbers.filter((_, label) => isOfView(label))
    .reduce((sum, number) => sum + number, 0);
  shown.forEach((number, label) => { counts[label].textContent = part(number, totals[label]); });
  byId("confidence").textContent = `${least.value} %`;
  byId("status").textContent = isFiltered
    ? `${whole(counted(shown))} of ${whole(counted(totals))} sentences, in ${whole(shownArticles)} of ${whole(articles.length)} articles`
    : "Everything is shown.";
  byId("nothing").hidden = !isFiltered || shownArticles > 0;
  byId("reset").disabled = !isFiltered;
  byId("only").hidden = only === null;
  byId("only").lastElementChild.textContent = only ? headline(only) : "";
  document.body.classList.toggle("filtered", isFiltered);
}

const part = (number, total) => (number === total ? whole(total) : `${whole(number)} of ${whole(total)}`);

// What is on paper beside what was found.
function askedFor() {
  const chosen = (of, noun) => (of.every((box) => box.checked) ? [] : [`${noun} ${of.filter((box) => box.checked).map((box) => box.dataset.name).join(", ") || "none"}`]);
  const sure = least.value === "0" ? [] : [`confidence of at least ${least.value} %`];
  const words = typed.filter((input) => input.value.trim()).map((input) => `${input.name} “${input.value.trim()}”`);
  return [...chosen(boxes, "Labels:"), ...chosen(places, "Where:"), ...sure, ...words, ...(only ? [`only ${headline(only)}`] : [])];
}

const headline = (article) => article.node.querySelector("h2").textContent;

// The address. A place in a text is an address of its own, which shows all that is around it.
function address(to = view) {
  const values = new URLSearchParams(to === "index" ? {} : { view: to });
  for (const [name, own] of [["label", boxes], ["place", places]]) {
    if (own.every((box) => box.checked)) continue;
    own.filter((box) => box.checked).forEach((box) => values.append(name, box.dataset.name));
    if (own.every((box) => !box.checked)) values.append(name, "");
  }
  if (least.value !== "0") values.set("sure", least.value);
  for (const input of typed) if (input.value.trim()) values.set(input.name, input.value.trim());
  if (only) values.set("page", only.node.id);
  if (order.value) values.set("order", order.value);
  if (to === "statements" && kept.size && kept.size <= 200) values.set("keep", [...kept].map(placeName).join(" "));
  return `#${values}`;
}

function writeAddress() {
  history.replaceState(null, "", address());
  linkViews();
}

function linkViews() {
  all("#views a").forEach((link) => { link.href = address(link.dataset.view); });
}

function readAddress() {
  const hash = location.hash.slice(1);
  const place = PLACE.exec(hash);
  const article = place && articles.find(({ node }) => node.id === place[1]);
  if (hash === "main" && document.body.dataset.view) { writeAddress(); return; } // the way past the filters is no view
  const item = history.state?.item;
  const given = new URLSearchParams(hash.includes("=") ? hash : "");
  for (const [name, own] of [["label", boxes], ["place", places]]) {
    const chosen = given.getAll(name);
    own.forEach((box) => { box.checked = chosen.length === 0 || chosen.includes(box.dataset.name); });
  }
  least.value = given.get("sure") ?? 0;
  for (const input of typed) input.value = given.get(input.name) ?? "";
  order.value = given.get("order") ?? "";
  if (order.selectedIndex < 0) order.value = "";
  only = articles.find(({ node }) => node.id === given.get("page")) ?? null;
  const asked = article ? "texts" : given.get("view") ?? hash;
  setView(views.includes(asked) ? asked : "index");
  (given.get("keep") ?? "").split(" ").map(sentenceAt).filter(Boolean).forEach((sentence) => kept.add(sentence));
  apply();
  linkViews();
  if (view === "statements" && kept.size) history.replaceState(history.state, "", address()); // no link knows what is kept
  if (article) goTo(article, place[2]);
  else if (hash === "failures") byId("failures")?.scrollIntoView();
  else if (view === "statements" && item > 0) showItem(item);
  else scrollTo(0, 0);
}

const placeName = (sentence) => `${sentence.article.node.id}.${sentence.at + 1}`;

function sentenceAt(name) {
  const place = PLACE.exec(name);
  return place && articles.find(({ node }) => node.id === place[1])?.sentences[place[2] - 1];
}

function setView(name) {
  view = name;
  document.body.dataset.view = name;
  all(".view").forEach((section) => { section.hidden = section.id !== name; });
  all("#views a").forEach((link) => {
    if (link.dataset.view === name) link.setAttribute("aria-current", "page"); else link.removeAttribute("aria-current");
  });
}

const narrow = matchMedia("(max-width: 52rem)");
const foldFilters = () => { byId("more").open = !narrow.matches; };
narrow.addEventListener("change", foldFilters);

let isDue = false;
function applySoon() {
  if (isDue) return;
  isDue = true;
  requestAnimationFrame(() => { isDue = false; apply(); writeAddress(); });
}

byId("filters").addEventListener("input", (event) => { if (event.target !== order) applySoon(); });
byId("filters").addEventListener("submit", (event) => { event.preventDefault(); move(1); });
byId("reset").addEventListener("click", () => {
  [...boxes, ...places].forEach((box) => { box.checked = true; });
  least.value = 0;
  for (const input of typed) input.value = "";
  only = null;
  apply();
  writeAddress();
});

// The index, ordered by what its heads say; by the first, as the articles came.
byId("index").addEventListener("click", (event) => {
  const head = event.target.closest("[data-sort]")?.parentNode;
  if (!head) return;
  const place = head.cellIndex;
  const value = (row) => Number(row.cells[place].dataset.n);
  const ordered = place === 0 ? rows : rows.toSorted((a, b) => value(b) - value(a));
  rows[0].parentNode.append(...ordered);
  all("th", head.parentNode).forEach((each) => { each.removeAttribute("aria-sort"); });
  head.setAttribute("aria-sort", place === 0 ? "other" : "descending");
});
