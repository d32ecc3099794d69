/** The frame around all pages: who is signed in, where one is, where one can go. */

import { useQueryClient } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, Route, Switch, useLocation } from "wouter";
import { ApiError } from "../api/client.ts";
import { useLiveUpdates } from "../api/live.ts";
import { useMe } from "../api/queries.ts";
import { Empty, Failure, Page, Waiting } from "../parts/page.tsx";
import { Navigation } from "./navigation.tsx";
import { ROUTES } from "./pages.ts";
import { useShortcuts } from "./shortcuts.ts";
import { SignIn } from "./sign-in.tsx";
import { StopAtErrors } from "./stop-at-errors.tsx";
import { TrialBanner } from "./trial-banner.tsx";

const Palette = lazy(() => import("./palette.tsx"));
const Help = lazy(() => import("./help.tsx"));

export function App() {
  const me = useMe();
  if (me.error instanceof ApiError && me.error.status === 401) return <SignIn />;
  if (me.data === undefined)
    return me.error === null ? <Waiting what="Bulkhead" /> : <Failure error={me.error} />;
  return <SignedIn />;
}

function SignedIn() {
  useLiveUpdates(useQueryClient());
  const [open, setOpen] = useState<"palette" | "help" | undefined>();
  const [path] = useLocation();
  useShortcuts({ openPalette: () => setOpen("palette"), openHelp: () => setOpen("help") });
  return (
    <div className="app">
      <a className="skip" href="#main">
        Skip to the page
      </a>
      <Navigation onSearch={() => setOpen("palette")} onHelp={() => setOpen("help")} />
      <StopAtErrors key={path}>
        <Suspense fallback={<main className="page" id="main" />}>
          <Switch>
            {ROUTES.map(({ path, page }) => (
              <Route key={path} path={path} component={page} />
            ))}
            <Route>
              <Page title="Nothing here">
                <Empty title="No page has this address.">
                  <p>
                    <Link href="/">Go to the overview</Link>, or press <kbd>/</kbd> and search.
                  </p>
                </Empty>
              </Page>
            </Route>
          </Switch>
        </Suspense>
      </StopAtErrors>
      <TrialBanner />
      <Suspense>
        {open === "palette" && <Palette onClose={() => setOpen(undefined)} />}
        {open === "help" && <Help onClose={() => setOpen(undefined)} />}
      </Suspense>
    </div>
  );
}
