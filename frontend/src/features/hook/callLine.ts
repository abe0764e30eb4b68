import type { Config } from "@/shared/types";
/** What a line needs to know of the webhook. */
export interface Call {
  url: string;
  config: Config;
  /** The secret if it was made just now; else the reader puts it in. */
  secret: string;
  body: string;
}

/** A text as one word of a shell, whatever is in it. */
export const quoted = (text: string) => `'${text.replaceAll("'", "'\\''")}'`;

const MAC = "openssl dgst -sha256";
const HEX = "| sed 's/.* //'";

/** Lines for a terminal that call the webhook as its settings ask for. */
export function callLine({ url, config, secret, body }: Call): string {
  const auth = String(config.auth ?? "token");
  const name = String(config.header ?? "Authorization");
  const lines = [`secret=${quoted(secret || "put the secret here")}`, `body=${quoted(body)}`];
  const header = (text: string) => `-H "${text}"`;
  const escaped = (text: string) => text.replace(/["\\$`]/g, "\\$&");
  let headers: string[];
  switch (auth) {
    case "hmac":
      lines.push(`signature=$(printf %s "$body" | ${MAC} -hmac "$secret" ${HEX})`);
      headers = [header(`${escaped(name)}: ${escaped(String(config.prefix ?? ""))}$signature`)];
      break;
    case "timed":
      lines.push("now=$(date +%s)", `signature=$(printf %s "$now.$body" | ${MAC} -hmac "$secret" ${HEX})`);
      headers = [header(`${escaped(name)}: t=$now,v1=$signature`)];
      break;
    case "slack":
      lines.push("now=$(date +%s)", `signature=$(printf %s "v0:$now:$body" | ${MAC} -hmac "$secret" ${HEX})`);
      headers = [header("X-Slack-Request-Timestamp: $now"), header("X-Slack-Signature: v0=$signature")];
      break;
    case "standard":
      lines.push(
        "now=$(date +%s); id=msg_$(openssl rand -hex 8)",
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the shell's
        'key=$(printf %s "${secret#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d " \\n")',
        `signature=$(printf %s "$id.$now.$body" | ${MAC} -mac HMAC -macopt "hexkey:$key" -binary | openssl base64 -A)`,
      );
      headers = [
        header("webhook-id: $id"),
        header("webhook-timestamp: $now"),
        header("webhook-signature: v1,$signature"),
      ];
      break;
    default:
      headers = [
        header(`${escaped(name)}: ${name.toLowerCase() === "authorization" ? "Bearer " : ""}$secret`),
      ];
  }
  const call = [
    "curl",
    quoted(url),
    ...headers,
    "-H 'Content-Type: application/json'",
    '--data-binary "$body"',
  ];
  return [...lines, call.join(" ")].join("\n");
}

/** What the trigger expects, as one line of JSON. */
export function exampleBody(config: Config): string {
  try {
    return JSON.stringify(JSON.parse(String(config.example || "{}")));
  } catch {
    return "{}";
  }
}
