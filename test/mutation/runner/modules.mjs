import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { Script } from 'node:vm';
import { transformSync } from 'esbuild';

const WRAPPER = ['(function (require, module, exports, __dirname, __filename) {', '\n})'];

/** Evaluates TypeScript files of the repository afresh each time, and compiles each of them only once. Packages are shared. */
export class Modules {
  #compiled = new Map();

  /** Evaluates a file with all that it imports, and answers with the paths of all of them. */
  evaluate(file) {
    const loaded = new Map();
    this.#load(file, loaded);
    return new Set(loaded.keys());
  }

  #load(file, loaded) {
    const before = loaded.get(file);
    if (before) return before.exports;
    const module = { exports: {} };
    loaded.set(file, module);
    const { run, require, resolved } = this.#compile(file);
    const requireFrom = (name) => {
      if (!name.startsWith('.')) return require(name);
      if (!resolved.has(name)) resolved.set(name, resolve(dirname(file), name));
      return this.#load(resolved.get(name), loaded);
    };
    run(requireFrom, module, module.exports, dirname(file), file);
    return module.exports;
  }

  #compile(file) {
    let compiled = this.#compiled.get(file);
    if (!compiled) {
      const { code } = transformSync(readFileSync(file, 'utf8'), { loader: file.endsWith('.json') ? 'json' : 'ts', format: 'cjs', target: 'node20', sourcefile: file, supported: { 'dynamic-import': false } });
      const run = new Script(WRAPPER.join(code), { filename: file }).runInThisContext();
      compiled = { run, require: createRequire(file), resolved: new Map() };
      this.#compiled.set(file, compiled);
    }
    return compiled;
  }
}

function resolve(folder, name) {
  const path = join(folder, name);
  const found = [path, `${path}.ts`, join(path, 'index.ts')].find((candidate) => /\.(ts|json)$/.test(candidate) && existsSync(candidate));
  if (!found) throw new Error(`'${name}' is no file beside '${folder}'`);
  return found;
}
