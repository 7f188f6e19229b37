/** A table of words: Vietnamese first, then English. */
export type Pairs = Readonly<Record<string, readonly [vi: string, en: string]>>;
