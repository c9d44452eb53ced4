// A slot of a lab: its title, its pictures, their legend, and a menu with the help, the values and saving.

import { createLegend } from "./legend.js";
import { createMenu } from "../menu.js";
import { createPlot } from "./plot.js";
import { fillValues } from "./values.js";
import { saveButtons } from "./saving.js";
import { tiled } from "./fit.js";
import { h, inNextFrame, setAttribute, setText, show, uniqueId } from "../dom.js";

/** @typedef {import("../dom.js").Context} Context @typedef {import("./plot.js").Plot} Plot */
/** @typedef {import("../../pkg/labs.js").SlotDescription} Slot */
/** @typedef {import("../../show.js").ShownSheet} ShownSheet */
/** @typedef {{ index: number, key: number | null, caption: import("../../pkg/labs.js").Text }} Entry */
/** @typedef {ReturnType<typeof createFigure>} Figure */

/** CSS pixels of the small pictures of a slot: caption, gap, and the narrowest one. */
const TILE = { caption: 22, gap: 12, least: 140 };
/** How much taller than wide small pictures become that may have any height. */
const TALLEST = 1.25;
/** A slot is taken for on screen a little before it is scrolled to. */
const NEARBY = { rootMargin: "200px" };

/**
 * @param {Slot} slot
 * @param {string} lab the lab's id
 * @param {Context} context
 */
