/** All words of the page: one table per part, each key with its Vietnamese and its English text. */
import { changeWords } from "./change.ts";
import { findingWords } from "./findings.ts";
import { importWords } from "./imports.ts";
import { mapWords } from "./map.ts";
import { panelWords } from "./panel.ts";
import { searchWords } from "./search.ts";
import { shellWords } from "./shell.ts";

export const words = {
  ...shellWords,
  ...searchWords,
  ...panelWords,
  ...mapWords,
  ...findingWords,
  ...importWords,
  ...changeWords,
};
