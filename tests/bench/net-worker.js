// Runs in a worker of the measured browser: one net that learns as many mini-batches as it is told to.

import init, { Net } from "/www/pkg/fishbowl.js";

/** @type {any} */
let net;

self.onmessage = async ({ data: { spec, files, iterations } }) => {
  if (spec) {
    await init();
    net = new Net(spec);
    net.setTraining(...files);
  } else {
    net.train(iterations);
  }
  self.postMessage(null);
};
