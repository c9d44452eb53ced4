// Digits of the test set with what the present network predicts for them; mistakes are marked.

import { showInk } from "./prediction.js";
import { h, setAttribute, setText, show, uniqueId } from "../dom.js";

/** @typedef {import("../dom.js").Context} Context @typedef {import("../../pkg/core.js").DigitsAnswer} DigitsAnswer */
/** @typedef {{ actual: number | null, predicted: number | null, mistakesOnly: boolean }} Filter */

/**
 * @param {Context} context
 * @param {(change: Partial<Filter>) => void} choose
 * @param {((number: number) => void) | null} pick takes the number of a digit that is to go on the pad
 */
export function createGallery({ words, language }, choose, pick) {
  /** Made when there is something to count: it takes as long as all else here. @type {Intl.NumberFormat | undefined} */
  let spelling;
  const spelled = (/** @type {number} */ number) =>
    (spelling ??= new Intl.NumberFormat(language)).format(number);
  const mistakesOnly = h("input", {
    type: "checkbox",
    id: uniqueId("mistakes"),
    on: { change: () => choose({ mistakesOnly: mistakesOnly.checked }) },
  });
  const actual = digitChoice("actual", words("gallery.any"), (digit) => choose({ actual: digit }));
  const predicted = digitChoice("predicted", words("gallery.any"), (digit) => choose({ predicted: digit }));
  const count = h("p", { class: "help", role: "status" });
  const list = h("ul", { class: "gallery-images", on: { keydown } });
  const element = h(
    "section",
    { class: "gallery" },
    h("h2", { class: "part-title" }, words("gallery.title")),
    h(
      "div",
      { class: "filters" },
      h("span", {}, h("label", { for: actual.id }, words("gallery.actual")), actual),
      h("span", {}, h("label", { for: predicted.id }, words("gallery.predicted")), predicted),
      h("span", {}, mistakesOnly, h("label", { for: mistakesOnly.id }, words("gallery.mistakes-only"))),
    ),
    count,
    list,
  );
  let active = 0;

  /** One stop for the Tab key; the arrows move within. @param {number} at */
  function activate(at) {
    const buttons = list.querySelectorAll("button");
    const next = Math.max(0, Math.min(buttons.length - 1, at));
    buttons[active]?.setAttribute("tabindex", "-1");
    buttons[next]?.setAttribute("tabindex", "0");
    active = next;
    return buttons[next];
  }

  /** @param {KeyboardEvent} event */
  function keydown(event) {
    const items = [...list.children];
    const top = items[0]?.getBoundingClientRect().top;
    const columns = items.filter((item) => item.getBoundingClientRect().top === top).length;
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -columns, ArrowDown: columns }[event.key];
    if (by === undefined) return;
    event.preventDefault();
    activate(active + by)?.focus();
  }

  /** @param {DigitsAnswer} found @param {number} at */
  function image(found, at) {
    const [number, label, guess] = [found.indices[at], found.labels[at], found.predictions[at]];
    const { width, height } = found;
    const size = width * height;
    const canvas = h("canvas", { class: "pixels", "aria-hidden": "true" });
    showInk(canvas, found.pixels.subarray(at * size, (at + 1) * size), width, height);
    const caption = label === guess ? String(label) : `${label} → ${guess}`;
    // What stands below the digit comes first, so that one who sees it can say it.
    const name = `${caption}: ${words("gallery.image", { number, actual: label, predicted: guess })}`;
    const button = h(
      "button",
      {
        type: "button",
        "aria-label": name,
        title: name,
        tabindex: at === active ? "0" : "-1",
        class: label === guess ? "digit-image" : "digit-image wrong",
        on: { click: () => pick?.(number), focus: () => activate(at) },
      },
      canvas,
      h("span", {}, caption),
    );
    return h("li", {}, button);
  }

  return {
    element,
    /** @param {Filter} filter */
    showFilter(filter) {
      mistakesOnly.checked = filter.mistakesOnly;
      actual.value = String(filter.actual ?? "");
      predicted.value = String(filter.predicted ?? "");
    },
    /** @param {DigitsAnswer} found */
    fill(found) {
      const shown = found.indices.length;
      const key = pick ? "gallery.count-pick" : "gallery.count";
      setText(
        count,
        shown === 0
          ? words("gallery.none")
          : words(key, { shown: spelled(shown), count: spelled(found.count) }),
      );
      const focused = list.contains(document.activeElement);
      active = Math.min(active, Math.max(0, shown - 1));
      list.replaceChildren(...Array.from({ length: shown }, (_, at) => image(found, at)));
      show(list, shown > 0);
      if (focused) activate(active)?.focus({ preventScroll: true });
      setAttribute(element, "data-filled", "");
    },
  };
}

/**
 * @param {string} name
 * @param {string} any
 * @param {(digit: number | null) => void} choose
 */
function digitChoice(name, any, choose) {
  const select = h(
    "select",
    { id: uniqueId(name), on: { change: () => choose(select.value === "" ? null : Number(select.value)) } },
    h("option", { value: "" }, any),
    ...Array.from({ length: 10 }, (_, digit) => h("option", { value: String(digit) }, String(digit))),
  );
  return select;
}
