import type { Stream } from '../random';
import type { Time } from '../time';

interface Statement {
  readonly Sid?: string;
  readonly Effect: string;
  readonly Action?: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly NotResource?: string | readonly string[];
  readonly Condition?: { readonly [operator: string]: { readonly [key: string]: string | readonly string[] } };
}

interface Deny {
  hits(action: string, resource: string, now: number): boolean;
}

interface Put {
  readonly at: number;
  /** Between now and then some places judge by it, and some by the one before. */
  readonly everywhereAt: number;
  readonly text: string | undefined;
  readonly denies: readonly Deny[];
}

/** S3 tells a policy at once or a moment later, and judges requests by it a while later, at one place sooner than at another. */
const SHOWS_MS = 1_000;
const SPREADS = { medianMs: 1_000, mostMs: 20_000 };

/** The policy of one Region's bucket. */
export class Policies {
  private readonly puts: Put[] = [{ at: -Infinity, everywhereAt: -Infinity, text: undefined, denies: [] }];

  constructor(
    private readonly time: Time,
    private readonly random: Stream,
    private readonly bucket: string,
    /** The service's own time of day. */
    private readonly wall: () => number,
  ) {}

  /** As it was written last. */
  get text(): string | undefined {
    return this.puts[this.puts.length - 1].text;
  }

  /** As somebody reads it. */
  read(): string | undefined {
    const last = this.puts[this.puts.length - 1];
    const shown = this.time.now - last.at >= SHOWS_MS * this.random.next();
    return shown || this.puts.length < 2 ? last.text : this.puts[this.puts.length - 2].text;
  }

  put(text: string | undefined): void {
    const { now } = this.time;
    const denies = text === undefined ? [] : (JSON.parse(text) as { Statement: Statement[] }).Statement.filter(({ Effect }) => Effect === 'Deny').map((one) => denyOf(one));
    this.puts.push({ at: now, everywhereAt: now + this.random.heavy(SPREADS.medianMs, SPREADS.mostMs), text, denies });
    if (this.puts.length > 8) this.puts.shift();
  }

  /** Whether the place that judges this request refuses it. */
  denies(action: string, key: string): boolean {
    const { denies } = this.judging();
    return denies.length > 0 && denies.some((deny) => deny.hits(action, `arn:aws:s3:::${this.bucket}/${key}`, this.wall()));
  }

  private judging(): Put {
    const { now } = this.time;
    for (let i = this.puts.length - 1; i > 0; i--) {
      const { at, everywhereAt } = this.puts[i];
      if (now >= everywhereAt || this.random.chance((now - at) / (everywhereAt - at))) return this.puts[i];
    }
    return this.puts[0];
  }
}

/** As IAM judges what this project's fences, and the policies of the simulated people, are made of; what it does not know it refuses to judge. */
function denyOf(statement: Statement): Deny {
  const actions = list(statement.Action).map(pattern);
  const resources = statement.Resource === undefined ? undefined : list(statement.Resource).map(pattern);
  const exempt = list(statement.NotResource).map(pattern);
  const conditions = Object.entries(statement.Condition ?? {}).flatMap(([operator, keys]) =>
    Object.entries(keys).map(([key, value]) => {
      if (operator !== 'DateLessThan' || key !== 'aws:CurrentTime') throw new Error(`the simulated bucket cannot judge ${operator} ${key}`);
      const ends = list(value).map((text) => Date.parse(text));
      return (now: number) => ends.some((end) => now < end);
    }),
  );
  return {
    hits: (action, resource, now) =>
      conditions.every((holds) => holds(now)) &&
      actions.some((one) => one.test(action)) &&
      (resources === undefined || resources.some((one) => one.test(resource))) &&
      !exempt.some((one) => one.test(resource)),
  };
}

function list(value: string | readonly string[] | undefined): readonly string[] {
  return value === undefined ? [] : typeof value === 'string' ? [value] : value;
}

function pattern(text: string): RegExp {
  return new RegExp(`^${text.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&')).join('.*')}$`);
}
