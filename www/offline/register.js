// Keeps the page for visits without a network, and tells when a newer version of it is there.

/** Milliseconds between two looks for a newer version while the page stays open. */
const BETWEEN_LOOKS = 60 * 60 * 1000;

/**
 * Does nothing where the page was not built for it: its sources change under one's hands.
 * @param {() => void} announce a newer version is there, with all its files; called once
 */
export async function keepOffline(announce) {
  const own = document.querySelector('meta[name="version"]')?.getAttribute("content");
  if (!own || !("serviceWorker" in navigator)) return;
  let isAnnounced = false;
  const registration = await navigator.serviceWorker.register("./sw.js", { updateViaCache: "none" });
  // A page that is left open for days would not hear of it otherwise.
  setInterval(() => registration.update().catch(() => {}), BETWEEN_LOOKS);
  registration.addEventListener("updatefound", () => {
    const coming = registration.installing;
    coming?.addEventListener("statechange", async () => {
      if (coming.state !== "activated" || isAnnounced) return;
      // A page that was just fetched may be the first of its version itself.
      if ((await versionOf(coming)) === own) return;
      isAnnounced = true;
      announce();
    });
  });
}

/**
 * @param {ServiceWorker} worker
 * @returns {Promise<string>}
 */
function versionOf(worker) {
  return new Promise((resolve) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    worker.postMessage("version", [port2]);
  });
}
