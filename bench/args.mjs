export const PARTS = ['synthesis', 'size', 'deployment', 'failover', 'startup', 'faults', 'reconcile', 'controller'];

/** Reads the benchmark's flags. */
export function parseArgs(args) {
  const options = { rounds: undefined, write: false, parts: PARTS };
  for (let i = 0; i < args.length; i += 1) {
    const [flag, inline] = args[i].split(/=(.*)/s);
    const value = () => inline ?? args[(i += 1)] ?? '';
    if (flag === '--write') options.write = true;
    else if (flag === '--rounds') options.rounds = number(value());
    else if (flag === '--only') options.parts = parts(value().split(','));
    else throw new RangeError(`'${args[i]}' is no flag of the benchmark; use --only ${PARTS.join(',')}, --rounds N or --write`);
  }
  return options;
}

function number(text) {
  const rounds = Number.parseInt(text, 10);
  if (!(rounds > 0)) throw new RangeError(`'--rounds' must be a number from 1 on, got '${text}'`);
  return rounds;
}

function parts(names) {
  const unknown = names.filter((name) => !PARTS.includes(name));
  if (unknown.length > 0) throw new RangeError(`'--only' names no part '${unknown.join("', '")}'; the parts are ${PARTS.join(', ')}`);
  return names;
}
