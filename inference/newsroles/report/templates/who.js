// Who says it, and who is blamed: what stands beside a sentence on its page, counted and filtered by. Names that
// are the same have one name by now; where nobody has a name, that is what they are called.
const ACCUSATION = "accusation";
const NOBODY = "nobody named";
const MOST = 12; // names on each side of the table
const OFFERED = 1000; // names in the list of a filter
const sides = byId("who") ? ["speaker", "target"] : [];
const accused = names.indexOf(ACCUSATION);
const nameOf = (node) => node.dataset.name ?? node.textContent;
const besides = ({ node }) => (node.nextElementSibling?.className === "who" ? node.nextElementSibling : null);
const mentions = (said, side) => [...(said?.children ?? [])].filter((node) => node.className === side);

function namesOf(sentence) {
  const said = besides(sentence);
  if (!said && !isListed[sentence.label]) return null;
  const [speaker, target] = sides.map((side) => [...new Set(mentions(said, side).map(nameOf).filter(Boolean))]);
  const isAccusation = sentence.label === accused;
  return { speaker: speaker.length ? speaker : [NOBODY], target: target.length || !isAccusation ? target : [NOBODY] };
}

// Names, most frequent first, and how many of these sentences have each.
function tally(those, side) {
  const found = new Map();
  for (const { who } of those) for (const name of who[side]) found.set(name, (found.get(name) ?? 0) + 1);
  return new Map([...found].sort((a, b) => b[1] - a[1]));
}

if (sides.length) for (const sentence of sentences) sentence.who = namesOf(sentence);
const known = new Map(sides.map((side) => [side, [...tally(sentences.filter(({ who }) => who), side).keys()]]));
for (const [side, found] of known) byId(`${side}s`).append(...found.slice(0, OFFERED).map((value) => element("option", { value })));

// A name in full is that name; else what was typed is part of it.
function namesAsked(side) {
  const words = fold(byId(side).value.trim());
  const exact = known.get(side).filter((name) => fold(name) === words);
  const found = exact.length ? exact : known.get(side).filter((name) => name !== NOBODY && fold(name).includes(words));
  return words ? new Set(found) : null;
}

function namedAsAsked() {
  const asked = sides.map((side) => [side, namesAsked(side)]).filter(([, found]) => found);
  return ({ who }) => asked.every(([side, found]) => who?.[side].some((name) => found.has(name)));
}

// Of the statements that have this, and what else is asked for.
function addressWith(...chosen) {
  const given = new URLSearchParams(address("statements").slice(1));
  given.delete("keep"); // what is kept by then is
  for (const [name, value] of chosen) given.set(name, value);
  return `#${given}`;
}

const accusationsOf = (...chosen) => addressWith(["label", ACCUSATION], ...chosen);

// One side of the table: the most frequent names, how many others, nobody.
function sideOf(those, side) {
  const counts = tally(those, side);
  const nobody = counts.get(NOBODY);
  counts.delete(NOBODY);
  const shown = [...counts].slice(0, MOST).map(([name, count]) => ({ name, count, link: [side, name] }));
  const left = [...counts].slice(MOST);
  if (left.length) shown.push({ name: left.length === 1 ? "1 other" : `${whole(left.length)} others`, count: left.reduce((sum, [, count]) => sum + count, 0), link: null });
  const others = left.length ? shown.length - 1 : -1;
  if (nobody) shown.push({ name: NOBODY, count: nobody, link: [side, NOBODY] });
  const placeOfName = new Map(shown.map(({ name }, at) => [name, at]));
  return { shown, at: (name) => placeOfName.get(name) ?? others };
}

function drawWho() {
  const those = sentences.filter((each) => each.isShown && each.label === accused);
  const [speakers, targets] = sides.map((side) => sideOf(those, side));
  const cells = speakers.shown.map(() => targets.shown.map(() => 0));
  for (const { who } of those) for (const by of who.speaker) for (const of of who.target) cells[speakers.at(by)][targets.at(of)] += 1;
  const isNamed = (at, to) => speakers.shown[at].link && targets.shown[to].link;
  const most = Math.max(...cells.flatMap((counts, at) => counts.filter((_, to) => isNamed(at, to))));
  const [caption, head, body] = byId("who").firstElementChild.children;
  const heading = (scope, { name, count, link }) => tableCell("th", scope, link ? element("a", { href: accusationsOf(link), textContent: name }) : name, " ", element("small", { textContent: whole(count) }));
  caption.textContent = `${whole(those.length)} accusation${those.length === 1 ? "" : "s"}, by who says it and who is blamed`;
  head.replaceChildren(row(tableCell("th", "col", "Speaker → target"), ...targets.shown.map((target) => heading("col", target))));
  body.replaceChildren(...speakers.shown.map((speaker, at) => row(heading("row", speaker), ...targets.shown.map((target, to) => drawCell(cells[at][to], most, speaker, target)))));
}

function drawCell(count, most, speaker, target) {
  const isLink = count > 0 && speaker.link && target.link;
  const link = () => element("a", { href: accusationsOf(speaker.link, target.link), title: `${speaker.name} → ${target.name}`, textContent: whole(count) });
  const node = tableCell("td", "", ...(isLink ? [link()] : count ? [whole(count)] : []));
  node.className = `l${accused}`;
  node.dataset.name = target.name;
  node.style.setProperty("--share", Math.min(1, count / most));
  return node;
}

const row = (...children) => withRole("row", element("tr", {}, ...children));
const tableCell = (tag, scope, ...children) => withRole({ col: "columnheader", row: "rowheader" }[scope] ?? "cell", element(tag, scope ? { scope } : {}, ...children));

function withRole(role, node) { // which a table keeps that is laid out as something else
  node.setAttribute("role", role);
  return node;
}

// In the list of statements names lead to all that they say, or are blamed for.
function drawNames(sentence) {
  const said = besides(sentence)?.cloneNode(true);
  for (const side of sides) {
    for (const node of mentions(said, side).filter(nameOf)) {
      node.replaceChildren(element("a", { href: addressWith([side, nameOf(node)]), textContent: node.textContent }));
    }
  }
  return said ? [said] : [];
}

// As the filters have them; a word that names nobody is taken as it stands.
function namesTaken(sentence) {
  if (!sides.length) return {};
  const [speakers, targets] = sides.map((side) => mentions(besides(sentence), side).map((node) => nameOf(node) || node.textContent));
  return { speaker: speakers[0] ?? "", targets };
}

function saidOf({ speaker, targets = [] }) {
  if (!targets.length) return speaker ? `said by ${speaker}\n` : "";
  return `${speaker} → ${targets.join(", ")}\n`.trimStart();
}
