// Text fields that are as tall as what is written in them.

export function growTall(field) {
  field.style.setProperty("height", "auto");
  field.style.setProperty("height", `${field.scrollHeight}px`);
}

// Lines break elsewhere in a field that has become narrower.
export function keepTall(field) {
  let width = 0;
  new ResizeObserver(() => {
    if (field.offsetWidth === width) return;
    width = field.offsetWidth;
    requestAnimationFrame(() => growTall(field));
  }).observe(field);
}
