// What is folded away at first and works on what the core gives: fetched together, after all that is in view.

export { createNetFile } from "./net-file.js";
export { createPython } from "./python.js";
export { createTestDigits } from "./test-digits.js";
