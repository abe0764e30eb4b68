import { beforeEach, expect, test } from "vitest";
import { focusBack, noteOpener, openerOf } from "./focus";

const get = (id: string) => document.getElementById(id) as HTMLElement;

beforeEach(() => {
  document.body.innerHTML = `
    <div id="bar"><button id="other">Other</button><button id="opener">Open</button>
      <div class="dropdown"><button id="toggle" data-bs-toggle="dropdown">More</button><button id="entry">Import</button></div></div>
    <main><div class="react-flow__node selected" tabindex="0" id="node"></div></main>
    <dialog open><button id="inside">Next</button></dialog>`;
});

test("the opener has the focus again", () => {
  const opener = openerOf(get("opener"));
  get("inside").focus();
  focusBack(opener);
  expect(document.activeElement?.id).toBe("opener");
});

test("a dialog that a dialog opened gives the focus to the first opener", () => {
  openerOf(get("opener"));
  expect(openerOf(get("inside"))?.id).toBe("opener");
  expect(openerOf(document.body)?.id).toBe("opener");
  noteOpener(get("inside"));
  expect(openerOf(document.body)?.id).toBe("opener");
  noteOpener(document.body);
  expect(openerOf(document.body)).toBeNull();
});

test("an entry of a menu that has closed hands it to the menu's button", () => {
  noteOpener(get("entry"));
  get("entry").setAttribute("disabled", "");
  focusBack(openerOf(document.body));
  expect(document.activeElement?.id).toBe("toggle");
});

test("an opener that can have no focus hands it to its neighbours, one that is gone to the chosen node", () => {
  const opener = openerOf(get("opener"));
  get("opener").setAttribute("disabled", "");
  focusBack(opener);
  expect(document.activeElement?.id).toBe("other");
  get("bar").remove();
  focusBack(opener);
  expect(document.activeElement?.id).toBe("node");
});
