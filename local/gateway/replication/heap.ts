/** The smallest first, by two numbers. */
export class Heap<T> {
  private readonly entries: { readonly order: number; readonly tie: number; readonly item: T }[] = [];

  public push(item: T, order: number, tie: number): void {
    const { entries } = this;
    let place = entries.push({ order, tie, item }) - 1;
    while (place > 0) {
      const parent = (place - 1) >> 1;
      if (!this.before(place, parent)) break;
      this.swap(place, parent);
      place = parent;
    }
  }

  public get first(): { readonly order: number; readonly item: T } | undefined {
    return this.entries[0];
  }

  public pop(): T | undefined {
    const { entries } = this;
    const [top] = entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return top?.item;
    entries[0] = last;
    for (let place = 0; ;) {
      let least = place;
      for (const child of [2 * place + 1, 2 * place + 2]) if (child < entries.length && this.before(child, least)) least = child;
      if (least === place) return top.item;
      this.swap(place, least);
      place = least;
    }
  }

  private before(a: number, b: number): boolean {
    const [left, right] = [this.entries[a], this.entries[b]];
    return left.order < right.order || (left.order === right.order && left.tie < right.tie);
  }

  private swap(a: number, b: number): void {
    [this.entries[a], this.entries[b]] = [this.entries[b], this.entries[a]];
  }
}
