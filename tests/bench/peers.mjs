// The same networks in Python (PYTHON=, python3 unless told otherwise), each kept running so that it can take turns
// with ours: what is asked and answered is in peer.py.

import { execFileSync, spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const python = process.env.PYTHON ?? "python3";

/**
 * What a measured network is compared with, in the order of the table.
 * @type {{ name: string, needs: string, script: string, type?: string, nets: string[] }[]}
 */
const peers = [
  {
    name: "NumPy f32",
    needs: "numpy",
    script: "numpy_two_layer.py",
    type: "float32",
    nets: ["784-50-10", "784-100-10"],
  },
  {
    name: "NumPy f64",
    needs: "numpy",
    script: "numpy_two_layer.py",
    type: "float64",
    nets: ["784-50-10", "784-100-10"],
  },
  { name: "NumPy f32", needs: "numpy", script: "numpy_convnet.py", type: "float32", nets: ["SimpleConvNet"] },
  { name: "NumPy f64", needs: "numpy", script: "numpy_convnet.py", type: "float64", nets: ["SimpleConvNet"] },
  {
    name: "PyTorch",
    needs: "torch",
    script: "torch_peer.py",
    nets: ["784-50-10", "784-100-10", "SimpleConvNet"],
  },
];

/** The names of all peers, whether this machine has them or not. */
export const peerNames = [...new Set(peers.map(({ name }) => name))];

/**
 * Starts the peers whose package is installed.
 * @param {string} folder holds MNIST as plain IDX files
 */
export async function openPeers(folder) {
  const packages = [...new Set(peers.map(({ needs }) => needs))].filter(isInstalled);
  return Promise.all(peers.filter(({ needs }) => packages.includes(needs)).map((peer) => open(peer, folder)));
}

/** @param {string} name */
function isInstalled(name) {
  try {
    execFileSync(python, ["-c", `import ${name}`], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/**
 * @param {(typeof peers)[number]} peer
 * @param {string} folder
 */
async function open({ name, needs, script, type, nets }, folder) {
  const path = fileURLToPath(new URL(script, import.meta.url));
  const child = spawn(python, ["-B", path, folder, ...(type ? [type] : [])], {
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const answer = async () => {
    const { value, done } = await lines.next();
    if (done) throw new Error(`${script} ended without an answer`);
    return JSON.parse(value);
  };
  const version = `${needs} ${(await answer()).ready}`;
  return {
    name,
    version,
    nets,
    /**
     * Milliseconds that each iteration took.
     * @returns {Promise<number[]>}
     */
    async iterations(net, count) {
      child.stdin.write(`${net} ${count}\n`);
      return (await answer()).times;
    },
    /** A peer ends with its input. */
    close: () => child.stdin.end(),
  };
}
