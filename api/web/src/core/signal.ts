/** A value that tells its watchers when it changes. */
export interface Signal<T> {
  get(): T;
  set(value: T): void;
  /** Calls back with each new value; gives the function that ends it. */
  watch(listener: (value: T) => void): () => void;
}

/** Gives a signal that holds `initial`; setting an identical value tells nobody. */
export function signal<T>(initial: T): Signal<T> {
  let held = initial;
  const listeners = new Set<(value: T) => void>();
  return {
    get: () => held,
    set(value) {
      if (Object.is(value, held)) return;
      held = value;
      for (const listener of [...listeners]) listener(value);
    },
    watch(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
