// Times that say how long ago, kept current; the exact moment stays in the title, in the reader's own zone.

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["min", 60],
  ["s", 1],
];

/** `5 min ago`, `in 2 h`, `just now`: the same words as the server's `time_ago`. Null when a date reads better. */
export function agoText(moment: Date, now: Date): string | null {
  const seconds = (now.getTime() - moment.getTime()) / 1000;
  const distance = Math.abs(seconds);
  if (distance < 10) return "just now";
  if (distance > 30 * 86_400) return null;
  const [unit, size] = UNITS.find(([, unitSize]) => distance >= unitSize) ?? ["s", 1];
  const amount = `${Math.floor(distance / size)} ${unit}`;
  return seconds > 0 ? `${amount} ago` : `in ${amount}`;
}

function refresh(): void {
  const now = new Date();
  for (const element of document.querySelectorAll<HTMLTimeElement>("time[data-ago]")) {
    const moment = new Date(element.dateTime);
    const text = agoText(moment, now);
    if (text !== null && element.textContent !== text) element.textContent = text;
    const title = moment.toLocaleString(undefined, { dateStyle: "medium", timeStyle: "long" });
    if (element.title !== title) element.title = title;
  }
}

export function startAgo(): void {
  refresh();
  setInterval(refresh, 10_000);
  document.addEventListener("htmx:afterSettle", refresh);
}