export function createFigure(slot, lab, context) {
  const { words, say, actions } = context;
  const title = say(slot.title);
  const titleId = uniqueId("figure");
  const isMultiples = slot.shape === "multiples";
  const legend = createLegend(context);
  const plots = h("div", { class: "plots" });
  const values = h("div", { class: "scroll-box values", tabindex: "0", role: "region", hidden: true });
  values.setAttribute("aria-label", words("figure.values-of", { title }));
  const help = h("p", { class: "help" });
  const heading = h("h2", { id: titleId }, title);
  const valuesToggle = h("button", { type: "button", "aria-pressed": "false", on: { click: toggleValues } });
  setText(valuesToggle, words("figure.show-values"));
  const menu = createMenu(
    { name: words("figure.more", { title }), sign: "⋯" },
    help,
    valuesToggle,
    ...saveButtons({
      title,
      name: slot.name,
      plots: () => [...shown.values()].map(({ plot }) => plot),
      words,
    }),
  );
  const caption = h("figcaption", {}, heading, legend.element, menu.element);
  describe(slot);

  /** @param {Slot} known */
  function describe(known) {
    const text = say(known.help);
    setText(help, text);
    show(help, text !== "");
    setAttribute(heading, "title", text || null);
  }
  const element = h(
    "figure",
    {
      class: "figure",
      "data-slot": slot.name,
      "data-shape": slot.shape,
      "aria-labelledby": titleId,
      hidden: true,
    },
    caption,
    plots,
    values,
  );
  // Stays in its place while there is nothing to show, so that it is known when its place comes on screen.
  const place = h("div", { class: "slot", "data-empty": "" }, element);

  /** @type {Map<number | null, { plot: Plot, element: HTMLElement, caption: HTMLElement }>} */
  const shown = new Map();
  /** @type {ShownSheet | null} */
  let sheet = null;
  /** The sheet whose pictures are shown. @type {ShownSheet | null} */
  let taken = null;
  /** @type {Entry[]} */
  let entries = [];
  /** Which networks the sheet is of, and those of the pictures that are shown. */
  let network = 0;
  let shownNetwork = 0;
  /** Whether the sheet is one of many in a row. */
  let moving = false;
  /** Null until it is known. @type {boolean | null} */
  let onScreen = null;
  let ended = false;
  /** Whether its place has a height of its own, which the picture fills. */
  let fills = false;
  const kindNow = () => shown.values().next().value?.plot.picture()?.kind ?? null;
  /** @type {string | null} */
  let knownKind = null;
  let kindChanged = () => {};

  function take() {
    if (ended || !onScreen || !sheet || taken === sheet) return;
    taken = sheet;
    for (const [key, { plot, element }] of shown) {
      if (entries.some((entry) => entry.key === key)) continue;
      plot.end();
      element.remove();
      shown.delete(key);
    }
    for (const [at, { index, key, caption }] of entries.entries()) {
      const tile = shown.get(key) ?? addTile(key);
      // In the order of the sheet, whichever came first.
      if (plots.children[at] !== tile.element) plots.insertBefore(tile.element, plots.children[at] ?? null);
      setText(tile.caption, say(caption));
      setAttribute(tile.caption, "title", say(caption));
      show(tile.caption, say(caption) !== "");
      const picture = sheet.picture(index);
      if (picture) tile.plot.show(picture, { replaced: network !== shownNetwork, moving });
    }
    shownNetwork = network;
    setAttribute(plots, "data-count", String(entries.length));
    const kind = kindNow();
    if (kind !== knownKind) {
      knownKind = kind;
      kindChanged();
    }
    layOutTiles();
    legend.show([...shown.values()].map(({ plot }) => plot.picture()));
    if (!values.hidden) showValues();
  }

  /** @param {number | null} key */
  function addTile(key) {
    const plot = createPlot(context, {
      name: `${lab} ${slot.name} ${key}`,
      title,
      fills: () => fills || isMultiples,
      square: slot.shape === "square",
    });
    const caption = h("p", { class: "caption" });
    const tile = { plot, caption, element: h("div", { class: "tile" }, caption, plot.element) };
    shown.set(key, tile);
    plots.append(tile.element);
    return tile;
  }

  /** Small pictures are as large as lets all of them be seen, or as is usual where they need not. */
  function layOutTiles() {
    if (!isMultiples || entries.length === 0 || plots.clientWidth === 0) return;
    const room = { width: plots.clientWidth, height: fills ? plots.clientHeight : 0 };
    const { columns, width, height, leastHeight } = tilesIn(room);
    const each = (room.height + TILE.gap) / Math.ceil(entries.length / columns) - TILE.gap - TILE.caption;
    const isFree = pictures().every((picture) => picture.height(width) === undefined);
    const tall = fills && isFree ? Math.max(height, Math.min(each, TALLEST * width)) : height;
    plots.style.setProperty("--columns", String(columns));
    plots.style.setProperty("--tile-width", `${width}px`);
    plots.style.setProperty("--tile-height", `${Math.floor(tall)}px`);
    plots.style.minHeight = fills ? `${leastHeight}px` : "";
  }

  const pictures = () => [...shown.values()].flatMap(({ plot }) => plot.picture() ?? []);

  /** @param {import("./fit.js").Size} room */
  function tilesIn(room) {
    const heightAt = (/** @type {number} */ width) =>
      Math.max(1, ...pictures().map((picture) => picture.height(width) ?? width));
    return tiled(entries.length, room, { ...TILE, heightAt });
  }

  function toggleValues() {
    const open = values.hidden;
    show(values, open);
    show(plots, !open);
    setAttribute(valuesToggle, "aria-pressed", String(open));
    setText(valuesToggle, words(open ? "figure.show-picture" : "figure.show-values"));
    if (open) showValues();
    menu.close();
  }

  function showValues() {
    const tables = [...shown.values()].flatMap(({ plot }) => plot.picture()?.table() ?? []);
    fillValues(values, tables, context);
  }

  const sizes = new ResizeObserver(() => inNextFrame(layOutTiles));
  if (isMultiples) sizes.observe(plots);
  const sights = new IntersectionObserver((changes) => {
    const now = changes.at(-1)?.isIntersecting ?? false;
    if (now === onScreen) return;
    onScreen = now;
    actions.watch(slot.name, now);
    take();
  }, NEARBY);
  sights.observe(place);

  return {
    slot,
    place,
    describe,
    /** Whether there is something to see. */
    get isShown() {
      return !element.hidden;
    },
    /** Whether workers are asked for what it shows, as far as is known, and none of it is there. */
    get isAwaited() {
      return slot.wants.length > 0 && entries.length === 0 && onScreen !== false;
    },
    /** How many pictures it has. */
    get tiles() {
      return entries.length;
    },
    /**
     * How high it is in a room if it is as large there as it can be; null where it takes any height.
     * @param {import("./fit.js").Size} room
     */
    heightIn(room) {
      const own = pictures().some((picture) => picture.height(room.width) !== undefined);
      if (!isMultiples || !own) return null;
      const above = element.offsetHeight - plots.offsetHeight;
      return above + tilesIn({ ...room, height: room.height - above }).total;
    },

    /** The kind of its picture, as far as it is known. */
    kind: () => knownKind,
    /** @param {() => void} listener called when its kind becomes known, or another */
    onKind: (listener) => void (kindChanged = listener),

    /** @param {boolean} now */
    setFills(now) {
      if (now === fills) return;
      fills = now;
      setAttribute(element, "data-fills", now ? "" : null);
      layOutTiles();
      for (const { plot } of shown.values()) plot.redraw();
    },

    /**
     * @param {ShownSheet | null} present
     * @param {{ hovered: number | null, chosen: number | null }} keys
     * @param {{ networks: number, playing: boolean }} run `networks`: another number for each time that networks took the
     *   place of others
     */
    update(present, { hovered, chosen }, { networks, playing }) {
      const found = (present?.head.pictures ?? []).flatMap((picture, index) =>
        picture.slot === slot.name ? [{ index, key: picture.key, caption: picture.caption }] : [],
      );
      // Out of sight, what reports hold only on demand is not there; it keeps its place until it is seen again.
      const isUnasked = !onScreen && slot.wants.length > 0 && found.length === 0;
      if (present && present !== sheet && !isUnasked) {
        sheet = present;
        network = networks;
        moving = playing;
        entries = found;
        show(element, entries.length > 0);
        setAttribute(place, "data-empty", entries.length > 0 ? null : "");
        take();
      }
      for (const { plot } of shown.values()) plot.light(hovered, chosen);
    },

    end() {
      ended = true;
      sizes.disconnect();
      sights.disconnect();
      menu.end();
      for (const { plot } of shown.values()) plot.end();
      shown.clear();
    },
  };
}
