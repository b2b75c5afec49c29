import '@mantine/core/styles.css';
import './global.css';
import { MantineProvider } from '@mantine/core';
import { MutationCache, QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { forgetSession, isUnauthorized, takeKeyFromAddress } from './api/session';
import { router } from './router';
import { Gate } from './shell/gate';
import { theme, variables } from './theme';

const linkKey = takeKeyFromAddress();

/** Whoever is turned away has to sign in again, whatever was asked. */
const onError = (error: Error) => {
  if (isUnauthorized(error)) forgetSession(client);
};

const client: QueryClient = new QueryClient({
  queryCache: new QueryCache({ onError }),
  mutationCache: new MutationCache({ onError }),
  // The next look comes soon, and the server is often on this very machine: no network of the browser's is asked about.
  defaultOptions: {
    queries: { retry: false, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});

const root = document.getElementById('root');
if (root === null) throw new Error('the page has no root');

createRoot(root).render(
  <StrictMode>
    <MantineProvider theme={theme} cssVariablesResolver={variables} defaultColorScheme="auto">
      <QueryClientProvider client={client}>
        <Gate linkKey={linkKey}>
          <RouterProvider router={router} />
        </Gate>
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
);
