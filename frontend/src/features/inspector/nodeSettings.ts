import type { Schema } from "@/shared/types";
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
