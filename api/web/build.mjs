// Makes dist/ from src/: bundles our own modules, copies MapLibre as it is, and names every file by its content.
//
// MapLibre 6 finds its worker beside its own file, so it stays unbundled. Names by content let browsers keep
// files for good. Each text file also lies there compressed: the server need not compress while somebody waits.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync, constants } from "node:zlib";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, "dist");
const assets = join(dist, "assets");
const lock = JSON.parse(await readFile(join(here, "package-lock.json"), "utf8"));
const mapVersion = lock.packages["node_modules/maplibre-gl"].version;
const mapFolder = `maplibre-gl-${mapVersion}`;
const MAP_FILES = ["maplibre-gl.mjs", "maplibre-gl-worker.mjs", "maplibre-gl.css"];

await rm(dist, { recursive: true, force: true });
await mkdir(join(assets, mapFolder), { recursive: true });
const bundled = await bundle();
await copyMap();
await writeFile(join(dist, "THIRD_PARTY_LICENSES.txt"), await licences());
await writeFile(join(dist, "index.html"), await index(bundled));
await compress();

async function bundle() {
  const result = await build({
    absWorkingDir: here,
    entryPoints: { app: "src/main.ts", page: "src/styles/page.css" },
    outdir: assets,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    bundle: true,
    splitting: true,
    format: "esm",
    target: ["es2022"],
    minify: true,
    metafile: true,
    legalComments: "none",
    loader: { ".csv": "text" },
    logLevel: "warning",
    plugins: [
      {
        name: "map-stays-unbundled",
        setup: (builder) =>
          builder.onResolve({ filter: /^maplibre-gl$/ }, () => ({
            path: `./${mapFolder}/maplibre-gl.mjs`,
            external: true,
          })),
      },
    ],
  });
  const made = Object.entries(result.metafile.outputs);
  const named = (entry) =>
    made
      .find(([, output]) => output.entryPoint === entry)?.[0]
      .split("/")
      .at(-1);
  return { script: named("src/main.ts"), style: named("src/styles/page.css") };
}

async function copyMap() {
  for (const name of MAP_FILES) {
    const source = await readFile(join(here, "node_modules/maplibre-gl/dist", name), "utf8");
    // Source maps are not carried; a reference to them would be a request that fails.
    await writeFile(join(assets, mapFolder, name), source.replace(/\n\/\/# sourceMappingURL=.*\s*$/, "\n"));
  }
}

async function index({ script, style }) {
  const template = await readFile(join(here, "src/index.html"), "utf8");
  return template.replaceAll("{{script}}", script).replaceAll("{{style}}", style).replaceAll("{{map}}", mapFolder);
}

async function licences() {
  const text = await readFile(join(here, "node_modules/maplibre-gl/LICENSE.txt"), "utf8");
  return `The page of landdb carries this third-party software.\n\nmaplibre-gl ${mapVersion}\n\n${text}`;
}

async function compress() {
  const sums = {};
  for (const entry of await readdir(dist, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const content = await readFile(path);
    sums[relative(dist, path)] = createHash("sha256").update(content).digest("hex");
    const packed = brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } });
    await writeFile(`${path}.br`, packed);
  }
  await writeFile(join(dist, "manifest.json"), `${JSON.stringify(sums, Object.keys(sums).sort(), 1)}\n`);
}
