import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createStore } from "zustand/vanilla";
import { complete } from "@/graph/model";
import { createDocumentStore } from "@/session/documentStore";
import { noTest, type Session, SessionContext } from "@/session/session";
import type { StoredEvent } from "@/shared/types";
import { SamplePicker } from "./SamplePicker";

const HOUR_MS = 3_600_000;

function sessionWith(events: Partial<StoredEvent>[]): Session {
  const config = { which: "server.created" };
  const trigger = { id: "t", type: "order", name: "Created", config, settings: {}, position: { x: 0, y: 0 } };
  return {
    api: { events: async () => events },
    types: new Map([["order", { type: "order", trigger: { kind: "event", event_field: "which" } }]]),
    eventTypes: [],
    documents: createDocumentStore(complete({ nodes: [trigger] })),
    test: createStore(() => noTest),
  } as unknown as Session;
}

describe("the sample picker", () => {
  it("tells when each stored event was accepted", async () => {
    const accepted = new Date(Date.now() - 3 * HOUR_MS).toISOString();
    render(
      <SessionContext value={sessionWith([{ id: "e", type: "server.created", accepted_at: accepted }])}>
        <SamplePicker />
      </SessionContext>,
    );
    expect(await screen.findByRole("option", { name: "Event of 3 hours ago" })).toBeTruthy();
  });
});
