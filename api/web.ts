import { basename, join } from 'node:path';
import express, { type RequestHandler, Router } from 'express';
import { home } from './routes/home';

/** Compiled, this file is in `dist/api`; in tests it is where it stands. */
const ROOT = join(__dirname, '..');
const BUILT = basename(ROOT) === 'dist' ? join(ROOT, 'web') : join(ROOT, 'dist', 'web');

/** The addresses that the page itself knows (`web/src/router.tsx`); every other one stays "no such thing". */
const PAGES = ['/', '/campaigns/:id', '/enrollments/:id', '/handoffs'];

/**
 * GET / and the other addresses of the page: the page
 * GET /assets/…: what it is made of
 */
export function webRouter(folder: string = BUILT): Router {
  const router = Router();
  // The names of assets change with what is in them.
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { immutable: true, maxAge: '1y', index: false, redirect: false }),
  );
  for (const path of PAGES) router.get(path, page(join(folder, 'index.html')));
  return router;
}

/** Asked for again every time: it names the assets of the version that runs now. */
function page(file: string): RequestHandler {
  return (request, response, next) => {
    response.setHeader('Cache-Control', 'no-cache');
    response.sendFile(file, { cacheControl: false }, (error?: NodeJS.ErrnoException) => {
      if (error === undefined || response.headersSent) return;
      if (error.code === 'ENOENT') home(request, response, next);
      else next(error);
    });
  };
}
