// The probabilities of the sentence under the pointer, or of the one that has the focus: beside the text where
// there is room, else above the bar at the foot.
let told = null;

function tellProbabilities(span) {
  if (span.classList.contains("off")) return;
  told?.removeAttribute("aria-describedby");
  told = span;
  span.setAttribute("aria-describedby", "tip");
  const given = probabilities(span);
  const ordered = given.map((_, label) => label).sort((a, b) => given[b] - given[a]);
  tip.replaceChildren(...ordered.map((label) => line(label, given[label])), ...remarks(span.dataset.f ?? "", KINDS[span.dataset.k]));
  tip.hidden = false;
  placeTip();
}

function line(label, value) {
  const share = element("i", { className: `l${label}` });
  share.style.width = `${value * 100}%`;
  return element("div", {}, element("span", { textContent: names[label] }), element("span", {}, share), element("b", { textContent: `${percent(value, 1)} %` }));
}

function remarks(flags, kind) {
  const known = { u: "Uncertain: below the confidence that was asked for.", t: "Too long: only its beginning was read." };
  const said = [...flags].map((flag) => known[flag]);
  if (kind) said.push(`Its line is marked as ${kind === "page’s end" ? "the" : "a"} ${kind}.`);
  return said.map((textContent) => element("p", { textContent }));
}

function placeTip() {
  const right = told.closest(".text").getBoundingClientRect().right + 16;
  const isBeside = document.documentElement.clientWidth - right > 200;
  const top = Math.min(told.getClientRects()[0]?.top ?? 0, innerHeight - bar.offsetHeight - tip.offsetHeight - 8);
  tip.classList.toggle("beside", isBeside);
  tip.style.left = isBeside ? `${right}px` : "";
  tip.style.top = isBeside ? `${Math.max(8, top)}px` : "";
  tip.style.bottom = isBeside ? "" : `${bar.offsetHeight}px`;
}

function hideTip() {
  told?.removeAttribute("aria-describedby");
  told = null;
  tip.hidden = true;
}

document.addEventListener("pointerover", (event) => {
  if (tip.contains(event.target)) return;
  const span = event.target.closest("article .s");
  if (span) { tellProbabilities(span); return; }
  const focused = document.activeElement.closest("article .s");
  if (focused) tellProbabilities(focused); else hideTip();
});
document.addEventListener("focusin", (event) => {
  const span = event.target.closest("article .s");
  if (!span) { hideTip(); return; }
  sentenceOf.get(span).wasVisited = true;
  sayLabel(sentenceOf.get(span));
  placeSaid();
  tellProbabilities(span);
});
document.addEventListener("click", (event) => {
  const span = event.target.closest("article .s:not(.off)");
  if (span && String(getSelection()) === "") focusOn(sentenceOf.get(span));
});
addEventListener("scroll", () => { if (told) placeTip(); }, { passive: true });

// Steps from hit to hit. One sentence at a time can be reached with Tab: the last that had the focus.
let stop = null;

function setStop(sentence) {
  stop?.node.removeAttribute("tabindex");
  stop = sentence;
  if (stop) stop.node.tabIndex = 0;
}

function focusOn(sentence) {
  setStop(sentence);
  if (sentence.fold) sentence.fold.open = true;
  sentence.node.focus({ preventScroll: true });
  const box = sentence.node.getBoundingClientRect();
  const covered = bar.offsetHeight + (tip.classList.contains("beside") ? 0 : tip.offsetHeight);
  if (box.top < 130 || box.bottom > innerHeight - Math.max(130, covered)) sentence.node.scrollIntoView({ block: "center" });
}

// The bar's height depends on what is in it: nothing that one goes to, nor the page's end, is to lie behind it.
new ResizeObserver(() => {
  document.documentElement.style.scrollPaddingBottom = `${bar.offsetHeight + 16}px`;
  document.querySelector("footer").style.paddingBottom = `${bar.offsetHeight + 48}px`;
}).observe(bar);

// Furniture is passed over, unless it was asked for.
function isHit(sentence) {
  if (!sentence.isShown) return false;
  return !isFurniture[sentence.label] || isFurnitureAsked();
}

const isInSight = ({ node }) => {
  const box = node.getBoundingClientRect();
  return box.height > 0 && box.bottom > 0 && box.top < innerHeight;
};

function topArticle() {
  return articles.findIndex(({ node }) => !node.hidden && node.getBoundingClientRect().bottom > 60);
}

