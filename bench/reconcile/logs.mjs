/** A store whose lines go nowhere: the heap of the comparison alone is looked at. */
export class NoLogs {
  load = async () => undefined;
  save = async () => undefined;
  clear = async () => undefined;
  async lines() {
    let length = 0;
    return {
      append: async (lines) => (length += lines.length),
      sync: async () => undefined,
      cutTo: async () => undefined,
      read: async function* () {},
    };
  }
}
