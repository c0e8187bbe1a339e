// What a page without a kernel does besides its figures: predictions, and the search. Nothing is sent.

// Beside the text there is room for the contents, above it there is not.
const contents = document.querySelector(".contents"), wide = matchMedia("(min-width: 1240px)");
contents.open = wide.matches;
wide.onchange = () => { contents.open = wide.matches; };

// What moves by itself stands still for who asks for less motion.
if (matchMedia("(prefers-reduced-motion: reduce)").matches)
  for (const image of document.querySelectorAll("img[src$='.gif']")) image.src = image.src.replace(/gif$/, "png");

// Choose, commit, and the answer opens.
for (const form of document.querySelectorAll("form.predict")) {
  const { kind, answer, tolerance } = form.dataset, status = form.querySelector("[role=status]");
  form.onsubmit = event => {
    event.preventDefault();
    if (form.dataset.committed) return;
    const said = kind == "radio" ? form.querySelector(":checked")?.value : number(form.querySelector("input").value);
    if (said === undefined || Number.isNaN(said)) {
      status.textContent = `${kind == "radio" ? "Choose one" : "Type a number, such as 250,"} first: a wrong guess teaches more than none.`;
      return;
    }
    const right = kind == "radio" ? said == answer : Math.abs(said - answer) <= tolerance * Math.abs(answer);
    form.dataset.committed = right ? "right" : "wrong";
    for (const input of form.querySelectorAll("input")) input.disabled = true;
    Object.assign(form.querySelector("button"), { textContent: "Committed" }).focus();
    const words = form.querySelector("details").lastChild.textContent;
    status.textContent = `${right ? "✓" : "✗"} The answer: ${words}`;
  };
}

// The number that a text says, as gdlib/prediction.py reads it: "6 908", "~0,5" and "10 times" say one.
function number(text) {
  text = text.replace(/[\s~≈_]|about|%$|[x×]$|times$|steps?$/g, "").replace("−", "-");
  if (/^-?\d{1,3}(,\d{3})+(\.\d*)?$/.test(text)) text = text.replaceAll(",", "");
  return text ? Number(text.replace(",", ".")) : NaN;
}

// Search: the sections that hold all the words, those that have them in the heading first. Enter
// goes to the first section found, the down key into the list.
const search = document.querySelector("input[type=search]"), found = document.querySelector(".found");
let sections;
search.onfocus = async () => {
  sections ??= await (await fetch("search.json")).json();
  search.oninput();
};
search.oninput = () => {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  const has = text => words.filter(word => text.toLowerCase().includes(word)).length;
  const hits = (words.length && sections || []).filter(({ title, text }) => has(`${title} ${text}`) == words.length);
  hits.sort((a, b) => has(b.title) - has(a.title));
  found.replaceChildren(...hits.slice(0, 12).map(({ page, name, mark, title }) => {
    const item = document.createElement("li"), link = document.createElement("a");
    Object.assign(link, { href: `${page}.html#${mark}`, textContent: `${name}: ${title.replace(/^\d+ · /, "")}` });
    item.append(link);
    return item;
  }));
  if (words.length && sections && !hits.length) found.textContent = "Nothing found: no section has all these words.";
};
search.onkeydown = event => {
  const first = found.querySelector("a");
  if (!first || !["Enter", "ArrowDown"].includes(event.key)) return;
  event.preventDefault();
  event.key == "Enter" ? first.click() : first.focus();
};
found.onkeydown = ({ key }) => {
  const to = { ArrowDown: "nextElementSibling", ArrowUp: "previousElementSibling" }[key];
  const item = to && document.activeElement.closest("li")?.[to];
  if (item) item.querySelector("a").focus();
};
