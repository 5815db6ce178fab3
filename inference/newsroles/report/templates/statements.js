// Claims and accusations of all articles, those that are nearly the same together, under the first of them.
const ALIKE = 0.8; // of the words of two, so many are in both
const LEAST_WORDS = 4; // fewer must be the same
const DRAWN = 200; // at a time
const TELLING = new Set(["not", "no", "never", "nor", "none", "without", "cannot", "t"]); // "didn't" has a t
const KINDS = {
  title: "headline", heading: "heading", quotation: "quotation", caption: "caption", byline: "byline", embed: "embedded post",
  comment: "reader’s comment", navigation: "menu", aside: "beside the story", footer: "page’s end", link: "link", control: "button",
};
let groups = [];
let drawn = 0;
let isGrouped = false;

function wordsOf(sentence) {
  return [...new Set(fold(sentence.node.textContent).match(/[\p{L}\p{N}]+/gu) ?? [])];
}

// Numbers and negations make a difference, however much else is the same.
const tellingOf = (words) => words.filter((word) => TELLING.has(word) || /\d/.test(word)).sort().join(" ");

// Sets that share so many words share one of their rarest: only those are looked up.
function findLeaders() {
  const byWords = new Map();
  for (const sentence of sentences) {
    if (!isListed[sentence.label]) continue;
    const words = wordsOf(sentence);
    const key = `${sentence.label} ${words.join(" ")}`;
    if (!byWords.has(key)) byWords.set(key, { words, label: sentence.label, first: sentence });
    sentence.leader = byWords.get(key);
  }
  const frequency = new Map();
  const sets = [...byWords.values()];
  for (const { words } of sets) for (const word of words) frequency.set(word, (frequency.get(word) ?? 0) + 1);
  const index = new Map();
  for (const set of sets) {
    const ordered = set.words.toSorted((a, b) => frequency.get(a) - frequency.get(b) || (a < b ? -1 : 1));
    const rarest = ordered.slice(0, ordered.length - Math.ceil(ALIKE * ordered.length) + 1);
    set.telling = tellingOf(set.words);
    const own = new Set(set.words);
    set.same = (ordered.length >= LEAST_WORDS && nearest(set, own, rarest, index)) || set;
    if (set.same !== set) continue;
    for (const word of rarest) {
      if (!index.has(word)) index.set(word, []);
      index.get(word).push(set);
    }
  }
  for (const sentence of sentences) if (sentence.leader) sentence.leader = sentence.leader.same;
}

function nearest(set, own, rarest, index) {
  for (const word of rarest) {
    for (const other of index.get(word) ?? []) {
      if (other.label !== set.label || other.telling !== set.telling) continue;
      const both = other.words.filter((each) => own.has(each)).length;
      if (both >= ALIKE * (own.size + other.words.length - both)) return other;
    }
  }
  return null;
}

function listStatements(isAsked = ({ isShown }) => isShown) {
  const found = new Map();
  if (!isGrouped) findLeaders();
  isGrouped = true;
  for (const sentence of sentences) {
    if (!sentence.leader || !isAsked(sentence)) continue;
    if (!found.has(sentence.leader)) found.set(sentence.leader, []);
    found.get(sentence.leader).push(sentence);
  }
  const sure = (group) => group.reduce((most, { confidence }) => Math.max(most, confidence), 0);
  groups = [...found.values()];
  if (order.value === "sure") groups.sort((a, b) => sure(b) - sure(a));
  if (order.value === "often") groups.sort((a, b) => b.length - a.length);
  byId("list").replaceChildren();
  drawn = 0;
  lastItem = -1;
  hits = null;
  draw();
}

function draw() {
  const next = groups.slice(drawn, drawn + DRAWN);
  byId("list").append(...next.map(drawGroup));
  drawn += next.length;
  const left = groups.length - drawn;
  byId("further").hidden = left === 0;
  byId("further").textContent = `Show ${whole(Math.min(left, DRAWN))} more of ${whole(left)}`;
  sayKept();
}

function element(tag, values = {}, ...children) {
  const node = Object.assign(document.createElement(tag), values);
  node.append(...children);
  return node;
}

