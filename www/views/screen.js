// What a picture must know of the screen: light or dark, and how many device pixels a CSS pixel has.

const darkness = matchMedia("(prefers-color-scheme: dark)");

export const isDark = () => darkness.matches;

export const pixelRatio = () => window.devicePixelRatio || 1;

/**
 * Calls when the page turns dark or light, or moves to a screen with other pixels.
 * @param {() => void} listener
 * @returns {() => void} ends it
 */
export function onScreenChange(listener) {
  /** @type {MediaQueryList} */
  let ratio;
  // A query names one ratio, so each change needs a new one.
  const listen = () => {
    ratio = matchMedia(`(resolution: ${pixelRatio()}dppx)`);
    ratio.addEventListener("change", moved);
  };
  const stop = () => ratio.removeEventListener("change", moved);
  function moved() {
    stop();
    listen();
    listener();
  }
  listen();
  darkness.addEventListener("change", listener);
  return () => {
    stop();
    darkness.removeEventListener("change", listener);
  };
}
