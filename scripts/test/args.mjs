/** Reads the test runner's own flags; anything else is a mistake. */
export function parseArgs(args) {
  const options = { unit: false, list: false, only: [] };
  for (let i = 0; i < args.length; i += 1) {
    const [flag, inline] = args[i].split(/=(.*)/s);
    if (flag === '--unit') options.unit = true;
    else if (flag === '--list') options.list = true;
    else if (flag === '--only') {
      const value = inline ?? args[(i += 1)];
      if (!value) throw new RangeError(`'--only' needs the names of steps, comma separated; see --list`);
      options.only.push(...value.split(',').filter(Boolean));
    } else throw new RangeError(`'${args[i]}' is no flag of the test runner; use --unit, --only a,b or --list`);
  }
  return options;
}
