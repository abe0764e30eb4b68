/** The rich editor of templates is large and comes only when it is wanted. */
export const loadTemplateEditor = () => import("./templateEditor");
