import type { AccessPoint } from '../../../runtime/core/routes/access-point';
import type { Answer, ControlEndpoint } from '../../../runtime/core/routes/endpoint';
import type { FailureKind } from '../../../runtime/core/routes/failure';
import { describeRoutes, type Routes } from '../../../runtime/core/routes/routes';
import type { Submit } from './facts';
import type { Process } from './process';
import type { Lost, Request, Served } from './transport';
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
    return new Promise((resolve) => this.world.transport.carry(new ReadCall(this.world, this.process, this.region, signal, resolve)));
  }

  submit(_accessPoint: AccessPoint, routes: Routes, signal: AbortSignal): Promise<Answer<void>> {
    return new Promise((resolve) => this.world.transport.carry(new SubmitCall(this.world, this.process, this.region, signal, resolve, routes)));
  }
}

abstract class RouteCall<T> implements Request<T | Failed> {
  abstract readonly call: 'read routes' | 'submit routes';

  constructor(
    protected readonly world: World,
    readonly process: Process,
    readonly to: string,
    readonly signal: AbortSignal,
    private readonly resolve: (answer: Answer<T>) => void,
  ) {}

  abstract serve(): Served<T | Failed>;

  door(): 'open' | 'refusing' | 'silent' {
    const { control } = this.world.region(this.to);
    return control === 'refusing' || control === 'silent' ? control : 'open';
  }

  end(answer: T | Failed | undefined, lost: Lost | undefined): void {
    const failed = lost ? FAILURES[lost] : isFailed(answer) ? answer.failed : undefined;
    this.resolve(failed ? { ok: false, failure: { kind: failed, endpoint: this.to, detail: 'simulated' } } : { ok: true, value: answer as T });
  }
}

class ReadCall extends RouteCall<Routes> {
  readonly call = 'read routes';

  serve(): Served<Routes | Failed> {
    const { world } = this;
    switch (world.region(this.to).control) {
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

}

class SubmitCall extends RouteCall<void> {
  readonly call = 'submit routes';
  private submit?: Submit;

  constructor(world: World, process: Process, to: string, signal: AbortSignal, resolve: (answer: Answer<void>) => void, private readonly routes: Routes) {
    super(world, process, to, signal, resolve);
  }

  override end(answer: void | Failed | undefined, lost: Lost | undefined): void {
    this.world.submitEnded();
    super.end(answer, lost);
  }

  left(): void {
    this.submit = this.world.submitLeft(this.process, this.to, this.routes);
  }

  serve(): Served<void | Failed> {
    const { world } = this;
    const submit = this.submit!;
    const answered = (failed: FailureKind): Served<Failed> => ({ kind: 'answer', value: { failed } });
    const { control } = world.region(this.to);
    if (control === 'forbidden') return answered('forbidden');
    if (control === 'throttling') return answered('slow down');
    if (control === 'failing') return answered('server error');
    const fate = world.fateOf(submit);
    world.note(this.to, `submit ${submit.number} by ${submit.by.name}, ${describeRoutes(submit.routes)}: ${fate.kind}`);
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
    // Whatever delivers a request twice lost the answer to the first: nobody has seen an answered one take effect again.
    if (fate.kind === 'applied, answer lost' || fate.kind === 'applied twice') return { kind: 'lost' };
    if (fate.kind === 'applied, answered 500') return answered('server error');
    if (control === 'garbage') return answered('garbage');
    return { kind: 'answer', value: undefined, afterMs: control === 'slow' ? world.slowMs() : 0 };
  }
}

const FAILURES: { readonly [K in Lost]: FailureKind } = { refused: 'unreachable', silent: 'timed out', 'given up': 'given up' };

function isFailed(value: unknown): value is Failed {
  return typeof value === 'object' && value !== null && 'failed' in value;
}
