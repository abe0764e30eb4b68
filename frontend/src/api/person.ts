import type { Person } from "./types";

/** A person's name, whichever way the answer carries it. */
export function personName(person: Person | undefined): string {
  if (!person) return "someone";
  if (typeof person === "string") return person;
  return person.name || person.email || "someone";
}
