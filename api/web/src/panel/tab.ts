/** What a tab of the panel is. */
import type { Parcel } from "../api/types.ts";
import type { WordKey } from "../core/i18n.ts";
import type { Child } from "../ui/dom.ts";

export interface PanelTab {
  readonly id: string;
  readonly label: WordKey;
  readonly isOffered: (parcel: Parcel) => boolean;
  readonly badge?: (parcel: Parcel) => string | null;
  /** Gives the content as of a day, or of now (null). */
  readonly content: (parcel: Parcel, on: string | null) => Child;
}
