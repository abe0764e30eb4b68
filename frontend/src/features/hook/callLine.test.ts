import { execFileSync } from "node:child_process";
import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { callLine, exampleBody } from "./callLine";

const secret = `whsec_${Buffer.from('it\'s a $ecret "key"').toString("base64")}`;
const body = JSON.stringify({ name: "it's `web` $1", deep: ['"'] });
const url = "https://flows.example.org/hooks/a'b/";

/** What a shell makes of the lines: `curl` is replaced by something that prints its arguments. */
function called(config: Record<string, unknown>): string[] {
  const lines = callLine({ url, config, secret, body }).replace("\ncurl ", "\nprintf '%s\\0' ");
  return execFileSync("bash", ["-c", lines]).toString().split("\0");
}

const mac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text);

test("the secret itself, in whatever header", () => {
  const sent = called({ auth: "token", header: "X-Key", example: "{}" });
  expect(sent[0]).toBe(url);
  expect(sent).toContain(`X-Key: ${secret}`);
  expect(sent).toContain(body);
  expect(called({})).toContain(`Authorization: Bearer ${secret}`);
});

test("a signature of the body", () => {
  const sent = called({ auth: "hmac", header: "X-Signature-256", prefix: "sha256=" });
  expect(sent).toContain(`X-Signature-256: sha256=${mac(secret, body).digest("hex")}`);
});

test("a signature of time and body", () => {
  const header = called({ auth: "timed", header: "X-Timed" }).find((part) => part.startsWith("X-Timed"));
  const [, time = "", signature = ""] = /t=(\d+),v1=(.*)/.exec(header ?? "") ?? [];
  expect(signature).toBe(mac(secret, `${time}.${body}`).digest("hex"));
});

test("Slack", () => {
  const sent = called({ auth: "slack" });
  const time = sent.find((part) => part.startsWith("X-Slack-Request-Timestamp: "))?.split(": ")[1];
  expect(sent).toContain(`X-Slack-Signature: v0=${mac(secret, `v0:${time}:${body}`).digest("hex")}`);
});

test("Standard Webhooks", () => {
  const sent = called({ auth: "standard" });
  const value = (name: string) =>
    sent.find((part) => part.startsWith(`${name}: `))?.slice(name.length + 2) ?? "";
  const key = Buffer.from(secret.slice("whsec_".length), "base64");
  const signed = `${value("webhook-id")}.${value("webhook-timestamp")}.${body}`;
  expect(value("webhook-signature")).toBe(`v1,${mac(key, signed).digest("base64")}`);
});

test("what stands as example goes along on one line, and anything else as an empty object", () => {
  expect(exampleBody({ example: '{\n "a": 1\n}' })).toBe('{"a":1}');
  expect(exampleBody({ example: "{ nope" })).toBe("{}");
  expect(exampleBody({})).toBe("{}");
});
