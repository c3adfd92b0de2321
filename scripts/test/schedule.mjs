/**
 * Runs steps in their order, `width` at a time; a step marked `alone` runs with none beside it, and a step runs after
 * those it names. Answers with results in the order of the steps.
 */
export async function schedule(steps, width, runStep) {
  const results = new Map();
  const waiting = [...steps];
  const running = new Map();
  while (waiting.length + running.size > 0) {
    for (let next = nextReady(waiting, running, results, width); next; next = nextReady(waiting, running, results, width)) {
      const step = next;
      waiting.splice(waiting.indexOf(step), 1);
      const broken = (step.after ?? []).filter((name) => results.get(name)?.ok === false);
      running.set(step, runStep(step, broken).then((result) => ({ step, result })));
    }
    const { step, result } = await Promise.race(running.values());
    running.delete(step);
    results.set(step.name, result);
  }
  return steps.map((step) => results.get(step.name));
}

function nextReady(waiting, running, results, width) {
  if (running.size >= width || [...running.keys()].some((step) => step.alone)) return undefined;
  const names = new Set([...waiting, ...running.keys()].map((step) => step.name));
  const ready = waiting.filter((step) => (step.after ?? []).every((name) => results.has(name) || !names.has(name)));
  return ready.find((step) => !step.alone) ?? (running.size === 0 ? ready[0] : undefined);
}
