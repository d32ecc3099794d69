/** A button that first says what will happen. */

import { type ReactNode, useState } from "react";
import { FrontDialog } from "./dialog.tsx";
import { Failure } from "./page.tsx";

export function Asked({
  label,
  title,
  children,
  confirm,
  isDangerous = false,
  isMain = false,
  act,
}: {
  readonly label: ReactNode;
  readonly title: string;
  /** What will happen, to how many, and how it is undone. */
  readonly children: ReactNode;
  /** The word on the button that does it. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly isMain?: boolean;
  readonly act: () => Promise<unknown>;
}) {
  const [isOpen, setOpen] = useState(false);
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const go = async () => {
    setBusy(true);
    setError(undefined);
    try {
      await act();
      setOpen(false);
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  const look = isDangerous ? "button danger" : isMain ? "button main" : "button";
  return (
    <>
      <button type="button" className={look} onClick={() => setOpen(true)}>
        {label}
      </button>
      {isOpen && (
        <FrontDialog title={title} onClose={() => setOpen(false)}>
          {children}
          {error !== undefined && <Failure error={error} />}
          <div className="dialog-buttons">
            <button type="button" className="button" onClick={() => setOpen(false)}>
              Leave it
            </button>
            <button
              type="button"
              className={isDangerous ? "button danger" : "button main"}
              disabled={isBusy}
              onClick={go}
            >
              {confirm}
            </button>
          </div>
        </FrontDialog>
      )}
    </>
  );
}
