/** Asks the editor of a template to write a text at its cursor; the text is the event's detail. */
export const INSERT_EVENT = "hf-insert";
