/** Queries that are prepared when they are first asked: all of them together are most of what opening a database costs. */

/** The same names, each with what its function gives; that is asked once. */
export function lazily<T extends Readonly<Record<string, () => unknown>>>(
  makers: T,
): { readonly [K in keyof T]: ReturnType<T[K]> } {
  const made = {};
  for (const [name, make] of Object.entries(makers)) {
    const get = (): unknown => {
      const value = make();
      Object.defineProperty(made, name, { value });
      return value;
    };
    Object.defineProperty(made, name, { get, configurable: true, enumerable: true });
  }
  return made as { readonly [K in keyof T]: ReturnType<T[K]> }; // One property for each maker.
}
