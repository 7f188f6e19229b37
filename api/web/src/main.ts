/** Starts the page: who is here, what the address says, and the shell around it all. */

import { language } from "./core/i18n.ts";
import { followHistory } from "./core/router.ts";
import { learnSession } from "./core/session.ts";
import { applyTheme } from "./core/theme.ts";
import { mountShell } from "./shell.ts";

applyTheme();
document.documentElement.lang = language;
followHistory();
void learnSession();
mountShell(document.body);
