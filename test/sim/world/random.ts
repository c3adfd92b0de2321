/** One stream of chance. Each concern draws from its own, so that one more fault does not reshuffle all the others. */
export class Stream {
  private a: number;
  private b: number;
  private c: number;
  private d = 1;

  constructor(seed: number, name: string) {
    const hash = hashOf(name);
    this.a = seed | 0;
    this.b = (hash ^ Math.imul(seed | 0, 0x9e3779b1)) | 0;
    this.c = Math.imul(hash, 0x85ebca6b) | 0;
    for (let i = 0; i < 12; i++) this.next();
  }

  /** A number in [0, 1), by sfc32. */
  readonly next = (): number => {
    const t = (((this.a + this.b) | 0) + this.d) | 0;
    this.d = (this.d + 1) | 0;
    this.a = this.b ^ (this.b >>> 9);
    this.b = (this.c + (this.c << 3)) | 0;
    this.c = ((this.c << 21) | (this.c >>> 11)) + t;
    this.c |= 0;
    return (t >>> 0) / 4294967296;
  };

  chance(probability: number): boolean {
    return probability > 0 && this.next() < probability;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  below(count: number): number {
    return Math.floor(this.next() * count);
  }

  pick<T>(list: readonly T[]): T {
    return list[this.below(list.length)];
  }

  /** Usually near `median`, now and then far above it (a Pareto tail), never above `most`. */
  heavy(median: number, most: number): number {
    return Math.min(most, (median / 2) * Math.pow(1 - this.next(), -1));
  }
}

export class Seeds {
  private readonly streams = new Map<string, Stream>();

  constructor(readonly seed: number) {}

  of(name: string): Stream {
    let stream = this.streams.get(name);
    if (!stream) this.streams.set(name, (stream = new Stream(this.seed, name)));
    return stream;
  }
}

function hashOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash | 0;
}
