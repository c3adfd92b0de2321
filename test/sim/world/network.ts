/** Which place can send to which. Cuts are counted, so that two that overlap end one after the other. */
export class Network {
  private readonly index: ReadonlyMap<string, number>;
  private readonly cuts: Uint8Array;
  private readonly size: number;

  constructor(readonly places: readonly string[]) {
    this.size = places.length;
    this.index = new Map(places.map((place, i) => [place, i]));
    this.cuts = new Uint8Array(this.size * this.size);
  }

  /** One direction only; the way back is cut by a call of its own. */
  cut(from: string, to: string): void {
    this.cuts[this.cell(from, to)]++;
  }

  mend(from: string, to: string): void {
    const cell = this.cell(from, to);
    if (this.cuts[cell] === 0) throw new Error(`the way from ${from} to ${to} is not cut`);
    this.cuts[cell]--;
  }

  passes(from: string, to: string): boolean {
    return this.cuts[this.cell(from, to)] === 0;
  }

  both(one: string, other: string): boolean {
    return this.passes(one, other) && this.passes(other, one);
  }

  private cell(from: string, to: string): number {
    const a = this.index.get(from);
    const b = this.index.get(to);
    if (a === undefined || b === undefined) throw new Error(`no such place: ${a === undefined ? from : to}`);
    return a * this.size + b;
  }
}
