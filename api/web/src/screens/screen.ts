/** What a screen is: a part of the page with its own address, beside the map or over the whole width. */
import type { WordKey } from "../core/i18n.ts";
import type { Place } from "../core/router.ts";
import type { IconName } from "../ui/icons.ts";

export interface ScreenView {
  readonly element: HTMLElement;
  /** Is told when the address changed and the screen stays. */
  changed?(place: Place): void;
  /** Takes down what the screen put on the map or listens to. */
  leave?(): void;
}

export interface Screen {
  /** Also its address: `/app/{id}`. */
  readonly id: string;
  readonly label: WordKey;
  readonly icon: IconName;
  readonly layout: "beside" | "wide";
  /** Tells whether the present session gets it in the navigation. */
  readonly isOffered: () => boolean;
  /** Gives the screen, loading its code when it is first wanted. */
  readonly open: (place: Place) => Promise<ScreenView>;
}
