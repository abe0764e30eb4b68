import { createContext, useContext } from "react";

/** Whether the drawing may be changed: the run view shows it read-only. */
export const CanvasMode = createContext({ isReadOnly: false });

export const useCanvasMode = () => useContext(CanvasMode);
