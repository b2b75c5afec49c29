import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** For work on the page: an API that runs already, as `npm start` prints it. */
const API = process.env['API_URL'] ?? 'http://127.0.0.1:3000';

export default defineConfig({
  plugins: [react()],
  // Everything is a file of its own: the server's content policy lets nothing else in.
  build: {
    // The oldest that know `light-dark()`.
    target: ['chrome123', 'firefox120', 'safari17.5'],
    assetsInlineLimit: 0,
    emptyOutDir: true,
    chunkSizeWarningLimit: 800,
  },
  server: { host: '127.0.0.1', proxy: { '/v1': API } },
});
