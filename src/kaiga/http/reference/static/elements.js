/** Make an element: `properties` go onto it, `children` are elements or text. */
export function make(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children.filter((child) => child !== null));
  return element;
}

let last = 0;

/** A label with its field; ids are drawn here, so that every field has its label. */
export function field(title, control, meaning = "") {
  control.id = `field-${(last += 1)}`;
  const told = meaning ? make("small", {}, meaning) : null;
  return make("div", { className: "field" }, make("label", { htmlFor: control.id }, title), control, told);
}
