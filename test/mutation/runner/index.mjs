// A test runner for StrykerJS: the unit tests of runtime/core in one process, each file evaluated afresh for each mutant.
// StrykerJS has one for jest, which begins jest anew for each mutant: 4 s of a processor for one mutant of the controller.
import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { declareClassPlugin, PluginKind } from '@stryker-mutator/api/plugin';
import { determineHitLimitReached, DryRunStatus, TestStatus, toMutantRunResult } from '@stryker-mutator/api/test-runner';
import { runFile } from './circus.mjs';
import { Modules } from './modules.mjs';

const TESTS = 'test/runtime/core';
const CORE = 'runtime/core';
/** Tests by random properties would tell one mutant another thing each time; those of every crash point and interleaving, and of memory, take seconds each. */
const LEFT_OUT = [/\.property\.test\.ts$/, /switchover\/(interrupted|two-operators)\.test\.ts$/, /failover\/(crash|race)\.test\.ts$/, /reconcile\/memory\.test\.ts$/];
/** Tests that take a second and more try only the mutants of what they are about. */
const SLOW = [
  { tests: /^controller\/tick\.test\.ts$/, about: /^controller\/(tick|act|incident|observer|.*-watch|lag-reader)\.ts$/ },
  { tests: /^operate\/switchover\/switchover\.test\.ts$/, about: /^operate\/(switchover|act|fence)\// },
  { tests: /^operate\/failover\/failover\.test\.ts$/, about: /^operate\/(failover|act|history)\// },
  { tests: /^operate\/compare\/missing\.test\.ts$/, about: /^operate\/compare\// },
  { tests: /^operate\/drill\/drill\.test\.ts$/, about: /^operate\/drill\// },
];
/** Through this object the mutated code is told which mutant is on, and tells what was reached. */
const told = (globalThis.__stryker__ ??= {});

class UnitTests {
  #root = process.cwd();
  #modules = new Modules();
  #files = readdirSync(join(this.#root, TESTS), { recursive: true })
    .filter((file) => file.endsWith('.test.ts') && !LEFT_OUT.some((pattern) => pattern.test(file)))
    .map((file) => join(this.#root, TESTS, file))
    .sort();
  /** All that a test file imports, by its path. */
  #imports = new Map();

  capabilities() {
    return { reloadEnvironment: true };
  }

  async dryRun({ files }) {
    const about = files ? await this.#testsOf(files) : this.#files;
    told.mutantCoverage = { static: {}, perTest: {} };
    const tests = [];
    for (const file of about) tests.push(...(await this.#run(file, {})));
    const broken = tests.find((test) => test.brokenFile);
    if (broken) return { status: DryRunStatus.Error, errorMessage: `${broken.id}: ${broken.failureMessage}` };
    return { status: DryRunStatus.Complete, tests, mutantCoverage: told.mutantCoverage };
  }

  async mutantRun({ activeMutant, testFilter, hitLimit, disableBail, mutantActivation, sandboxFileName }) {
    const only = testFilter && new Set(testFilter);
    const inLoad = mutantActivation === 'static';
    const tests = [];
    const wanted = only && new Set(testFilter.map((id) => id.slice(0, id.indexOf(' '))));
    const files = (await this.#testsOf([sandboxFileName])).filter((file) => !wanted || wanted.has(this.#short(file)));
    Object.assign(told, { hitCount: hitLimit === undefined ? undefined : 0, hitLimit });
    for (const file of files) {
      told.mutantCoverage = { static: {}, perTest: {} };
      tests.push(...(await this.#run(file, { only, mutant: activeMutant.id, inLoad, bail: !disableBail })));
      const endless = determineHitLimitReached(told.hitCount, told.hitLimit);
      if (endless) return toMutantRunResult(endless, disableBail);
      if (!disableBail && tests.some((test) => test.status === TestStatus.Failed)) break;
    }
    return toMutantRunResult({ status: DryRunStatus.Complete, tests }, disableBail);
  }

  /** The tests of a file's room that import it, and first those that import the fewest: they are about it, and fast. */
  async #testsOf(paths) {
    for (const file of this.#files) if (!this.#imports.has(file)) await this.#run(file, { only: new Set() });
    const tests = this.#files.filter((file) => paths.some((path) => this.#isAbout(file, path)));
    return tests.sort((one, other) => this.#imports.get(one).size - this.#imports.get(other).size);
  }

  #isAbout(test, path) {
    const [name, file] = [this.#short(test), relative(join(this.#root, CORE), path).replaceAll('\\', '/')];
    if (name.split('/')[0] !== file.split('/')[0] || !this.#imports.get(test).has(path)) return false;
    return SLOW.every(({ tests, about }) => !tests.test(name) || about.test(file));
  }

  async #run(file, { only, mutant, inLoad, bail }) {
    const tests = [];
    const id = (name) => `${this.#short(file)} ${name}`;
    let failed = false;
    let startedAt;
    Object.assign(told, { currentTestId: undefined, activeMutant: inLoad ? mutant : undefined });
    const broken = await runFile({
      load: () => {
        this.#imports.set(file, this.#modules.evaluate(file));
      },
      loaded: () => {
        told.activeMutant = mutant;
      },
      starts: (test, name) => {
        if ((only && !only.has(id(name))) || (bail && failed)) test.mode = 'skip';
        else told.currentTestId = id(name);
        startedAt = performance.now();
      },
      ends: (test, name) => {
        if (test.mode === 'skip') return;
        failed ||= test.errors.length > 0;
        const outcome = test.errors.length > 0 ? { status: TestStatus.Failed, failureMessage: text(test.errors) } : { status: TestStatus.Success };
        tests.push({ id: id(name), name: id(name), fileName: file, timeSpentMs: performance.now() - startedAt, ...outcome });
      },
    }).catch((error) => [error]);
    told.activeMutant = undefined;
    if (broken.length > 0) tests.push({ id: this.#short(file), name: this.#short(file), fileName: file, timeSpentMs: 0, status: TestStatus.Failed, failureMessage: text(broken), brokenFile: true });
    return tests;
  }

  #short(file) {
    return relative(join(this.#root, TESTS), file).replaceAll('\\', '/');
  }
}

function text(errors) {
  return errors.flat().filter(Boolean).map((error) => error?.message ?? String(error)).join('; ').slice(0, 2_000);
}

export const strykerPlugins = [declareClassPlugin(PluginKind.TestRunner, 'unit tests', UnitTests)];
