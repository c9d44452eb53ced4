// The marks of the jobs: what each had become, so that it can go on in another worker. Those of jobs at work are renewed
// every few seconds, in case their worker dies.

/** @typedef {import("../pkg/core.js").JobReport} JobReport */
/** @typedef {import("./dealing.js").Job} Job @typedef {import("./workers.js").PoolWorker} PoolWorker */
/**
 * @typedef {{ bytes: Uint8Array, report: JobReport | null }} Mark everything that a job had become, and its report from then;
 *   null where another page left it, and the core has yet to accept it
 */

/** Milliseconds in which every job of a running worker is marked once. */
const BETWEEN_MARKS = 2000;
/** Bytes of marks that are kept of jobs that were closed because they are over; of the others the report stays. */
const MOST_MARKED = 64_000_000;

/**
 * @param {PoolWorker} worker
 * @param {number} id of a job that is open in it
 * @returns {Promise<Mark>}
 */
export async function markIn(worker, id) {
  const { mark, report } = await worker.client.ask({ type: "mark", job: id });
  return { bytes: mark, report };
}

/**
 * Marks the job of a worker whose mark is the oldest, where it is time for that.
 * @param {PoolWorker} worker
 * @param {() => boolean} isPlaying
 */
export async function keepMarks(worker, isPlaying) {
  const moved = [...worker.jobs].filter(
    ({ report, mark, asked }) =>
      asked === 0 && report && report.done > 0 && report.done !== mark?.report?.done,
  );
  const due = performance.now() - worker.markedAt >= BETWEEN_MARKS / worker.jobs.size;
  if (worker.marking || moved.length === 0 || (isPlaying() && !due)) return;
  worker.marking = true;
  worker.markedAt = performance.now();
  const [job] = moved;
  try {
    const mark = await markIn(worker, job.id);
    if (job.worker === worker && job.asked === 0) job.mark = mark;
    // To the end, so that the next one comes first.
    if (worker.jobs.delete(job)) worker.jobs.add(job);
  } catch {
    // A job without a mark is offered from the start instead.
  } finally {
    worker.marking = false;
  }
  if (!isPlaying()) keepMarks(worker, isPlaying);
}

/**
 * Gives up the oldest marks of jobs that are over and closed, where there are too many.
 * @param {Iterable<Job>} jobs in their order
 */
export function forgetMarks(jobs) {
  const resting = [...jobs].filter(({ mark, resting, worker }) => mark && resting && !worker);
  let bytes = resting.reduce((sum, { mark }) => sum + (mark?.bytes.length ?? 0), 0);
  for (const job of resting) {
    if (bytes <= MOST_MARKED) return;
    bytes -= job.mark?.bytes.length ?? 0;
    job.mark = null;
  }
}
