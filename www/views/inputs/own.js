// What needs drawings of the visitor's own: fetched together, once there is one.

export { createOwnList } from "./own-list.js";
export { createTeach } from "./teach.js";
