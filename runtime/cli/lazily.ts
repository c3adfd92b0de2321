type Method = (...given: never[]) => Promise<unknown>;

/**
 * An object whose code is loaded when one of its methods is first called: all of them are asynchronous. What is known without
 * it stands in `known`.
 */
export function lazily<T extends object>(known: Partial<T>, load: () => Promise<T>): T {
  let loaded: Promise<T> | undefined;
  return new Proxy(known as T, {
    get(target, name) {
      // Whoever awaits the object itself asks for `then`; it is no promise.
      if (name in target || name === 'then' || typeof name === 'symbol') return Reflect.get(target, name);
      return async (...given: never[]) => {
        loaded ??= load();
        const object = await loaded;
        return (object[name as keyof T] as Method).apply(object, given);
      };
    },
  });
}
