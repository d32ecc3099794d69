import { QueryCache, QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { ApiError } from "./api/client.ts";
import { App } from "./frame/app.tsx";
import "./styles/tokens.css";
import "./styles/frame.css";
import "./styles/parts.css";
import "./styles/flows.css";
import "./styles/pages.css";
import "./styles/plan.css";

const FEW = 2;

// zod, which comes with the parser later, would try whether it may make code, and the security policy would complain; so it is told first.
Object.assign(globalThis, { __zod_globalConfig: { jitless: true } });

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // The session has ended, or was ended: whoever reads this is asked to sign in again, where they are.
    onError: (error, { queryKey: [topic] }) => {
      if (error instanceof ApiError && error.status === 401 && topic !== "me")
        void client.invalidateQueries({ queryKey: ["me"] });
    },
  }),
  defaultOptions: {
    queries: {
      // What happens is told by events; what was asked lately is shown at once and asked again behind it.
      staleTime: 5_000,
      retry: (failures, error) => failures < FEW && !(error instanceof ApiError && error.status < 500),
    },
  },
});

const root = document.getElementById("root");
if (root !== null)
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={client}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
