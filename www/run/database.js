// The one place that knows IndexedDB: bytes under keys, in one store. A browser may refuse it, as private windows do; then
// everything here rejects, or does nothing.

/** @typedef {ReturnType<typeof createDatabase>} Database */
/**
 * @typedef {object} Change what becomes of the store at once
 * @property {[IDBValidKey, Uint8Array][]} put
 * @property {IDBValidKey[]} remove
 */

const NAME = "fishbowl";
const STORE = "marks";

/** @param {() => IDBFactory} [factory] throws where there is none */
export function createDatabase(factory = () => indexedDB) {
  /** @type {IDBDatabase | null} */
  let open = null;
  /** @type {Promise<IDBDatabase> | undefined} */
  let opening;

  /** @returns {Promise<IDBDatabase>} */
  function connect() {
    return (opening ??= new Promise((resolve, reject) => {
      const request = factory().open(NAME, 1);
      request.onupgradeneeded = () => request.result.createObjectStore(STORE);
      request.onerror = () => reject(request.error);
      request.onsuccess = () => {
        const database = (open = request.result);
        // It is deleted from outside, as when the visitor clears the page's data.
        database.onversionchange = database.onclose = () => {
          database.close();
          open = null;
          opening = undefined;
        };
        resolve(database);
      };
    }));
  }

  /**
   * @param {IDBDatabase} database
   * @param {Change} change
   */
  function begin(database, { put, remove }) {
    const transaction = database.transaction(STORE, "readwrite");
    const store = transaction.objectStore(STORE);
    for (const key of remove) store.delete(key);
    for (const [key, bytes] of put) store.put(bytes, key);
    return { transaction, store };
  }

  return {
    /** @returns {Promise<IDBValidKey[]>} */
    async keys() {
      return answer((await connect()).transaction(STORE).objectStore(STORE).getAllKeys());
    },

    /** @param {IDBValidKey} key @returns {Promise<unknown>} whatever lies there */
    async get(key) {
      return answer((await connect()).transaction(STORE).objectStore(STORE).get(key));
    },

    /**
     * @param {Change} change
     * @param {(keys: IDBValidKey[]) => IDBValidKey[]} sweep which of all keys are to go as well
     * @returns {Promise<void>} when all of it is done; rejects when none of it is
     */
    async change(change, sweep) {
      const { transaction, store } = begin(await connect(), change);
      const all = store.getAllKeys();
      all.onsuccess = () => {
        for (const key of sweep(all.result)) store.delete(key);
      };
      await new Promise((resolve, reject) => {
        transaction.oncomplete = resolve;
        transaction.onabort = () => reject(transaction.error);
      });
    },

    /** For a page that is about to go: nothing is waited for. @param {Change} change */
    changeNow(change) {
      if (open) begin(open, change).transaction.commit?.();
    },
  };
}

/**
 * @template Value
 * @param {IDBRequest<Value>} request
 * @returns {Promise<Value>}
 */
function answer(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
