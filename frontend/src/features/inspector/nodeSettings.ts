import type { Schema } from "@/api/types";

/** What every node has beside its config, for servers that do not send a schema of it. */
export const NODE_SETTINGS: Schema = {
  type: "object",
  properties: {
    retry: {
      anyOf: [
        {
          type: "object",
          properties: {
            attempts: {
              type: "integer",
              title: "Tries",
              description: "Altogether; 1 means no retry.",
              default: 1,
              minimum: 1,
            },
            first: { type: "string", title: "First wait", "x-slot": "duration", default: "10s" },
            factor: {
              type: "number",
              title: "Factor",
              description: "Each wait is this much longer.",
              default: 2,
              minimum: 1,
            },
            cap: { type: "string", title: "Longest wait", "x-slot": "duration", default: "1h" },
            jitter: {
              type: "number",
              title: "Chance",
              description: "From 0 to 1.",
              default: 0.1,
              minimum: 0,
              maximum: 1,
            },
          },
        },
        { type: "null" },
      ],
      default: null,
      title: "Try again when it fails",
    },
    timeout: {
      anyOf: [{ type: "string", "x-slot": "duration" }, { type: "null" }],
      default: null,
      title: "Time limit of one try",
    },
  },
};

/** What holds for the flow as a whole. */
export const FLOW_SETTINGS: Schema = {
  type: "object",
  properties: {
    subject: {
      type: "string",
      title: "What each run is about",
      description:
        "Shown in lists of runs, such as {{ hostname }}. Left empty, the payload's own hostname, name, title or email.",
      maxLength: 500,
    },
    concurrency: {
      type: "object",
      title: "Runs at once",
      properties: {
        mode: {
          type: "string",
          enum: ["parallel", "queue", "single"],
          default: "parallel",
          title: "When the flow starts again while it runs",
          "x-ui": {
            choices: {
              parallel: "Run side by side",
              queue: "Wait its turn",
              single: "Do not start; record it as cancelled",
            },
          },
        },
        limit: {
          type: "integer",
          title: "Open runs at most",
          minimum: 1,
          description: "What comes on top is recorded as a cancelled run.",
          "x-ui": { dependsOn: { mode: ["parallel", "queue"] } },
        },
      },
    },
  },
};
