import type { RequestHandler } from 'express';
import { htmlPage } from '../html';

const PAGE = htmlPage(
  'Followthrough API',
  `<p>The page that belongs here was not built: run <code>npm run build</code>.</p>
<p>The API works without. It is described <a href="/docs">here</a>.</p>`,
);

/** What stands in for a page that was not built. */
export const home: RequestHandler = (_request, response) => {
  response.type('html').send(PAGE);
};
