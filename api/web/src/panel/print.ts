/** Prints the panel with all its tabs, once what they are still loading is there. */

const PATIENCE_MS = 4000;
const STEP_MS = 100;

/** Opens the browser's print dialog. */
export async function printPanel(): Promise<void> {
  const isLoading = (): boolean => document.querySelector("#panel .waiting") !== null;
  for (let waited = 0; isLoading() && waited < PATIENCE_MS; waited += STEP_MS) {
    await new Promise((resolve) => setTimeout(resolve, STEP_MS));
  }
  print();
}
