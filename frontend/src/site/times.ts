import { relativeTime } from "@/shared/format";

function refresh(root: ParentNode = document): void {
  for (const time of root.querySelectorAll<HTMLTimeElement>("time[data-relative]")) {
    const at = new Date(time.dateTime);
    if (Number.isNaN(at.getTime())) continue;
    if (!time.title) time.title = at.toLocaleString();
    time.textContent = relativeTime(at);
  }
}

/** `<time data-relative datetime="…">` reads as "3 minutes ago" and stays right. */
export function startTimes(): void {
  refresh();
  setInterval(refresh, 20_000);
  document.addEventListener("htmx:load", () => refresh());
}
