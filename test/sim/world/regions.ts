/**
 * What a bucket's Region does with a request. `refusing` closes connections, `silent` answers nothing; `keyless`: its key was disabled or
 * deleted, `keys failing`: KMS itself is out of order.
 */
export type Storage = 'well' | 'failing' | 'refusing' | 'silent' | 'slow' | 'throttling' | 'forbidden' | 'keyless' | 'keys failing';

/** What the control endpoint of a Region does. */
export type Control = 'well' | 'refusing' | 'silent' | 'failing' | 'slow' | 'stale' | 'garbage' | 'throttling' | 'forbidden';

const USABLE: ReadonlySet<Storage> = new Set(['well', 'slow', 'throttling']);
/** Clients get nothing but failures, and so does a probe: KMS in trouble of its own fails each of their requests. */
export const DOWN_STORAGES: ReadonlySet<Storage> = new Set(['failing', 'refusing', 'silent', 'keys failing']);

/** One Region as it truly is. Each service can fail by itself; a dead Region has lost all of them. */
export class Region {
  private readonly storages: Storage[] = [];
  private readonly controls: Control[] = [];
  private tableDown = 0;
  private computeDown = 0;
  private deaths = 0;
  /** When its storage last stopped or began to serve. */
  lastServed = 0;

  constructor(
    readonly name: string,
    private readonly now: () => number,
  ) {}

  get storage(): Storage {
    return this.deaths > 0 ? 'silent' : this.storages.at(-1) ?? 'well';
  }

  get control(): Control {
    return this.deaths > 0 ? 'silent' : this.controls.at(-1) ?? 'well';
  }

  get hasTable(): boolean {
    return this.tableDown + this.deaths === 0;
  }

  get computes(): boolean {
    return this.computeDown + this.deaths === 0;
  }

  /** All of it at once, so that nothing in it answers. */
  get isDead(): boolean {
    return this.deaths > 0;
  }

  /** Clients get answers, if late ones. */
  get serves(): boolean {
    return USABLE.has(this.storage);
  }

  get isDown(): boolean {
    return DOWN_STORAGES.has(this.storage);
  }

  /** Whether it served at some time within so many milliseconds. */
  servedWithin(milliseconds: number): boolean {
    return this.serves || this.now() - this.lastServed <= milliseconds;
  }

  /** All of it at once. What else is wrong with a dead Region does not show. */
  die(): () => void {
    if (this.serves) this.lastServed = this.now();
    this.deaths++;
    return () => void this.deaths--;
  }

  makeStorage(state: Storage): () => void {
    return this.push(this.storages, state);
  }

  makeControl(state: Control): () => void {
    this.controls.push(state);
    return () => void this.controls.splice(this.controls.lastIndexOf(state), 1);
  }

  loseTable(): () => void {
    this.tableDown++;
    return () => void this.tableDown--;
  }

  loseCompute(): () => void {
    this.computeDown++;
    return () => void this.computeDown--;
  }

  private push(states: Storage[], state: Storage): () => void {
    if (this.serves) this.lastServed = this.now();
    states.push(state);
    return () => {
      if (this.serves) this.lastServed = this.now();
      states.splice(states.lastIndexOf(state), 1);
    };
  }
}
