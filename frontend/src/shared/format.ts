const UNITS: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
  ["second", 1],
];

/** "3 minutes ago", "in 2 hours", "just now". */
export function relativeTime(at: Date | string, now: Date = new Date()): string {
  const seconds = (new Date(at).getTime() - now.getTime()) / 1000;
  if (Math.abs(seconds) < 5) return "just now";
  const [unit, size] = UNITS.find(([, length]) => Math.abs(seconds) >= length) ?? ["second", 1];
  return new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(seconds / size), unit);
}

/** "12 ms", "1.4 s", "3 min 5 s", "2 h 10 min". */
export function duration(milliseconds: number | null | undefined): string {
  if (milliseconds == null) return "";
  if (milliseconds < 1000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1000;
  if (seconds < 60) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${Math.round(seconds % 60)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const PARTS: [string, number][] = [
  ["d", 86_400],
  ["h", 3600],
  ["min", 60],
  ["s", 1],
];

/** The time that is left, to the second: "2 d 0 h 3 min 9 s", "9 s". A second that has begun counts. */
export function timeLeft(milliseconds: number): string {
  let rest = Math.max(0, Math.ceil(milliseconds / 1000));
  const words: string[] = [];
  for (const [unit, size] of PARTS) {
    const amount = Math.floor(rest / size);
    rest -= amount * size;
    if (amount > 0 || words.length > 0 || unit === "s") words.push(`${amount} ${unit}`);
  }
  return words.join(" ");
}

/** "14:03:07.123" of a moment, in the reader's zone. */
export function clockTime(at: string): string {
  const date = new Date(at);
  return `${date.toLocaleTimeString("en-GB")}.${String(date.getMilliseconds()).padStart(3, "0")}`;
}

/** "1 problem", "3 problems". */
export function count(amount: number, one: string, many = `${one}s`): string {
  return `${amount} ${amount === 1 ? one : many}`;
}
