/** Starts the page: who is here, what the address says, and the shell around it all. */

import { language } from "./core/i18n.ts";
import { followHistory, go, HOME, place, SIGN_IN } from "./core/router.ts";
import { learnSession } from "./core/session.ts";
import { applyTheme } from "./core/theme.ts";
import { mountShell } from "./shell.ts";

applyTheme();
document.documentElement.lang = language;
followHistory();
void learnSession();
const isSentBack = place.get().screen === SIGN_IN;
if (isSentBack) go({ screen: HOME }, { replace: true });
mountShell(document.body);
if (isSentBack) void import("./screens/sign-in.ts").then((screen) => screen.openSignIn());
