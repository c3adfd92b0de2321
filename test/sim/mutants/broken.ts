import { readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { runInThisContext } from 'node:vm';
import { context, type BuildContext, type Plugin } from 'esbuild';
import type { Plan } from '../faults/plan';
import type { Violation } from '../world/world';
import type { Edit } from './mutant';

/** Runs one schedule with one core, sound or broken. To be called outside of any promise. */
export type Run = (plan: Plan) => Violation | undefined;

const ENTRY = `
  import { runSchedule } from './test/sim/schedule';
  import { shipped } from './test/sim/shipped';
  export const run = (plan) => runSchedule(plan, shipped()).violation;
`;

/**
 * The whole simulator, the shipped core in it, with some of the core's text replaced. Each is a program of its own, so that no
 * state is shared. Without an edit it is the sound core, file for file.
 */
export class Broken {
  private edits: readonly Edit[] = [];
  private building?: Promise<BuildContext>;

  constructor(private readonly root: string) {}

  async with(edits: readonly Edit[]): Promise<Run> {
    this.edits = edits;
    this.building ??= this.context();
    const { outputFiles } = await (await this.building).rebuild();
    const wrapped = `(function (module, exports, require) {${outputFiles![0].text}\n})`;
    const module = { exports: {} as { run: Run } };
    (runInThisContext(wrapped) as (...args: unknown[]) => void)(module, module.exports, require);
    return module.exports.run;
  }

  async dispose(): Promise<void> {
    await (await this.building)?.dispose();
  }

  private context(): Promise<BuildContext> {
    const replaced: Plugin = {
      name: 'replaced text',
      setup: (build) => {
        build.onLoad({ filter: /[/\\]runtime[/\\]core[/\\].*\.ts$/ }, ({ path }) => {
          const file = relative(join(this.root, 'runtime/core'), path).split(sep).join('/');
          return { contents: replace(file, readFileSync(path, 'utf8'), this.edits), loader: 'ts' };
        });
      },
    };
    return context({ stdin: { contents: ENTRY, resolveDir: this.root, loader: 'ts' }, bundle: true, write: false, platform: 'node', target: 'node20', format: 'cjs', logLevel: 'error', plugins: [replaced] });
  }
}

/** Throws where a text is not there once: a mutant that breaks nothing would prove nothing. */
export function replace(file: string, text: string, edits: readonly Edit[]): string {
  return edits.filter((edit) => edit.file === file).reduce((sofar, { from, to }) => {
    const times = sofar.split(from).length - 1;
    if (times !== 1) throw new RangeError(`'${file}' must hold the text that a mutant replaces once, got ${times} times: ${from}; mend the mutant in test/sim/mutants`);
    return sofar.replace(from, () => to);
  }, text);
}