function drawGroup(group, number) {
  const [first, ...others] = group;
  const before = groups[drawn + number - 1]?.[0].article;
  const keep = element("input", { type: "checkbox" }); // ticked by sayKept
  keep.setAttribute("aria-label", `Keep: ${first.node.textContent}`);
  const body = element("div", {}, ...drawStatement(first, before));
  if (others.length) body.append(drawOthers(first, others));
  const item = element("li", {}, element("label", { className: "keep" }, keep), body);
  item.classList.toggle("more", first.article === before);
  return Object.assign(item, { group, sentence: first });
}

function drawOthers(first, others) {
  const pages = new Set(others.map(({ article }) => article));
  const where = pages.size > 1 || !pages.has(first.article) ? `, on ${whole(pages.size)} ${pages.size === 1 ? "page" : "pages"}` : " here";
  const said = `Nearly the same ${others.length === 1 ? "once" : `${whole(others.length)} times`} more${where}`;
  const more = element("details", {}, element("summary", { textContent: said }));
  more.addEventListener("toggle", () => {
    if (more.childElementCount > 1) return;
    others.forEach((each, at) => more.append(element("div", { sentence: each }, ...drawStatement(each, others[at - 1]?.article ?? first.article))));
  });
  return more;
}

// Its article is told where it is another one than that of the statement before.
function drawStatement(sentence, before) {
  const { node, article } = sentence;
  const tag = choice({ className: `tag l${labelOf(sentence)}` }, sentence);
  const text = element("a", { className: "to", href: `#${placeName(sentence)}`, title: "Read it where it stands", textContent: node.textContent });
  const sure = element("span", { className: "sure" }, "");
  const kind = KINDS[sentence.kind] ? [element("span", { className: "kind", textContent: KINDS[sentence.kind] }), " "] : [];
  const words = element("p", { className: "words" }, tag, " ", ...kind, text, " ", sure);
  saySure(words, sentence);
  const origin = element("p", { className: "origin" }, element("a", { href: `#${article.node.id}`, textContent: headline(article) }));
  for (const part of all(".from, time, .page", article.node.firstElementChild)) {
    const copy = part.cloneNode(true);
    if (copy.href) sure.append(element("span", { className: "way" }, " · ", Object.assign(copy, { href: quoted(part.href, node.textContent) })));
    else origin.append(" ", element("span", {}, "· ", copy));
  }
  origin.append(element("span", { className: "paper", textContent: printed(article) }));
  return [...(article === before ? [] : [origin]), words, ...drawNames(sentence)];
}

// How sure the model is of the label that it has now; the mark of the model's doubt is for the model's label.
function saySure(words, sentence) {
  const isMended = corrected.has(sentence);
  words.classList.toggle("mended", isMended);
  const doubt = !isMended && sentence.node.dataset.f?.includes("u") ? " ?" : "";
  words.querySelector(".sure").firstChild.data = `${percent(probabilities(sentence.node)[labelOf(sentence)])} %${doubt}`;
}

// On paper a link is its address.
function printed(article) {
  const page = article.node.querySelector(".page")?.getAttribute("href") ?? "";
  return /^https?:/i.test(page) ? ` · ${page}` : "";
}

// The page's address with the words to scroll to; browsers that don't know how open the page at its top.
function quoted(href, text) {
  const words = text.trim().split(/\s+/);
  const part = (some) => encodeURIComponent(some.join(" ")).replaceAll("-", "%2D");
  const wanted = words.length > 10 ? `${part(words.slice(0, 5))},${part(words.slice(-4))}` : part(words);
  const page = href.split(":~:")[0];
  return `${page}${page.includes("#") ? "" : "#"}:~:text=${wanted}`;
}

byId("further").addEventListener("click", () => { const at = drawn; draw(); focusItem(at); });

// On paper is what would be taken along: what is kept, also where a filter hides it.
const isKeptPrinted = () => view === "statements" && kept.size > 0;
let unprinted = null; // the place in the list as it was
addEventListener("beforeprint", () => {
  const asked = byId("reset").disabled ? "" : `${askedFor().join("; ")}: ${byId("status").textContent}.`;
  byId("asked").textContent = isKeptPrinted() ? `${whole(kept.size)} kept.` : asked;
  if (isKeptPrinted()) {
    unprinted = itemInSight();
    listStatements((each) => kept.has(each));
  }
  while (view === "statements" && drawn < groups.length) draw();
});
addEventListener("afterprint", () => {
  if (!isKeptPrinted()) return;
  listStatements();
  if (unprinted > 0) showItem(unprinted);
});
order.addEventListener("change", () => { listStatements(); writeAddress(); });
