import { Icon } from "../parts/icon.tsx";

/** Where nobody is signed in: how to get in. */
export function SignedOut() {
  return (
    <main className="signed-out">
      <img src="/icon.svg" alt="" width="48" height="48" />
      <h1>Bulkhead</h1>
      <p>Nobody is signed in here, or the session has ended.</p>
      <div className="card">
        <h2>
          <Icon name="tokens" /> Sign in by a link
        </h2>
        <p>
          <code>bulkhead serve</code> prints a link when it starts. It signs in once, within the hour, for
          twelve hours. For a new one, start the server again: hosts go on enforcing meanwhile.
        </p>
      </div>
    </main>
  );
}
