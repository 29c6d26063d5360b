/** Before and after in one picture, with an edge to be moved by finger, mouse or the keys of a slider.
 *
 * Stylesheets lay the photos over each other before this runs, where they know that scripts do; an older
 * browser keeps them side by side.
 */

export function slider(pair: HTMLElement): void {
  if (!matchMedia("(scripting: enabled)").matches) return;
  const range = document.createElement("input");
  range.type = "range";
  range.className = "edge";
  range.setAttribute("aria-label", pair.dataset.label!);
  const show = () => {
    pair.style.setProperty("--at", `${range.value}%`);
    range.setAttribute("aria-valuetext", `${range.value} %`);
  };
  range.addEventListener("input", show);
  pair.append(range);
  show();
}
