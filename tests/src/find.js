// Finds a visible element by its role and accessible name, as people and screen readers know it:
// arguments are role and name; the shortest matching name wins. Null where there is none.
const [role, name] = arguments;

const SELECTORS = {
  button: "button, [role=button], summary, input[type=submit]",
  checkbox: "input[type=checkbox], [role=checkbox], [role=switch]",
  checkedcheckbox: "input[type=checkbox]:checked, [aria-checked=true]",
  heading: "h1, h2, h3, h4, h5, h6, [role=heading]",
  image: "img, [role=img]",
  link: "a[href], [role=link]",
  radio: "input[type=radio], [role=radio]",
  textbox: "input:not([type=checkbox], [type=radio], [type=submit], [type=hidden]), textarea, [role=textbox]",
};

const tidy = (text) => (text ?? "").replaceAll("\u00ad", "").replace(/\s+/g, " ").trim();

const nameOf = (element) => {
  const ids = element.getAttribute("aria-labelledby")?.split(/\s+/) ?? [];
  const labels = ids.map((id) => document.getElementById(id)).concat([...(element.labels ?? [])]);
  return tidy(
    element.getAttribute("aria-label") ||
      labels.map((label) => label?.textContent).join(" ") ||
      element.getAttribute("alt") ||
      element.textContent,
  );
};

// A checkbox may be drawn by its label: then the label is what people see and press.
const isSeen = (element) => element.checkVisibility() || [...(element.labels ?? [])].some((label) => label.checkVisibility());

const found = [...document.querySelectorAll(SELECTORS[role])]
  .filter((element) => isSeen(element) && nameOf(element).includes(name))
  .sort((one, other) => nameOf(one).length - nameOf(other).length);
return found[0] ?? null;
