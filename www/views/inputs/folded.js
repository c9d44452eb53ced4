// What is folded away at first and works on what the core gives: fetched together, after all that is in view.

export { createInputSteps } from "./input-steps.js";
export { createNetFile } from "./net-file.js";
export { createPython } from "./python.js";
export { createReasons } from "./reasons.js";
export { createTestDigits } from "./test-digits.js";
