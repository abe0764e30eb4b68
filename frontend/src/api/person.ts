/** A person's name as a text says it. */
export function personName(name: string | null | undefined): string {
  return name || "someone";
}
