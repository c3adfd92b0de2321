import { CallError } from '../../../runtime/core/calls/call-error';
import type { ParameterStores } from '../../../runtime/core/manifest/parameter-store';

export type ParameterCall = 'get' | 'put' | 'remove';

export const DEAD = (region: string) => new CallError({ call: 'ssm GetParameter', region, code: 'ECONNREFUSED', reason: 'connect ECONNREFUSED' });
export const FAILING = (region: string) => new CallError({ call: 'ssm GetParameter', region, code: 'InternalServerError', status: 500, reason: 'oops' });
export const DENIED = (region: string) => new CallError({ call: 'ssm GetParameter', region, code: 'AccessDeniedException', status: 400, reason: 'not authorized' });
export const BUSY = (region: string) => new CallError({ call: 'ssm PutParameter', region, code: 'TooManyUpdates', status: 400, reason: 'try later' });

export const SILENT = () => 'silent' as const;

/** What a Region does instead of its work: throws, never answers, or (undefined) does it after all. Attempts count from 0. */
export type ParameterFault = (region: string, attempt: number) => Error | 'silent' | undefined;

/** Parameter Store of every Region. */
export class ParameterWorld {
  readonly regions = new Map<string, Map<string, string>>();
  readonly calls: { readonly region: string; readonly call: ParameterCall; readonly name: string }[] = [];
  /** By Region, or by Region and call such as `us-east-1 put`. */
  readonly faults = new Map<string, ParameterFault>();
  private readonly attempts = new Map<string, number>();

  readonly stores: ParameterStores = (region) => ({
    get: async (name) => {
      await this.arrive(region, 'get', name);
      return this.of(region).get(name);
    },
    put: async (name, value) => {
      await this.arrive(region, 'put', name);
      this.of(region).set(name, value);
    },
    remove: async (names) => {
      await this.arrive(region, 'remove', names.join(' '));
      for (const name of names) this.of(region).delete(name);
    },
  });

  of(region: string): Map<string, string> {
    const parameters = this.regions.get(region) ?? new Map<string, string>();
    this.regions.set(region, parameters);
    return parameters;
  }

  /** The manifest's copies by Region, parsed. */
  manifests(name: string): { [region: string]: { revision: number; accessPoint: { arn: string }; [member: string]: unknown } } {
    const found = [...this.regions].filter(([, parameters]) => parameters.has(name));
    return Object.fromEntries(found.map(([region, parameters]) => [region, JSON.parse(parameters.get(name) as string)]));
  }

  private async arrive(region: string, call: ParameterCall, name: string): Promise<void> {
    this.calls.push({ region, call, name });
    const key = this.faults.has(`${region} ${call}`) ? `${region} ${call}` : region;
    const attempt = this.attempts.get(key) ?? 0;
    this.attempts.set(key, attempt + 1);
    const fault = this.faults.get(key)?.(region, attempt);
    if (fault === 'silent') return new Promise<never>(() => undefined);
    if (fault) throw fault;
  }
}
