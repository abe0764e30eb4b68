import { afterEach, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { startCopy } from "./copy";

const written: string[] = [];

function clipboard(writeText: ((text: string) => Promise<void>) | undefined): void {
  Object.defineProperty(navigator, "clipboard", {
    configurable: true,
    value: writeText && { writeText },
  });
}

function press(html: string): HTMLButtonElement {
  document.body.innerHTML = html;
  const button = document.querySelector("button");
  if (!button) throw new Error("no button");
  button.click();
  return button;
}

beforeAll(startCopy);

beforeEach(() => {
  vi.useFakeTimers();
  written.length = 0;
  clipboard(async (text) => void written.push(text));
});

afterEach(() => {
  vi.useRealTimers();
});

describe("a copy button", () => {
  it("copies what it names, says so, and gets its label back", async () => {
    const button = press('<button data-copy-from="#x"><b>Copy</b></button><code id="x"> hf_1 </code>');
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual(["hf_1"]);
    expect(button.textContent).toBe("Copied");
    expect(document.querySelector("[role=status]")?.textContent).toBe("Copied");
    await vi.advanceTimersByTimeAsync(2_000);
    expect(button.innerHTML).toBe("<b>Copy</b>");
    expect(document.querySelector("[role=status]")?.textContent).toBe("");
  });

  it("copies an input's value, and its own text", async () => {
    press('<button data-copy-from="#x">Copy</button><input id="x" value="a">');
    press('<button data-copy="b">Copy</button>');
    await vi.advanceTimersByTimeAsync(0);
    expect(written).toEqual(["a", "b"]);
  });

  it("keeps its label when it is pressed twice", async () => {
    const button = press('<button data-copy="b">Copy</button>');
    await vi.advanceTimersByTimeAsync(0);
    button.click();
    await vi.advanceTimersByTimeAsync(2_000);
    expect(written).toEqual(["b"]);
    expect(button.textContent).toBe("Copy");
  });

  it("selects the text where there is no clipboard", async () => {
    clipboard(undefined);
    const button = press('<button data-copy-from="#x">Copy</button><code id="x">hf_1</code>');
    await vi.advanceTimersByTimeAsync(0);
    expect(getSelection()?.toString()).toBe("hf_1");
    expect(button.textContent).toBe("Press Ctrl+C");
  });

  it("says when copying is refused", async () => {
    clipboard(() => Promise.reject(new Error("no")));
    const button = press('<button data-copy="b">Copy</button>');
    await vi.advanceTimersByTimeAsync(0);
    expect(button.textContent).toBe("Copying was refused");
  });
});
