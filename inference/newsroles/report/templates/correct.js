// Labels that a reader has put right. Filters, counts and groups stay as the model has it: nothing moves while one reads.
const corrected = new Map();
let isSaved = true;

const labelOf = (sentence) => corrected.get(sentence) ?? sentence.label;
const wasOf = (sentence) => (corrected.has(sentence) ? names[sentence.label] : "");

function choice(values, sentence) {
  const options = names.map((name, label) => element("option", { value: label, textContent: name, selected: label === labelOf(sentence) }));
  const select = element("select", { sentence, ...values }, ...options);
  select.setAttribute("aria-label", `Label of: ${sentence.node.textContent}`);
  return select;
}

function correct(sentence, label) {
  const before = labelOf(sentence);
  if (label === sentence.label) corrected.delete(sentence); else corrected.set(sentence, label);
  sentence.node.classList.replace(`l${before}`, `l${label}`);
  sentence.node.classList.toggle("mended", corrected.has(sentence));
  for (const select of all("#list select, #right select")) {
    if (select.sentence !== sentence) continue;
    select.value = label;
    select.classList.replace(`l${before}`, `l${label}`);
    const words = select.closest(".words");
    if (words) saySure(words, sentence);
  }
  isSaved = corrected.size === 0;
  byId("corrected").textContent = corrected.size ? `${whole(corrected.size)} corrected` : "";
  byId("corrections").hidden = corrected.size === 0;
  if (told) placeTip();
}

// In a full text, the label of the sentence that was gone to stands in the bar.
function sayLabel(sentence) {
  byId("right").replaceChildren(...(sentence ? ["Label ", choice({ className: `l${labelOf(sentence)}` }, sentence)] : []));
}

// In the list that of the statement which has the focus, or of its entry's first.
function correctHere(label) {
  const place = document.activeElement.closest("#list details > div, #list > li");
  const sentence = place?.sentence ?? sentenceOf.get(document.activeElement);
  if (sentence && label < names.length) correct(sentence, label);
}

document.addEventListener("change", ({ target }) => { if (target.sentence) correct(target.sentence, Number(target.value)); });
byId("corrections").addEventListener("click", () => {
  download("json", sentences.filter((each) => corrected.has(each)), "corrections");
  isSaved = true;
});
addEventListener("beforeunload", (event) => { if (!isSaved) event.preventDefault(); });
