import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path';
import { type Response, Router } from 'express';
import { openApiDocument } from './openapi';
import type { Route } from './route';

/** The page's own scripts and styles, and nothing else of that package. */
const FILES = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];
const FOLDER = dirname(require.resolve('swagger-ui-dist/package.json'));

const PAGE = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Followthrough API</title>
<link rel="icon" href="/docs/favicon-32x32.png">
<link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body>
<div id="swagger-ui"></div>
<script src="/docs/swagger-ui-bundle.js"></script>
<script src="/docs/start.js"></script>
</body>
</html>
`;

/** A file of its own, because no page of ours may run what stands inside it. Keys that are typed in are forgotten with the page. */
const START = `SwaggerUIBundle({
  url: '/openapi.json',
  dom_id: '#swagger-ui',
  deepLinking: true,
  displayOperationId: true,
  displayRequestDuration: true,
  docExpansion: 'none',
  filter: true,
  validatorUrl: null,
});
`;

/**
 * GET /openapi.json: what this API does
 * GET /docs: the same for people
 */
export function docsRouter(routes: readonly Route[]): Router {
  const router = Router();
  let written: { readonly text: string; readonly tag: string } | undefined;
  router.get('/openapi.json', (_request, response) => {
    written ??= write(routes);
    response.setHeader('Cache-Control', 'no-cache');
    response.setHeader('ETag', written.tag);
    send(response, 'json', written.text);
  });
  router.get('/docs', (_request, response) => send(response, 'html', PAGE));
  router.get('/docs/start.js', (_request, response) => send(response, 'js', START));
  for (const file of FILES)
    router.get(`/docs/${file}`, (_request, response) => response.sendFile(join(FOLDER, file), { maxAge: '1h' }));
  return router;
}

function write(routes: readonly Route[]): { text: string; tag: string } {
  const text = JSON.stringify(openApiDocument(routes));
  return { text, tag: `"${createHash('sha256').update(text).digest('base64url').slice(0, 16)}"` };
}

function send(response: Response, type: string, text: string): void {
  response.type(type).send(text);
}
