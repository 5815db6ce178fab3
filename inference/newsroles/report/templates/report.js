"use strict";
// The sentences are in the page once: what is kept here of each is its element, label and confidence.
(() => {
  const byId = (id) => document.getElementById(id);
  const boxes = [...document.querySelectorAll("#labels input")];
  const counts = [...document.querySelectorAll("#labels .count")];
  const names = boxes.map((box) => box.dataset.name);
  const [least, search, compact, letters, tip] = ["least", "search", "compact", "letters", "tip"].map(byId);
  const whole = (number) => number.toLocaleString("en");

  const sentences = [];
  const articles = [...document.querySelectorAll("article")].map((node) => {
    const own = [...node.querySelectorAll(".s")].map((span) => {
      const label = Number(span.classList[1].slice(1));
      return { node: span, label, confidence: probabilities(span)[label], isShown: true, text: null };
    });
    sentences.push(...own);
    return { node, sentences: own };
  });
  const placeOf = new Map(sentences.map((sentence, place) => [sentence.node, place]));

  function probabilities(span) {
    return span.dataset.p.split(" ").map((tenThousandths) => tenThousandths / 10000);
  }

  // Filters. Folding keeps every character's place, so that what is found can be marked.
  const fold = (text) => text.replace(/\s/g, " ").replace(/[‘’]/g, "'").replace(/[“”]/g, '"').toLowerCase();

  function find(sentence, words) {
    sentence.text ??= fold(sentence.node.textContent);
    return sentence.text.indexOf(words);
  }

  function apply() {
    const wanted = boxes.map((box) => box.checked);
    const threshold = least.valueAsNumber / 100;
    const words = fold(search.value.trim());
    const isFiltered = threshold > 0 || words !== "" || wanted.includes(false);
    const shown = names.map(() => 0);
    const marks = [];
    let shownArticles = 0;
    for (const article of articles) {
      let hits = 0;
      for (const sentence of article.sentences) {
        let isShown = wanted[sentence.label] && sentence.confidence >= threshold;
        if (isShown && words) {
          const at = find(sentence, words);
          isShown = at >= 0;
          if (isShown) marks.push(mark(sentence.node.firstChild, at, words.length));
        }
        if (isShown !== sentence.isShown) {
          sentence.isShown = isShown;
          sentence.node.classList.toggle("off", !isShown);
        }
        if (isShown) {
          hits += 1;
          shown[sentence.label] += 1;
        }
      }
      const isHidden = isFiltered && hits === 0;
      if (article.node.hidden !== isHidden) article.node.hidden = isHidden;
      if (!isHidden) shownArticles += 1;
    }
    if (window.Highlight) CSS.highlights.set("found", new Highlight(...marks));
    report(isFiltered, shown, shownArticles);
  }

  function mark(node, start, length) {
    const range = { startContainer: node, endContainer: node };
    return new StaticRange({ ...range, startOffset: start, endOffset: Math.min(start + length, node.length) });
  }

  function report(isFiltered, shown, shownArticles) {
    const total = shown.reduce((sum, number) => sum + number, 0);
    shown.forEach((number, label) => { counts[label].textContent = whole(number); });
    byId("confidence").textContent = `${least.value} %`;
    byId("status").textContent = isFiltered
      ? `${whole(total)} of ${whole(sentences.length)} sentences shown, in ${whole(shownArticles)} of ${whole(articles.length)} articles`
      : "Everything is shown.";
    byId("nothing").hidden = !isFiltered || shownArticles > 0;
    byId("reset").disabled = !isFiltered && !compact.checked;
    document.body.classList.toggle("compact", compact.checked);
    hideTip();
  }

  const narrow = matchMedia("(max-width: 52rem)");
  const foldAway = () => { byId("more").open = !narrow.matches; };
  narrow.addEventListener("change", foldAway);
  foldAway();

  let isDue = false;
  function applySoon() {
    if (isDue) return;
    isDue = true;
    requestAnimationFrame(() => { isDue = false; apply(); });
  }

  byId("filters").addEventListener("input", applySoon);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("reset").addEventListener("click", () => {
    boxes.forEach((box) => { box.checked = true; });
    least.value = 0;
    search.value = "";
    compact.checked = false;
    apply();
  });

  // The probabilities of the sentence under the pointer, or of the one that has the focus.
  let told = null;

  function tell(span) {
    if (span.classList.contains("off")) return;
    told?.removeAttribute("aria-describedby");
    told = span;
    span.setAttribute("aria-describedby", "tip");
    const values = probabilities(span);
    const order = values.map((_, label) => label).sort((a, b) => values[b] - values[a]);
    tip.replaceChildren(...order.map((label) => row(label, values[label])), ...remarks(span.dataset.f ?? ""));
    tip.hidden = false;
    place(span);
  }

  function row(label, value) {
    const [line, name, track, bar, percent] = ["div", "span", "span", "i", "b"].map((tag) => document.createElement(tag));
    name.textContent = names[label];
    bar.className = `l${label}`;
    bar.style.width = `${value * 100}%`;
    percent.textContent = `${(value * 100).toFixed(1)} %`;
    track.append(bar);
    line.append(name, track, percent);
    return line;
  }

  function remarks(flags) {
    const known = { u: "Uncertain: below the confidence that was asked for.", t: "Too long: only its beginning was read." };
    return [...flags].map((flag) => {
      const line = document.createElement("p");
      line.textContent = known[flag];
      return line;
    });
  }

  function place(span, pointer = null) {
    const rects = [...span.getClientRects()];
    const rect = rects.find((each) => pointer && each.top <= pointer.clientY && pointer.clientY <= each.bottom) ?? rects[0];
    if (!rect) return;
    const left = pointer ? pointer.clientX - 40 : rect.left;
    const top = rects[0].top - tip.offsetHeight;
    tip.style.left = `${Math.max(8, Math.min(left, innerWidth - tip.offsetWidth - 8))}px`;
    tip.style.top = `${top >= 0 ? top : rects.at(-1).bottom}px`;
  }

  function hideTip() {
    told?.removeAttribute("aria-describedby");
    told = null;
    tip.hidden = true;
  }

  document.addEventListener("pointerover", (event) => {
    if (tip.contains(event.target)) return;
    const span = event.target.closest("article .s");
    if (span) { tell(span); place(span, event); return; }
    const focused = document.activeElement.closest("article .s");
    if (focused) tell(focused); else hideTip();
  });
  document.addEventListener("focusin", (event) => {
    const span = event.target.closest("article .s");
    if (span) tell(span); else hideTip();
  });
  document.addEventListener("click", (event) => {
    const span = event.target.closest("article .s:not(.off)");
    if (span && String(getSelection()) === "") focusOn(span);
  });
  addEventListener("scroll", () => { if (told) place(told); }, { passive: true });

  // Keys. One sentence at a time can be reached with Tab: the last that had the focus.
  let stop = null;

  function setStop(span) {
    stop?.removeAttribute("tabindex");
    stop = span;
    if (stop) stop.tabIndex = 0;
  }

  function focusOn(span) {
    setStop(span);
    span.focus({ preventScroll: true });
    const box = span.getBoundingClientRect();
    if (box.top < 130 || box.bottom > innerHeight - 130) span.scrollIntoView({ block: "center" });
  }

  function topArticle() {
    return articles.findIndex(({ node }) => !node.hidden && node.getBoundingClientRect().bottom > 60);
  }

  function firstPlace() {
    const here = document.activeElement.closest("article") ?? articles[topArticle()]?.node;
    const span = here?.querySelector(".s");
    return span ? placeOf.get(span) : 0;
  }

  function moveSentence(step) {
    const from = placeOf.get(document.activeElement);
    let at = from === undefined ? firstPlace() + (step < 0 ? -1 : 0) : from + step;
    while (sentences[at] && !sentences[at].isShown) at += step;
    if (sentences[at]) focusOn(sentences[at].node);
  }

  function moveArticle(step) {
    const focused = articles.findIndex(({ node }) => node.contains(document.activeElement));
    const top = topArticle();
    const isAbove = focused < 0 && top >= 0 && articles[top].node.getBoundingClientRect().top > 60;
    let at = (focused >= 0 ? focused : top) + (isAbove && step > 0 ? 0 : step);
    while (articles[at]?.node.hidden) at += step;
    if (!articles[at]) return;
    articles[at].node.querySelector("h2").focus({ preventScroll: true });
    articles[at].node.scrollIntoView({ block: "start" });
  }

  const keys = {
    n: () => moveSentence(1),
    p: () => moveSentence(-1),
    j: () => moveArticle(1),
    k: () => moveArticle(-1),
    "/": () => { search.focus(); search.select(); },
  };
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "Escape") {
      if (tip.hidden) document.activeElement.blur(); else hideTip();
      return;
    }
    if (event.target.closest("input:not([type=checkbox])")) return;
    const isSentence = event.target.closest("article .s");
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step && isSentence) moveSentence(step);
    else if (letters.checked && Object.hasOwn(keys, event.key)) keys[event.key]();
    else return;
    event.preventDefault();
  });

  setStop(sentences[0]?.node ?? null);
  apply();
})();
