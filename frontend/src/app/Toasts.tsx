import { useSession, useUi } from "@/session/session";

/** Short messages, and the live region that reads out what happened. */
export function Toasts() {
  const session = useSession();
  const toasts = useUi((ui) => ui.toasts);
  const announcement = useUi((ui) => ui.announcement);
  return (
    <>
      <div className="visually-hidden" role="status" aria-live="polite" data-announcement>
        {announcement}
      </div>
      <div className="hf-toasts">
        {toasts.map((toast) => (
          <div
            key={toast.id}
            className={`alert alert-${toast.tone} alert-dismissible`}
            data-toast={toast.tone}
          >
            {toast.text}
            <button
              type="button"
              className="btn-close"
              aria-label="Close the message"
              onClick={() => session.ui.getState().dropToast(toast.id)}
            />
          </div>
        ))}
      </div>
    </>
  );
}