function firstInSight() {
  let at = sentences.indexOf(articles[topArticle()]?.sentences[0]);
  while (at >= 0 && at < sentences.length && !(isHit(sentences[at]) && sentences[at].node.getBoundingClientRect().bottom > 0)) at += 1;
  return at;
}

function moveSentence(step) {
  const focused = sentenceOf.get(document.activeElement);
  const from = focused ?? (stop && stop.wasVisited && isInSight(stop) ? stop : null);
  let at = from ? sentences.indexOf(from) + step : firstInSight() + (step < 0 ? -1 : 0);
  while (sentences[at] && !isHit(sentences[at])) at += step;
  if (!sentences[at]) return;
  focusOn(sentences[at]);
}

function moveArticle(step) {
  const focused = articles.findIndex(({ node }) => node.contains(document.activeElement));
  const top = topArticle();
  const isAbove = focused < 0 && top >= 0 && articles[top].node.getBoundingClientRect().top > 60;
  let at = (focused >= 0 ? focused : top) + (isAbove && step > 0 ? 0 : step);
  while (articles[at]?.node.hidden) at += step;
  if (articles[at]) goTo(articles[at]);
}

function goTo(article, number) {
  const sentence = article.sentences[number - 1];
  if (sentence) {
    focusOn(sentence);
    sentence.node.scrollIntoView({ block: "center" });
    return;
  }
  article.node.querySelector("h2").focus({ preventScroll: true });
  article.node.scrollIntoView({ block: "start" });
}

function focusItem(at) {
  if (at >= drawn && at < groups.length) draw();
  const item = byId("list").children[at];
  if (!item) return;
  item.querySelector("input").focus({ preventScroll: true });
  item.scrollIntoView({ block: "nearest" });
  lastItem = at;
  placeSaid();
}

let lastItem = -1;

const itemInSight = () => [...byId("list").children].findIndex((item) => item.getBoundingClientRect().bottom > 0);

// Back to a place in the list: its number stays with its address when a link leads away.
function showItem(at) {
  while (drawn <= at && drawn < groups.length) draw();
  const item = byId("list").children[at];
  item?.querySelector("input").focus({ preventScroll: true });
  item?.scrollIntoView({ block: "center" });
  lastItem = at;
  placeSaid();
}
document.addEventListener("click", ({ target }) => {
  if (view !== "statements" || !target.closest("a")) return;
  const item = target.closest("#list > li");
  history.replaceState({ item: item ? [...byId("list").children].indexOf(item) : itemInSight() }, "");
});

function moveItem(step) {
  const focused = document.activeElement.closest("#list > li");
  focusItem((focused ? [...byId("list").children].indexOf(focused) : Math.min(lastItem, groups.length)) + step);
}

function moveLink(step, selector) {
  const shown = all(selector);
  shown[shown.indexOf(document.activeElement) + step]?.focus();
}

function move(step) {
  const links = { index: "#index tbody:first-of-type tr:not([hidden]) > th a.to", who: "#who td a" };
  if (links[view]) moveLink(step, links[view]);
  else if (view === "statements") moveItem(step);
  else moveSentence(step);
}

let hits = null; // in the view that is shown

function placeSaid() {
  bar.hidden = view === "index" || view === "who";
  hits ??= view === "texts" ? sentences.filter(isHit) : groups;
  const at = view === "texts" ? hits.indexOf(stop && stop.wasVisited ? stop : null) : Math.min(lastItem, hits.length - 1);
  byId("place").textContent = at < 0 ? "" : `${whole(at + 1)} of ${whole(hits.length)}`;
}

byId("next").addEventListener("click", () => move(1));
byId("previous").addEventListener("click", () => move(-1));

const keys = {
  n: () => move(1),
  p: () => move(-1),
  j: () => (view === "texts" ? moveArticle(1) : move(1)),
  k: () => (view === "texts" ? moveArticle(-1) : move(-1)),
  x: () => document.activeElement.closest("#list > li")?.querySelector("input").click(),
  "/": () => { byId("more").open = true; search.focus(); search.select(); },
};
names.forEach((_, label) => { keys[label + 1] = () => correctHere(label); });
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") {
    if (tip.hidden) document.activeElement.blur(); else hideTip();
    return;
  }
  if (event.target.closest("input:not([type=checkbox]), select, textarea")) return;
  const isSentence = event.target.closest("article .s");
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step && isSentence) moveSentence(step);
  else if (byId("letters").checked && Object.hasOwn(keys, event.key)) keys[event.key]();
  else return;
  event.preventDefault();
});

foldFilters();
setStop(sentences.find(isHit) ?? null);
addEventListener("hashchange", readAddress);
readAddress();
