// What is folded away at first, or asked once something is drawn, and works on what the core gives: fetched together, after
// all that is in view.

export { createInputSteps } from "./input-steps.js";
export { createKept } from "./kept.js";
export { createNetFile } from "./net-file.js";
export { createOwnList } from "./own-list.js";
export { createPython } from "./python.js";
export { createReasons } from "./reasons.js";
export { createTeach } from "./teach.js";
export { createTestDigits } from "./test-digits.js";
