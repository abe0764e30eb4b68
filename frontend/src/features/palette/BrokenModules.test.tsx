import { render, screen, waitFor } from "@testing-library/react";
import { expect, test, vi } from "vitest";
import { SessionContext } from "@/session/session";
import { testSession } from "@/session/testSession";
import { BrokenModules } from "./BrokenModules";

const broken = { module: "acme.nodes.sms", package: "acme-sms", error: "ImportError: no carrier" };

function shown(mayEdit: boolean) {
  const session = testSession();
  session.may = { ...session.may, edit: mayEdit };
  const asked = vi.fn().mockResolvedValue([broken]);
  session.api.brokenModules = asked;
  render(
    <SessionContext value={session}>
      <BrokenModules />
    </SessionContext>,
  );
  return asked;
}

test("names the module, its package and the error", async () => {
  shown(true);
  expect(await screen.findByText("acme.nodes.sms")).toBeTruthy();
  expect(screen.getByText("acme-sms: ImportError: no carrier")).toBeTruthy();
});

test("does not even ask for those who may not edit", async () => {
  const asked = shown(false);
  await waitFor(() => expect(screen.queryByText("acme.nodes.sms")).toBeNull());
  expect(asked).not.toHaveBeenCalled();
});
