/** Every page: the look, and small scripts that make server-rendered pages nicer. Pages work without it. */
import "@fontsource-variable/inter/wght.css";
import "@tabler/core/dist/css/tabler.min.css";
import "./styles/site.css";
import "./site/pages.css";
import "bootstrap/js/src/alert.js";
import "bootstrap/js/src/collapse.js";
import "bootstrap/js/src/dropdown.js";
import "bootstrap/js/src/modal.js";
import "bootstrap/js/src/tab.js";
import { startConfirm } from "@/shared/ui/confirm";
import { startAutosubmit } from "./site/autosubmit";
import { startCopy } from "./site/copy";
import { startCredentials } from "./site/credentials";
import { startDialogs } from "./site/dialogs";
import { startHtmx } from "./site/htmx";
import { startLists } from "./site/lists";
import { startPicks } from "./site/picks";
import { startQueue } from "./site/queue";
import { startThemeSwitch } from "./site/theme";
import { startTimes } from "./site/times";
import { startToasts } from "./site/toasts";

startHtmx();
startThemeSwitch();
startConfirm();
startCopy();
startAutosubmit();
startTimes();
startDialogs();
startCredentials();
startLists();
startPicks();
startQueue();
startToasts();

/** `#import` in the address, where the page offers it, opens the import, which is loaded only then. */
function openImport(): void {
  if (location.hash !== "#import" || !document.querySelector('a[href="#import"]')) return;
  void import("./features/import/openImport").then((module) => module.openImport());
}
window.addEventListener("hashchange", openImport);
openImport();
