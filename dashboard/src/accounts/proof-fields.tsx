/** That it is oneself who asks: the present password, and a code where there is a second factor. */

/** With the space around it, if there is any: it may be part of the password. */
export function passwordOf(form: FormData, name = "password"): string {
  return String(form.get(name) ?? "");
}

export function ProofFields({ isCodeNeeded }: { readonly isCodeNeeded: boolean }) {
  return (
    <>
      <label>
        <span>Present password</span>
        <input name="password" type="password" required autoComplete="current-password" />
      </label>
      {isCodeNeeded && (
        <label>
          <span>Code</span>
          <input name="code" className="mono" required autoComplete="one-time-code" />
          <small>Of your authenticator, or a recovery code.</small>
        </label>
      )}
    </>
  );
}
