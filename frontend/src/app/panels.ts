/** The panels and dialogs that are loaded after the first look. */
export { ConnectDialog } from "@/features/canvas/ConnectDialog";
export { ConflictDialog } from "@/features/draft/ConflictDialog";
export { RestoreDialog } from "@/features/draft/RestoreDialog";
export { RunDialog } from "@/features/dryrun/RunDialog";
export { TestPanel } from "@/features/dryrun/TestPanel";
export { FlowPanel } from "@/features/flow/FlowPanel";
export { HistoryPanel } from "@/features/history/HistoryPanel";
export { ImportDialog } from "@/features/import/ImportDialog";
export { Outline } from "@/features/outline/Outline";
export { AddDialog } from "@/features/palette/AddDialog";
export { DiffDialog } from "@/features/versions/DiffDialog";
export { PublishDialog } from "@/features/versions/PublishDialog";
export { VersionsPanel } from "@/features/versions/VersionsPanel";
export { ShortcutsDialog } from "./ShortcutsDialog";
