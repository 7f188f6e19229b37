/** One file on its way in: how it is read, how far it is, what came of it. */
import { get, post, send } from "../../api/client.ts";
import { t, type WordKey } from "../../core/i18n.ts";
import { button } from "../../ui/button.ts";
import { type Child, h, put } from "../../ui/dom.ts";
import { save } from "../../ui/drop.ts";
import { block, facts, loaded, note, table } from "../../ui/facts.ts";
import { toastProblem } from "../../ui/toast.ts";
import { correction } from "./correction.ts";
import type { Import, Reject, Understood } from "./import.ts";

const ASKED_EVERY_MS = 700;

export interface ImportView {
  readonly element: HTMLElement;
  /** Ends the asking how far it is. */
  stop(): void;
}

/** Gives the view of a file, which follows it; `ended` is called once its import is over. */
export function importView(first: Import, ended: () => void): ImportView {
  const element = h("section", { class: "paper stack" });
  let isLeft = false;
  const follow = async (one: Import): Promise<void> => {
    let now = one;
    while (now.state === "RUNNING" && !isLeft) {
      await new Promise((resolve) => setTimeout(resolve, ASKED_EVERY_MS));
      now = await get<Import>(`/imports/${one.import_id}`);
      show(now);
    }
    if (!isLeft && one.state === "RUNNING") ended();
  };
  const act = async (path: string): Promise<void> => {
    const now = await post<Import>(`/imports/${first.import_id}/${path}`);
    show(now);
    await follow(now);
  };
  const press = (path: string): void => void act(path).catch(toastProblem);
  const show = (one: Import): void => {
    put(element, heading(one), whole(one, press, show));
  };
  show(first);
  void follow(first).catch(toastProblem);
  return {
    element,
    stop: () => {
      isLeft = true;
    },
  };
}

function heading(one: Import): HTMLElement {
  const state = h("span", { class: "chip" }, t(`import.state.${one.state}` as WordKey));
  return h("header", { class: "row" }, h("h2", null, one.file_name), state);
}

function whole(one: Import, press: (path: string) => void, show: (one: Import) => void): Child {
  const next = { READY: "import.start", CANCELLED: "import.again", INTERRUPTED: "import.again" } as const;
  const words = one.state in next ? next[one.state as keyof typeof next] : null;
  return [
    one.state === "RUNNING" ? running(one, press) : refusal(one),
    words ? button(t(words), () => press("start"), { look: "main", icon: "upload" }) : null,
    outcome(one),
    one.understood ? understood(one.understood) : null,
    ["READY", "REFUSED", "CANCELLED"].includes(one.state) ? correction(one, show) : null,
  ];
}

function refusal({ problem, state }: Import): Child {
  if (!problem) return null;
  const words = [problem.reason, problem.remedy].filter(Boolean).join(" ");
  return note([h("b", null, problem.code), " ", words], state === "CANCELLED" ? "warning" : "error");
}

function outcome(one: Import): Child {
  if (!one.counts) return null;
  const hasRejects = one.counts.rejected > 0;
  return [
    note(t("import.counts", { ...one.counts }), hasRejects ? "warning" : "good"),
    hasRejects ? rejects(one) : null,
  ];
}

function running(one: Import, press: (path: string) => void): Child {
  const counted = { seen: one.seen_rows, expected: one.expected_rows ?? 0 };
  const words = t(one.expected_rows ? "import.progress" : "import.progress_open", counted);
  return [
    h("progress", {
      "aria-label": words,
      max: one.expected_rows ?? null,
      value: one.expected_rows ? one.seen_rows : null,
    }),
    h("p", { role: "status", class: "status" }, words),
    button(t("import.cancel"), () => press("cancel")),
  ];
}

function understood(file: Understood): HTMLElement {
  const layers = file.layers.map((layer) => {
    const fields = Object.entries(layer.mapping);
    const title = layer.reason ? t("import.not_read", { why: layer.reason }) : (layer.noun ?? "");
    return h(
      "details",
      { open: file.layers.length === 1 },
      h("summary", null, h("b", null, layer.name), ` · ${title}`, layer.srid ? ` · EPSG:${layer.srid}` : ""),
      table(
        t("import.understood"),
        [
          { title: t("import.field"), cell: ([name]) => h("code", null, name) },
          { title: t("import.column"), cell: ([, column]) => column },
        ],
        fields,
      ),
      facts([
        [t("import.ignored"), layer.ignored.join(", ")],
        [t("import.personal"), layer.personal.join(", ")],
      ]),
    );
  });
  return block(
    t("import.understood"),
    facts([
      [t("import.format"), file.file_format],
      [t("import.encoding"), file.encoding],
      [t("import.rows"), file.source_count],
    ]),
    layers,
    file.notes.map((one) => note(one)),
  );
}

function rejects(one: Import): HTMLElement {
  const path = `/imports/${one.import_id}`;
  const download = async (): Promise<void> => {
    const accepted = { Accept: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet" };
    const response = await send("GET", `${path}/rejects.xlsx`, { headers: accepted });
    save(await response.blob(), `${one.file_name}_tu_choi.xlsx`);
  };
  return block(
    t("import.rejects"),
    button(t("import.rejects_book"), () => void download().catch(toastProblem), { icon: "table" }),
    loaded(async () => {
      const answer = await get<{ rejects: readonly Reject[] }>(`${path}/rejects`);
      return table(
        t("import.rejects"),
        [
          { title: t("import.row"), cell: (row) => row.row_no, isNumber: true },
          { title: t("import.layer"), cell: (row) => row.layer },
          { title: t("repairs.parcel"), cell: (row) => [row.sheet_no, row.parcel_no].filter(Boolean).join("/") },
          {
            title: t("import.why"),
            cell: (row) => [h("code", null, row.reason_code), " ", row.reason, " ", row.remedy],
          },
        ],
        answer.rejects.slice(0, 200),
      );
    }),
  );
}
