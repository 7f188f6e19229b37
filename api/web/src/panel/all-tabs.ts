/** The tabs of the panel, in order. A new one is one entry here. */

import { cornersTab } from "./corners.ts";
import { findingsTab } from "./findings.ts";
import { groundTab } from "./ground.ts";
import { historyTab } from "./history.ts";
import { papersTab } from "./papers.ts";
import { rightsTab } from "./rights.ts";
import type { PanelTab } from "./tab.ts";

export const PANEL_TABS: readonly PanelTab[] = [groundTab, rightsTab, papersTab, historyTab, findingsTab, cornersTab];
