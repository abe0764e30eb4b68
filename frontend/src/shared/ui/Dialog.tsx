import { type ReactNode, useEffect, useId, useRef } from "react";
import { focusBack, openerOf } from "./focus";

const FIRST =
  ".card-body :is(input, textarea, select, button):not([disabled]), .card-footer .btn-primary:not([disabled])";

interface Props {
  title: string;
  onClose: () => void;
  children: ReactNode;
  footer?: ReactNode;
  wide?: boolean;
}

/** A modal dialog. The browser keeps the focus inside and gives it back at the end. */
export function Dialog({ title, onClose, children, footer, wide = false }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    const element = dialog.current;
    const opener = openerOf(document.activeElement);
    if (element && !element.open) {
      element.showModal();
      // The browser would choose the button that closes the dialog, which nobody wants first.
      element.querySelector<HTMLElement>(FIRST)?.focus();
    }
    return () => {
      element?.close();
      // After the next dialog, if one follows at once, has taken the focus.
      queueMicrotask(() => {
        if (!document.querySelector("dialog[open]")) focusBack(opener);
      });
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={`hf-dialog card ${wide ? "is-wide" : ""}`}
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
    >
      <div className="card-header">
        <h2 className="card-title" id={titleId}>
          {title}
        </h2>
        <button type="button" className="btn-close ms-auto" aria-label="Close" onClick={onClose} />
      </div>
      <div className="card-body">{children}</div>
      {footer ? <div className="card-footer d-flex flex-wrap gap-2 justify-content-end">{footer}</div> : null}
    </dialog>
  );
}
