import bundled from "virtual:icons";
import { useEffect, useState } from "react";

const base = import.meta.url;
const FALLBACK = "puzzle";
const letters = new Map<string, Promise<Record<string, string[]>>>();

function group(letter: string): Promise<Record<string, string[]>> {
  let promise = letters.get(letter);
  if (!promise) {
    promise = fetch(new URL(`../icons/${letter}.json`, base)).then(
      (response) => (response.ok ? (response.json() as Promise<Record<string, string[]>>) : {}),
      () => ({}),
    );
    letters.set(letter, promise);
  }
  return promise;
}

/** The paths of a Tabler icon: bundled ones at once, others when their file has come. */
function usePaths(name: string): string[] {
  const [fetched, setFetched] = useState<string[] | null>(null);
  const known = bundled[name];
  useEffect(() => {
    if (known || !/^[a-z0-9-]+$/.test(name)) return;
    let isWanted = true;
    void group(name.charAt(0)).then((icons) => isWanted && setFetched(icons[name] ?? null));
    return () => {
      isWanted = false;
    };
  }, [name, known]);
  return known ?? fetched ?? bundled[FALLBACK] ?? [];
}

/** A Tabler icon by name. It says nothing to screen readers: what it stands for must be text nearby. */
export function Icon({
  name,
  size = 18,
  className = "",
}: {
  name: string;
  size?: number;
  className?: string;
}) {
  const paths = usePaths(name);
  return (
    <svg
      className={`hf-icon ${className}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.75"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
    >
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </svg>
  );
}
