import type { AccessPoint } from '../../../runtime/core/routes/access-point';
import type { Answer, ControlEndpoint } from '../../../runtime/core/routes/endpoint';
import type { FailureKind } from '../../../runtime/core/routes/failure';
import { describeRoutes, type Routes } from '../../../runtime/core/routes/routes';
import type { Submit } from './facts';
import type { Process } from './process';
import type { Lost, Served } from './transport';
import type { World } from './world';

/** What becomes of one submit that reached a working endpoint. */
export type Fate =
  | { readonly kind: 'applied' | 'applied, answer lost' | 'applied, answered 500' | 'conflict' | 'slow down' | 'failed' }
  | { readonly kind: 'applied late'; readonly afterMs: number }
  | { readonly kind: 'applied twice'; readonly afterMs: number };

type Failed = { readonly failed: FailureKind };

/** One process's way to one of the five Regions that take route calls. */
export class SimEndpoint implements ControlEndpoint {
  constructor(
    private readonly world: World,
    private readonly process: Process,
    readonly region: string,
  ) {}

  read(_accessPoint: AccessPoint, signal: AbortSignal): Promise<Answer<Routes>> {
    return this.call('read routes', signal, () => this.serveRead());
  }

  submit(_accessPoint: AccessPoint, routes: Routes, signal: AbortSignal): Promise<Answer<void>> {
    let submit: Submit;
    return this.call('submit routes', signal, () => this.serveSubmit(submit), () => (submit = this.world.submitLeft(this.process, this.region, routes)));
  }

  private call<T>(kind: 'read routes' | 'submit routes', signal: AbortSignal, serve: () => Served<T | Failed>, left?: () => void): Promise<Answer<T>> {
    const region = this.world.region(this.region);
    return new Promise((resolve) =>
      this.world.transport.carry<T | Failed>({
        process: this.process,
        call: kind,
        to: this.region,
        signal,
        door: () => (region.control === 'refusing' || region.control === 'silent' ? region.control : 'open'),
        left,
        serve,
        end: (answer, lost) => {
          const failed = lost ? FAILURES[lost] : isFailed(answer) ? answer.failed : undefined;
          if (failed) resolve({ ok: false, failure: { kind: failed, endpoint: this.region, detail: 'simulated' } });
          else resolve({ ok: true, value: answer as T });
        },
      }),
    );
  }

  private serveRead(): Served<Routes | Failed> {
    const { world } = this;
    switch (world.region(this.region).control) {
      case 'failing':
        return { kind: 'answer', value: { failed: 'server error' } };
      case 'garbage':
        return { kind: 'answer', value: { failed: 'garbage' } };
      case 'throttling':
        return { kind: 'answer', value: { failed: 'slow down' } };
      case 'forbidden':
        return { kind: 'answer', value: { failed: 'forbidden' } };
      case 'stale':
        return { kind: 'answer', value: world.plane.asOf(world.time.now - world.staleMs) };
      case 'slow':
        return { kind: 'answer', value: world.plane.routes, afterMs: world.slowMs() };
      default:
        return { kind: 'answer', value: world.plane.routes };
    }
  }

  private serveSubmit(submit: Submit): Served<void | Failed> {
    const { world } = this;
    const answered = (failed: FailureKind): Served<Failed> => ({ kind: 'answer', value: { failed } });
    const { control } = world.region(this.region);
    if (control === 'forbidden') return answered('forbidden');
    if (control === 'throttling') return answered('slow down');
    if (control === 'failing') return answered('server error');
    const fate = world.fateOf(submit);
    world.note(this.region, `submit ${submit.number} by ${submit.by.name}, ${describeRoutes(submit.routes)}: ${fate.kind}`);
    switch (fate.kind) {
      case 'conflict':
        return answered('conflict');
      case 'slow down':
        return answered('slow down');
      case 'failed':
        return answered('server error');
      case 'applied late':
        world.time.after(fate.afterMs, () => world.apply(submit));
        return { kind: 'lost' };
      case 'applied twice':
        world.time.after(fate.afterMs, () => world.apply(submit));
    }
    world.apply(submit);
    if (fate.kind === 'applied, answer lost') return { kind: 'lost' };
    if (fate.kind === 'applied, answered 500') return answered('server error');
    if (control === 'garbage') return answered('garbage');
    return { kind: 'answer', value: undefined, afterMs: control === 'slow' ? world.slowMs() : 0 };
  }
}

const FAILURES: { readonly [K in Lost]: FailureKind } = { refused: 'unreachable', silent: 'timed out', 'given up': 'given up' };

function isFailed(value: unknown): value is Failed {
  return typeof value === 'object' && value !== null && 'failed' in value;
}
