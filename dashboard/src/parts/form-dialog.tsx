/** A dialog with fields: what the server refuses is said in it, and it stays open. */

import { type FormEvent, type ReactNode, useState } from "react";
import { FrontDialog } from "./dialog.tsx";
import { Failure } from "./page.tsx";

export function FormDialog({
  title,
  confirm,
  isDangerous = false,
  onClose,
  submit,
  children,
}: {
  readonly title: string;
  /** The word on the button that does it. */
  readonly confirm: string;
  readonly isDangerous?: boolean;
  readonly onClose: () => void;
  readonly submit: (form: FormData) => Promise<void>;
  readonly children: ReactNode;
}) {
  const [isBusy, setBusy] = useState(false);
  const [error, setError] = useState<Error | undefined>();
  const go = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    setBusy(true);
    setError(undefined);
    try {
      await submit(new FormData(event.currentTarget));
    } catch (failed) {
      setError(failed as Error);
    } finally {
      setBusy(false);
    }
  };
  return (
    <FrontDialog title={title} onClose={onClose}>
      <form className="form" onSubmit={go}>
        {children}
        {error !== undefined && <Failure error={error} />}
        <div className="dialog-buttons">
          <button type="button" className="button" onClick={onClose}>
            Leave it
          </button>
          <button type="submit" className={isDangerous ? "button danger" : "button main"} disabled={isBusy}>
            {confirm}
          </button>
        </div>
      </form>
    </FrontDialog>
  );
}

/** What is shown this once; it is left by saying that one has it. */
export function ShownOnce({
  title,
  onClose,
  children,
}: {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}) {
  return (
    <FrontDialog title={title} onClose={onClose}>
      {children}
      <div className="dialog-buttons">
        <button type="button" className="button main" onClick={onClose}>
          I have it
        </button>
      </div>
    </FrontDialog>
  );
}
